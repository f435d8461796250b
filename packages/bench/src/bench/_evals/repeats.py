"""Whether more repeats or more items make a score more precise."""

from __future__ import annotations

import math
from dataclasses import dataclass

from .._core.errors import InvalidOptionError, NotEnoughDataError
from .._core.notes import note
from .._core.options import checked_options
from .._core.rendering import Result, ResultTable
from .._core.results import Note
from .._core.shown import shown
from .._core.wording import number, percent
from .._data.scores import Scores, score_rows, without_missing
from .scores import variance_components

_MOST_REPEATS = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class RepeatsOrItems(Result):
    """Where the noise of a mean score comes from, and what to buy against it.

    Attributes:
        item_variance: Between items, of their true scores.
        run_variance: Between repeats of one item.
        run_share: The share of the squared standard error that repeats can still take away.
        se: The standard error now; ``se_twice_items`` and ``se_twice_repeats`` after doubling.
        best_repeats: The repeats per item that make the mean most precise for its cost.
        advice: ``items`` or ``repeats``: what lowers the standard error more at equal cost.
    """

    n_items: int
    repeats: float
    item_variance: float
    run_variance: float
    run_share: float
    se: float
    se_twice_items: float
    se_twice_repeats: float
    best_repeats: int
    advice: str
    warnings: tuple[Note, ...] = ()

    @shown
    def __str__(self) -> str:
        return (
            f"{percent(round(self.run_share, 3))} of the variance of the mean comes from the runs,"
            f" the rest from the choice of {self.n_items} items. SE {number(self.se)} now,"
            f" {number(self.se_twice_items)} with twice the items,"
            f" {number(self.se_twice_repeats)} with twice the repeats;"
            f" best {self.best_repeats} repeats an item: buy more {self.advice}."
        )

    def table(self) -> ResultTable:
        rows = (
            ("now", number(self.se)),
            ("twice the items", number(self.se_twice_items)),
            ("twice the repeats", number(self.se_twice_repeats)),
        )
        return ResultTable(
            title="Repeats or items",
            columns=("Plan", "SE"),
            rows=rows,
            notes=(str(self), *map(str, self.warnings)),
        )


@checked_options
def repeats_or_items(
    scores: Scores, *, item_cost: float = 0.0, call_cost: float = 1.0
) -> RepeatsOrItems:
    """Whether to buy more repeats or more items (Wang et al. 2025, arXiv:2512.21326).

    The squared standard error of a mean over n items of K repeats is
    (item variance + run variance / K) / n. At a cost of ``item_cost + K call_cost`` per item it is
    smallest at K = sqrt(item_cost/call_cost · run variance/item variance) (Cochran 1977, 10.6).

    Args:
        scores: The repeated scores of every item; each repeated at least twice.
        item_cost: What an item costs besides its calls, such as a label.
        call_cost: What one call costs.

    Returns:
        Both variances, the standard errors after doubling, and the repeats that pay best.

    Raises:
        NotEnoughDataError: Fewer than two items, or no item with two repeats.
        InvalidOptionError: Costs below 0, or a call for nothing.

    Example:
        >>> rows = [[1, 1, 0], [0, 0, 0], [1, 1, 1], [1, 0, 1]]
        >>> found = bench.repeats_or_items(rows, item_cost=5)
        >>> found.best_repeats, found.advice
        (3, 'items')
    """
    if item_cost < 0 or call_cost <= 0:
        raise InvalidOptionError("item_cost, call_cost", (item_cost, call_cost), "0 up and above 0")
    rows, _, _ = without_missing(score_rows(scores).rows, "omit")
    parts = variance_components(rows)
    if math.isnan(parts["within"]):
        raise NotEnoughDataError("items with two repeats (and items)", needed=2, got=len(rows))
    n, k, within = len(rows), parts["repeats"], parts["within"]
    between = max(0.0, parts["between"])
    warnings = [note("NO_GROUP_VARIANCE")] if parts["between"] <= 0 else []
    if between > 0:
        best = math.sqrt(item_cost / call_cost * within / between)
    else:
        best = float(_MOST_REPEATS) if within > 0 and item_cost > 0 else 1.0
    total = (between + within / k) / n
    per_item = item_cost + k * call_cost
    # Equal cost: items bought for the price of one more repeat of every item.
    more_items = total / (1 + call_cost / per_item)
    more_repeats = (between + within / (k + 1)) / n
    return RepeatsOrItems(
        n_items=n,
        repeats=k,
        item_variance=between,
        run_variance=within,
        run_share=within / k / n / total if total > 0 else math.nan,
        se=math.sqrt(total) if total > 0 else math.nan,
        se_twice_items=math.sqrt(total / 2) if total > 0 else math.nan,
        se_twice_repeats=math.sqrt((between + within / (2 * k)) / n) if total > 0 else math.nan,
        best_repeats=min(_MOST_REPEATS, max(1, round(best))),
        advice="repeats" if more_repeats < more_items else "items",
        warnings=tuple(warnings),
    )
