"""All pairs of groups after one test over all: estimates and intervals, not only p-values.

Tukey 1949 and Kramer 1956, Games and Howell 1976, Dunn 1964, Conover 1979, Nemenyi 1963, Dunnett
1955, and pairwise t tests.
"""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import combinations
from typing import Literal, get_args

from .._core.arithmetic import difference_of_means, unit_of, variance
from .._core.deprecated import renamed_arguments
from .._core.lazy import FloatArray, np
from .._core.notes import note
from .._core.options import MissingPolicy, check_choice, check_share, checked_options
from .._core.ranks import midranks, tie_term
from .._core.results import Interval
from .._core.tails import normal_p, normal_quantile, t_p, t_quantile
from .._data.groups import clean_blocks, clean_groups
from .._data.values import Groups
from .adjust import Correction, adjust, method_name
from .dunnett import Dunnett
from .pairwise import Pair, PairwiseTable
from .studentized_range import range_quantile, range_sf

PosthocMethod = Literal[
    "tukey",
    "games-howell",
    "dunn",
    "conover",
    "nemenyi",
    "nemenyi-paired",
    "dunnett",
    "t",
    "welch",
]
METHODS: tuple[PosthocMethod, ...] = get_args(PosthocMethod)


@renamed_arguments(nan="missing")
@checked_options
def posthoc(
    groups: Groups,
    *,
    method: PosthocMethod = "games-howell",
    correction: Correction = "holm",
    level: float = 0.95,
    missing: MissingPolicy = "error",
) -> PairwiseTable:
    """Every pair of groups, second minus first.

    Args:
        groups: Values by group; for ``nemenyi`` and ``nemenyi-paired`` see below.
        method: ``games-howell`` (unequal spreads, the default), ``tukey`` (equal spreads), ``dunn``
            or ``conover`` (after Kruskal-Wallis), ``nemenyi`` (ranks, independent groups),
            ``nemenyi-paired`` (after Friedman: groups are conditions of the same items),
            ``dunnett`` (all against the first group), ``t`` (pooled) or ``welch`` t tests.
        correction: Of ``dunn``, ``conover``, ``t`` and ``welch``; the others correct themselves.
        level: Simultaneous for the methods that correct themselves, else of each interval alone.
        missing: ``omit`` leaves missing values out.

    Returns:
        One row per pair: estimate, interval, and p-value before and after the correction.

    Raises:
        InvalidOptionError: Unknown method or correction.

    Example:
        >>> table = bench.posthoc({"a": [1, 2, 3], "b": [2, 3, 5], "c": [6, 7, 9]})
        >>> [round(pair.p_adjusted, 3) for pair in table]
        [0.491, 0.022, 0.069]
    """
    check_choice("method", method, METHODS)
    check_share("level", level)
    method_name(correction)
    if method == "nemenyi-paired":
        return _nemenyi_paired(groups, level, missing)
    min_count = 2 if method in ("games-howell", "welch") else 1
    arrays = clean_groups(groups, missing=missing, min_count=min_count).arrays
    if method in ("dunn", "conover", "nemenyi"):
        return _by_ranks(arrays, method, correction, level)
    return _by_means(arrays, method, correction, level)


def _pooled(arrays: dict[str, FloatArray]) -> tuple[float, float]:
    df = sum(map(len, arrays.values())) - len(arrays)
    within = math.fsum(
        (len(each) - 1) * variance(each) for each in arrays.values() if len(each) > 1
    )
    return (within / df if df > 0 else math.nan), float(df)


def _by_means(
    arrays: dict[str, FloatArray], method: str, correction: Correction, level: float
) -> PairwiseTable:
    k, unit = len(arrays), unit_of(*arrays.values())
    arrays = {name: array / unit for name, array in arrays.items()}
    ms, pooled_df = _pooled(arrays)
    dunnett = Dunnett(arrays, pooled_df) if method == "dunnett" else None
    names = list(arrays)
    pairs = [(names[0], name) for name in names[1:]] if dunnett else list(combinations(names, 2))
    rows = []
    for first, second in pairs:
        a, b = arrays[second], arrays[first]
        gap = difference_of_means(b, a)
        if method in ("games-howell", "welch"):
            va, vb = variance(a) / len(a), variance(b) / len(b)
            se, df = math.sqrt(va + vb), math.nan
            if se > 0:
                df = (va + vb) ** 2 / (va**2 / (len(a) - 1) + vb**2 / (len(b) - 1))
        else:
            se, df = math.sqrt(ms * (1 / len(a) + 1 / len(b))), pooled_df
        t = gap / se if se > 0 else math.nan
        p_value = t_p(t, df, "two-sided")[0]
        p_adjusted, reach = p_value, math.nan
        if math.isnan(t):
            p_adjusted = math.nan
        elif dunnett:
            p_adjusted, reach = dunnett.p(abs(t)), dunnett.quantile(level)
        elif method in ("tukey", "games-howell"):
            p_adjusted = range_sf(abs(t) * math.sqrt(2), k, df)
            reach = range_quantile(level, k, df) / math.sqrt(2)
        else:
            reach = t_quantile(0.5 + level / 2, df)
        rows.append(
            _row(
                (first, second),
                gap * unit,
                se * unit,
                t,
                df=df,
                p=(p_value, p_adjusted),
                reach=reach,
                level=level,
                name="mean difference",
            )
        )
    details = {"mean_square": ms * unit * unit, "df": pooled_df}
    if method == "tukey" and not math.isnan(ms) and ms > 0:
        details["q_critical"] = range_quantile(level, k, pooled_df)
    if method in ("t", "welch"):
        return _adjusted(method, rows, correction)
    return PairwiseTable(test=method, correction=method, rows=tuple(rows), details=details)


