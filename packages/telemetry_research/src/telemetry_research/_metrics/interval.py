"""An interval with its level and method."""

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """A confidence interval.

    Attributes:
        low: The lower end.
        high: The upper end.
        level: The confidence level, in (0, 1).
        method: How it was computed.
    """

    low: float
    high: float
    level: float
    method: str

    def __iter__(self) -> Iterator[float]:
        """The lower end, then the upper end."""
        yield self.low
        yield self.high

    def __getitem__(self, index: int) -> float:
        """The lower end for 0, the upper end for 1."""
        return (self.low, self.high)[index]

    def __str__(self) -> str:
        return f"[{self.low:.6g}, {self.high:.6g}]"

    def to_dict(self) -> dict[str, object]:
        """The interval as plain values."""
        return {"low": self.low, "high": self.high, "level": self.level, "method": self.method}
