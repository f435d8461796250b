"""Intervals for one proportion and for differences of two, independent or paired."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Literal

from .._core.lazy import optimize, special
from .._core.notes import note
from .._core.options import check_choice, check_share, checked_options
from .._core.results import Interval, Note
from .._core.tails import normal_quantile
from .._data.counts import share_of

Ends = tuple[float, float]

_ROUNDING = 1e-12


def wilson(successes: float, n: float, z: float) -> Ends:
    """Wilson 1927, the inverted score test."""
    p = successes / n
    centre = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    low = 0.0 if successes == 0 else max(0.0, centre - half)
    high = 1.0 if successes == n else min(1.0, centre + half)
    return low, high


def clopper_pearson(successes: float, n: float, alpha: float) -> Ends:
    """Clopper and Pearson 1934, exact and conservative."""
    x = successes
    low = 0.0 if x == 0 else float(special.betaincinv(x, n - x + 1, alpha / 2))
    high = 1.0 if x == n else float(special.betaincinv(x + 1, n - x, 1 - alpha / 2))
    return low, high


def _jeffreys(successes: float, n: float, alpha: float) -> Ends:
    x = successes
    low = 0.0 if x == 0 else float(special.betaincinv(x + 0.5, n - x + 0.5, alpha / 2))
    high = 1.0 if x == n else float(special.betaincinv(x + 0.5, n - x + 0.5, 1 - alpha / 2))
    return low, high


def _agresti_coull(successes: float, n: float, alpha: float) -> Ends:
    z = normal_quantile(1 - alpha / 2)
    centre = (successes + z * z / 2) / (n + z * z)
    half = z * math.sqrt(centre * (1 - centre) / (n + z * z))
    return max(0.0, centre - half), min(1.0, centre + half)


def _wald(successes: float, n: float, alpha: float) -> Ends:
    p = successes / n
    half = normal_quantile(1 - alpha / 2) * math.sqrt(p * (1 - p) / n)
    return max(0.0, p - half), min(1.0, p + half)


ProportionMethod = Literal["wilson", "clopper-pearson", "jeffreys", "agresti-coull", "wald"]
PROPORTION_METHODS: dict[ProportionMethod, Callable[[float, float, float], Ends]] = {
    "wilson": lambda x, n, alpha: wilson(x, n, normal_quantile(1 - alpha / 2)),
    "clopper-pearson": clopper_pearson,
    "jeffreys": _jeffreys,
    "agresti-coull": _agresti_coull,
    "wald": _wald,
}


# Up to here the exact coverage of 95 % intervals, at the worst of p = .01, .02, ... .99, is below
# 92 % for some n, by enumeration: see test_proportion_coverage.py. Clopper-Pearson is never below
# its level, and Wald's interval may miss at any n.
_FEW: dict[ProportionMethod, int] = {
    "wilson": 102,
    "jeffreys": 314,
    "agresti-coull": 7,
}
# At rates of .17/n and .55/n, for every n, Wilson's interval covers 84 and 89 %.
_FEW_OF_A_KIND = 4


def _notes(successes: int, n: int, method: ProportionMethod) -> tuple[Note, ...]:
    found = [note("BOUNDARY")] if successes in (0, n) else []
    if method == "wald" or n <= _FEW.get(method, 0):
        found.append(note("FEW_ITEMS", f"{n}"))
    elif method in ("wilson", "jeffreys") and 0 < min(successes, n - successes) < _FEW_OF_A_KIND:
        found.append(note("RARE", f"{min(successes, n - successes)} of {n}"))
    return tuple(found)


@checked_options
def proportion_interval(
    successes: int, n: int, *, method: ProportionMethod = "wilson", level: float = 0.95
) -> Interval:
    """The interval of one proportion.

    Args:
        successes: How many of the ``n`` succeeded.
        n: How many there were.
        method: ``wilson`` (the default: close to its level even at 0 and n), ``clopper-pearson``
            (exact, never below its level), ``jeffreys``, ``agresti-coull`` or ``wald`` (for
            comparison with older papers; its width is 0 at 0 and n).
        level: The share of such intervals that hold the true proportion.

    Returns:
        The interval, with the observed proportion as its estimate.

    Raises:
        InvalidDataError: ``successes`` is not between 0 and ``n``, or ``n`` is 0.
        InvalidOptionError: Unknown method, or a level outside 0 to 1.

    Example:
        >>> print(bench.proportion_interval(18, 20))
        95% CI [0.699, 0.972]
    """
    check_choice("method", method, PROPORTION_METHODS)
    check_share("level", level)
    successes, n = share_of(successes, n)
    low, high = PROPORTION_METHODS[method](successes, n, 1 - level)
    return Interval(
        low=low,
        high=high,
        level=level,
        method=method,
        estimate=successes / n,
        warnings=_notes(successes, n, method),
    )


def newcombe(x1: float, n1: float, x2: float, n2: float, z: float) -> Ends:
    """p1 - p2 of independent groups: Newcombe 1998, method 10 (hybrid score)."""
    p1, p2 = x1 / n1, x2 / n2
    low1, high1 = wilson(x1, n1, z)
    low2, high2 = wilson(x2, n2, z)
    return (
        p1 - p2 - math.hypot(p1 - low1, high2 - p2),
        p1 - p2 + math.hypot(high1 - p1, p2 - low2),
    )


def agresti_caffo(x1: float, n1: float, x2: float, n2: float, z: float) -> Ends:
    """p1 - p2 of independent groups: Agresti and Caffo 2000, one success and failure added."""
    p1, p2 = (x1 + 1) / (n1 + 2), (x2 + 1) / (n2 + 2)
    half = z * math.sqrt(p1 * (1 - p1) / (n1 + 2) + p2 * (1 - p2) / (n2 + 2))
    return max(-1.0, p1 - p2 - half), min(1.0, p1 - p2 + half)


def bonett_price_se(wins: float, losses: float, n: float) -> float:
    """The standard error behind the interval of Bonett and Price 2012; never zero."""
    p, q = (wins + 1) / (n + 2), (losses + 1) / (n + 2)
    return math.sqrt((p + q - (p - q) ** 2) / (n + 2))


def bonett_price(wins: float, losses: float, n: float, z: float) -> Ends:
    """Paired difference of proportions: Bonett and Price 2012 (adjusted Wald)."""
    centre = (wins - losses) / (n + 2)
    half = z * bonett_price_se(wins, losses, n)
    return max(-1.0, centre - half), min(1.0, centre + half)


def tango(wins: float, losses: float, n: float, z: float) -> Ends:
    """Paired difference of proportions: Tango 1998 (score)."""

    def score(d: float) -> float:
        b = -wins - losses + (2 * n - wins + losses) * d
        c = -losses * d * (1 - d)
        q = (math.sqrt(max(0.0, b * b - 8 * n * c)) - b) / (4 * n)
        spread = n * (2 * q + d * (1 - d))
        gap = wins - losses - n * d
        if spread > 0:
            return gap / math.sqrt(spread)
        # Without discordant pairs, or with nothing else, the estimate itself has no spread.
        return 0.0 if abs(gap) <= _ROUNDING * n else math.copysign(math.inf, gap)

    estimate, edge = (wins - losses) / n, 1e-12
    low, high = -1.0, 1.0
    if estimate > -1 + 1e-9 and score(-1 + edge) > z:
        low = float(optimize.brentq(lambda d: score(d) - z, -1 + edge, estimate, xtol=1e-13))
    if estimate < 1 - 1e-9 and score(1 - edge) < -z:
        high = float(optimize.brentq(lambda d: score(d) + z, estimate, 1 - edge, xtol=1e-13))
    return low, high


def newcombe_paired(table: tuple[int, int, int, int], z: float) -> Ends:
    """Paired difference of proportions: Newcombe 1998, method 10 with corrected correlation.

    Args:
        table: Both right, only the first right, only the second right, both wrong.
        z: The normal quantile of the level.
    """
    both, first, second, neither = table
    n = both + first + second + neither
    p1, p2 = (both + first) / n, (both + second) / n
    low1, high1 = wilson(both + first, n, z)
    low2, high2 = wilson(both + second, n, z)
    margins = (both + first) * (second + neither) * (both + second) * (first + neither)
    product = float(both * neither - first * second)
    if product > 0:
        product = max(product - n / 2, 0.0)
    phi = 0.0 if margins == 0 else product / math.sqrt(margins)
    down1, up1, down2, up2 = p1 - low1, high1 - p1, p2 - low2, high2 - p2
    return (
        p1 - p2 - math.sqrt(max(0.0, down1**2 - 2 * phi * down1 * up2 + up2**2)),
        p1 - p2 + math.sqrt(max(0.0, up1**2 - 2 * phi * up1 * down2 + down2**2)),
    )


def one_sided(
    ends: tuple[float, float], alternative: str, limit: float = 1.0
) -> tuple[float, float]:
    low = -limit if alternative == "less" else ends[0]
    return low, (limit if alternative == "greater" else ends[1])
