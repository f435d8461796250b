"""Non-centrality parameters that put an observed statistic at the ends of an interval.

The interval inverts the test (Steiger and Fouladi 1997). Brackets are stepped outwards from the
observed value, because the distribution functions are unreliable far from it.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache

from .lazy import optimize, special
from .notes import note
from .results import Interval

_MAX_STEPS = 60
_NORMAL_FROM = 1e7
_ROOT_FROM = 1e6
_SPREAD_FROM = 1e4


@lru_cache(maxsize=256)
def t_ncp(t: float, df: float, level: float) -> tuple[float, float]:
    """The non-centralities at which ``t`` is the upper and the lower quantile."""
    if math.isnan(t) or math.isnan(df) or math.isinf(t):
        return math.nan, math.nan
    alpha = (1 - level) / 2
    if abs(t) > _SPREAD_FROM * math.sqrt(df) and df < _NORMAL_FROM:  # the SD's spread is left
        few, many = (t * math.sqrt(special.chdtri(df, p) / df) for p in (1 - alpha, alpha))
        return min(few, many), max(few, many)

    def cdf(ncp: float) -> float:
        return nct_cdf(t, df, ncp)

    return _falling_root(cdf, 1 - alpha, t), _falling_root(cdf, alpha, t)


def nct_cdf(t: float, df: float, ncp: float) -> float:
    """P(T <= t) of the noncentral t; symmetric use keeps the argument where it is accurate."""
    if df > _NORMAL_FROM:
        return float(special.ndtr(t - ncp))
    if t < 0:
        return 1.0 - nct_cdf(-t, df, -ncp)
    found = float(special.nctdtr(df, ncp, t))
    if math.isnan(found):
        return 0.0 if ncp > t else 1.0
    return found


def _falling_root(cdf: Callable[[float], float], target: float, start: float) -> float:
    """Where a falling function meets ``target``, searched outwards from ``start``."""
    step = 1.0
    low = high = start
    for _ in range(_MAX_STEPS):
        if cdf(low) >= target:
            break
        low -= step
        step *= 1.5
    step = 1.0
    for _ in range(_MAX_STEPS):
        if cdf(high) <= target:
            break
        high += step
        step *= 1.5
    return float(optimize.brentq(lambda ncp: cdf(ncp) - target, low, high, xtol=1e-12, rtol=1e-13))


def _ncp_from_zero(cdf: Callable[[float], float], target: float, start: float) -> float:
    """As ``_falling_root``, for non-centralities that cannot be negative."""
    if cdf(0.0) <= target:
        return 0.0
    high = max(1.0, start)
    for _ in range(_MAX_STEPS):
        if cdf(high) <= target:
            break
        high *= 1.6
    return float(optimize.brentq(lambda ncp: cdf(ncp) - target, 0.0, high, xtol=1e-12, rtol=1e-13))


def f_ncp(f: float, df1: float, df2: float, level: float) -> tuple[float, float]:
    """The non-centralities at which ``f`` is the upper and the lower quantile.

    A statistic that is smaller than chance alone leaves it would give an upper end of 0; it then
    counts as one at the median.
    """
    if math.isnan(f) or math.isinf(f) or min(df1, df2) <= 0:
        return math.nan, math.nan
    f = max(f, 0.0)  # a sum of squares may round to below 0
    alpha = (1 - level) / 2
    if f * df1 > _ROOT_FROM * (1 + df1):  # all but one of the numerator's squares are negligible
        low, high = t_ncp(math.sqrt(f * df1), df2, level)
        return low * low - (df1 - 1), high * high - (df1 - 1)
    usual = max(f, float(special.fdtri(df1, df2, 0.5))) if f_below(f, df1, df2, level) else f

    def cdf(ncp: float, at: float) -> float:
        if ncp == 0.0:
            return float(special.fdtr(df1, df2, at))
        return float(special.ncfdtr(df1, df2, ncp, at))

    low = _ncp_from_zero(lambda ncp: cdf(ncp, f), 1 - alpha, f * df1)
    return low, _ncp_from_zero(lambda ncp: cdf(ncp, usual), alpha, usual * df1)


def f_below(f: float, df1: float, df2: float, level: float) -> bool:
    """Whether the statistic is below the quantile that chance alone leaves it above."""
    return float(special.fdtr(df1, df2, max(f, 0.0))) <= (1 - level) / 2


def chi2_ncp(x: float, df: float, level: float) -> tuple[float, float]:
    """As ``f_ncp``, for a chi-square statistic."""
    if math.isnan(x) or math.isinf(x):
        return math.nan, math.nan
    alpha = (1 - level) / 2
    if x > _ROOT_FROM * (1 + df):  # its root is normal with a spread of 1
        reach, root = float(special.ndtri(1 - alpha)), math.sqrt(x)
        return (root - reach) ** 2, (root + reach) ** 2
    usual = chi2_median(df) if chi2_below(x, df, level) else x

    def cdf(ncp: float, at: float) -> float:
        return float(special.chdtr(df, at)) if ncp == 0.0 else float(special.chndtr(at, df, ncp))

    low = _ncp_from_zero(lambda ncp: cdf(ncp, x), 1 - alpha, x)
    return low, _ncp_from_zero(lambda ncp: cdf(ncp, usual), alpha, usual)


def chi2_below(x: float, df: float, level: float) -> bool:
    """Whether the statistic is below the quantile that chance alone leaves it above."""
    return float(special.chdtr(df, x)) <= (1 - level) / 2


def chi2_median(df: float) -> float:
    return float(special.chdtri(df, 0.5))


def chi2_effect_interval(
    x: float,
    df: float,
    scale: float,
    *,
    estimate: float,
    level: float,
    root: bool = False,
    limit: float = 1.0,
) -> Interval:
    """The interval of an effect size that is a chi-square statistic over a scale.

    For statistics of ranks (Kruskal-Wallis, Friedman, Cochran) it covers at its level where effects
    are small, and more often where they are large, because the statistic's spread shrinks there:
    in simulations 94 to 98 % and up to 100 % at the level 95 %, with 10 to 200 values a group.

    Args:
        x: The statistic.
        df: Its degrees of freedom.
        scale: What it is divided by.
        estimate: The effect size itself.
        level: The level.
        root: Whether the effect size is the root of that.
        limit: The largest effect size that there is.
    """
    ends = [end / scale for end in chi2_ncp(x, df, level)]
    low, high = (min(math.sqrt(end) if root else end, limit) for end in ends)
    method = "noncentral chi-square"
    below = not math.isnan(x) and chi2_below(x, df, level)
    return Interval(
        low=low,
        high=high,
        level=level,
        method=method,
        estimate=estimate,
        warnings=(note("BELOW_CHANCE"),) if below else (),
    )
