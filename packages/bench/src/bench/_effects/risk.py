"""Effect sizes of proportions: differences, ratios, odds, Cohen's h, phi, each with an interval."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Literal, get_args

from .._core.lazy import FloatArray, np, optimize, special
from .._core.notes import note
from .._core.options import check_choice, check_share, checked_options
from .._core.results import EffectSize, Interval
from .._core.tails import normal_quantile
from .._data.groups import clean_two
from .._data.values import ValuesByItem, need_binary
from .._intervals.proportions import clopper_pearson

HInterval = Literal["anscombe", "arcsine"]
H_WORDS = ((0.2, "negligible"), (0.5, "small"), (0.8, "medium"))


def interval_of(value: float, low: float, high: float, level: float, method: str) -> Interval:
    return Interval(low=low, high=high, level=level, method=method, estimate=value)


@checked_options
def cohens_h(
    control: ValuesByItem,
    treatment: ValuesByItem,
    *,
    interval: HInterval = "anscombe",
    level: float = 0.95,
) -> EffectSize:
    """Cohen's h, the difference of arcsine-transformed proportions, treatment minus control.

    Args:
        control: 1 where the control succeeded, else 0.
        treatment: 1 where the treatment succeeded, else 0.
        interval: ``anscombe`` (3/8 added to each count, 1948), by enumeration 95 to 99 % at rates
            of .5 to .98 and n of 20 to 100; ``arcsine`` as R's effectsize, there 81 to 95 %.
        level: The level of the interval.

    Returns:
        The effect size with its interval.

    Raises:
        InvalidDataError: Values other than 0 and 1.

    Example:
        >>> print(bench.cohens_h([1] * 12 + [0] * 8, [1] * 17 + [0] * 3))
        h = 0.574 [-0.0656, 1.16] (medium, Cohen 1988)
    """
    check_share("level", level)
    check_choice("interval", interval, get_args(HInterval))
    groups = clean_two(control, treatment)
    need_binary("control", groups.control)
    need_binary("treatment", groups.treatment)
    first, second = groups.treatment, groups.control
    return h_of_counts(
        (int(first.sum()), len(first)), (int(second.sum()), len(second)), level, interval
    )


def _arcsine(count: float, n: float) -> float:
    return 2 * math.asin(math.sqrt(count / n))


def h_of_counts(
    first: tuple[int, int], second: tuple[int, int], level: float, interval: HInterval = "anscombe"
) -> EffectSize:
    """Cohen's h of two counts of successes, each with its n (Cohen 1988, chapter 6)."""
    value = _arcsine(*first) - _arcsine(*second)
    n1, n2 = first[1], second[1]
    z, centre, spread = normal_quantile(0.5 + level / 2), value, 1 / n1 + 1 / n2
    if interval == "anscombe":
        centre = _arcsine(first[0] + 0.375, n1 + 0.75) - _arcsine(second[0] + 0.375, n2 + 0.75)
        spread = 1 / (n1 + 0.5) + 1 / (n2 + 0.5)
    low, high = centre - z * math.sqrt(spread), centre + z * math.sqrt(spread)
    name = "Anscombe, arcsine scale" if interval == "anscombe" else "normal, arcsine scale"
    return EffectSize(
        name="Cohen's h",
        symbol="h",
        value=value,
        interval=interval_of(value, low, high, level, name),
        magnitude=next((word for limit, word in H_WORDS if abs(value) < limit), "large"),
        convention="Cohen 1988",
    )


def odds_ratio(
    a: float, b: float, c: float, d: float, level: float, *, haldane: bool = False
) -> EffectSize:
    """(a d) / (b c) with Woolf's interval on the log scale; ``haldane`` adds 0.5 to each cell."""
    zero = min(a, b, c, d) == 0
    if haldane:
        a, b, c, d = a + 0.5, b + 0.5, c + 0.5, d + 0.5
    name = "odds ratio (Haldane-Anscombe)" if haldane else "odds ratio"
    if zero and not haldane:
        value = math.nan if b * c == 0 == a * d else (math.inf if b * c == 0 else 0.0)
        return EffectSize(name=name, symbol="OR", value=value, warnings=(note("ZERO_CELL"),))
    log = math.log(a * d / (b * c))
    half = normal_quantile(0.5 + level / 2) * math.sqrt(1 / a + 1 / b + 1 / c + 1 / d)
    value = math.exp(log)
    return EffectSize(
        name=name,
        symbol="OR",
        value=value,
        interval=interval_of(value, math.exp(log - half), math.exp(log + half), level, "Woolf"),
        warnings=(note("ZERO_CELL"),) if zero else (),
    )


