"""An interval of a number."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from .._core.checks import checked_text, set_fields
from .._core.errors import ReportError
from .._core.json_values import Value


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval(Value):
    """An interval of a number. It unpacks as ``low, high``.

    Attributes:
        low: The lower end; minus infinity for an interval without one.
        high: The upper end; infinity for an interval without one.
        level: The coverage, such as 0.95.
        method: How it was made, such as "Wilson".

    Raises:
        ReportError: An end is not a number, low is above high, or the level is outside (0, 1).
    """

    low: float
    high: float
    level: float = 0.95
    method: str = ""

    def __post_init__(self) -> None:
        low, high = checked_number(self.low, "interval, low"), checked_number(self.high, "interval")
        if math.isnan(low) or math.isnan(high):
            raise ReportError("interval: an end is NaN; pass interval=None for an unknown interval")
        if low > high:
            raise ReportError(f"interval: low is {low:g} and high is {high:g}; exchange them")
        level = checked_number(self.level, "interval, level")
        if not 0 < level < 1:
            raise ReportError(f"interval: level is {level:g}; give a share such as 0.95")
        checked_text(self.method, "interval, method")
        set_fields(self, low=low, high=high, level=level)

    def __iter__(self) -> Iterator[float]:
        """Yield the ends."""
        return iter((self.low, self.high))

    def __getitem__(self, index: int) -> float:
        """Return an end: 0 is the lower, 1 the upper."""
        return (self.low, self.high)[index]


def checked_number(value: Any, where: str) -> float:
    """Return a number that may be infinite or NaN, also from its text in JSON."""
    if value in ("nan", "inf", "-inf"):
        return float(value)
    if isinstance(value, bool | str) or not hasattr(value, "__float__"):
        raise ReportError(f"{where}: expected a number, got {type(value).__name__} ({value!r:.40})")
    try:
        return float(value)
    except OverflowError as error:
        raise ReportError(f"{where}: the integer is beyond the range of floats") from error
