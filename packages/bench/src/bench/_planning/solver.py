"""One design as a function of its four quantities, solved for one of them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from .._core.errors import InvalidOptionError
from .._core.lazy import optimize
from .points import CLUSTERED, DISCRETE, EXACT, EXACT_MOST, POWER_OF, WHOLE_ONLY, DesignPoint


@dataclass(frozen=True, slots=True, kw_only=True)
class PowerDesign:
    """One test with its extra settings, as power(n, effect, alpha)."""

    test: str
    alternative: str
    settings: dict[str, Any]
    method: str = "exact"

    @property
    def clustered(self) -> bool:
        return "cluster_size" in self.settings

    @property
    def whole(self) -> bool:
        """Whether only whole sample sizes have a power."""
        if self.clustered:
            return False
        return self.test in WHOLE_ONLY or (self.method == "exact" and self.test in DISCRETE)

    def power(self, n: float, effect: float, alpha: float) -> float:
        point = DesignPoint(
            n=n, effect=effect, alpha=alpha, side=self.alternative, extra=self.settings
        )
        if self.clustered:
            found = CLUSTERED[self.test](point)
        elif self.method == "exact" and self.test in EXACT and n <= EXACT_MOST:
            found = EXACT[self.test](point)
        else:
            found = POWER_OF[self.test](point)
        return min(1.0, max(0.0, found))


_MIN_N = {
    "t": 2.0,
    "welch-t": 2.0,
    "eval-paired": 2.0,
    "paired-t": 2.0,
    "one-sample-t": 2.0,
    "anova": 2.0,
    "tost": 2.0,
}


_MAX_N = 1e8
_SMALLEST = 2


def solve_n(design: PowerDesign, effect: float, alpha: float, goal: float) -> float:
    if design.whole:
        return _smallest_whole_n(design, effect, alpha, goal)
    low = _MIN_N.get(design.test, 1e-3)
    if design.clustered:
        low = max(low, 2 * design.settings["cluster_size"])
    low += 1e-9
    high = max(4.0, 2 * low)
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

    def reached(n: int) -> bool:
        return design.power(n, effect, alpha) >= goal

    if math.isclose(effect, no_effect(design.test), abs_tol=1e-12):
        raise InvalidOptionError("effect", effect, "other than no effect to solve for n")
    n, most = _SMALLEST, _SMALLEST
    while not reached(most):
        n, most = most, 2 * most
        if most > _MAX_N:
            raise InvalidOptionError("effect", effect, "reachable: no sample has that power")
    while most - n > max(8, n // 16):
        middle = (n + most) // 2
        n, most = (n, middle) if reached(middle) else (middle, most)
    n = max(_SMALLEST, n - n // 16 - 4)
    while not all(reached(n + step) for step in range(3)):
        n += 1
    return float(n)


def no_effect(test: str) -> float:
    """The effect that means no difference."""
    return 0.5 if test in ("mann-whitney", "brunner-munzel") else 0.0


def solve_effect(design: PowerDesign, n: float, alpha: float, goal: float) -> float:
    base = no_effect(design.test)
    sign = -1.0 if design.alternative == "less" else 1.0
    most = {
        "proportions": _room(design),
        "mcnemar": design.settings.get("discordance", 1.0) * (1 - 1e-9),
        "mcnemar-exact": design.settings.get("discordance", 1.0) * (1 - 1e-9),
        "mann-whitney": 0.5 - 1e-9,
        "brunner-munzel": 0.5 - 1e-9,
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


def _room(design: PowerDesign) -> float:
    """How far a proportion can move on the side of the alternative."""
    p2 = float(design.settings.get("p2", 0.0))
    return (p2 if design.alternative == "less" else 1 - p2) - 1e-9


def solve_alpha(design: PowerDesign, n: float, effect: float, goal: float) -> float:
    return float(
        optimize.brentq(
            lambda alpha: design.power(n, effect, alpha) - goal, 1e-12, 1 - 1e-9, xtol=1e-14
        )
    )
