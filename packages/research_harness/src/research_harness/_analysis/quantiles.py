"""Quantiles of a condition with the repeats of an item as such, also where values are cut off."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean, variance
from typing import TYPE_CHECKING

from .._rows.values import Censored, KnownRows

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from bench import Interval

_LEAST_RESAMPLES = 100  # the estimate does not need them; bench asks for some


@dataclass(frozen=True, slots=True, kw_only=True)
class QuantileValues:
    """A quantile of one condition.

    Attributes:
        value: The quantile; infinite where so many values are cut off that it was not reached.
        interval: Its interval.
        worst_case: The quantile if values that were cut off never ended.
    """

    value: float
    interval: "Interval"
    worst_case: float


def quantile_values(
    rows: Sequence[Sequence[float]],
    quantile: float,
    *,
    level: float,
    clusters: Sequence[str] | None = None,
) -> QuantileValues:
    """A quantile with its interval by order statistics of the effective sample.

    The interval of the share below the quantile, turned round (Woodruff 1952). Where repeats of an
    item agree they count as one observation. An end is infinite where the sample is too small to
    have one. Of values that were cut off the lower end takes what was seen, and the upper end that
    they never ended.

    Args:
        rows: The values of each item; at least two in all.
        quantile: The quantile, in (0, 1).
        level: The level of the interval.
        clusters: The cluster of each item.
    """
    import numpy as np

    import bench

    values, cut = _columns(rows)
    numbers = np.sort(values)
    never = np.sort(np.where(cut, np.inf, values)) if cut.any() else numbers
    value = _estimate(values, cut, quantile)
    size = _effective_size(rows, value, clusters)
    ranks = bench.quantile_interval(range(1, size + 1), quantile, level=level)
    low, high = -math.inf, math.inf
    if math.isfinite(ranks.low):
        low = float(numbers[math.ceil((ranks.low - 1) / size * len(numbers))])
    if math.isfinite(ranks.high):
        high = float(never[math.ceil(ranks.high / size * len(never)) - 1])
    method = "order statistics"
    if size != len(numbers):
        method = "order statistics, effective sample"
    interval = bench.Interval(
        low=low, high=high, level=level, method=method, estimate=value, warnings=ranks.warnings
    )
    return QuantileValues(
        value=value, interval=interval, worst_case=_never_ended(numbers, never, quantile)
    )


def estimate(rows: Sequence[Sequence[float]], quantile: float) -> float:
    """The quantile; by Kaplan and Meier where values were cut off.

    Args:
        rows: The values of each item.
        quantile: The quantile, in (0, 1).
    """
    return _estimate(*_columns(rows), quantile)


def _estimate(values: "NDArray[np.float64]", cut: "NDArray[np.bool_]", quantile: float) -> float:
    import bench

    if not cut.any():
        return float(bench.percentile(values, quantile))
    if cut.all():
        return math.inf
    found = bench.censored_quantile(values, cut.astype(float), quantile, resamples=_LEAST_RESAMPLES)
    return found.estimate


def _columns(
    rows: Sequence[Sequence[float]],
) -> "tuple[NDArray[np.float64], NDArray[np.bool_]]":
    """All values, and which of them were cut off."""
    if isinstance(rows, KnownRows):
        return rows.flat, rows.flat_cut
    import numpy as np

    numbers = [value for row in rows for value in row]
    return np.array(numbers, float), np.array([isinstance(each, Censored) for each in numbers])


def _never_ended(
    numbers: "NDArray[np.float64]", never: "NDArray[np.float64]", quantile: float
) -> float:
    import bench

    if math.isinf(never[-1]):
        return float(never[min(len(never) - 1, math.ceil(quantile * len(never)) - 1)])
    return float(bench.percentile(numbers, quantile))


def _effective_size(
    rows: Sequence[Sequence[float]], value: float, clusters: Sequence[str] | None
) -> int:
    """The number of independent values that say as much about the share below the quantile."""
    import bench

    total = rows.total if isinstance(rows, KnownRows) else sum(map(len, rows))
    if clusters is None and total == len(rows):
        return total
    below = [fmean(1.0 if each <= value else 0.0 for each in row) for row in rows]
    share = fmean(below)
    inner = share * (1 - share)
    units = len(rows) if clusters is None else len(set(clusters))
    if units < 2:
        return max(2, units)
    if clusters is None:
        least, spread = units, variance(below) / units
    else:
        least, spread = 2, bench.clustered_mean(below, clusters).se_cr2 ** 2
    size = float(units)
    if inner > 0 and spread > 0:
        size = min(max(inner / spread, least), total)
        few = math.exp(-units * inner / 2)  # as for shares: few values show nothing of repeats
        size = 1 / ((1 - few) / size + few / units)
    return max(2, int(size))
