"""The bootstrap without chance: every resample of a small sample, with its weight."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import combinations_with_replacement

from .._core.errors import InvalidOptionError
from .._core.lazy import IntArray, np
from .._core.options import check_choice, check_share, checked_options
from .._core.rendering import Result, ResultTable
from .._core.results import Interval
from .._core.shown import shown
from .._core.wording import number
from .._data.values import ValuesByItem, clean
from .bootstrap import NAMED, Statistic, StatisticName, acceleration_of

_MOST_VALUES = 10
_SLACK = 1e-12


@dataclass(frozen=True, slots=True, kw_only=True)
class ExactBootstrap(Result):
    """The ideal bootstrap distribution of a statistic.

    Attributes:
        se: Its standard deviation, which simulated standard errors approach.
        resamples: How many resamples there are, n to the n.
        acceleration: Of the BCa interval, from the jackknife.
        values: The values of the statistic in order; ``chances`` has the chance of each.
    """

    estimate: float
    se: float
    resamples: int
    acceleration: float
    values: tuple[float, ...]
    chances: tuple[float, ...]

    def cdf(self, value: float) -> float:
        """The chance of a statistic at or below ``value``."""
        slack = _SLACK * max(1.0, abs(value))
        return math.fsum(
            chance
            for each, chance in zip(self.values, self.chances, strict=True)
            if each <= value + slack
        )

    def quantile(self, share: float) -> float:
        """The smallest value of the statistic whose distribution function reaches ``share``."""
        reached = np.cumsum(self.chances)
        place = int(np.searchsorted(reached, share - _SLACK))
        return self.values[min(place, len(self.values) - 1)]

    def interval(self, level: float = 0.95) -> Interval:
        """The percentile interval without Monte-Carlo error.

        Raises:
            InvalidOptionError: A level outside 0 to 1.
        """
        check_share("level", level)
        return Interval(
            low=self.quantile((1 - level) / 2),
            high=self.quantile((1 + level) / 2),
            level=level,
            method="exact percentile bootstrap",
            estimate=self.estimate,
        )

    @shown
    def __str__(self) -> str:
        return (
            f"statistic = {number(self.estimate)}, bootstrap SE = {number(self.se)}"
            f" over all {self.resamples} resamples."
        )

    def table(self) -> ResultTable:
        return ResultTable(
            title="Exact bootstrap",
            columns=("Statistic", "SE", "Low", "High", "Resamples"),
            rows=(
                (
                    number(self.estimate),
                    number(self.se),
                    *map(number, self.interval()),
                    str(self.resamples),
                ),
            ),
        )


@checked_options
def exact_bootstrap(
    values: ValuesByItem, statistic: StatisticName | Statistic = "mean"
) -> ExactBootstrap:
    """All resamples of up to ten values, in place of a simulated bootstrap (Fisher and Hall 1991).

    Args:
        values: One number per item, at most ten.
        statistic: ``mean``, ``median``, ``sd``, ``variance``, or a function of an array.

    Returns:
        The distribution with its standard deviation.

    Raises:
        InvalidOptionError: More than ten values, or an unknown statistic.
        NotEnoughDataError: Fewer than two values.

    Example:
        >>> found = bench.exact_bootstrap([1.0, 2.0, 4.0])
        >>> found.resamples, round(found.se, 3)
        (27, 0.72)
    """
    if isinstance(statistic, str):
        check_choice("statistic", statistic, NAMED)
    array, _ = clean(values, "values", min_count=2)
    n = len(array)
    if n > _MOST_VALUES:
        raise InvalidOptionError("values", f"{n} values", f"at most {_MOST_VALUES}; else resample")
    function = NAMED[statistic] if isinstance(statistic, str) else statistic
    found: dict[float, float] = {}
    for drawn in combinations_with_replacement(range(n), n):
        chance = _chance(np.bincount(drawn, minlength=n), n)
        value = float(function(array[list(drawn)]))
        found[value] = found.get(value, 0.0) + chance
    ordered = sorted(found)
    chances = [found[value] for value in ordered]
    centre = math.fsum(v * c for v, c in zip(ordered, chances, strict=True))
    spread = math.fsum(c * (v - centre) ** 2 for v, c in zip(ordered, chances, strict=True))
    return ExactBootstrap(
        estimate=float(function(array)),
        se=math.sqrt(spread),
        resamples=n**n,
        acceleration=acceleration_of(
            np.array([float(function(np.delete(array, place))) for place in range(n)])
        ),
        values=tuple(ordered),
        chances=tuple(chances),
    )


def _chance(counts: IntArray, n: int) -> float:
    """The multinomial chance of a resample with these counts."""
    log_chance = math.lgamma(n + 1) - math.fsum(math.lgamma(each + 1) for each in counts.tolist())
    return math.exp(log_chance - n * math.log(n))
