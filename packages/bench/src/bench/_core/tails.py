"""p-values from the tails, and their logarithms where the p-value itself is too small to hold.

Tails are never one minus a distribution function. Below the smallest float the logarithm comes from
I_x(a, b) = x^a (1-x)^b 2F1(a+b, 1; a+1; x) / (a B(a, b)) (DLMF 8.17.8) and from the asymptotic
series of the incomplete gamma function (DLMF 8.11.2).
"""

from __future__ import annotations

import math

from .lazy import special
from .options import ALTERNATIVES, Alternative, check_choice, check_share

Tail = tuple[float, float]
"""A p-value and its natural logarithm."""

_TINY = 1e-290


def normal_p(z: float, alternative: Alternative) -> Tail:
    if math.isnan(z):
        return math.nan, math.nan
    if alternative == "two-sided":
        log_p = min(0.0, float(special.log_ndtr(-abs(z))) + math.log(2.0))
    else:
        log_p = float(special.log_ndtr(z if alternative == "less" else -z))
    p = 2.0 * float(special.ndtr(-abs(z))) if alternative == "two-sided" else math.exp(log_p)
    return min(1.0, p), log_p


def t_p(t: float, df: float, alternative: Alternative) -> Tail:
    if math.isnan(t) or math.isnan(df):
        return math.nan, math.nan
    if math.isinf(df):
        return normal_p(t, alternative)
    sign = -abs(t) if alternative == "two-sided" else (t if alternative == "less" else -t)
    p = float(special.stdtr(df, sign))
    sides = 2.0 if alternative == "two-sided" else 1.0
    if p < _TINY and math.isfinite(t * t) and df / (df + t * t) > 0:
        log_both = _log_beta_tail(df / 2, 0.5, df / (df + t * t))
        log_p = log_both + math.log(sides / 2.0)
        return sides * p, log_p
    return min(1.0, sides * p), _log(min(1.0, sides * p))


def f_p(f: float, df1: float, df2: float) -> Tail:
    if math.isnan(f) or math.isnan(df1) or math.isnan(df2):
        return math.nan, math.nan
    p = float(special.fdtrc(df1, df2, max(f, 0.0)))
    if p < _TINY and math.isfinite(f) and df2 / (df2 + df1 * f) > 0:
        return p, _log_beta_tail(df2 / 2, df1 / 2, df2 / (df2 + df1 * f))
    return p, _log(p)


def chi2_p(x: float, df: float) -> Tail:
    if math.isnan(x) or math.isnan(df):
        return math.nan, math.nan
    p = float(special.chdtrc(df, max(x, 0.0)))
    if p < _TINY and math.isfinite(x):
        return p, _log_gamma_tail(df / 2, x / 2)
    return p, _log(p)


def normal_quantile(p: float) -> float:
    return float(special.ndtri(p))


def t_quantile(p: float, df: float) -> float:
    return normal_quantile(p) if math.isinf(df) else float(special.stdtrit(df, p))


def _log(p: float) -> float:
    return math.log(p) if p > 0 else -math.inf


def _log_beta_tail(a: float, b: float, x: float) -> float:
    lead = a * math.log(x) + b * math.log1p(-x) - math.log(a) - float(special.betaln(a, b))
    return lead + math.log(float(special.hyp2f1(a + b, 1.0, a + 1.0, x)))


def _log_gamma_tail(a: float, x: float) -> float:
    total, term = 1.0, 1.0
    for step in range(1, 60):
        following = term * (a - step) / x
        if following == 0.0 or abs(following) >= abs(term):
            break
        total += following
        term = following
    return (a - 1) * math.log(x) - x + math.log(total) - math.lgamma(a)


def z_for(level: float, alternative: str) -> float:
    """The normal quantile of a two-sided interval, or of a one-sided bound."""
    check_choice("alternative", alternative, ALTERNATIVES)
    check_share("level", level)
    return normal_quantile(0.5 + level / 2 if alternative == "two-sided" else level)


def tail_of(p_value: float) -> Tail:
    """A p-value from elsewhere with its logarithm."""
    p = min(1.0, max(0.0, p_value)) if not math.isnan(p_value) else math.nan
    return p, math.log(p) if p > 0 else (math.nan if math.isnan(p) else -math.inf)
