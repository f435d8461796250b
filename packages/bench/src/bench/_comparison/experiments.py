"""Three kinds of experiment: A/B test, ablation, and sweep over configurations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from .._core.arithmetic import mean
from .._core.options import check_above, check_share, checked_options
from .._core.rendering import Result, ResultTable
from .._core.results import Comparison
from .._core.shown import shown
from .._core.wording import number
from .._data.groups import named
from .._data.values import Values, ValuesByItem, as_array, kept
from .._multiplicity.adjust import Correction
from .._multiplicity.pairwise import ManyComparison
from .many_groups import compare_many, compare_many_paired
from .two_groups import compare, compare_paired


@dataclass(frozen=True, slots=True, kw_only=True)
class ABTest(Result):
    """The comparison of two variants, with a recommendation."""

    comparison: Comparison
    significant: bool
    smallest_effect: float | None
    recommendation: str

    @shown
    def __str__(self) -> str:
        return f"{self.comparison} {self.recommendation}"

    def table(self) -> ResultTable:
        return self.comparison.table()


@checked_options
def ab_test(
    control: ValuesByItem,
    treatment: ValuesByItem,
    *,
    paired: bool = False,
    smallest_effect: float | None = None,
    alpha: float = 0.05,
) -> ABTest:
    """Compare two variants, with a recommendation.

    The recommendation rests on the interval and on the smallest effect that matters, never on power
    at the observed effect.

    Args:
        control: One value per item.
        treatment: One value per item.
        paired: The same items in the same order.
        smallest_effect: The smallest difference that matters, in the unit of the values.
        alpha: The error rate.

    Returns:
        The comparison, whether it is significant, and a recommendation.

    Raises:
        NotEnoughDataError: Fewer than two values in a group.

    Example:
        >>> result = bench.ab_test([1, 0, 0, 1] * 20, [1, 1, 0, 1] * 20, paired=True)
        >>> result.significant
        True
    """
    check_share("alpha", alpha)
    if smallest_effect is not None:
        check_above("smallest_effect", smallest_effect)
    function = compare_paired if paired else compare
    result = function(control, treatment, level=1 - alpha)
    significant = result.p_value <= alpha
    return ABTest(
        comparison=result,
        significant=significant,
        smallest_effect=smallest_effect,
        recommendation=_advice(result, significant, smallest_effect),
    )


def _advice(result: Comparison, significant: bool, smallest: float | None) -> str:
    low, high = result.interval.low, result.interval.high
    if smallest is not None and -smallest < low and high < smallest:
        if significant:
            return "A difference is there, but too small to matter."
        return "No difference that matters: the interval lies within the smallest one that would."
    if significant:
        better = "treatment" if result.estimate > 0 else "control"
        if smallest is not None and low < smallest and high > -smallest:
            return f"The {better} is higher; whether by enough to matter is open."
        return f"The {better} is higher."
    wide = "" if smallest is None else f" of {number(smallest)} or more"
    return f"Inconclusive: the interval leaves room for a difference{wide}. Collect more items."


@dataclass(frozen=True, slots=True, kw_only=True)
class Ablation(Result):
    """The change when one component is left out."""

    component: str
    comparison: Comparison
    drop: float
    drop_percent: float | None

    @shown
    def __str__(self) -> str:
        share = "" if self.drop_percent is None else f" ({self.drop_percent:.1f}%)"
        lead = f"Without {self.component} the score drops by {number(self.drop)}{share}."
        return f"{lead} {self.comparison}"

    def table(self) -> ResultTable:
        return self.comparison.table()


@checked_options
def ablation(
    full: ValuesByItem, without: ValuesByItem, *, component: str, paired: bool = True
) -> Ablation:
    """Compare a system with and without one component; the full system is the control.

    Args:
        full: Scores of the full system by item.
        without: Scores without the component.
        component: Its name.
        paired: The same items in the same order.

    Returns:
        The comparison, and the drop from the full system.

    Raises:
        UnequalLengthsError: Pairs that do not match.
    """
    full = kept(full)
    result = (compare_paired if paired else compare)(full, without)
    base = mean(as_array(full, "full"))
    return Ablation(
        component=component,
        comparison=result,
        drop=-result.estimate,
        drop_percent=None if base == 0 else -100 * result.estimate / base,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Sweep(Result):
    """Several configurations compared with each other."""

    best: str
    means: Mapping[str, float]
    comparison: ManyComparison

    @shown
    def __str__(self) -> str:
        return f"Best mean: {self.best} ({number(self.means[self.best])}). {self.comparison}"

    def table(self) -> ResultTable:
        return self.comparison.table()


@checked_options
def sweep(
    configurations: Mapping[str, Values], *, paired: bool = True, correction: Correction = "holm"
) -> Sweep:
    """Compare configurations: the best mean, and every pair with corrected p-values.

    Args:
        configurations: Scores by configuration.
        paired: The same items in the same order under every configuration.
        correction: As in ``adjust``.

    Returns:
        Every pair of configurations, and the best mean.

    Raises:
        UnequalLengthsError: Pairs that do not match.
    """
    function = compare_many_paired if paired else compare_many
    columns = {name: kept(values) for name, values in named(configurations).items()}
    found = function(columns, correction=correction)
    means = {name: mean(as_array(values, name)) for name, values in columns.items()}
    return Sweep(best=max(means, key=lambda name: means[name]), means=means, comparison=found)
