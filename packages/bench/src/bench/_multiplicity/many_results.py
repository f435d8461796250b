"""p-values of several results, adjusted for their number."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from .._core.options import check_share, checked_options
from .._core.rendering import Result, ResultTable
from .._core.results import Comparison
from .._core.shown import shown
from .._core.wording import p_text, printed
from .._data.groups import names_of
from .._data.intake import number, plain_list, split_ids
from .adjust import Correction, adjust, method_name


@dataclass(frozen=True, slots=True, kw_only=True)
class Corrected(Result):
    """Several results with p-values adjusted for their number."""

    names: tuple[str, ...]
    p_values: tuple[float, ...]
    p_adjusted: tuple[float, ...]
    rejected: tuple[bool, ...]
    method: str
    alpha: float

    @shown
    def __str__(self) -> str:
        return (
            f"{sum(self.rejected)} of {len(self.names)} at alpha = {self.alpha:g}"
            f" after {printed(self.method)} (adjusted p at or below alpha)."
        )

    def table(self) -> ResultTable:
        rows = tuple(
            (name, p_text(p), p_text(adjusted), "yes" if rejected else "no")
            for name, p, adjusted, rejected in zip(
                self.names, self.p_values, self.p_adjusted, self.rejected, strict=True
            )
        )
        return ResultTable(
            title=f"Correction for {len(rows)} tests ({printed(self.method)})",
            columns=("Test", "p", "Adjusted", "Below alpha"),
            rows=rows,
            notes=(str(self),),
        )


@checked_options
def correct_multiple_comparisons(
    results: Mapping[str, Comparison | float] | Sequence[Comparison | float],
    *,
    method: Correction = "holm",
    alpha: float = 0.05,
) -> Corrected:
    """Adjust the p-values of several results; adjusted p-values equal to ``alpha`` count as below.

    Args:
        results: Comparisons or p-values, by name or in order.
        method: As in ``adjust``.
        alpha: The error rate.

    Returns:
        The p-values before and after the correction, and which are at or below alpha.

    Raises:
        InvalidOptionError: Unknown method.

    Example:
        >>> print(bench.correct_multiple_comparisons([0.01, 0.04, 0.03]))
        1 of 3 at alpha = 0.05 after Holm (adjusted p at or below alpha).
    """
    check_share("alpha", alpha)
    if isinstance(results, Mapping):
        named = names_of(results.items())
    else:
        listed = enumerate(plain_list(split_ids(results, "results")[1]), start=1)
        named = {f"test {index}": result for index, result in listed}
    p_values = [
        result.p_value if isinstance(result, Comparison) else number(result, "results", name)
        for name, result in named.items()
    ]
    adjusted = adjust(p_values, method)
    return Corrected(
        names=tuple(named),
        p_values=tuple(p_values),
        p_adjusted=tuple(adjusted),
        rejected=tuple(p <= alpha * (1 + 1e-12) for p in adjusted),
        method=method_name(method),
        alpha=alpha,
    )
