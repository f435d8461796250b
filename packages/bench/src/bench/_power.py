"""Sample size, power, detectable effect or error rate: give all but one, get the one left out."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from . import _power_functions as functions
from ._errors import InvalidOptionError
from ._lazy import optimize
from ._notes import note
from ._numbers import check_choice
from ._rendering import Result, Table
from ._results import Note
from ._wording import number, percent

TESTS = (
    "t",
    "paired-t",
    "one-sample-t",
    "anova",
    "proportions",
    "proportions-h",
    "one-proportion",
    "chi-square",
    "mcnemar",
    "mcnemar-exact",
    "tost",
    "mann-whitney",
    "eval-paired",
)
EFFECTS = {
    "t": "Cohen's d",
    "paired-t": "d_z",
    "one-sample-t": "d_z",
    "anova": "Cohen's f",
    "proportions": "difference of proportions from p2",
    "proportions-h": "Cohen's h",
    "one-proportion": "Cohen's h",
    "chi-square": "Cohen's w",
    "mcnemar": "difference of proportions",
    "mcnemar-exact": "difference of proportions",
    "tost": "true difference",
    "mann-whitney": "P(X > Y)",
    "eval-paired": "difference of scores",
}
PER = {"anova": "per group", "t": "per group", "proportions": "per group", "tost": "per group"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Power(Result):
    """A design: sample size, effect, power and error rate that belong together."""

    test: str
    solved_for: str
    n: int
    n_exact: float
    n_total: int
    power: float
    effect: float
    effect_name: str
    alpha: float
    alternative: str
    unit: str
    settings: dict[str, float] = field(default_factory=dict)
    assumptions: tuple[str, ...] = ()
    warnings: tuple[Note, ...] = ()

    def __str__(self) -> str:
        return (
            f"{self.test}: n = {self.n} {self.unit}, {self.effect_name} = {number(self.effect)},"
            f" power = {self.power:.3f}, alpha = {self.alpha:g} ({self.alternative});"
            f" solved for {self.solved_for}."
        )

    def table(self) -> Table:
        return Table(
            title=f"Power of the {self.test} design",
            columns=("n", "Unit", self.effect_name, "Power", "Alpha"),
            rows=(
                (
                    str(self.n),
                    self.unit,
                    number(self.effect),
                    percent(round(self.power, 4)),
                    f"{self.alpha:g}",
                ),
            ),
            notes=tuple(map(str, self.warnings)),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Design:
    """One test with its extra settings, as power(n, effect, alpha)."""

    test: str
    alternative: str
    settings: dict[str, Any]

    def power(self, n: float, effect: float, alpha: float) -> float:
        point = _Point(n=n, effect=effect, alpha=alpha, side=self.alternative, extra=self.settings)
        found = _POWER[self.test](point)
        return min(1.0, max(0.0, found))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Point:
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


_POWER: dict[str, Callable[[_Point], float]] = {
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
_ONE_WAY = ("anova", "chi-square", "mcnemar-exact", "tost")
_LEAST_N = {
    "t": 2.0,
    "paired-t": 2.0,
    "one-sample-t": 2.0,
    "anova": 2.0,
    "tost": 2.0,
}
_NEEDS = {
    "anova": ("groups",),
    "proportions": ("p2",),
    "chi-square": ("df",),
    "mcnemar": ("discordance",),
    "mcnemar-exact": ("discordance",),
    "tost": ("margin",),
    "eval-paired": ("variance",),
}
_MOST_N = 1e8


def power(
    test: str = "t",
    *,
    n: int | None = None,
    power: float | None = None,
    effect: float | None = None,
    alpha: float | None = 0.05,
    alternative: str = "two-sided",
    observed: bool = False,
    **settings: float,
) -> Power:
    """Solve a design for the one of ``n``, ``power``, ``effect`` and ``alpha`` left out (None).

    Args:
        test: ``t`` (two groups), ``paired-t``, ``one-sample-t``, ``anova``, ``proportions``,
            ``proportions-h``, ``one-proportion``, ``chi-square``, ``mcnemar``, ``mcnemar-exact``,
            ``tost``, ``mann-whitney`` (n in all) or ``eval-paired`` (Miller 2024).
        n: Values per group, pairs, or in all for one table.
        power: The chance to find the effect.
        effect: Named by the test: d for t tests, f for ``anova`` (not eta squared: see
            ``f_from_eta_squared``), h or w, a difference for ``proportions``, ``mcnemar`` and
            ``eval-paired``, P(X > Y) for ``mann-whitney``, the true difference for ``tost``.
        alpha: The error rate.
        alternative: ``two-sided``, ``less`` or ``greater``.
        observed: The effect was estimated from the same data: allowed, but the result warns that
            such power only restates the p-value (Hoenig and Heisey 2001).
        settings: ``ratio`` or ``n2`` (size of the second group), ``groups``, ``p2``, ``df``,
            ``discordance``, ``margin`` and ``sd``, ``share``, ``variance``, as the test needs.

    Raises:
        InvalidOptionError: Not exactly one left out, a setting that is missing or unknown, or a
            goal that no value reaches.
    """
    check_choice("test", test, TESTS)
    check_choice("alternative", alternative, ("two-sided", "less", "greater"))
    if test in _ONE_WAY and alternative != "two-sided":
        raise InvalidOptionError("alternative", alternative, f"'two-sided' for {test}")
    given = {"n": n, "power": power, "effect": effect, "alpha": alpha}
    missing = [name for name, value in given.items() if value is None]
    if len(missing) != 1:
        raise InvalidOptionError("left out", missing, "exactly one of n, power, effect, alpha")
    design = _Design(test=test, alternative=alternative, settings=_settings(test, settings))
    solved = missing[0]
    exact = float(n or 0)
    if n is None:
        exact = _solve_n(design, float(effect or 0), float(alpha or 0), float(power or 0))
        n = math.ceil(exact - 1e-9)
    elif effect is None:
        effect = _solve_effect(design, n, float(alpha or 0), float(power or 0))
    elif alpha is None:
        alpha = _solve_alpha(design, n, effect, float(power or 0))
    return Power(
        test=test,
        solved_for=solved,
        n=n,
        n_exact=exact,
        n_total=_total(test, n, design.settings),
        power=design.power(n, float(effect or 0), float(alpha or 0)),
        effect=float(effect or 0),
        effect_name=EFFECTS[test],
        alpha=float(alpha or 0),
        alternative=alternative,
        unit=PER.get(test, "in all" if test in ("chi-square", "mann-whitney") else "pairs"),
        settings=dict(settings),
        warnings=(note("OBSERVED_POWER"),) if observed else (),
    )


def _settings(test: str, settings: dict[str, float]) -> dict[str, Any]:
    known = {
        "ratio",
        "n2",
        "groups",
        "p2",
        "df",
        "discordance",
        "margin",
        "sd",
        "share",
        "variance",
    }
    for name in settings:
        check_choice("setting", name, sorted(known))
    for name in _NEEDS.get(test, ()):
        if name not in settings:
            raise InvalidOptionError(name, None, f"given for {test}")
    return {"ratio": 1.0, "sd": 1.0, "share": 0.5, **settings}


def _total(test: str, n: int, settings: dict[str, Any]) -> int:
    if test == "anova":
        return int(settings["groups"]) * n
    if test in ("t", "proportions-h"):
        return n + math.ceil(float(settings.get("n2") or n * settings["ratio"]))
    return 2 * n if test in ("proportions", "tost") else n


def _solve_n(design: _Design, effect: float, alpha: float, goal: float) -> float:
    low = _LEAST_N.get(design.test, 1e-3)
    if design.test == "mcnemar-exact":
        return _whole_n(design, effect, alpha, goal)
    low += 1e-9
    high = max(4.0, low)
    while design.power(high, effect, alpha) < goal:
        high *= 2
        if high > _MOST_N:
            raise InvalidOptionError("effect", effect, "reachable: no sample has that power")
    if design.power(low, effect, alpha) >= goal:
        return low
    return float(
        optimize.brentq(
            lambda n: design.power(n, effect, alpha) - goal, low, high, xtol=1e-10, rtol=1e-12
        )
    )


def _whole_n(design: _Design, effect: float, alpha: float, goal: float) -> float:
    """The smallest number from which on the saw-toothed exact power stays at the goal, nearly."""
    start = math.floor(_solve_n(_Design(**_swap(design)), effect, alpha, goal) * 0.8)
    n = max(2, start)
    while not all(design.power(n + step, effect, alpha) >= goal for step in range(3)):
        n += 1
    return float(n)


def _swap(design: _Design) -> dict[str, Any]:
    return {
        "test": "mcnemar",
        "alternative": design.alternative,
        "settings": design.settings,
    }


def _solve_effect(design: _Design, n: float, alpha: float, goal: float) -> float:
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


def _solve_alpha(design: _Design, n: float, effect: float, goal: float) -> float:
    return float(
        optimize.brentq(
            lambda alpha: design.power(n, effect, alpha) - goal, 1e-12, 1 - 1e-9, xtol=1e-14
        )
    )


def power_curve(test: str, ns: Sequence[int], *, effect: float, **options: Any) -> list[Power]:
    """The power at each sample size.

    Raises:
        InvalidOptionError: As ``power``.
    """
    return [power(test, n=n, effect=effect, **options) for n in ns]


def f_from_eta_squared(eta_squared: float) -> float:
    """Cohen's f from eta squared: sqrt(eta²/(1 - eta²)).

    Raises:
        InvalidOptionError: Not between 0 and 1.
    """
    if not 0 <= eta_squared < 1:
        raise InvalidOptionError("eta_squared", eta_squared, "between 0 and 1")
    return math.sqrt(eta_squared / (1 - eta_squared))


def h_from_proportions(p1: float, p2: float) -> float:
    """Cohen's h from two proportions."""
    return 2 * math.asin(math.sqrt(p1)) - 2 * math.asin(math.sqrt(p2))
