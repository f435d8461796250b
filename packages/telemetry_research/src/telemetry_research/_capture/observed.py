"""The observers of a recording, and its counts of events that are not stored."""

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from .._core.chunk import Source
from .._core.event import Event, event_from
from .._core.rows import row_fields
from .._core.safe import described


class Observed:
    """Shows each event to functions, and counts those that cannot be stored."""

    id: str
    handler_errors: int
    late_events: int
    paused_events: int
    last_error: str
    observers: tuple[Callable[[Event], object], ...]

    if TYPE_CHECKING:  # what the other parts of a recording give

        @property
        def stopped(self) -> bool:
            """Whether it has stopped."""
            ...

        @property
        def source(self) -> Source | None:
            """The name of this process as a writer of its events; None before it starts."""
            ...

        def own_condition(self) -> str | None:
            """The condition of events without one."""
            ...

    def observe(self, row: tuple[Any, ...]) -> None:
        """Show one packed event to the observers; their errors are counted.

        Args:
            row: The event as the receiver packs it.
        """
        event = self._event(row)
        for observer in self.observers:
            try:
                observer(event)
            except KeyboardInterrupt:
                raise
            except BaseException as error:  # noqa: BLE001  # counted, and shown with the experiment
                self.count_error(f"observer: {described(error)}")

    def subscribe(self, observer: Callable[[Event], object]) -> Callable[[], None]:
        """Call a function with every event from here on, in the emitter's thread.

        Args:
            observer: The function; an error of it is counted in ``handler_errors``.

        Returns:
            A function that ends the subscription.
        """
        self.observers = (*self.observers, observer)

        def unsubscribe() -> None:
            self.observers = tuple(each for each in self.observers if each is not observer)

        return unsubscribe

    def count_missed(self) -> None:
        """Count an event that was emitted after the stop or during a pause."""
        if self.stopped:
            self.late_events += 1
        else:
            self.paused_events += 1

    def count_error(self, text: str) -> None:
        """Count an event that could not be captured.

        Args:
            text: The reason, kept in ``last_error``.
        """
        self.handler_errors += 1
        self.last_error = text

    def _event(self, row: tuple[Any, ...]) -> Event:
        fields = row_fields(row, time.time_ns() // 1000)
        attributes = fields.pop("attributes")
        if fields["condition"] is None:
            fields["condition"] = self.own_condition()
        source = self.source
        about = {"experiment_id": self.id, "source": "live", "sequence": 0, "host": None, "pid": 0}
        if source is not None:
            about |= {"host": source.host, "pid": source.pid}
        return event_from({**about, **fields}, attributes)
