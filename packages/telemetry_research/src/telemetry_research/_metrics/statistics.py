"""The few statistics that metrics need, without waiting for numpy to be imported."""

import math
from collections.abc import Sequence

_NORMAL_975 = 1.959963984540054
_TAIL = 0.025


def percentile(ordered: Sequence[float], share: float) -> float:
    """The percentile of sorted values, linear between the two nearest (type 7 of Hyndman and Fan).

    Args:
        ordered: Values in ascending order; at least one.
        share: Which percentile, in [0, 1].
    """
    position = (len(ordered) - 1) * share
    low = math.floor(position)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (position - low)


def weighted_percentile(ordered: Sequence[float], weights: Sequence[float], share: float) -> float:
    """The smallest value with at least this share of the weight at or below it.

    Args:
        ordered: Values in ascending order; at least one.
        weights: The weight of each.
        share: Which percentile, in [0, 1].
    """
    wanted, total = share * math.fsum(weights), 0.0
    for value, weight in zip(ordered, weights, strict=True):
        total += weight
        if total >= wanted * (1 - 1e-12):
            return value
    return ordered[-1]


def percentile_interval(ordered: Sequence[float], share: float) -> tuple[float, float] | None:
    """The 95 % interval of a percentile from order statistics; None when there are too few values.

    The number of values below the true percentile is binomial (David and Nagaraja, Order
    Statistics, 7.1); both ranks are found from its exact distribution.
    """
    n = len(ordered)
    middle = n * share
    reach = int(12 * math.sqrt(n * share * (1 - share)) + 12)
    start = max(0, int(middle) - reach)
    total, low, high = 0.0, None, None
    for k in range(start, min(n, int(middle) + reach) + 1):
        total += _binomial(n, k, share)
        if low is None and total > _TAIL:
            low = k - 1
        if total >= 1 - _TAIL:
            high = k
            break
    if low is None or high is None or low < 0 or high >= n:
        return None
    return ordered[low], ordered[high]


def _binomial(n: int, k: int, share: float) -> float:
    ways = math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)
    return math.exp(ways + k * math.log(share) + (n - k) * math.log1p(-share))


def wilson(successes: float, total: float) -> tuple[float, float]:
    """The 95 % interval of a share (Wilson, JASA 22, 1927)."""
    share, z2 = successes / total, _NORMAL_975**2
    middle = (share + z2 / (2 * total)) / (1 + z2 / total)
    half = _NORMAL_975 / (1 + z2 / total)
    half *= math.sqrt(share * (1 - share) / total + z2 / (4 * total**2))
    return max(0.0, middle - half), min(1.0, middle + half)


def welch_interval(
    control: tuple[float, float, float], treatment: tuple[float, float, float]
) -> tuple[float, float] | None:
    """The 95 % interval of a difference of means, large-sample normal.

    Args:
        control: Mean, standard deviation and count.
        treatment: The same.
    """
    (mean_c, sd_c, n_c), (mean_t, sd_t, n_t) = control, treatment
    if min(n_c, n_t) < 2:
        return None
    half = _NORMAL_975 * math.sqrt(sd_c**2 / n_c + sd_t**2 / n_t)
    return mean_t - mean_c - half, mean_t - mean_c + half
