"""Ranks, their exact distributions with or without ties, and order statistics of pair sums.

Exact distributions count subsets (Mann-Whitney) or signs (Wilcoxon) by dynamic programming over
doubled midranks, so ties need no approximation (Streitberg and Roehmel 1986).
"""

from __future__ import annotations

from .arithmetic import tidy
from .lazy import FloatArray, IntArray, np

_MAX_PAIRS = 4_000_000


def midranks(array: FloatArray, *, exactly: bool = False) -> FloatArray:
    """Ranks from 1, ties sharing their mean rank; .3 and .1 + .2 are ties unless ``exactly``."""
    if not exactly:
        array = tidy(array)
    order = np.argsort(array, kind="stable")
    ordered = array[order]
    starts = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]])
    sizes = np.diff(np.r_[starts, len(array)])
    ranks = np.empty(len(array))
    ranks[order] = np.repeat(starts + (sizes + 1) / 2, sizes)
    return ranks


def tie_sizes(array: FloatArray) -> FloatArray:
    found: FloatArray = np.unique(tidy(array), return_counts=True)[1].astype(float)
    return found


def tie_term(array: FloatArray) -> float:
    """The sum of t^3 - t over groups of ties."""
    sizes = tie_sizes(array)
    return float((sizes**3 - sizes).sum())


def _whole(ranks: FloatArray) -> tuple[IntArray, int]:
    """Doubled ranks as integers, halved again when all are whole."""
    doubled = np.rint(2 * ranks).astype(np.int64)
    if (doubled % 2 == 0).all():
        return doubled // 2, 1
    return doubled, 2


def subset_distribution(ranks: FloatArray, size: int) -> tuple[FloatArray, FloatArray]:
    """Possible sums of ``size`` of the ranks, and the chance of each."""
    weights, scale = _whole(ranks)
    most = int(np.sort(weights)[::-1][:size].sum())
    counts = np.zeros((size + 1, most + 1))
    counts[0, 0] = 1.0
    for used, weight in enumerate(weights.tolist(), start=1):
        for chosen in range(min(used, size), 0, -1):
            counts[chosen, weight:] += counts[chosen - 1, : most + 1 - weight]
    mass = counts[size]
    return np.arange(most + 1) / scale, mass / mass.sum()


def sign_distribution(ranks: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Possible sums of the positive ranks when every sign is a fair coin, and their chances."""
    weights, scale = _whole(ranks)
    total = int(weights.sum())
    mass = np.zeros(total + 1)
    mass[0] = 1.0
    for weight in weights.tolist():
        moved = np.zeros(total + 1)
        moved[weight:] = mass[: total + 1 - weight]
        mass = 0.5 * (mass + moved)
    return np.arange(total + 1) / scale, mass


def exact_tail(
    values: FloatArray, mass: FloatArray, observed: float, centre: float, alternative: str
) -> float:
    """The chance of a sum as far from its centre, or on the side of the alternative."""
    slack = 1e-9
    if alternative == "greater":
        chosen = values >= observed - slack
    elif alternative == "less":
        chosen = values <= observed + slack
    else:
        chosen = np.abs(values - centre) >= abs(observed - centre) - slack
    return min(1.0, float(mass[chosen].sum()))


def mass_quantile(values: FloatArray, mass: FloatArray, p: float) -> float:
    """The smallest value whose distribution function reaches ``p``."""
    reached = np.cumsum(mass)
    return float(values[int(np.searchsorted(reached, p * (1 - 1e-12)))])


def kth_differences(first: FloatArray, second: FloatArray, positions: list[int]) -> list[float]:
    """Order statistics (from 1) of all differences first minus second."""
    if len(first) * len(second) <= _MAX_PAIRS:
        every = np.sort((first[:, None] - second[None, :]).ravel())
        return [float(every[position - 1]) for position in positions]
    ordered = np.sort(first)
    low = float(first.min() - second.max())
    high = float(first.max() - second.min())
    return [_bisect(ordered, second, position, low, high) for position in positions]


def _bisect(
    ordered: FloatArray, second: FloatArray, position: int, low: float, high: float
) -> float:
    """Counting instead of listing: the pairs of large groups do not fit in memory."""
    for _ in range(100):
        middle = (low + high) / 2
        if middle in (low, high):
            break
        if int(np.searchsorted(ordered, second + middle, side="right").sum()) >= position:
            high = middle
        else:
            low = middle
    return high


def median_positions(count: int) -> list[int]:
    return [(count + 1) // 2, count // 2 + 1]


def walsh_averages(gaps: FloatArray) -> FloatArray:
    """All means of two differences, each with itself too, in order."""
    upper = np.triu_indices(len(gaps))
    return np.sort((gaps[upper[0]] + gaps[upper[1]]) / 2)
