"""Numbers as a paper prints them (APA 7: no leading zero where a value cannot exceed one)."""

from __future__ import annotations

import math
from collections.abc import Sequence

_SMALLEST_P = 1e-300
_SMALL_P = 0.001
_TINY, _LARGE, _HUGE = 1e-4, 1e3, 1e6


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


def df_text(df: Sequence[float]) -> str:
    """``(8)``, ``(17.78)``, ``(2, 27)``; nothing where the statistic has none."""
    if not df:
        return ""
    return (
        "("
        + ", ".join(f"{each:.0f}" if each == round(each) else f"{each:.2f}" for each in df)
        + ")"
    )
