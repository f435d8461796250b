"""Selects the newest events, or those of a span of time."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Literal, get_args

from .._core.deprecated import renamed_arguments
from .._core.event import Event
from .._core.renamed import durations_in_ms, old_fields, renamed_attribute

Unit = Literal["seconds", "minutes", "hours"]
_MS_PER_UNIT: dict[Unit, int] = {"seconds": 1000, "minutes": 60_000, "hours": 3_600_000}


@old_fields(durations_in_ms(span_us="span_ms"))
@old_fields(renamed_arguments(count="n"))
@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """Selects events by number or by time. Made by ``last``, ``last_n`` and ``between``.

    Attributes:
        n: How many of the newest events.
        span_ms: How long before ``until_us``, in milliseconds.
        since_us: Not before this time, in microseconds since the epoch.
        until_us: Not after this time; None is the time of the newest event.
    """

    n: int | None = None
    span_ms: float | None = None
    since_us: int | None = None
    until_us: int | None = None

    if not TYPE_CHECKING:
        count = renamed_attribute("n")
        span_us = renamed_attribute("span_ms", lambda span: span and round(span * 1000))

    @classmethod
    @renamed_arguments(count="n")
    def last_n(cls, n: int) -> "Window":
        """Select the newest events.

        Args:
            n: How many.

        Returns:
            The window.

        Raises:
            ValueError: It is less than one.
        """
        if n < 1:
            raise ValueError(f"n={n}: a window holds at least one event")
        return cls(n=n)

    @classmethod
    def last(cls, amount: float, unit: Unit = "seconds", *, now_us: int | None = None) -> "Window":
        """Select the last seconds, minutes or hours.

        Args:
            amount: How many of the unit.
            unit: The unit.
            now_us: The end, in microseconds since the epoch; None is the newest event.

        Returns:
            The window.

        Raises:
            ValueError: The amount is not positive, or the unit is unknown.
        """
        if amount <= 0 or unit not in _MS_PER_UNIT:
            units = ", ".join(get_args(Unit))
            raise ValueError(
                f"last({amount!r}, {unit!r}): give a positive number and one of {units}"
            )
        return cls(span_ms=amount * _MS_PER_UNIT[unit], until_us=now_us)

    @classmethod
    def between(cls, since_us: int, until_us: int) -> "Window":
        """Select from one time to another, both included.

        Args:
            since_us: Microseconds since the epoch.
            until_us: The same.

        Returns:
            The window.

        Raises:
            ValueError: The first time is after the second.
        """
        if since_us > until_us:
            raise ValueError(f"since_us={since_us} is after until_us={until_us}; swap them")
        return cls(since_us=since_us, until_us=until_us)

    def of(self, events: Sequence[Event]) -> list[Event]:
        """The events in the window, oldest first.

        Args:
            events: In any order.

        Returns:
            Those in the window.
        """
        ordered = sorted(events, key=lambda event: (event.timestamp_us, event.sequence))
        if self.n is not None:
            return ordered[-self.n :]
        until = self.until_us
        since = self.since_us
        if self.span_ms is not None and ordered:
            until = ordered[-1].timestamp_us if until is None else until
            since = until - round(self.span_ms * 1000)
        return [
            event
            for event in ordered
            if (since is None or event.timestamp_us >= since)
            and (until is None or event.timestamp_us <= until)
        ]

    def to_dict(self) -> dict[str, object]:
        """The window as plain values."""
        return asdict(self)
