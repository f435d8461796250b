"""The interval of a share."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from statistics import NormalDist
from typing import Literal

from .shown import shown

_LEVEL, _Z_95 = 0.95, 1.959963984540054  # qnorm(0.975) in R


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """A confidence interval; unpacks into its ends.

    Attributes:
        low: The lower end.
        high: The upper end.
        level: The confidence level.
        method: How it was computed: ``wilson``.
    """

    low: float
    high: float
    level: float = _LEVEL
    method: Literal["wilson"] = "wilson"

    def __iter__(self) -> Iterator[float]:
        return iter((self.low, self.high))

    def __getitem__(self, end: int) -> float:
        return (self.low, self.high)[end]

    @shown
    def __str__(self) -> str:
        return f"[{self.low:.4f}, {self.high:.4f}]"

    def to_dict(self) -> dict[str, object]:
        """The interval as plain values."""
        return {"low": self.low, "high": self.high, "level": self.level, "method": self.method}


def wilson(successes: int, n: int, *, level: float = _LEVEL) -> Interval:
    """The Wilson score interval of a share (Wilson, JASA 22, 1927).

    Args:
        successes: How many of the trials succeeded.
        n: How many trials.
        level: The confidence level, between 0 and 1.

    Raises:
        ValueError: ``level`` is not between 0 and 1.
    """
    z = _quantile(level)
    share, z2 = successes / n, z**2
    middle = (share + z2 / (2 * n)) / (1 + z2 / n)
    half = z / (1 + z2 / n) * math.sqrt(share * (1 - share) / n + z2 / (4 * n * n))
    # At its ends the formula gives 0 and 1, which rounding must not miss.
    return Interval(
        low=max(0.0, middle - half) if successes else 0.0,
        high=min(1.0, middle + half) if successes < n else 1.0,
        level=level,
    )


def level_text(level: float) -> str:
    """The heading of a column of intervals, such as ``95 % CI``."""
    return f"{100 * level:g} % CI"


def _quantile(level: float) -> float:
    if not 0 < level < 1:
        raise ValueError(f"level: {level!r} is not between 0 and 1; 0.95 is the usual one")
    return _Z_95 if level == _LEVEL else NormalDist().inv_cdf((1 + level) / 2)
