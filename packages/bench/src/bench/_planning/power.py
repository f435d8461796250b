"""Sample size, power, detectable effect or error rate: give all but one, get the one left out."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from .._core.errors import InvalidOptionError
from .._core.notes import note
from .._core.options import check_choice
from .._core.rendering import Result, Table
from .._core.results import Note
from .._core.wording import number, percent
from .solver import (
    PowerDesign,
    solve_alpha,
    solve_effect,
    solve_n,
)

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


_ONE_WAY = ("anova", "chi-square", "mcnemar-exact", "tost")
_NEEDS = {
    "anova": ("groups",),
    "proportions": ("p2",),
    "chi-square": ("df",),
    "mcnemar": ("discordance",),
    "mcnemar-exact": ("discordance",),
    "tost": ("margin",),
    "eval-paired": ("variance",),
}


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
    design = PowerDesign(test=test, alternative=alternative, settings=_settings(test, settings))
    solved = missing[0]
    exact = float(n or 0)
    if n is None:
        exact = solve_n(design, float(effect or 0), float(alpha or 0), float(power or 0))
        n = math.ceil(exact - 1e-9)
    elif effect is None:
        effect = solve_effect(design, n, float(alpha or 0), float(power or 0))
    elif alpha is None:
        alpha = solve_alpha(design, n, effect, float(power or 0))
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
