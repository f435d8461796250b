"""The power of each test as a function of sample size, effect and error rate.

Exact through the noncentral distributions (Cohen 1988) where a test has one; the approximations
carry the name of their source.
"""

from __future__ import annotations

import math

from .._core.lazy import integrate, special
from .._core.noncentral import nct_cdf
from .._core.tails import normal_quantile, t_quantile


def t_power(ncp: float, df: float, alpha: float, alternative: str) -> float:
    """The chance that a noncentral t lands beyond its critical value."""
    if alternative == "two-sided":
        reach = t_quantile(1 - alpha / 2, df)
        return 1 - nct_cdf(reach, df, ncp) + nct_cdf(-reach, df, ncp)
    reach = t_quantile(1 - alpha, df)
    return 1 - nct_cdf(reach, df, ncp if alternative == "greater" else -ncp)


def independent_t(d: float, n1: float, n2: float, alpha: float, alternative: str) -> float:
    return t_power(d * math.sqrt(n1 * n2 / (n1 + n2)), n1 + n2 - 2, alpha, alternative)


def single_t(d: float, n: float, alpha: float, alternative: str) -> float:
    return t_power(d * math.sqrt(n), n - 1, alpha, alternative)


def anova_power(f: float, groups: int, n: float, alpha: float) -> float:
    df1, df2 = groups - 1.0, groups * (n - 1.0)
    reach = float(special.fdtri(df1, df2, 1 - alpha))
    return 1 - float(special.ncfdtr(df1, df2, groups * n * f * f, reach))


def proportions_h(h: float, n1: float, n2: float, alpha: float, alternative: str) -> float:
    """Cohen's arcsine approximation."""
    shift = h * math.sqrt(n1 * n2 / (n1 + n2))
    return _normal_power(shift, alpha, alternative)


def proportions_power(
    rates: tuple[float, float], sizes: tuple[float, float], alpha: float, alternative: str
) -> float:
    """The normal approximation with pooled spread under no difference (as R's power.prop.test)."""
    (p1, p2), (n1, n2) = rates, sizes
    share = n1 / (n1 + n2)
    rate = share * p1 + (1 - share) * p2
    pooled = math.sqrt(rate * (1 - rate) * (1 / n1 + 1 / n2))
    apart = math.sqrt(p1 * (1 - p1) / n1 + p2 * (1 - p2) / n2)
    gap = p1 - p2 if alternative != "less" else p2 - p1
    gap = abs(gap) if alternative == "two-sided" else gap
    tail = alpha / 2 if alternative == "two-sided" else alpha
    return float(special.ndtr((gap - normal_quantile(1 - tail) * pooled) / apart))


def welch_power(
    d: float, sd_ratio: float, sizes: tuple[float, float], alpha: float, alternative: str
) -> float:
    """Welch's t with the degrees of freedom at the true spreads."""
    n1, n2 = sizes
    e1, e2 = sd_ratio**2 / n1, 1 / n2
    df = (e1 + e2) ** 2 / (e1**2 / (n1 - 1) + e2**2 / (n2 - 1))
    return t_power(d / math.sqrt(e1 + e2), df, alpha, alternative)


def _normal_power(shift: float, alpha: float, alternative: str) -> float:
    if alternative == "two-sided":
        reach = normal_quantile(1 - alpha / 2)
        return float(special.ndtr(shift - reach) + special.ndtr(-shift - reach))
    signed = shift if alternative == "greater" else -shift
    return float(special.ndtr(signed - normal_quantile(1 - alpha)))


def one_proportion_h(h: float, n: float, alpha: float, alternative: str) -> float:
    return _normal_power(h * math.sqrt(n), alpha, alternative)


def chi_square_power(w: float, n: float, df: float, alpha: float) -> float:
    reach = float(special.chdtri(df, alpha))
    return 1 - float(special.chndtr(reach, df, n * w * w))


def mcnemar_power(p10: float, p01: float, n: float, alpha: float, alternative: str) -> float:
    """Connor 1987: the normal approximation from the two shares of discordant pairs."""
    share, gap = p10 + p01, abs(p10 - p01)
    tail = alpha / 2 if alternative == "two-sided" else alpha
    reach = normal_quantile(1 - tail) * math.sqrt(share)
    return float(special.ndtr((gap * math.sqrt(n) - reach) / math.sqrt(share - gap**2)))


def tost_power(margin: float, theta: float, sd: float, n: float, alpha: float) -> float:
    """Two one-sided t tests of two groups of ``n``, integrated over the spread (Owen 1965)."""
    df, se = 2 * n - 2, sd * math.sqrt(2 / n)
    critical = t_quantile(1 - alpha, df)
    constant = math.log(2) + df / 2 * math.log(df / 2) - math.lgamma(df / 2)

    def density(u: float) -> float:
        if u <= 0:
            return 0.0
        upper = float(special.ndtr((margin - theta) / se - critical * u))
        lower = float(special.ndtr(-(margin + theta) / se + critical * u))
        weight = math.exp(constant + (df - 1) * math.log(u) - df * u * u / 2)
        return weight * max(0.0, upper - lower)

    end = min(6.0, margin / (se * critical))
    middle = min(end, 1.0)
    parts = [(0.0, middle), (middle, end)]
    return sum(float(integrate.quad(density, *part, epsabs=1e-13, limit=500)[0]) for part in parts)


def noether_power(p: float, n: float, alpha: float, share: float, alternative: str) -> float:
    """Mann-Whitney by Noether 1987: ``p`` = P(X > Y), ``n`` values in all, ``share`` of them X."""
    shift = (p - 0.5) * math.sqrt(12 * n * share * (1 - share))
    tail = alpha / 2 if alternative == "two-sided" else alpha
    signed = abs(shift) if alternative == "two-sided" else shift
    if alternative == "less":
        signed = -shift
    return float(special.ndtr(signed - normal_quantile(1 - tail)))


def miller_power(gap: float, spread: float, n: float, alpha: float, alternative: str) -> float:
    """The paired evaluation of Miller 2024, section 5; ``spread`` is the variance per question."""
    shift = abs(gap) * math.sqrt(n / spread)
    tail = alpha / 2 if alternative == "two-sided" else alpha
    return float(special.ndtr(shift - normal_quantile(1 - tail)))
