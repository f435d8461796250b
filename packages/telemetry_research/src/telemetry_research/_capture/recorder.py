"""The protocol of an object that records events: an experiment, as the receiver uses it."""

from collections.abc import Callable
from typing import Any, Protocol

from .sampling import Gate, Reservoir


class Recorder(Protocol):
    """Records the events that are emitted in its context."""

    filtered_events: int

    @property
    def id(self) -> str:
        """The id of the experiment."""
        ...

    @property
    def capturing(self) -> bool:
        """Whether events are recorded now."""
        ...

    @property
    def gate(self) -> Gate | None:
        """Decides which events are recorded; None for all."""
        ...

    @property
    def intake(self) -> list[bytes] | Reservoir:
        """Takes the packed events."""
        ...

    @property
    def observers(self) -> tuple[Callable[..., object], ...]:
        """Functions that are called with each event."""
        ...

    @property
    def settle(self) -> Callable[[], None]:
        """Makes a chunk of the pending rows."""
        ...

    def observe(self, row: tuple[Any, ...]) -> None:
        """Show one event to the observers."""
        ...

    def count_missed(self) -> None:
        """Count an event that was emitted while paused or stopped."""
        ...

    def count_error(self, text: str) -> None:
        """Count an event that could not be stored."""
        ...
