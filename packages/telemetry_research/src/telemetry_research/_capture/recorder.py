"""What the receiver needs of whatever records events."""

from collections import deque
from collections.abc import Callable
from typing import Any, Protocol

from .sampling import Gate, Reservoir


class Recorder(Protocol):
    """Records the events that are emitted in its context; an experiment does."""

    id: str
    capturing: bool
    gate: Gate | None
    intake: deque[bytes] | Reservoir
    filtered_events: int

    @property
    def observers(self) -> tuple[Callable[..., object], ...]:
        """Functions that see each event as it comes."""
        ...

    @property
    def settle(self) -> Callable[[], None]:
        """Makes a chunk of the rows that have gathered."""
        ...

    def observe(self, row: tuple[Any, ...]) -> None:
        """Show one event to the observers."""
        ...

    def count_missed(self) -> None:
        """Count an event that came while none were taken."""
        ...

    def count_error(self, text: str) -> None:
        """Count an event that could not be taken."""
        ...
