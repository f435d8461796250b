"""The p-values of thousands of data sets at once, by the formulas of the books.

A batch is one array for each group: a row for each data set, a column for each value. What these
formulas give is compared with the function of bench on the first data sets of each row.
"""

from collections.abc import Callable
from functools import cache
from itertools import combinations
from typing import Any

import numpy as np
from scipy import stats

from bench._multiplicity.studentized_range import range_quantile

Batch = Any
"""An array of data sets by values."""
Formula = Callable[[list[Batch]], Any]

REJECTED, KEPT = 0.0, 1.0  # where only the decision is known
LEVEL = 0.95


def student(groups: list[Batch]) -> Any:
    a, b = groups
    n1, n2 = a.shape[1], b.shape[1]
    pooled = ((n1 - 1) * _variance(a) + (n2 - 1) * _variance(b)) / (n1 + n2 - 2)
    return _two_sided(_gap(a, b) / np.sqrt(pooled * (1 / n1 + 1 / n2)), n1 + n2 - 2)


def welch(groups: list[Batch]) -> Any:
    return _two_sided(*_welch_t(*groups))


def welch_of_logs(groups: list[Batch]) -> Any:
    return welch([np.log(each) for each in groups])


def paired(groups: list[Batch]) -> Any:
    return one_sample(groups[1] - groups[0], 0.0)


def one_sample(values: Batch, mean: float) -> Any:
    n = values.shape[1]
    return _two_sided((values.mean(1) - mean) / np.sqrt(_variance(values) / n), n - 1)


def yuen(groups: list[Batch]) -> Any:
    means, squares, sizes = zip(*(_trimmed(each) for each in groups), strict=True)
    total = squares[0] + squares[1]
    parts = sum(square**2 / (n - 1) for square, n in zip(squares, sizes, strict=True))
    return _two_sided((means[1] - means[0]) / np.sqrt(total), total**2 / parts)


def _trimmed(values: Batch) -> tuple[Any, Any, int]:
    ordered = np.sort(values, axis=1)
    n = values.shape[1]
    cut = int(0.2 * n + 1e-9)
    kept = ordered[:, cut : n - cut]
    held = np.clip(values, ordered[:, [cut]], ordered[:, [n - cut - 1]])
    h = kept.shape[1]
    return kept.mean(1), (n - 1) * _variance(held) / (h * (h - 1)), h


def anova(groups: list[Batch]) -> Any:
    k, n = len(groups), sum(each.shape[1] for each in groups)
    centre = np.concatenate(groups, axis=1).mean(1)
    between = sum(each.shape[1] * (each.mean(1) - centre) ** 2 for each in groups)
    within = sum((each.shape[1] - 1) * _variance(each) for each in groups)
    return stats.f.sf((between / (k - 1)) / (within / (n - k)), k - 1, n - k)


def brown_forsythe(groups: list[Batch]) -> Any:
    return anova([np.abs(each - np.median(each, axis=1, keepdims=True)) for each in groups])


def welch_anova(groups: list[Batch]) -> Any:
    k = len(groups)
    weights = np.array([each.shape[1] / _variance(each) for each in groups])
    means = np.array([each.mean(1) for each in groups])
    total = weights.sum(0)
    centre = (weights * means).sum(0) / total
    free = np.array([each.shape[1] - 1 for each in groups])[:, None]
    lack = ((1 - weights / total) ** 2 / free).sum(0)
    top = (weights * (means - centre) ** 2).sum(0) / (k - 1)
    f = top / (1 + 2 * (k - 2) / (k**2 - 1) * lack)
    return stats.f.sf(f, k - 1, (k**2 - 1) / (3 * lack))


def kruskal(groups: list[Batch]) -> Any:
    ranks, ties, n = _ranked(groups)
    sums = sum(each.sum(1) ** 2 / each.shape[1] for each in ranks)
    h = (12 / (n * (n + 1)) * sums - 3 * (n + 1)) / (1 - ties / (n**3 - n))
    return stats.chi2.sf(h, len(groups) - 1)


def dunn(groups: list[Batch]) -> Any:
    """The smallest p of all pairs after Holm: Bonferroni's."""
    count = len(groups) * (len(groups) - 1) // 2
    return np.minimum(1, 2 * count * stats.norm.sf(_largest_z(groups, tied=True)))


def nemenyi(groups: list[Batch]) -> Any:
    reach = range_quantile(LEVEL, len(groups), np.inf) / np.sqrt(2)
    return _decided(_largest_z(groups, tied=False), reach)


def _largest_z(groups: list[Batch], *, tied: bool) -> Any:
    ranks, ties, n = _ranked(groups)
    base = n * (n + 1) / 12 - (ties / (12 * (n - 1)) if tied else 0)
    gaps = [
        np.abs(a.mean(1) - b.mean(1)) / np.sqrt(base * (1 / a.shape[1] + 1 / b.shape[1]))
        for a, b in combinations(ranks, 2)
    ]
    return np.max(gaps, axis=0)


def tukey(groups: list[Batch]) -> Any:
    df = sum(each.shape[1] - 1 for each in groups)
    square = sum((each.shape[1] - 1) * _variance(each) for each in groups) / df
    gaps = [
        np.abs(_gap(a, b)) / np.sqrt(square * (1 / a.shape[1] + 1 / b.shape[1]))
        for a, b in combinations(groups, 2)
    ]
    return _decided(np.max(gaps, axis=0), range_quantile(LEVEL, len(groups), df) / np.sqrt(2))


