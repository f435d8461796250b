"""The power of rank tests for normal values that are shifted, through the moments of the ranks.

The mean and variance of the rank sums under a shift are exact (Lehmann 1975, appendix), the
critical values are those of the test that runs, and the distribution between them is normal. Two
groups of up to 200 values in all and up to 50 pairs are simulated instead, with 10,000 draws.
"""

from __future__ import annotations

import math
from functools import lru_cache

from .._core.lazy import FloatArray, np, special
from .._core.ranks import sign_distribution, subset_distribution
from .._core.streams import stream
from .._core.tails import normal_quantile
from .._tests.ranks.exact_superiority import EXACT_SPLITS, as_extreme, split_statistics
from .power_functions import t_power

_EXACT_PAIRS, _EXACT_SIGNS = 400, 50  # where the tests change to the normal approximation
_SIMULATED, _DRAWS = 200, 10_000


@lru_cache(maxsize=1)
def _nodes() -> tuple[list[float], list[float]]:
    points, weights = np.polynomial.hermite_e.hermegauss(80)
    return points.tolist(), (weights / math.sqrt(2 * math.pi)).tolist()


def _mean_square(shift: float) -> float:
    """E[Phi(z + shift)²] for a standard normal z."""
    points, weights = (np.array(each) for each in _nodes())
    return float(weights @ special.ndtr(points + shift) ** 2)


def shift_of(superiority: float) -> float:
    """The shift of two normals, in standard deviations, at which one exceeds the other so often."""
    return math.sqrt(2) * normal_quantile(min(max(superiority, 1e-9), 1 - 1e-9))


def _between(mean: float, sd: float, low: float, high: float) -> tuple[float, float]:
    """The chances of a value at or below ``low``, and at or above ``high``."""
    if sd <= 0:
        return float(mean <= low), float(mean >= high)
    return float(special.ndtr((low - mean) / sd)), float(special.ndtr((mean - high) / sd))


def _power(ends: tuple[float, float], alternative: str) -> float:
    if alternative == "two-sided":
        return min(1.0, ends[0] + ends[1])
    return ends[0] if alternative == "less" else ends[1]


def mann_whitney_power(p: float, n1: int, n2: int, alpha: float, alternative: str) -> float:
    """``p`` = P(X > Y) with ``n1`` values X and ``n2`` values Y."""
    shift, pairs = shift_of(p), n1 * n2
    low = _lowest_u(n1, n2, alpha / 2 if alternative == "two-sided" else alpha)
    if n1 + n2 <= _SIMULATED:
        u = _ranks_of_first(shift, n1, n2)[0].sum(axis=1) - n1 * (n1 + 1) / 2
        return _power((float((u <= low).mean()), float((u >= pairs - low).mean())), alternative)
    extra = _mean_square(shift) - p * p
    spread = pairs * (p * (1 - p) + (n1 + n2 - 2) * extra)
    ends = _between(pairs * p, math.sqrt(spread), low + 0.5, pairs - low - 0.5)
    return _power(ends, alternative)


def _lowest_u(n1: int, n2: int, tail: float) -> float:
    if n1 * n2 <= _EXACT_PAIRS:
        return _lowest(*_u_distribution(n1, n2), tail)
    sigma = math.sqrt(n1 * n2 * (n1 + n2 + 1) / 12)
    return math.floor(n1 * n2 / 2 - 0.5 + normal_quantile(tail) * sigma)


def _ranks_of_first(shift: float, n1: int, n2: int) -> tuple[FloatArray, FloatArray]:
    """Sorted ranks of both groups among all values, in every draw."""
    values = stream(0, "rank power", n1, n2).standard_normal((_DRAWS, n1 + n2))
    values[:, :n1] += shift
    order = np.argsort(values, axis=1) < n1
    ranks = np.broadcast_to(np.arange(1.0, n1 + n2 + 1), order.shape)
    return ranks[order].reshape(_DRAWS, n1), ranks[~order].reshape(_DRAWS, n2)


def brunner_munzel_power(p: float, n1: int, n2: int, alpha: float, alternative: str) -> float:
    """The t of Brunner and Munzel, beyond 200 values with its limiting standard error."""
    if n1 + n2 <= _SIMULATED:
        return _simulated_brunner_munzel(shift_of(p), n1, n2, alpha, alternative)
    extra = _mean_square(shift_of(p)) - p * p
    spread = extra * (1 / n1 + 1 / n2) + (p * (1 - p) - 2 * extra) / (n1 * n2)
    if spread <= 0:
        return 1.0
    return t_power((p - 0.5) / math.sqrt(spread), n1 + n2 - 2.0, alpha, alternative)


