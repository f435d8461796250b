"""Percentiles, Wilson's and Welch's intervals, computed without numpy to keep the import quick."""

import math
from collections.abc import Sequence

from .interval import Interval


def percentile(ordered: Sequence[float], quantile: float) -> float:
    """The percentile of sorted values, linear between the two nearest (type 7 of Hyndman and Fan).

    Args:
        ordered: Values in ascending order; at least one.
        quantile: Which one, in [0, 1].
    """
    low, high, share = percentile_place(len(ordered), quantile)
    return ordered[low] + (ordered[high] - ordered[low]) * share


def percentile_place(count: int, quantile: float) -> tuple[int, int, float]:
    """Where a percentile lies in sorted values: between which two, and how far from the lower one.

    Args:
        count: How many values there are; at least one.
        quantile: Which percentile, in [0, 1].
    """
    position = (count - 1) * quantile
    low = math.floor(position)
    return low, min(low + 1, count - 1), position - low


def weighted_percentile(
    ordered: Sequence[float], weights: Sequence[float], quantile: float
) -> float:
    """The smallest value with at least this share of the weight at or below it.

    Args:
        ordered: Values in ascending order; at least one.
        weights: The weight of each.
        quantile: Which one, in [0, 1].
    """
    wanted, total = quantile * math.fsum(weights), 0.0
    for value, weight in zip(ordered, weights, strict=True):
        total += weight
        if total >= wanted * (1 - 1e-12):
            return value
    return ordered[-1]


def any_percentile(values: Sequence[float], weights: Sequence[float], quantile: float) -> float:
    """The percentile of values in any order: type 7 without weights, weighted otherwise.

    Args:
        values: At least one.
        weights: The weight of each.
        quantile: Which one, in [0, 1].
    """
    if min(weights) == max(weights) == 1:
        return percentile(sorted(values), quantile)
    pairs = sorted(zip(values, weights, strict=True))
    ordered = [value for value, _ in pairs]
    return weighted_percentile(ordered, [weight for _, weight in pairs], quantile)


def effective_size_of(hits: tuple[float, float], misses: tuple[float, float]) -> float:
    """The size of an unweighted sample whose share has the same variance as the weighted one.

    The variance is that of a ratio of weighted totals, linearised (Särndal, Swensson and Wretman,
    Model Assisted Survey Sampling, 5.6). Without variance, it is Kish's effective size (1965).

    Args:
        hits: The sum of the weights of the successes, and of their squares.
        misses: The same of the failures; one of the sums is positive.
    """
    total = hits[0] + misses[0]
    share = hits[0] / total
    variance = ((1 - share) ** 2 * hits[1] + share**2 * misses[1]) / total**2
    if not variance:
        return total**2 / (hits[1] + misses[1])
    return share * (1 - share) / variance


def percentile_interval(
    ordered: Sequence[float], quantile: float, level: float = 0.95
) -> Interval | None:
    """The interval of a percentile from order statistics; None when there are too few values.

    The number of values below the true percentile is binomial (David and Nagaraja, Order
    Statistics, 7.1). Both ranks are found from its exact distribution.
    """
    n, tail = len(ordered), (1 - require_level(level)) / 2
    middle = n * quantile
    reach = int(12 * math.sqrt(n * quantile * (1 - quantile)) + 12)
    start = max(0, int(middle) - reach)
    total, low, high = 0.0, None, None
    for k in range(start, min(n, int(middle) + reach) + 1):
        total += _binomial(n, k, quantile)
        if low is None and total > tail:
            low = k - 1
        if total >= 1 - tail:
            high = k
            break
    if low is None or high is None or low < 0 or high >= n:
        return None
    return Interval(low=ordered[low], high=ordered[high], level=level, method="order statistics")


def _binomial(n: int, k: int, share: float) -> float:
    ways = math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)
    return math.exp(ways + k * math.log(share) + (n - k) * math.log1p(-share))


def wilson(successes: float, n: float, level: float = 0.95) -> Interval:
    """The interval of a share (Wilson, JASA 22, 1927)."""
    z = normal_quantile(level)
    share, z2 = successes / n, z**2
    middle = (share + z2 / (2 * n)) / (1 + z2 / n)
    half = z / (1 + z2 / n)
    half *= math.sqrt(share * (1 - share) / n + z2 / (4 * n**2))
    low, high = max(0.0, middle - half), min(1.0, middle + half)
    return Interval(low=low, high=high, level=level, method="Wilson score")


def welch_interval(
    control: tuple[float, float, float],
    treatment: tuple[float, float, float],
    level: float = 0.95,
) -> Interval | None:
    """The interval of a difference of means, large-sample normal; None with fewer than two values.

    Args:
        control: Mean, standard deviation and count.
        treatment: The same.
        level: The confidence level.
    """
    (mean_c, sd_c, n_c), (mean_t, sd_t, n_t) = control, treatment
    if min(n_c, n_t) < 2:
        return None
    half = normal_quantile(level) * math.sqrt(sd_c**2 / n_c + sd_t**2 / n_t)
    middle = mean_t - mean_c
    return Interval(low=middle - half, high=middle + half, level=level, method="Welch, normal")


def normal_quantile(level: float) -> float:
    """The two-sided quantile of the standard normal distribution, 1.96 for a level of 0.95."""
    from statistics import NormalDist  # noqa: PLC0415  # imports decimal and fractions

    return NormalDist().inv_cdf((1 + require_level(level)) / 2)


def require_level(level: float) -> float:
    """The level.

    Raises:
        ValueError: It is not in (0, 1).
    """
    if not 0 < level < 1:
        raise ValueError(f"level={level!r} is not in (0, 1); give a confidence level such as 0.95")
    return level