def _row(
    names: tuple[str, str],
    gap: float,
    se: float,
    statistic: float,
    *,
    df: float | None,
    p: tuple[float, float],
    reach: float,
    level: float,
    name: str = "mean rank difference",
) -> Pair:
    return Pair(
        first=names[0],
        second=names[1],
        estimate=gap,
        estimate_name=name,
        se=se if se > 0 else math.nan,
        statistic=statistic,
        statistic_name="t" if df is not None else "z",
        df=df,
        p_value=p[0],
        p_adjusted=p[1],
        warnings=(note("ZERO_VARIANCE"),) if math.isnan(statistic) else (),
        interval=Interval(
            low=gap - reach * se, high=gap + reach * se, level=level, method=name, estimate=gap
        ),
    )


def _adjusted(method: str, rows: list[Pair], correction: Correction) -> PairwiseTable:
    values = adjust([row.p_value for row in rows], correction)
    found = [replace(row, p_adjusted=value) for row, value in zip(rows, values, strict=True)]
    return PairwiseTable(test=method, correction=method_name(correction), rows=tuple(found))


def _by_ranks(
    arrays: dict[str, FloatArray], method: str, correction: Correction, level: float
) -> PairwiseTable:
    every = np.concatenate(list(arrays.values()))
    ranks, n, k = midranks(every), len(every), len(arrays)
    means, start = {}, 0
    for name, array in arrays.items():
        means[name] = float(ranks[start : start + len(array)].mean())
        start += len(array)
    ties = 0.0 if method == "nemenyi" else tie_term(every) / (12 * (n - 1))
    base = n * (n + 1) / 12 - ties
    h = (
        math.nan
        if base <= 0
        else math.fsum(len(a) * (means[name] - (n + 1) / 2) ** 2 for name, a in arrays.items())
        / base
    )
    factor = (n - 1 - h) / (n - k) if method == "conover" and n > k else 1.0
    df = float(n - k) if method == "conover" else None
    rows = []
    for first, second in combinations(arrays, 2):
        gap = means[second] - means[first]
        spread = base * factor * (1 / len(arrays[first]) + 1 / len(arrays[second]))
        se = math.sqrt(max(0.0, spread)) if base > 0 else 0.0
        z = gap / se if se > 0 else math.nan
        tail = t_p(z, df, "two-sided") if df is not None else normal_p(z, "two-sided")
        p_adjusted = tail[0]
        reach = t_quantile(0.5 + level / 2, df) if df else normal_quantile(0.5 + level / 2)
        if method == "nemenyi" and not math.isnan(z):
            p_adjusted = range_sf(abs(z) * math.sqrt(2), k, math.inf)
            reach = range_quantile(level, k, math.inf) / math.sqrt(2)
        rows.append(
            _row(
                (first, second),
                gap,
                se,
                z,
                df=df,
                p=(tail[0], p_adjusted),
                reach=reach,
                level=level,
            )
        )
    if method == "nemenyi":
        return PairwiseTable(test=method, correction=method, rows=tuple(rows))
    return _adjusted(method, rows, correction)


def _nemenyi_paired(groups: Groups, level: float, missing: MissingPolicy) -> PairwiseTable:
    """Mean ranks within items; ``details`` has the critical difference (Demšar 2006)."""
    blocks = clean_blocks(groups, missing=missing)
    n, k = blocks.matrix.shape
    ranks = np.array([midranks(row) for row in blocks.matrix])
    means = dict(zip(blocks.names, ranks.mean(axis=0).tolist(), strict=True))
    se = math.sqrt(k * (k + 1) / (6 * n))
    reach = range_quantile(level, k, math.inf) / math.sqrt(2)
    rows = []
    for first, second in combinations(blocks.names, 2):
        gap = means[second] - means[first]
        z = gap / se
        p_adjusted = range_sf(abs(z) * math.sqrt(2), k, math.inf)
        p_value = normal_p(z, "two-sided")[0]
        rows.append(
            _row(
                (first, second),
                gap,
                se,
                z,
                df=None,
                p=(p_value, p_adjusted),
                reach=reach,
                level=level,
            )
        )
    return PairwiseTable(
        test="nemenyi-paired",
        correction="nemenyi",
        rows=tuple(rows),
        details={"critical_difference": reach * se},
    )
