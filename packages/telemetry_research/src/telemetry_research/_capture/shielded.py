"""Recordings that the code of a block writes to and cannot reach."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from .._core.safe import described
from .context import NO_SPAN, current, open_span
from .filing import draw, take_row
from .recorder import Recorder
from .sampling import Gate, Reservoir


class Shielded:
    """What takes the events of a block in place of its recordings.

    The first recording gets the events as if it were the current one, the others get copies.

    Args:
        first: A running recording.
        others: Further ones.
    """

    __slots__ = ("_first", "_others", "id")

    def __init__(self, first: Recorder, others: tuple[Recorder, ...]) -> None:
        self.id: str = first.id
        self._first = first
        self._others = others

    def __bool__(self) -> bool:
        return True

    @property
    def capturing(self) -> bool:
        return self._first.capturing

    @property
    def gate(self) -> Gate | None:
        return self._first.gate

    @property
    def intake(self) -> list[bytes] | Reservoir:
        return self._first.intake

    @property
    def filtered_events(self) -> int:
        return self._first.filtered_events

    @filtered_events.setter
    def filtered_events(self, value: int) -> None:
        self._first.filtered_events = value

    @property
    def settle(self) -> Callable[[], None]:
        return self._first.settle

    @property
    def observers(self) -> tuple[Callable[..., object], ...]:
        return (*self._first.observers, self._copy) if self._others else self._first.observers

    def observe(self, row: tuple[Any, ...]) -> None:
        """Show one event to the observers of the first recording, and copy it to the others."""
        if self._first.observers:
            self._first.observe(row)
        self._copy(row)

    def count_missed(self) -> None:
        """Count an event that was emitted while the first recording was paused or stopped."""
        self._first.count_missed()

    def count_error(self, text: str) -> None:
        """Count an event that could not be stored."""
        self._first.count_error(text)

    def _copy(self, row: tuple[Any, ...]) -> None:
        name, *where, probability, measurements, attributes = row
        for each in self._others:
            if not each.capturing:
                each.count_missed()
                continue
            try:
                drawn = draw(each, name, measurements, attributes)
                if drawn is not None:
                    take_row(each, (name, *where, drawn * probability, measurements, attributes))
            except Exception as error:  # noqa: BLE001  # counted, and shown with the experiment
                each.count_error(f"{name}: {described(error)}")


@contextmanager
def shielded(recording: Recorder, *others: Recorder) -> Iterator[None]:
    """Record the events of the block in running recordings that its code cannot reach.

    Inside, ``current_experiment`` gives None, so that code of others does not stop, pause or
    subscribe to a recording that is not its own. What it starts itself takes its events, as always.
    A recording that is also to be left out of ``list_experiments`` is made with ``listed=False``.

    Args:
        recording: Gets the events.
        others: Get copies of them, under their own filters and sampling.

    Example:
        >>> from telemetry_research import current_experiment, record, recording
        >>> with recording("ours") as experiment, shielded(experiment):
        ...     record("retrieval.stop", {"duration_ns": 5})
        ...     current_experiment() is None
        True
        >>> len(experiment)
        1
    """
    taking = Shielded(recording, others)
    tokens = current.set(taking), open_span.set(NO_SPAN)
    try:
        yield
    finally:
        current.reset(tokens[0])
        open_span.reset(tokens[1])