def risk_ratio(x1: float, n1: float, x2: float, n2: float, level: float) -> EffectSize:
    """p1 / p2 with the interval of Katz et al. 1978 on the log scale."""
    if x1 == 0 or x2 == 0:
        value = math.nan if x1 == x2 else (0.0 if x1 == 0 else math.inf)
        return EffectSize(
            name="risk ratio", symbol="RR", value=value, warnings=(note("ZERO_CELL"),)
        )
    log = math.log((x1 / n1) / (x2 / n2))
    half = normal_quantile(0.5 + level / 2) * math.sqrt(max(0.0, 1 / x1 - 1 / n1 + 1 / x2 - 1 / n2))
    value = math.exp(log)
    if half == 0.0:
        return EffectSize(name="risk ratio", symbol="RR", value=value, warnings=(note("BOUNDARY"),))
    return EffectSize(
        name="risk ratio",
        symbol="RR",
        value=value,
        interval=interval_of(value, math.exp(log - half), math.exp(log + half), level, "Katz log"),
    )


def paired_odds_ratio(wins: int, losses: int, level: float) -> EffectSize:
    """Wins over losses among the discordant pairs, with the exact conditional interval."""
    total = wins + losses
    if total == 0:
        return EffectSize(
            name="paired odds ratio",
            symbol="OR",
            value=math.nan,
            warnings=(note("NO_DISCORDANT_PAIRS"),),
        )
    low, high = clopper_pearson(wins, total, 1 - level)
    value = math.inf if losses == 0 else wins / losses
    ends = (low / (1 - low), math.inf if high == 1.0 else high / (1 - high))
    return EffectSize(
        name="paired odds ratio",
        symbol="OR",
        value=value,
        interval=interval_of(value, *ends, level, "exact conditional (Clopper-Pearson)"),
    )


def cohens_g(wins: int, losses: int, level: float) -> EffectSize:
    """The share of discordant pairs won, minus one half (Cohen 1988, chapter 5)."""
    total = wins + losses
    if total == 0:
        return EffectSize(
            name="Cohen's g",
            symbol="g",
            value=math.nan,
            warnings=(note("NO_DISCORDANT_PAIRS"),),
        )
    low, high = clopper_pearson(wins, total, 1 - level)
    value = wins / total - 0.5
    words = ((0.05, "negligible"), (0.15, "small"), (0.25, "medium"))
    return EffectSize(
        name="Cohen's g",
        symbol="g",
        value=value,
        interval=interval_of(value, low - 0.5, high - 0.5, level, "Clopper-Pearson"),
        magnitude=next((word for limit, word in words if abs(value) < limit), "large"),
        convention="Cohen 1988",
    )


def conditional_odds_ratio(a: int, b: int, c: int, d: int, level: float) -> EffectSize:
    """The conditional maximum-likelihood odds ratio with its exact interval (Fisher's).

    Solved on the log scale of the noncentral hypergeometric distribution to full precision.
    """
    n1, n2, m = a + b, c + d, a + c
    support = np.arange(max(0, m - n2), min(n1, m) + 1, dtype=float)
    weights = _log_choose(n1, support) + _log_choose(n2, m - support)
    alpha = (1 - level) / 2

    def mass(log_odds: float) -> FloatArray:
        scaled = weights + support * log_odds
        found = np.exp(scaled - scaled.max())
        total: FloatArray = found / found.sum()
        return total

    def solve(function: Callable[[float], float]) -> float:
        return math.exp(float(optimize.brentq(function, -60.0, 60.0, xtol=1e-13, rtol=1e-14)))

    at_low, at_high = a == support[0], a == support[-1]
    if at_low and at_high:
        value, low, high = math.nan, 0.0, math.inf
    else:
        value = 0.0 if at_low else math.inf
        if not at_low and not at_high:
            value = solve(lambda log: float(support @ mass(log)) - a)
        low = 0.0 if at_low else solve(lambda log: float(mass(log)[support >= a].sum()) - alpha)
        high = (
            math.inf if at_high else solve(lambda log: float(mass(log)[support <= a].sum()) - alpha)
        )
    return EffectSize(
        name="conditional odds ratio",
        symbol="OR",
        value=value,
        interval=interval_of(value, low, high, level, "exact conditional"),
        warnings=(note("ZERO_CELL"),) if min(a, b, c, d) == 0 else (),
    )


def _log_choose(n: int, k: FloatArray) -> FloatArray:
    found: FloatArray = (
        special.gammaln(n + 1.0) - special.gammaln(k + 1) - special.gammaln(n - k + 1)
    )
    return found