def games_howell(groups: list[Batch]) -> Any:
    beyond = []
    for a, b in combinations(groups, 2):
        t, df = _welch_t(a, b)
        steps, reaches = _reaches(len(groups))
        beyond.append(np.abs(t) - np.interp(1 / df, steps, reaches))
    return _decided(np.max(beyond, axis=0), 0.0)


@cache
def _reaches(k: int) -> tuple[Any, Any]:
    """How far t must lie from 0, by one over the degrees of freedom."""
    steps = np.linspace(1e-3, 1.0, 400)
    reaches = [range_quantile(LEVEL, k, 1 / step) / np.sqrt(2) for step in steps]
    return steps, np.array(reaches)


def friedman(groups: list[Batch]) -> Any:
    blocks = stats.rankdata(np.stack(groups, axis=2), axis=2)
    _, n, k = blocks.shape
    spread = ((blocks - (k + 1) / 2) ** 2).sum((1, 2))
    between = n**2 * ((blocks.mean(1) - (k + 1) / 2) ** 2).sum(1)
    return stats.chi2.sf((k - 1) * between / spread, k - 1)


def repeated_anova(groups: list[Batch]) -> Any:
    """With the correction of Greenhouse and Geisser."""
    blocks = np.stack(groups, axis=2)
    _, n, k = blocks.shape
    columns, items = blocks.mean(1, keepdims=True), blocks.mean(2, keepdims=True)
    centre = blocks.mean((1, 2), keepdims=True)
    rest = blocks - columns - items + centre
    effect = n * ((columns - centre) ** 2).sum((1, 2))
    f = (effect / (k - 1)) / ((rest**2).sum((1, 2)) / ((k - 1) * (n - 1)))
    spread = np.einsum("rni,rnj->rij", rest, rest)
    trace = np.trace(spread, axis1=1, axis2=2)
    epsilon = trace**2 / ((k - 1) * (spread**2).sum((1, 2)))
    return stats.f.sf(f, (k - 1) * epsilon, (k - 1) * (n - 1) * epsilon)


def mann_whitney(groups: list[Batch]) -> Any:
    """The normal approximation with its correction for continuity."""
    ranks, ties, n = _ranked(groups)
    n1, n2 = (each.shape[1] for each in groups)
    gap = ranks[1].sum(1) - n2 * (n2 + 1) / 2 - n1 * n2 / 2
    sigma = np.sqrt(n1 * n2 / 12 * (n + 1 - ties / (n * (n - 1))))
    return 2 * stats.norm.sf(np.abs(gap - 0.5 * np.sign(gap)) / sigma)


def brunner_munzel(groups: list[Batch]) -> Any:
    ranks, _, _ = _ranked(groups)
    n1, n2 = (each.shape[1] for each in groups)
    share = (ranks[1].mean(1) - (n2 + 1) / 2) / n1
    v1, v2 = (
        _variance(every - stats.rankdata(own, axis=1))
        for every, own in zip(ranks, groups, strict=True)
    )
    se = np.sqrt(v1 / (n1 * n2**2) + v2 / (n2 * n1**2))
    df = (n1 * v1 + n2 * v2) ** 2 / ((n1 * v1) ** 2 / (n1 - 1) + (n2 * v2) ** 2 / (n2 - 1))
    return _two_sided((share - 0.5) / se, df)


def wilcoxon(groups: list[Batch]) -> Any:
    """The normal approximation with its correction for continuity, without zeros or ties."""
    gaps = groups[1] - groups[0]
    n = gaps.shape[1]
    v = (stats.rankdata(np.abs(gaps), axis=1) * (gaps > 0)).sum(1) - n * (n + 1) / 4
    sigma = np.sqrt(n * (n + 1) * (2 * n + 1) / 24)
    return 2 * stats.norm.sf(np.abs(v - 0.5 * np.sign(v)) / sigma)


def pearson(groups: list[Batch]) -> Any:
    x, y = (each - each.mean(1, keepdims=True) for each in groups)
    r = (x * y).sum(1) / np.sqrt((x**2).sum(1) * (y**2).sum(1))
    n = x.shape[1]
    return _two_sided(r * np.sqrt((n - 2) / (1 - r**2)), n - 2)


def spearman(groups: list[Batch]) -> Any:
    return pearson([stats.rankdata(each, axis=1) for each in groups])


def _variance(values: Batch) -> Any:
    return values.var(1, ddof=1)


def _gap(a: Batch, b: Batch) -> Any:
    return b.mean(1) - a.mean(1)


def _welch_t(a: Batch, b: Batch) -> tuple[Any, Any]:
    n1, n2 = a.shape[1], b.shape[1]
    v1, v2 = _variance(a) / n1, _variance(b) / n2
    df = (v1 + v2) ** 2 / (v1**2 / (n1 - 1) + v2**2 / (n2 - 1))
    return _gap(a, b) / np.sqrt(v1 + v2), df


def _two_sided(t: Any, df: Any) -> Any:
    return 2 * stats.t.sf(np.abs(t), df)


def _decided(found: Any, limit: Any) -> Any:
    return np.where(found > limit, REJECTED, KEPT)


def _ranked(groups: list[Batch]) -> tuple[list[Batch], Any, int]:
    """The ranks among all groups, the sums of t³ - t over ties, and the number of values."""
    every = np.concatenate(groups, axis=1)
    n = every.shape[1]
    ranks = stats.rankdata(every, axis=1)
    # Ranks without ties have the sum of squares of 1 to n; each tie of t takes (t³ - t)/12 from it.
    ties = 12 * (n * (n + 1) * (2 * n + 1) / 6 - (ranks**2).sum(1))
    ends = np.cumsum([each.shape[1] for each in groups])[:-1]
    return np.split(ranks, ends, axis=1), ties, n
