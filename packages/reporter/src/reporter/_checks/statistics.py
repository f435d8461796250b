"""Statistics in a text with their p-values, recomputed as statcheck does (Nuijten et al., 2016).

Nuijten, M. B., Hartgerink, C. H. J., van Assen, M. A. L. M., Epskamp, S., & Wicherts, J. M. (2016).
The prevalence of statistical reporting errors in psychology (1985-2013). Behavior Research Methods,
48, 1205-1226.
"""

import math
import re
from collections.abc import Callable, Iterator
from itertools import islice, product

from .distributions import chi_square_p, f_p, normal_p, r_p, t_p
from .findings import Finding

_NUMBER = r"[-+]?(?:\d[\d,]*)?\.?\d+(?:e[-+]?\d+)?"
_REST = rf"\s*(?:=|is)\s*(?P<value>{_NUMBER})(?P<between>[^;\n]{{0,80}}?)"
_P = rf"\b[pP](?:[- ]values?)?\s*(?P<sign>[=<>≤≥])\s*(?P<p>{_NUMBER})"
_DF = r"\d[\d,]*(?:\.\d+)?"
_ONE_DF = rf"\s*\(\s*(?:df\s*=\s*)?(?P<df1>{_DF})\s*(?:,\s*[nN]\s*=\s*[\d,]+\s*)?\)"
_TWO_DF = rf"\s*\(\s*(?P<df1>\d+(?:\.\d+)?)\s*,\s*(?P<df2>{_DF})\s*\)"
# No word goes on before a head. This stands behind its first sign, which is faster to search for.
_HEADS = {
    "t": r"t(?<![\w.]t)" + _ONE_DF,
    "F": r"F(?<![\w.]F)" + _TWO_DF,
    "chi-square": r"(?:χ(?:²|2|\^2)|c(?<![\w.]c)hi(?:2|-squared?)|X(?<![\w.]X)2|Q(?<![\w.]Q))"
    + _ONE_DF,
    "z": r"[zZ](?<![\w.].)",
    "r": r"r(?<![\w.]r)" + _ONE_DF,
}
_PATTERNS = {name: re.compile(head + _REST + _P) for name, head in _HEADS.items()}
_ONE_SIDED = re.compile(r"one[- ](?:sided|tailed)", re.IGNORECASE)
_CONTEXT = 120
_MOST = 10_000  # of one kind: a recomputation takes up to half a millisecond


def statistic_findings(text: str, format: str = "") -> Iterator[Finding]:
    """Yield the p-values of a text that do not follow from their statistics.

    A p-value fits if it follows from any statistic that is written with the same digits. Where the
    text says one-sided, half of it fits too. After many statistics of one kind the others are
    left out, which is a finding.
    """
    for name, pattern in _PATTERNS.items():
        matches = pattern.finditer(text)
        for match in islice(matches, _MOST):
            yield from _checked(name, match, text, format)
        if next(matches, None) is not None:
            message = f"only the p-values of the first {_MOST:,} statistics {name} are recomputed"
            yield Finding(kind="p-value", message=message, format=format)


def _checked(name: str, match: re.Match[str], text: str, format: str) -> Iterator[Finding]:
    near = text[max(0, match.start() - _CONTEXT) : match.end() + _CONTEXT]
    written = " ".join(match[0].split())
    try:
        low, high = _p_range(name, match)
    except (ArithmeticError, ValueError):  # such as no degrees of freedom, or 10^400 of them
        message = f"no p-value can be computed from this {name}"
        yield Finding(kind="p-value", message=message, context=written, format=format)
        return
    halves = (1.0, 0.5) if _ONE_SIDED.search(near) and name in ("t", "z", "r") else (1.0,)
    if any(_fits(match["sign"], match["p"], low * half, high * half) for half in halves):
        return
    computed = f"{low:.3g}" if f"{low:.3g}" == f"{high:.3g}" else f"{low:.3g} to {high:.3g}"
    yield Finding(
        kind="p-value",
        message=f"p {match['sign']} {match['p']} does not follow from {name}: it is {computed}",
        context=written,
        format=format,
    )


def _p_range(name: str, match: re.Match[str]) -> tuple[float, float]:
    """Return the smallest and the largest p-value that the written digits allow."""
    values = _bounds(match["value"])
    groups = match.groupdict()
    first = _bounds(groups["df1"], whole=True) if groups.get("df1") else (1.0,)
    second = _bounds(groups["df2"], whole=True) if groups.get("df2") else (1.0,)
    compute: dict[str, Callable[[float, float, float], float]] = {
        "t": lambda value, df, _: t_p(value, df),
        "F": f_p,
        "chi-square": lambda value, df, _: chi_square_p(value, df),
        "z": lambda value, _, __: normal_p(value),
        "r": lambda value, df, _: r_p(value, df),
    }
    found = [compute[name](*each) for each in product(values, first, second)]
    if any(map(math.isnan, found)):
        raise ValueError("such large numbers give no p-value")
    return min(found), max(found)


def _bounds(text: str, *, whole: bool = False) -> tuple[float, ...]:
    """Return the least and the greatest size that is written with these digits."""
    value = float(text.rstrip(",.").replace(",", ""))
    decimals = len(text.rstrip(",.").partition(".")[2])
    if whole and not decimals:
        return (max(value, 1e-9),)
    half = 0.5 * 10.0**-decimals
    return (max(abs(value) - half, 0.0), abs(value) + half)


def _fits(sign: str, written: str, low: float, high: float) -> bool:
    p = float(written.replace(",", ""))
    half = 0.5 * 10.0 ** -len(written.partition(".")[2]) * (1 + 1e-9)
    if sign in "<≤":
        return low < p + half * 1e-6 or low <= p
    if sign in ">≥":
        return high >= p
    return low - half <= p <= high + half
