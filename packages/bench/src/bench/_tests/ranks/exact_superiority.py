"""The test of Brunner and Munzel over all splits of the values into two groups."""

from __future__ import annotations

import math
from itertools import combinations

from ..._core.errors import InvalidOptionError
from ..._core.lazy import BoolArray, FloatArray, np

EXACT_SPLITS = 20_000
_MOST_SPLITS = 50_000
_SLACK = 1e-9


def exact_brunner_munzel(ranks: FloatArray, n1: int, alternative: str) -> float:
    """The share of splits whose statistic is as far out as that of the first ``n1`` ranks.

    Splits without any overlap have no spread: their statistic is infinite.
    """
    statistics = split_statistics(ranks, n1)
    observed = float(statistics[0])  # the first split is the one observed
    return float(as_extreme(statistics, observed, alternative).mean())


def split_statistics(ranks: FloatArray, n1: int) -> FloatArray:
    """The statistic of every split, the first being that of the first ``n1`` ranks.

    Raises:
        InvalidOptionError: Too many splits.
    """
    size = len(ranks)
    splits = math.comb(size, n1)
    if splits > _MOST_SPLITS:
        raise InvalidOptionError("method", "exact", f"another for {splits} splits")
    chosen = np.zeros((splits, size), dtype=bool)
    for row, places in enumerate(combinations(range(size), n1)):
        chosen[row, list(places)] = True
    return _statistics(ranks, chosen)


def as_extreme(statistics: FloatArray, observed: float, alternative: str) -> BoolArray:
    """Which splits are as far out as the observed one."""
    found: BoolArray
    if alternative == "greater":
        found = statistics >= observed - _SLACK
    elif alternative == "less":
        found = statistics <= observed + _SLACK
    else:
        found = np.abs(statistics) >= abs(observed) - _SLACK
    return found


def _statistics(ranks: FloatArray, chosen: BoolArray) -> FloatArray:
    """(second minus first) over its error, for every split."""
    splits, size = chosen.shape
    n1 = int(chosen[0].sum())
    every = np.broadcast_to(ranks, chosen.shape)
    first = every[chosen].reshape(splits, n1)
    second = every[~chosen].reshape(splits, size - n1)
    below1 = first - _inner(first)
    below2 = second - _inner(second)
    n2 = size - n1
    gap = below2.mean(axis=1) / n1 - 0.5
    spread = below1.var(axis=1, ddof=1) / n1 / n2**2 + below2.var(axis=1, ddof=1) / n2 / n1**2
    with np.errstate(divide="ignore", invalid="ignore"):
        found: FloatArray = np.where(np.abs(gap) < _SLACK, 0.0, gap / np.sqrt(spread))
    return found


def _inner(group: FloatArray) -> FloatArray:
    """The midranks of every row among its own values."""
    less = (group[:, :, None] > group[:, None, :]).sum(axis=2)
    same = (group[:, :, None] == group[:, None, :]).sum(axis=2)
    found: FloatArray = less + (same + 1) / 2
    return found
