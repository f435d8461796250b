"""One design as a function of its four quantities, solved for one of them."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from .._core.errors import InvalidOptionError
from .._core.lazy import optimize
from . import power_functions as functions


@dataclass(frozen=True, slots=True, kw_only=True)
class PowerDesign:
    """One test with its extra settings, as power(n, effect, alpha)."""

    test: str
    alternative: str
    settings: dict[str, Any]

    def power(self, n: float, effect: float, alpha: float) -> float:
        point = DesignPoint(
            n=n, effect=effect, alpha=alpha, side=self.alternative, extra=self.settings
        )
        found = _POWER[self.test](point)
        return min(1.0, max(0.0, found))


@dataclass(frozen=True, slots=True, kw_only=True)
class DesignPoint:
    """One point of a design."""

    n: float
    effect: float
    alpha: float
    side: str
    extra: dict[str, Any]

    @property
    def n2(self) -> float:
        return float(self.extra.get("n2") or self.n * self.extra["ratio"])

    @property
    def discordant(self) -> tuple[float, float]:
        share = self.extra["discordance"]
        return (share + self.effect) / 2, (share - self.effect) / 2


_POWER: dict[str, Callable[[DesignPoint], float]] = {
    "t": lambda p: functions.independent_t(p.effect, p.n, p.n2, p.alpha, p.side),
    "paired-t": lambda p: functions.single_t(p.effect, p.n, p.alpha, p.side),
    "one-sample-t": lambda p: functions.single_t(p.effect, p.n, p.alpha, p.side),
    "anova": lambda p: functions.anova_power(p.effect, p.extra["groups"], p.n, p.alpha),
    "proportions": lambda p: functions.proportions_power(
        p.extra["p2"] + p.effect, p.extra["p2"], p.n, p.alpha, p.side
    ),
    "proportions-h": lambda p: functions.proportions_h(p.effect, p.n, p.n2, p.alpha, p.side),
    "one-proportion": lambda p: functions.one_proportion_h(p.effect, p.n, p.alpha, p.side),
    "chi-square": lambda p: functions.chi_square_power(p.effect, p.n, p.extra["df"], p.alpha),
    "mcnemar": lambda p: functions.mcnemar_power(*p.discordant, p.n, p.alpha, p.side),
    "mcnemar-exact": lambda p: functions.mcnemar_exact_power(
        *p.discordant, math.ceil(p.n - 1e-9), p.alpha
    ),
    "tost": lambda p: functions.tost_power(
        p.extra["margin"], p.effect, p.extra["sd"], p.n, p.alpha
    ),
    "mann-whitney": lambda p: functions.noether_power(
        p.effect, p.n, p.alpha, p.extra["share"], p.side
    ),
    "eval-paired": lambda p: functions.miller_power(
        p.effect, p.extra["variance"], p.n, p.alpha, p.side
    ),
}


_MIN_N = {
    "t": 2.0,
    "paired-t": 2.0,
    "one-sample-t": 2.0,
    "anova": 2.0,
    "tost": 2.0,
}


_MAX_N = 1e8


def solve_n(design: PowerDesign, effect: float, alpha: float, goal: float) -> float:
    low = _MIN_N.get(design.test, 1e-3)
    if design.test == "mcnemar-exact":
        return _smallest_whole_n(design, effect, alpha, goal)
    low += 1e-9
    high = max(4.0, low)
    while design.power(high, effect, alpha) < goal:
        high *= 2
        if high > _MAX_N:
            raise InvalidOptionError("effect", effect, "reachable: no sample has that power")
    if design.power(low, effect, alpha) >= goal:
        return low
    return float(
        optimize.brentq(
            lambda n: design.power(n, effect, alpha) - goal, low, high, xtol=1e-10, rtol=1e-12
        )
    )


def _smallest_whole_n(design: PowerDesign, effect: float, alpha: float, goal: float) -> float:
    """The smallest n at which the exact power, not monotone in n, reaches the goal three times."""
    start = math.floor(solve_n(PowerDesign(**_asymptotic(design)), effect, alpha, goal) * 0.8)
    n = max(2, start)
    while not all(design.power(n + step, effect, alpha) >= goal for step in range(3)):
        n += 1
    return float(n)


def _asymptotic(design: PowerDesign) -> dict[str, Any]:
    return {
        "test": "mcnemar",
        "alternative": design.alternative,
        "settings": design.settings,
    }


def solve_effect(design: PowerDesign, n: float, alpha: float, goal: float) -> float:
    base = 0.5 if design.test == "mann-whitney" else 0.0
    sign = -1.0 if design.alternative == "less" else 1.0
    most = {
        "proportions": 1 - design.settings.get("p2", 0.0) - 1e-9,
        "mcnemar": design.settings.get("discordance", 1.0) * (1 - 1e-9),
        "mcnemar-exact": design.settings.get("discordance", 1.0) * (1 - 1e-9),
        "mann-whitney": 0.5,
        "proportions-h": math.pi,
    }.get(design.test, 1e3)
    if design.test == "tost":
        raise InvalidOptionError("effect", None, "given for tost")

    def short(size: float) -> float:
        return design.power(n, base + sign * size, alpha) - goal

    high = min(most, 0.1)
    while short(high) < 0:
        if high >= most:
            raise InvalidOptionError("n", n, "larger: no effect has that power")
        high = min(most, high * 2)
    low = 1e-9
    if short(low) >= 0:
        return base
    return base + sign * float(optimize.brentq(short, low, high, xtol=1e-12, rtol=1e-12))


def solve_alpha(design: PowerDesign, n: float, effect: float, goal: float) -> float:
    return float(
        optimize.brentq(
            lambda alpha: design.power(n, effect, alpha) - goal, 1e-12, 1 - 1e-9, xtol=1e-14
        )
    )
