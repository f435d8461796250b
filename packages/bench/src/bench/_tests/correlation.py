"""Correlation of two columns: Pearson, Spearman and Kendall, each with an interval."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import permutations
from typing import Any, Literal, get_args

from .._core.arithmetic import centred, is_constant, skewness, unit_of
from .._core.deprecated import renamed_arguments
from .._core.lazy import FloatArray, np, stats
from .._core.notes import note
from .._core.options import (
    ALTERNATIVES,
    Alternative,
    MissingPolicy,
    check_choice,
    check_share,
    checked_options,
)
from .._core.ranks import midranks
from .._core.results import Comparison, EffectSize, Interval
from .._core.tails import normal_quantile, t_p, t_quantile, tail_of
from .._data.pairs import Pairs, clean_pairs
from .._data.summaries import of_pairs
from .._data.values import ClusterLabels, ValuesByItem, cluster_codes
from .._intervals.clusters import FEW
from .clustered_correlation import clustered_z
from .constructors import comparison

CorrelationMethod = Literal["pearson", "spearman", "kendall"]
METHODS: tuple[CorrelationMethod, ...] = get_args(CorrelationMethod)
NAMES = {"pearson": "r", "spearman": "rho", "kendall": "tau"}
_MIN_FOR_INTERVAL = 5  # the variance of Kendall's tau has n - 4 below the line
_MAX_EXACT = 8
_FEW = 15  # of log-normal columns 6.3 % are rejected at n = 5, 6.2 at 10 and 5.2 at 30
_NO_RESIDUAL = 1e-14
_UNKNOWN = (math.nan, math.nan)


@renamed_arguments(nan="missing")
@checked_options
def correlation(
    x: ValuesByItem,
    y: ValuesByItem,
    *,
    method: CorrelationMethod = "pearson",
    level: float = 0.95,
    alternative: Alternative = "two-sided",
    missing: MissingPolicy = "error",
    clusters: ClusterLabels | None = None,
) -> Comparison:
    """Whether two columns are correlated.

    Intervals are Fisher's z; for ranks with the variances of Bonett and Wright 2000. Up to eight
    items Spearman's p-value counts all orders, ties included.

    Args:
        x: One number per item.
        y: One number per item, in the same order.
        method: ``pearson`` (linear), ``spearman`` (ranks) or ``kendall`` (tau-b).
        level: The level of the interval.
        alternative: ``greater``: they rise together.
        missing: ``omit`` leaves out items with a missing side.
        clusters: The cluster of every item, in order or by item id. Interval and p-value then rest
            on the jackknife over clusters, on Fisher's scale; ranks are made anew without each
            cluster, so the time grows with clusters times items.

    Returns:
        The test with the coefficient as its estimate.

    Raises:
        UnequalLengthsError: Columns of different lengths.
        NotEnoughDataError: Fewer than three items, or two clusters.

    Example:
        >>> round(bench.correlation([1, 2, 3, 4], [2, 4, 5, 9]).estimate, 3)
        0.965
    """
    check_choice("method", method, METHODS)
    check_choice("alternative", alternative, ALTERNATIVES)
    check_share("level", level)
    pairs = clean_pairs(x, y, missing=missing, min_count=3, clusters=clusters, names=("x", "y"))
    if pairs.clusters is not None:
        return _clustered(pairs, pairs.clusters, method, level, alternative)
    a, b = pairs.control, pairs.treatment
    n = len(a)
    flat = is_constant(a) or is_constant(b)
    warnings = [note("ZERO_VARIANCE")] if flat else []
    value, statistic, tail = math.nan, math.nan, (math.nan, math.nan)
    df: tuple[float, ...] = ()
    if not flat and method == "kendall":
        found = stats.kendalltau(a, b, alternative=alternative)
        value = statistic = float(found.statistic)
        tail = tail_of(float(found.pvalue))
    elif not flat:
        if method == "spearman":
            a, b = midranks(a), midranks(b)
        value = _pearson(a, b)
        if method == "spearman" and n <= _MAX_EXACT:
            statistic, tail = value, tail_of(_permutation_p(a, b, alternative))
        elif 1 - value**2 > _NO_RESIDUAL:
            statistic = value * math.sqrt((n - 2) / (1 - value**2))
            tail, df = t_p(statistic, n - 2.0, alternative), (n - 2.0,)
    if abs(value) >= 1 - _NO_RESIDUAL:
        warnings.append(note("PERFECT_CORRELATION"))
    elif n < _MIN_FOR_INTERVAL:
        warnings.append(note("SMALL_SAMPLE", f"{n} items do not bound a correlation"))
    elif method == "pearson" and n < _FEW and min(abs(skewness(a)), abs(skewness(b))) > 1:
        warnings.append(note("FEW_PAIRS"))
    return comparison(
        method,
        f"{method.title()} correlation",
        replace(of_pairs(pairs), groups=()),
        method="t distribution" if df else "exact or normal",
        statistic=statistic,
        statistic_name="t" if df else NAMES[method],
        df=df,
        tail=tail,
        alternative=alternative,
        direction="both rising together",
        estimate=value,
        estimate_name=NAMES[method],
        interval=_interval(value, n, method, level, alternative),
        effect_sizes={NAMES[method]: EffectSize(name=NAMES[method], value=value)},
        warnings=warnings,
    )


def _clustered(
    pairs: Pairs,
    labels: list[Any],
    method: CorrelationMethod,
    level: float,
    alternative: Alternative,
) -> Comparison:
    a, b = pairs.control, pairs.treatment
    codes, count = cluster_codes(labels, len(a))
    value = _coefficient(a, b, method)
    found = clustered_z(a, b, codes, value, lambda x, y: _coefficient(x, y, method))
    warnings = [note("FEW_CLUSTERS", f"{count} clusters")] if count < FEW else []
    low = high = statistic = math.nan
    if math.isnan(value):
        warnings.append(note("ZERO_VARIANCE"))
    elif not found.se > 0:
        warnings.append(note("PERFECT_CORRELATION", "in all clusters, or without one of them"))
    else:
        statistic = found.z / found.se
        tail = (1 - level) / 2 if alternative == "two-sided" else 1 - level
        reach = t_quantile(1 - tail, found.df) * found.se
        low = -1.0 if alternative == "less" else math.tanh(found.z - reach)
        high = 1.0 if alternative == "greater" else math.tanh(found.z + reach)
    name = NAMES[method]
    return comparison(
        f"clustered_{method}",
        f"{method.title()} correlation of {len(a)} items in {count} clusters,",
        replace(of_pairs(pairs), groups=()),
        method="t distribution, jackknife over clusters",
        statistic=statistic,
        statistic_name="t",
        df=() if math.isnan(statistic) else (found.df,),
        tail=t_p(statistic, found.df, alternative),
        alternative=alternative,
        direction="both rising together",
        estimate=value,
        estimate_name=name,
        interval=Interval(
            low=low,
            high=high,
            level=level,
            method="Fisher z, jackknife over clusters",
            estimate=value,
        ),
        effect_sizes={name: EffectSize(name=name, value=value)},
        details={"clusters": count},
        warnings=warnings,
    )


def _coefficient(a: FloatArray, b: FloatArray, method: CorrelationMethod) -> float:
    """The coefficient; NaN where a column does not vary."""
    if is_constant(a) or is_constant(b):
        return math.nan
    if method == "kendall":
        return float(stats.kendalltau(a, b).statistic)
    return _pearson(midranks(a), midranks(b)) if method == "spearman" else _pearson(a, b)


def _permutation_p(a: FloatArray, b: FloatArray, alternative: Alternative) -> float:
    """Over all orders of the second column; ties included."""
    orders = np.array(list(permutations(range(len(b)))))
    sums = (b[orders] - b.mean()) @ (a - a.mean())
    observed = float((b - b.mean()) @ (a - a.mean()))
    slack = 1e-9 * max(1.0, abs(observed))
    if alternative == "two-sided":
        return float((np.abs(sums) >= abs(observed) - slack).mean())
    signed = sums if alternative == "greater" else -sums
    return float((signed >= (observed if alternative == "greater" else -observed) - slack).mean())


def _pearson(a: FloatArray, b: FloatArray) -> float:
    x, y = centred(a / unit_of(a)), centred(b / unit_of(b))
    x, y = x / unit_of(x), y / unit_of(y)
    found = float(x @ y) / math.sqrt(float(x @ x) * float(y @ y))
    return float(np.clip(found, -1.0, 1.0))


def _interval(
    value: float, n: int, method: str, level: float, alternative: Alternative
) -> Interval:
    """Fisher's; so few items that it has no variance bound nothing."""
    low, high = (-1.0, 1.0) if n < _MIN_FOR_INTERVAL and not math.isnan(value) else _UNKNOWN
    if n >= _MIN_FOR_INTERVAL and 1 - value**2 > _NO_RESIDUAL:
        spread = {
            "pearson": 1 / (n - 3),
            "spearman": (1 + value**2 / 2) / (n - 3),
            "kendall": 0.437 / (n - 4),
        }[method]
        tail = (1 - level) / 2 if alternative == "two-sided" else 1 - level
        reach = normal_quantile(1 - tail) * math.sqrt(spread)
        low = -1.0 if alternative == "less" else math.tanh(math.atanh(value) - reach)
        high = 1.0 if alternative == "greater" else math.tanh(math.atanh(value) + reach)
    return Interval(low=low, high=high, level=level, method="Fisher z", estimate=value)
