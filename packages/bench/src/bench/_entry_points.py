"""One name for effect sizes, intervals, and corrections of many results."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ._bootstrap import NAMED, bootstrap_interval
from ._corrections import adjust, method_name
from ._dominance import cliffs_delta, probability_of_superiority, rank_biserial
from ._errors import InvalidOptionError
from ._intervals import mean_interval, quantile_interval
from ._numbers import Values, check_choice
from ._rendering import Result, Table
from ._results import Comparison, EffectSize, Interval
from ._standardised import INDEPENDENT_KINDS, PAIRED_KINDS, standardised_difference
from ._wording import p_text

RANK_KINDS = ("cliffs_delta", "probability_of_superiority", "rank_biserial")


def effect_size(
    control: Values, treatment: Values, *, kind: str = "hedges_g", level: float = 0.95
) -> EffectSize:
    """Treatment against control on a scale without units, with its interval.

    Args:
        control: One value per item.
        treatment: One value per item, matched for the paired kinds.
        kind: ``cohens_d``, ``hedges_g``, ``glass_delta``, ``d_unpooled``, ``cliffs_delta`` or
            ``probability_of_superiority`` for independent groups; ``d_z``, ``g_z``, ``d_av``,
            ``d_rm`` or ``rank_biserial`` for pairs.
        level: The level of the interval.

    Raises:
        InvalidOptionError: Unknown kind.
    """
    check_choice("kind", kind, (*INDEPENDENT_KINDS, *PAIRED_KINDS, *RANK_KINDS))
    ranked = {
        "cliffs_delta": cliffs_delta,
        "probability_of_superiority": probability_of_superiority,
        "rank_biserial": rank_biserial,
    }
    if kind in ranked:
        return ranked[kind](control, treatment, level=level)
    chosen: Any = kind
    return standardised_difference(control, treatment, kind=chosen, level=level)


def confidence_interval(
    values: Values,
    statistic: Any = "mean",
    *,
    method: str = "analytical",
    level: float = 0.95,
    resamples: int = 10_000,
    seed: int = 0,
) -> Interval:
    """The interval of a statistic.

    Args:
        values: One number per item.
        statistic: ``mean``, ``median``, ``sd``, ``variance``, or a function of an array.
        method: ``analytical`` (t for the mean, order statistics for the median), ``bca``,
            ``percentile`` or ``basic``.
        level: The level of the interval.
        resamples: Of the bootstrap.
        seed: Of the bootstrap.

    Raises:
        InvalidOptionError: No analytical interval exists for the statistic, or unknown names.
    """
    check_choice("method", method, ("analytical", "bca", "percentile", "basic"))
    if method != "analytical":
        return bootstrap_interval(
            values, statistic, method=method, level=level, resamples=resamples, seed=seed
        )
    if statistic == "mean":
        return mean_interval(values, level=level)
    if statistic == "median":
        return quantile_interval(values, 0.5, level=level)
    raise InvalidOptionError(
        "statistic", statistic, f"mean or median when analytical; of {sorted(NAMED)} use bca"
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Corrected(Result):
    """Several results with p-values adjusted for their number."""

    names: tuple[str, ...]
    p_values: tuple[float, ...]
    p_adjusted: tuple[float, ...]
    rejected: tuple[bool, ...]
    method: str
    alpha: float

    def __str__(self) -> str:
        return (
            f"{sum(self.rejected)} of {len(self.names)} at alpha = {self.alpha:g}"
            f" after {self.method} (adjusted p at or below alpha)."
        )

    def table(self) -> Table:
        rows = tuple(
            (name, p_text(p), p_text(adjusted), "yes" if rejected else "no")
            for name, p, adjusted, rejected in zip(
                self.names, self.p_values, self.p_adjusted, self.rejected, strict=True
            )
        )
        return Table(
            title=f"Correction for {len(rows)} tests ({self.method})",
            columns=("Test", "p", "Adjusted", "Below alpha"),
            rows=rows,
            notes=(str(self),),
        )


def correct_multiple_comparisons(
    results: Mapping[str, Comparison | float] | Sequence[Comparison | float],
    *,
    method: str = "holm",
    alpha: float = 0.05,
) -> Corrected:
    """Adjust the p-values of several results; adjusted p-values equal to ``alpha`` count as below.

    Args:
        results: Comparisons or p-values, by name or in order.
        method: As in ``adjust``.
        alpha: The error rate.

    Raises:
        InvalidOptionError: Unknown method.
    """
    if isinstance(results, Mapping):
        named = {str(name): result for name, result in results.items()}
    else:
        named = {f"test {place}": result for place, result in enumerate(results, start=1)}
    p_values = [
        result.p_value if isinstance(result, Comparison) else result for result in named.values()
    ]
    adjusted = adjust(p_values, method)
    return Corrected(
        names=tuple(named),
        p_values=tuple(float(p) for p in p_values),
        p_adjusted=tuple(adjusted),
        rejected=tuple(p <= alpha * (1 + 1e-12) for p in adjusted),
        method=method_name(method),
        alpha=alpha,
    )
