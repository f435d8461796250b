"""Several systems by judgements of a model and a few human labels, compared on the same items."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations

from .._core.errors import InvalidOptionError, NotEnoughDataError
from .._core.options import check_share, checked_options
from .._core.rendering import Result, ResultTable
from .._core.results import Interval, Note
from .._core.shown import shown
from .._core.wording import bracket, number
from .._data.groups import names_of
from .._data.labelled import LabelledTable, labelled_together
from .._data.values import ClusterLabels, ValuesByItem
from .._multiplicity.adjust import Correction
from .._multiplicity.pairwise import Pair, PairwiseTable
from .._multiplicity.simultaneous import corrected_table
from .powered import p_of_interval, powered
from .prediction_powered import PoweredMean, powered_mean


@dataclass(frozen=True, slots=True, kw_only=True)
class PoweredComparison(Result):
    """The prediction-powered mean of each system, and their differences on the same items.

    Attributes:
        systems: The mean of every system.
        pairwise: The differences, second minus first, with adjusted p-values and intervals.
    """

    systems: Mapping[str, PoweredMean]
    pairwise: PairwiseTable
    warnings: tuple[Note, ...] = ()

    @shown
    def __str__(self) -> list[str]:
        means = "; ".join(
            f"{name}: {number(each.mean)}, {each.interval}" for name, each in self.systems.items()
        )
        return [means, *str(self.pairwise).split("\n")]

    def table(self) -> ResultTable:
        rows = [
            (name, number(each.mean), bracket(*each.interval), "", "")
            for name, each in self.systems.items()
        ]
        rows += [
            (
                f"{row.second} - {row.first}",
                number(row.estimate),
                bracket(*row.interval) if row.interval is not None else "",
                bracket(*row.interval_adjusted) if row.interval_adjusted is not None else "",
                number(row.p_adjusted),
            )
            for row in self.pairwise
        ]
        return ResultTable(
            title="Means from labels and judgements, and their differences",
            columns=("System", "Estimate", "Interval", "Adjusted", "p adj."),
            rows=tuple(rows),
            notes=tuple(map(str, self.warnings)),
        )


@checked_options
def prediction_powered_compare(
    labels: Mapping[str, ValuesByItem],
    judged: Mapping[str, ValuesByItem],
    *,
    control: str | None = None,
    correction: Correction = "holm",
    clusters: ClusterLabels | None = None,
    level: float = 0.95,
) -> PoweredComparison:
    """Compare systems by a judge of all items and human labels of some, paired by item.

    Each difference is the prediction-powered mean of the differences of labels, on the items that
    are labelled for both systems; the judge's differences stand for the other items. The judge's
    bias towards one system is taken out. The labelled items must be a random sample of all.

    Args:
        labels: The human labels of each system: by item id, or in order with None where an item has
            no label.
        judged: The judge's values of each system, for all items.
        control: Compare the others with this system only; without it every pair.
        correction: As in ``adjust``; the adjusted intervals hold together with ``level``.
        clusters: The cluster of every item, in order or by item id.
        level: The level of each interval, and of all adjusted intervals together.

    Returns:
        The mean of every system, and their differences.

    Raises:
        NotEnoughDataError: Fewer than two systems, or fewer than three items labelled for both.
        InvalidDataError: Systems or items that only one side has.

    Example:
        >>> judged = {"old": [1, 0, 1, 0, 1, 1] * 20, "new": [1, 1, 1, 0, 1, 1] * 20}
        >>> labels = {
        ...     "old": [1, 0, 0, 0, 1, 1] * 5 + [None] * 90,
        ...     "new": [1, 1, 1, 0, 1, 0] * 5 + [None] * 90,
        ... }
        >>> found = bench.prediction_powered_compare(labels, judged)
        >>> round(found.pairwise.rows[0].estimate, 2)
        0.17
    """
    check_share("level", level)
    table = labelled_together(names_of(labels.items()), names_of(judged.items()), clusters)
    names = tuple(table.judged)
    if len(names) < 2:  # a single system has a mean only
        raise NotEnoughDataError("systems", needed=2, got=len(names))
    if control is not None and control not in names:
        raise InvalidOptionError("control", control, names)
    chosen = (
        list(combinations(names, 2))
        if control is None
        else [(control, name) for name in names if name != control]
    )
    systems = {name: powered_mean(table.of(name), weight=None, level=level) for name in names}
    rows = [_difference(table, first, second, level) for first, second in chosen]

    def again(row: Pair, level: float) -> Interval:
        return powered(table.of(row.second, minus=row.first), None, level).interval

    pairs = corrected_table("prediction-powered differences", rows, correction, level, again)
    every = [*(each.warnings for each in systems.values()), *(row.warnings for row in rows)]
    return PoweredComparison(
        systems=systems,
        pairwise=pairs,
        warnings=tuple({each.id: each for found in every for each in found}.values()),
    )


def _difference(table: LabelledTable, first: str, second: str, level: float) -> Pair:
    """The difference of two systems; its p-value is that of the interval, found by its level."""
    data = table.of(second, minus=first)
    found = powered(data, None, level)
    p_value = p_of_interval(data)
    return Pair(
        first=first,
        second=second,
        estimate=found.value,
        estimate_name="difference",
        se=found.se,
        statistic=found.value / found.se if found.se > 0 else math.nan,
        statistic_name="t",
        p_value=p_value,
        p_adjusted=p_value,
        interval=found.interval,
        df=found.df,
        warnings=found.interval.warnings,
    )
