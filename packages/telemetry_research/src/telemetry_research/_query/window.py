"""Selects the last events or those of a span of time."""

from collections.abc import Sequence
from dataclasses import dataclass

from .._core.event import Event

_UNITS = {"seconds": 1_000_000, "minutes": 60_000_000, "hours": 3_600_000_000}


@dataclass(frozen=True, slots=True)
class Window:
    """Which of the events, by number or by time. Made by ``last``, ``last_n`` and ``between``."""

    count: int | None = None
    span_us: int | None = None
    since_us: int | None = None
    until_us: int | None = None

    @classmethod
    def last_n(cls, count: int) -> "Window":
        """The newest so many.

        Raises:
            ValueError: Less than one.
        """
        if count < 1:
            raise ValueError(f"count: the last {count} events are none")
        return cls(count=count)

    @classmethod
    def last(cls, amount: float, unit: str = "seconds", *, now_us: int | None = None) -> "Window":
        """What came in the last so many seconds, minutes or hours before now or the newest event.

        Raises:
            ValueError: The amount is not positive, or the unit is unknown.
        """
        if amount <= 0 or unit not in _UNITS:
            raise ValueError(
                f"last({amount!r}, {unit!r}): a positive number of {', '.join(_UNITS)}"
            )
        return cls(span_us=round(amount * _UNITS[unit]), until_us=now_us)

    @classmethod
    def between(cls, since_us: int, until_us: int) -> "Window":
        """From one time to another, both included."""
        return cls(since_us=since_us, until_us=until_us)

    def of(self, events: Sequence[Event]) -> list[Event]:
        """The events in the window, oldest first."""
        ordered = sorted(events, key=lambda event: (event.timestamp_us, event.sequence))
        if self.count is not None:
            return ordered[-self.count :]
        until = self.until_us
        since = self.since_us
        if self.span_us is not None and ordered:
            until = ordered[-1].timestamp_us if until is None else until
            since = until - self.span_us
        return [
            event
            for event in ordered
            if (since is None or event.timestamp_us >= since)
            and (until is None or event.timestamp_us <= until)
        ]
