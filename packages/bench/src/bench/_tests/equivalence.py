"""Equivalence and non-inferiority by two one-sided tests (Schuirmann 1987)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from .._core.deprecated import renamed_arguments
from .._core.errors import InvalidOptionError
from .._core.options import Alternative, MissingPolicy, check_share, checked_options, plain_number
from .._core.rendering import Result, ResultTable
from .._core.results import Comparison, Interval, Note
from .._core.shown import shown
from .._core.tails import normal_p, normal_quantile, t_p
from .._core.wording import df_text, number, p_text
from .._data.values import ClusterLabels, TwoClusters, ValuesByItem
from .counts.two_proportions import two_proportions_from_counts
from .means.t_tests import one_sample_t, paired_t, student_t, welch_t


@dataclass(frozen=True, slots=True, kw_only=True)
class Equivalence(Result):
    """Whether a difference lies between two margins."""

    test: str
    low: float
    high: float
    alpha: float
    estimate: float
    se: float
    df: float
    statistic_low: float
    p_low: float
    statistic_high: float
    p_high: float
    p_value: float
    equivalent: bool
    interval: Interval
    direction: str = "treatment minus control"
    warnings: tuple[Note, ...] = ()

    @shown
    def __str__(self) -> str:
        verdict = "equivalent" if self.equivalent else "not shown to be equivalent"
        if math.isinf(self.high):
            verdict = "non-inferior" if self.equivalent else "not shown to be non-inferior"
        df = df_text((self.df,)) if math.isfinite(self.df) else ""
        name = f"t{df}" if df else "z"
        return (
            f"difference = {number(self.estimate)}, {self.interval}, margins"
            f" [{number(self.low)}, {number(self.high)}]: {verdict} (two one-sided tests,"
            f" {name} = {number(self.statistic_low)} and {number(self.statistic_high)},"
            f" {p_text(self.p_value)})."
        )

    def table(self) -> ResultTable:
        return ResultTable(
            title=f"Two one-sided tests ({self.test})",
            columns=("Side", "Margin", "Statistic", "p"),
            rows=(
                ("lower", number(self.low), number(self.statistic_low), p_text(self.p_low)),
                ("upper", number(self.high), number(self.statistic_high), p_text(self.p_high)),
            ),
            notes=(str(self),),
        )


def _bound(option: str, value: float) -> float:
    """A margin, which may be infinite on one side."""
    found = plain_number(value)
    if math.isnan(found):
        raise InvalidOptionError(option, value, "a number")
    return found


@renamed_arguments(nan="missing")
@checked_options
def equivalence(
    control: ValuesByItem,
    treatment: ValuesByItem | None = None,
    *,
    low: float,
    high: float = math.inf,
    paired: bool = False,
    equal_spread: bool = False,
    alpha: float = 0.05,
    missing: MissingPolicy = "error",
    clusters: ClusterLabels | TwoClusters | None = None,
) -> Equivalence:
    """Whether the mean difference lies within margins set beforehand.

    A non-significant difference is not evidence of equality; a significant result of this test is.
    With ``high`` left out it tests non-inferiority: the treatment is at most ``-low`` worse.

    Args:
        control: One value per item.
        treatment: One value per item; None tests the mean of ``control`` alone.
        low: The lower margin, in the unit of the values.
        high: The upper margin.
        paired: The same items in the same order.
        equal_spread: Pool the variances (Student) instead of Welch.
        alpha: The error rate; the interval has level 1 - 2 alpha.
        missing: ``omit`` leaves missing values out.
        clusters: The cluster of every pair, or those of both groups as a pair or one mapping by
            item id: then the standard error is CR2 with Satterthwaite degrees of freedom.

    Returns:
        The two one-sided tests and their verdict.

    Raises:
        InvalidOptionError: Margins in the wrong order, or clusters without a treatment or with
            ``equal_spread``.

    Example:
        >>> control, treatment = [1.0, 1.2, 0.9, 1.1], [1.1, 1.0, 1.2, 1.0]
        >>> result = bench.equivalence(control, treatment, low=-0.5, high=0.5)
        >>> result.equivalent
        True
    """
    low, high = _bound("low", low), _bound("high", high)
    check_share("alpha", alpha)
    if not low < high:
        raise InvalidOptionError("low, high", (low, high), "a lower margin below the upper one")
    level = 1 - 2 * alpha
    labels: Any = clusters
    if clusters is not None and (treatment is None or equal_spread):
        raise InvalidOptionError("clusters", "given", "left out with one sample or equal_spread")
    if treatment is None:
        found = one_sample_t(control, level=level, missing=missing)
    elif paired:
        found = paired_t(control, treatment, level=level, missing=missing, clusters=labels)
    elif equal_spread:
        found = student_t(control, treatment, level=level, missing=missing)
    else:
        found = welch_t(control, treatment, level=level, missing=missing, clusters=labels)
    return _two_sides(found, low, high, alpha)


def _two_sides(found: Comparison, low: float, high: float, alpha: float) -> Equivalence:
    df = found.df[0] if found.df else math.nan
    sides = []
    for margin in (low, high):
        statistic = math.nan if math.isnan(found.se) else (found.estimate - margin) / found.se
        side: Alternative = "greater" if margin == low else "less"
        sides.append((statistic, 0.0 if math.isinf(margin) else t_p(statistic, df, side)[0]))
    p_value = max(side[1] for side in sides) if not math.isnan(found.se) else math.nan
    return Equivalence(
        test=found.test,
        low=low,
        high=high,
        alpha=alpha,
        estimate=found.estimate,
        se=found.se,
        df=df,
        statistic_low=sides[0][0],
        p_low=sides[0][1],
        statistic_high=sides[1][0],
        p_high=sides[1][1],
        p_value=p_value,
        equivalent=p_value < alpha,
        interval=found.interval,
        direction=found.direction,
        warnings=found.warnings,
    )


@checked_options
def equivalence_of_proportions(
    control_successes: int,
    control_n: int,
    treatment_successes: int,
    treatment_n: int,
    *,
    low: float,
    high: float = math.inf,
    alpha: float = 0.05,
) -> Equivalence:
    """Two one-sided z tests of a difference of independent proportions, unpooled.

    Args:
        control_successes: Successes of the control.
        control_n: Size of the control.
        treatment_successes: Successes of the treatment.
        treatment_n: Size of the treatment.
        low: The lower margin of the difference.
        high: The upper margin; left out for non-inferiority.
        alpha: The error rate of both one-sided tests.

    Returns:
        The two one-sided tests and their verdict.

    Raises:
        InvalidOptionError: Margins in the wrong order.
    """
    check_share("alpha", alpha)
    if not low < high:
        raise InvalidOptionError("low, high", (low, high), "a lower margin below the upper one")
    found = two_proportions_from_counts(
        control_successes, control_n, treatment_successes, treatment_n, level=1 - 2 * alpha
    )
    wald = float(str(found.details["se_wald"]))
    se = wald if wald > 0 else found.se
    z_low, z_high = (found.estimate - low) / se, (found.estimate - high) / se
    p_low, p_high = normal_p(z_low, "greater")[0], normal_p(z_high, "less")[0]
    half = normal_quantile(1 - alpha) * se
    return Equivalence(
        test="two_proportions",
        low=low,
        high=high,
        alpha=alpha,
        estimate=found.estimate,
        se=se,
        df=math.inf,
        statistic_low=z_low,
        p_low=p_low,
        statistic_high=z_high,
        p_high=p_high,
        p_value=max(p_low, p_high),
        equivalent=max(p_low, p_high) < alpha,
        interval=Interval(
            low=found.estimate - half,
            high=found.estimate + half,
            level=1 - 2 * alpha,
            method="wald",
            estimate=found.estimate,
        ),
        warnings=found.warnings,
    )
