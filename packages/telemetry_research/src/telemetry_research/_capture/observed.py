"""The observers of a recording, and its counts of events that are not stored."""

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from .._core.chunk import Source
from .._core.event import Event
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

        An observer with a method ``see_row`` gets the row first, and the event when that is not
        enough.

        Args:
            row: The event as the receiver packs it.
        """
        event: Event | None = None
        for observer in self.observers:
            see_row = getattr(observer, "see_row", None)
            try:
                if see_row is not None and see_row(row):
                    continue
                if event is None:
                    event = self._event(row)
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
        fields, attributes = row_fields(row, time.time_ns() // 1000)
        if fields["condition"] is None:
            fields["condition"] = self.own_condition()
        for name in ("span_id", "parent_id"):
            if fields[name] is not None:
                fields[name] = f"{fields[name]:016x}"
        source = self.source
        if source is not None:
            fields["host"], fields["pid"] = source.host, source.pid
        fields["experiment_id"], fields["source"] = self.id, "live"
        return Event(event_id=f"{self.id}-live-0", attributes=attributes, **fields)
