"""Numbers as a paper prints them (APA 7: no leading zero where a value cannot exceed one)."""

from __future__ import annotations

import math
from collections.abc import Sequence

PRINTED_NAMES = {
    "agresti-caffo": "Agresti-Caffo",
    "agresti-coull": "Agresti-Coull",
    "anderson-darling": "Anderson-Darling test",
    "bartlett": "Bartlett's test",
    "basic bootstrap": "basic bootstrap",
    "bca bootstrap": "BCa bootstrap",
    "bernstein": "empirical Bernstein",
    "betting": "hedged betting",
    "bh": "Benjamini-Hochberg",
    "bonett-price": "Bonett-Price",
    "bonferroni": "Bonferroni",
    "brown-forsythe": "Brown-Forsythe test",
    "by": "Benjamini-Yekutieli",
    "chi2": "χ²",
    "chi2-corrected": "χ², continuity-corrected",
    "clopper-pearson": "Clopper-Pearson",
    "conover": "Conover's test",
    "cramer-von-mises": "Cramér-von Mises test",
    "dagostino": "D'Agostino-Pearson test",
    "dunn": "Dunn's test",
    "dunnett": "Dunnett's test",
    "equal-mass": "of equal mass",
    "equal-width": "of equal width",
    "fligner": "Fligner-Killeen test",
    "games-howell": "Games-Howell test",
    "greenhouse-geisser": "Greenhouse-Geisser correction",
    "hochberg": "Hochberg",
    "holm": "Holm",
    "holm-sidak": "Holm-Šidák",
    "hommel": "Hommel",
    "huynh-feldt": "Huynh-Feldt correction",
    "jeffreys": "Jeffreys",
    "levene": "Levene's test",
    "levene-trimmed": "Levene's test with trimmed means",
    "lilliefors": "Lilliefors test",
    "max-t": "max-T",
    "nemenyi": "Nemenyi test",
    "nemenyi-paired": "Nemenyi test of items",
    "newcombe": "Newcombe",
    "obrien-fleming": "O'Brien-Fleming",
    "pocock": "Pocock",
    "shapiro": "Shapiro-Wilk test",
    "sidak": "Šidák",
    "t": "pairwise t tests",
    "tango": "Tango",
    "tukey": "Tukey-Kramer test",
    "wald": "Wald",
    "welch": "pairwise Welch t tests",
    "wilson": "Wilson",
}
_COUNTED = ("wins", "successes", "U", "V")
_SMALLEST_P = 1e-300
_MOST_LOG_FACTOR = math.log(1e300)
_SMALL_P = 0.001
_TINY, _LARGE, _HUGE = 1e-4, 1e3, 1e6


def printed(method: str) -> str:
    """The name of a method as a paper prints it, from its name in code."""
    return PRINTED_NAMES.get(method, method)


def number(value: float | None, digits: int = 3) -> str:
    """About ``digits`` significant digits, two decimals at least from 1 to 1000."""
    if value is None or math.isnan(value):
        return "undefined"
    if math.isinf(value):
        return "∞" if value > 0 else "-∞"
    size = abs(value)
    if size == 0.0:
        return "0"
    if size >= _HUGE or size < _TINY:
        return f"{value:.{digits - 1}e}"
    if size >= _LARGE:
        return f"{value:.0f}"
    decimals = max(2, digits - 1 - math.floor(math.log10(size)))
    return f"{value:.{decimals}f}"


def statistic_text(name: str, value: float) -> str:
    """A test statistic: counts as whole numbers where they are whole, others as ``number``."""
    whole = name in _COUNTED and float(value).is_integer()
    return f"{value:.0f}" if whole else number(value)


def p_text(p: float, log_p: float | None = None) -> str:
    """``p = .023``, ``p < .001``, ``p < 1e-300``; never a p of zero."""
    if math.isnan(p):
        return "p undefined"
    if p < _SMALLEST_P:
        power = "" if log_p is None or math.isinf(log_p) else f" (log p = {log_p:.1f})"
        return f"p < 1e-300{power}"
    if p < _SMALL_P:
        return "p < .001"
    return f"p = {share(p)}"


def factor_text(name: str, log_factor: float) -> str:
    """``BF10 = 3.20``; beyond a float only its size is said, with its logarithm."""
    if abs(log_factor) > _MOST_LOG_FACTOR:
        return f"{name} {factor_number(log_factor)} (log {name} = {log_factor:.1f})"
    return f"{name} = {factor_number(log_factor)}"


def factor_number(log_factor: float) -> str:
    """``3.20``; ``> 1e300`` and ``< 1e-300`` beyond a float."""
    if abs(log_factor) > _MOST_LOG_FACTOR:
        return "> 1e300" if log_factor > 0 else "< 1e-300"
    return number(math.exp(log_factor))


def share(value: float) -> str:
    """A number that cannot exceed one in size: three decimals, no leading zero."""
    if math.isnan(value):
        return "undefined"
    text = f"{value:.3f}"
    return text.replace("0.", ".", 1) if abs(value) < 1 and "1.000" not in text else text


def percent(level: float) -> str:
    return f"{100 * level:g}%"


def bracket(low: float, high: float) -> str:
    return f"[{number(low)}, {number(high)}]"


def _df_text(df: float) -> str:
    if not math.isfinite(df):
        return number(df)
    return f"{df:.0f}" if df == round(df) else f"{df:.2f}"


def df_text(df: Sequence[float]) -> str:
    """``(8)``, ``(17.78)``, ``(2, 27)``; empty where the statistic has no degrees of freedom."""
    if not df:
        return ""
    return "(" + ", ".join(_df_text(each) for each in df) + ")"
