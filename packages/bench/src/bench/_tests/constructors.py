"""Constructors of a Comparison: what all tests fill in alike, from the data and the p-value."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TypedDict, Unpack

from .._core.notes import dropped_notes, note
from .._core.options import ALTERNATIVES, Alternative, check_choice, check_share
from .._core.results import ANY_DIFFERENCE, DIRECTION, Comparison, EffectSize, Interval, Note
from .._core.tails import Tail, t_p, t_quantile
from .._data.summaries import DataSummary


class Fields(TypedDict, total=False):
    """The fields of a Comparison that a constructor passes on as they are."""

    method: str
    null_value: float
    direction: str
    effect_sizes: Mapping[str, EffectSize]
    details: Mapping[str, object]
    seed: int | None
    resamples: int | None


def comparison(
    test: str,
    title: str,
    data: DataSummary,
    *,
    statistic: float,
    statistic_name: str,
    tail: Tail,
    df: tuple[float, ...] = (),
    alternative: str = "two-sided",
    estimate: float = math.nan,
    estimate_name: str = "none",
    se: float = math.nan,
    interval: Interval | None = None,
    warnings: Iterable[Note] = (),
    **fields: Unpack[Fields],
) -> Comparison:
    """The result of a test; without an interval its ends are NaN."""
    return Comparison(
        test=test,
        title=title,
        method=fields.get("method", ""),
        statistic=statistic,
        statistic_name=statistic_name,
        df=df,
        p_value=tail[0],
        log_p=tail[1],
        alternative=alternative,
        null_value=fields.get("null_value", 0.0),
        direction=fields.get("direction", DIRECTION),
        estimate=estimate,
        estimate_name=estimate_name,
        se=se,
        interval=interval or no_interval(estimate),
        effect_sizes=fields.get("effect_sizes", {}),
        details=fields.get("details", {}),
        n=data.n,
        n_dropped=data.dropped,
        groups=data.groups,
        warnings=(*warnings, *dropped_notes(data.dropped)),
        data_hash=data.hash,
        seed=fields.get("seed"),
        resamples=fields.get("resamples"),
    )


def effect_comparison(
    test: str,
    title: str,
    data: DataSummary,
    size: EffectSize,
    *,
    statistic: float,
    statistic_name: str,
    tail: Tail,
    df: tuple[float, ...],
    warnings: Iterable[Note] = (),
    **fields: Unpack[Fields],
) -> Comparison:
    """The result of a test over all groups, whose estimate is an effect size."""
    fields.setdefault("direction", ANY_DIFFERENCE)
    of_size = size.interval.warnings if size.interval is not None else ()
    known = {each.id: each for each in (*warnings, *of_size)}
    return comparison(
        test,
        title,
        data,
        statistic=statistic,
        statistic_name=statistic_name,
        tail=tail,
        df=df,
        estimate=size.value,
        estimate_name=size.name,
        interval=size.interval,
        warnings=tuple(known.values()),
        **fields,
    )


def t_comparison(
    test: str,
    title: str,
    data: DataSummary,
    *,
    estimate: float,
    estimate_name: str,
    se: float,
    df: float,
    level: float,
    alternative: Alternative,
    interval_method: str = "t",
    gap: float | None = None,
    warnings: Iterable[Note] = (),
    **fields: Unpack[Fields],
) -> Comparison:
    """The result of any t test; the statistic is undefined where nothing varies.

    ``gap`` is the estimate less the null value where it is known to more digits than both.
    """
    check_choice("alternative", alternative, ALTERNATIVES)
    check_share("level", level)
    flat = math.isnan(se) or se == 0.0
    if gap is None:
        gap = estimate - fields.get("null_value", 0.0)
    statistic = math.nan if flat else gap / se
    fields.setdefault("method", "t distribution")
    return comparison(
        test,
        title,
        data,
        statistic=statistic,
        statistic_name="t",
        tail=t_p(statistic, df, alternative),
        df=() if flat else (df,),
        alternative=alternative,
        estimate=estimate,
        estimate_name=estimate_name,
        se=math.nan if flat else se,
        interval=t_interval(
            estimate, se, df, level=level, alternative=alternative, method=interval_method
        ),
        warnings=warnings,
        **fields,
    )


def t_interval(
    estimate: float, se: float, df: float, *, level: float, alternative: str, method: str
) -> Interval:
    """Two-sided, or one-sided with an infinite end, to match the alternative."""
    if math.isnan(se) or se == 0.0:
        return Interval(
            low=estimate,
            high=estimate,
            level=level,
            method="no spread in the values",
            estimate=estimate,
            warnings=(note("ZERO_VARIANCE"),),
        )
    tail = (1 - level) / 2 if alternative == "two-sided" else 1 - level
    half = t_quantile(1 - tail, df) * se
    return Interval(
        low=-math.inf if alternative == "less" else estimate - half,
        high=math.inf if alternative == "greater" else estimate + half,
        level=level,
        method=method,
        estimate=estimate,
    )


def in_unit(result: Comparison, unit: float) -> Comparison:
    """A result of values that were divided by ``unit``, back in the unit of the caller."""
    if unit == 1.0:
        return result
    ends = result.interval
    return replace(
        result,
        estimate=result.estimate * unit,
        se=result.se * unit,
        null_value=result.null_value * unit,
        interval=replace(
            ends, low=ends.low * unit, high=ends.high * unit, estimate=ends.estimate * unit
        ),
    )


def no_interval(estimate: float = math.nan, level: float = 0.95) -> Interval:
    """The interval of a test that has no interval."""
    return Interval(low=math.nan, high=math.nan, level=level, method="none", estimate=estimate)
