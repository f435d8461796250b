"""Sample size, power, detectable effect or error rate: give all but one, get the one left out."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Unpack, get_args

from .._core.errors import InvalidOptionError
from .._core.notes import note
from .._core.options import (
    ALTERNATIVES,
    Alternative,
    check_choice,
    check_number,
    check_share,
    checked_options,
)
from .._core.rendering import Result, ResultTable
from .._core.results import Note
from .._core.shown import shown
from .._core.wording import number, percent
from .._data.values import clean
from .designs import (
    APPROXIMATED,
    DESIGN_NAMES,
    EFFECTS,
    PER,
    POWER_TESTS,
    TWO_SIDED_ONLY,
    PowerMethod,
    PowerSettings,
    PowerTest,
    check_size,
    complete_settings,
    given_settings,
)
from .solver import (
    PowerDesign,
    solve_alpha,
    solve_effect,
    solve_n,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Power(Result):
    """A design: sample size, effect, power and error rate that belong together."""

    test: PowerTest
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

    @shown
    def __str__(self) -> str:
        return (
            f"{DESIGN_NAMES[self.test]}: n = {self.n} {self.unit},"
            f" {self.effect_name} = {number(self.effect)},"
            f" power = {self.power:.3f}, alpha = {self.alpha:g} ({self.alternative});"
            f" solved for {self.solved_for}."
        )

    def table(self) -> ResultTable:
        return ResultTable(
            title=f"Power of the {DESIGN_NAMES[self.test]}",
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


@checked_options
def power(
    test: PowerTest = "t",
    *,
    n: int | None = None,
    power: float | None = None,
    effect: float | None = None,
    alpha: float | None = 0.05,
    alternative: Alternative = "two-sided",
    observed: bool = False,
    method: PowerMethod = "exact",
    **settings: Unpack[PowerSettings],
) -> Power:
    """Solve a design for the one of ``n``, ``power``, ``effect`` and ``alpha`` left out (None).

    Args:
        test: ``compare`` runs ``welch-t``, ``proportions`` or ``brunner-munzel`` (n in all);
            ``compare_paired`` runs ``paired-t``, ``mcnemar`` or ``wilcoxon``; ``eval_compare`` runs
            ``eval-paired`` or, for 0/1 answers, ``mcnemar``. Also ``t`` (two groups),
            ``one-sample-t``, ``anova``, ``proportions-h``, ``one-proportion``, ``chi-square``,
            ``mcnemar-exact``, ``tost`` and ``mann-whitney`` (n in all).
        n: Values per group, pairs, or in all for one table.
        power: The chance to find the effect.
        effect: Named by the test: d for t tests, f for ``anova`` (not eta squared: see
            ``f_from_eta_squared``), h or w, a difference for ``proportions``, ``mcnemar`` and
            ``eval-paired``, P(X > Y) for ``mann-whitney`` and ``brunner-munzel``, d_z for
            ``wilcoxon``, the true difference for ``tost``. Rank tests take shifted normal values.
        alpha: The error rate.
        alternative: ``two-sided``, ``less`` or ``greater``.
        observed: The effect was estimated from the same data: allowed, but the result warns that
            such power only restates the p-value (Hoenig and Heisey 2001).
        method: ``exact`` is the power of the test that runs (mid-p for ``mcnemar``, the score test
            and Fisher's mid-p where sparse for ``proportions``, t for ``eval-paired``). ``normal``
            is the usual approximation of these: R's power.prop.test, Connor 1987, Noether 1987,
            Miller 2024.
        settings: ``ratio`` or ``n2`` (size of the second group), ``groups``, ``p2``, ``df``,
            ``discordance``, ``margin`` and ``sd``, ``share``, ``variance`` (of the differences),
            ``sd_ratio`` (treatment over control), as the test needs. ``cluster_size`` and ``icc``
            (of the differences, or of the values of a group): the values come in clusters.

    Returns:
        The design with all four quantities.

    Raises:
        InvalidOptionError: Not exactly one left out, a setting that is missing or unknown, or a
            goal that no value reaches.

    Example:
        >>> bench.power("t", effect=0.5, power=0.8).n
        64
    """
    check_choice("test", test, POWER_TESTS)
    check_choice("alternative", alternative, ALTERNATIVES)
    if test in TWO_SIDED_ONLY and alternative != "two-sided":
        raise InvalidOptionError("alternative", alternative, f"'two-sided' for {test}")
    given = {"n": n, "power": power, "effect": effect, "alpha": alpha}
    missing = [name for name, value in given.items() if value is None]
    if len(missing) != 1:
        raise InvalidOptionError("left out", missing, "exactly one of n, power, effect, alpha")
    n = None if n is None else _size(n)
    effect = None if effect is None else check_number("effect", effect)
    for option, share in (("alpha", alpha), ("power", power)):
        if share is not None:
            check_share(option, share)
    check_choice("method", method, get_args(PowerMethod))
    if method == "normal" and test not in APPROXIMATED:
        raise InvalidOptionError("method", method, f"'exact' for {test}")
    design = PowerDesign(
        test=test,
        alternative=alternative,
        settings=complete_settings(test, settings),
        method=method,
    )
    if n is not None:
        check_size(test, n, design.settings)
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
        unit=PER.get(test, "pairs"),
        settings=given_settings(settings),
        warnings=(note("OBSERVED_POWER"),) if observed else (),
    )


def _total(test: str, n: int, settings: dict[str, Any]) -> int:
    if test == "anova":
        return int(settings["groups"]) * n
    if test in ("t", "welch-t", "proportions", "proportions-h"):
        return n + math.ceil(float(settings.get("n2") or n * settings["ratio"]))
    return 2 * n if test == "tost" else n


def _size(n: Any) -> int:
    """A sample size as an int where it is whole, else as a float."""
    found = check_number("n", n)
    if found < 1:
        raise InvalidOptionError("n", n, "at least 1")
    return int(found) if found.is_integer() else found  # type: ignore[return-value]  # a share of an item is allowed


@checked_options
def power_curve(
    test: PowerTest,
    ns: Sequence[int],
    *,
    effect: float,
    alpha: float = 0.05,
    alternative: Alternative = "two-sided",
    observed: bool = False,
    method: PowerMethod = "exact",
    **settings: Unpack[PowerSettings],
) -> list[Power]:
    """The power at each sample size.

    Args:
        test: As in ``power``.
        ns: The sample sizes.
        effect: On the scale of ``power``.
        alpha: The error rate.
        alternative: ``two-sided``, ``less`` or ``greater``.
        observed: As in ``power``.
        method: As in ``power``.
        settings: As in ``power``.

    Returns:
        One design for each sample size, in the given order.

    Raises:
        InvalidOptionError: As ``power``.

    Example:
        >>> [round(each.power, 2) for each in bench.power_curve("t", [20, 40], effect=0.5)]
        [0.34, 0.6]
    """
    return [
        power(
            test,
            n=n,
            effect=effect,
            alpha=alpha,
            alternative=alternative,
            observed=observed,
            method=method,
            **settings,
        )
        for n in clean(ns, "ns", min_count=0)[0].tolist()
    ]