def _simulated_brunner_munzel(
    shift: float, n1: int, n2: int, alpha: float, alternative: str
) -> float:
    first, second = _ranks_of_first(shift, n1, n2)
    # How many of the other group lie below each value: its rank less the rank in its own group.
    below1 = first - np.arange(1.0, n1 + 1)
    below2 = second - np.arange(1.0, n2 + 1)
    e1 = below1.var(axis=1, ddof=1) / n1 / n2**2
    e2 = below2.var(axis=1, ddof=1) / n2 / n1**2
    gap = below1.mean(axis=1) / n2 - 0.5
    flat = e1 + e2 == 0
    total = np.where(flat, 1.0, e1 + e2)
    df = total**2 / np.where(flat, 1.0, e1**2 / (n1 - 1) + e2**2 / (n2 - 1))
    t = gap / np.sqrt(total)
    if math.comb(n1 + n2, n1) <= EXACT_SPLITS:
        t = np.where(flat & (gap != 0), np.copysign(math.inf, gap), t)
        return _exact_rejections(t, n2, n1, alpha, alternative)
    tail = alpha / 2 if alternative == "two-sided" else alpha
    reach = special.stdtrit(df, 1 - tail)
    low, high = (float((each & ~flat).mean()) for each in (t <= -reach, t >= reach))
    return _power((low, high), alternative)


def _exact_rejections(t: FloatArray, n1: int, n2: int, alpha: float, alternative: str) -> float:
    """How often the test over all splits rejects: its p depends on the statistic alone."""
    every = split_statistics(np.arange(1.0, n1 + n2 + 1), n1)
    values, places = np.unique(np.round(t, 9), return_inverse=True)
    p_values = [float(as_extreme(every, value, alternative).mean()) for value in values.tolist()]
    return float((np.array(p_values)[places] <= alpha * (1 + 1e-12)).mean())


def wilcoxon_power(d: float, n: int, alpha: float, alternative: str) -> float:
    """The signed ranks of normal differences with mean ``d`` standard deviations."""
    total = n * (n + 1) / 2
    tail = alpha / 2 if alternative == "two-sided" else alpha
    if n <= _EXACT_SIGNS:
        low, v = _lowest(*_v_distribution(n), tail), _signed_ranks(d, n)
        return _power((float((v <= low).mean()), float((v >= total - low).mean())), alternative)
    sigma = math.sqrt(n * (n + 1) * (2 * n + 1) / 24)
    low = math.floor(total / 2 - 0.5 + normal_quantile(tail) * sigma)
    p1 = float(special.ndtr(d))
    p2 = float(special.ndtr(d * math.sqrt(2)))
    p3 = _mean_square(2 * d)
    mean = n * p1 + n * (n - 1) / 2 * p2
    spread = (
        n * p1 * (1 - p1)
        + n * (n - 1) / 2 * (2 * (p1 - p2) ** 2 + 3 * p2 * (1 - p2))
        + n * (n - 1) * (n - 2) * (p3 - p2 * p2)
    )
    ends = _between(mean, math.sqrt(max(0.0, spread)), low + 0.5, total - low - 0.5)
    return _power(ends, alternative)


def _signed_ranks(d: float, n: int) -> FloatArray:
    """The sum of the ranks of the positive differences in every draw."""
    values = stream(0, "signed rank power", n).standard_normal((_DRAWS, n)) + d
    order = np.argsort(np.abs(values), axis=1)
    positive = np.take_along_axis(values, order, axis=1) > 0
    found: FloatArray = positive @ np.arange(1.0, n + 1)
    return found


def _lowest(values: list[float], mass: list[float], tail: float) -> float:
    """The largest rank sum that the lower tail still rejects; below all where there is not one."""
    reached = np.cumsum(mass)
    count = int(np.searchsorted(reached, tail * (1 + 1e-9), side="right"))
    return values[count - 1] if count else -1.0


@lru_cache(maxsize=256)
def _u_distribution(n1: int, n2: int) -> tuple[list[float], list[float]]:
    sums, mass = subset_distribution(np.arange(1.0, n1 + n2 + 1), n1)
    return (sums - n1 * (n1 + 1) / 2).tolist(), mass.tolist()


@lru_cache(maxsize=256)
def _v_distribution(n: int) -> tuple[list[float], list[float]]:
    sums, mass = sign_distribution(np.arange(1.0, n + 1))
    return sums.tolist(), mass.tolist()
