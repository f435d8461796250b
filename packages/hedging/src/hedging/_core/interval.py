"""An interval with its level and the method it was computed by."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

from .plain import plain
from .shown import shown


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """An interval for a quantity; unpacks into its two ends.

    Attributes:
        low: The lower end; minus infinity when the sample is too small for one.
        high: The upper end; infinity when the sample is too small for one.
        level: The confidence level, such as 0.95.
        method: How it was computed.
    """

    low: float
    high: float
    level: float
    method: str

    def __iter__(self) -> Iterator[float]:
        return iter((self.low, self.high))

    def __getitem__(self, index: int) -> float:
        return (self.low, self.high)[index]

    @shown
    def __str__(self) -> str:
        return f"[{end_text(self.low, '.4g')}, {end_text(self.high, '.4g')}]"

    def to_ends(self) -> tuple[float | None, float | None]:
        """The two ends; None for an end that is infinite."""
        return (
            None if math.isinf(self.low) else self.low,
            None if math.isinf(self.high) else self.high,
        )

    def to_dict(self) -> dict[str, object]:
        """The interval as plain values; an end that is infinite is None."""
        return plain(self)


def end_text(end: float, form: str) -> str:
    """An end of an interval; a dash when the sample is too small for one."""
    return "-" if math.isinf(end) else format(end, form)
