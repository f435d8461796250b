"""A Comparison for tests that have a statistic and a p-value but no difference to estimate."""

from __future__ import annotations

import math
from collections.abc import Mapping

from .results import Comparison, EffectSize, Group, Interval, Note
from .tails import Tail


def no_interval(estimate: float = math.nan, level: float = 0.95) -> Interval:
    return Interval(low=math.nan, high=math.nan, level=level, method="none", estimate=estimate)


def plain_test(
    test: str,
    title: str,
    *,
    statistic: float,
    statistic_name: str,
    tail: Tail,
    direction: str,
    method: str = "",
    df: tuple[float, ...] = (),
    alternative: str = "two-sided",
    n: Mapping[str, int] | None = None,
    groups: tuple[Group, ...] = (),
    details: Mapping[str, object] | None = None,
    effect_sizes: Mapping[str, EffectSize] | None = None,
    warnings: tuple[Note, ...] = (),
    data_hash: str = "",
) -> Comparison:
    return Comparison(
        test=test,
        title=title,
        method=method,
        statistic=statistic,
        statistic_name=statistic_name,
        df=df,
        p_value=tail[0],
        log_p=tail[1],
        alternative=alternative,
        estimate=math.nan,
        estimate_name="none",
        se=math.nan,
        interval=no_interval(),
        direction=direction,
        n=n or {},
        groups=groups,
        details=details or {},
        effect_sizes=effect_sizes or {},
        warnings=warnings,
        data_hash=data_hash,
    )


def tail_of(p_value: float) -> Tail:
    """A p-value from elsewhere with its logarithm."""
    p = min(1.0, max(0.0, p_value)) if not math.isnan(p_value) else math.nan
    return p, math.log(p) if p > 0 else (math.nan if math.isnan(p) else -math.inf)
