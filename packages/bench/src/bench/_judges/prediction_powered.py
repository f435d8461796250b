"""The mean of many judgements of a model, corrected by a few human labels.

The judge may be wrong; the labelled items say how much, and the interval accounts for it
(prediction-powered inference, Angelopoulos et al. 2023; power tuning, PPI++, arXiv:2311.01453).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from .._core.arithmetic import mean, variance
from .._core.errors import InvalidOptionError
from .._core.options import check_share, checked_options
from .._core.rendering import Result, ResultTable
from .._core.results import Interval, Note
from .._core.shown import shown
from .._core.wording import bracket, number
from .._data.labelled import Labelled, labelled_apart, labelled_together
from .._data.values import ItemClusters, ValuesByItem
from .powered import labels_alone, powered


@dataclass(frozen=True, slots=True, kw_only=True)
class PoweredMean(Result):
    """A mean that uses the judge as far as the labels show that it helps.

    Attributes:
        weight: How far the judge is used: 0 not at all, 1 fully.
        bias: The mean of judgement minus label on the labelled items.
        labels_only: The interval from the labels alone.
        labels_saved: By which factor more labels alone would have been needed for this precision.
    """

    mean: float
    se: float
    interval: Interval
    weight: float
    bias: float
    correlation: float
    labels_only: Interval
    labels_saved: float
    n_labelled: int
    n_unlabelled: int
    n_clusters: int | None = None
    warnings: tuple[Note, ...] = ()

    @shown
    def __str__(self) -> str:
        return (
            f"mean = {number(self.mean)}, {self.interval} from {self.n_labelled} labels and"
            f" {self.n_unlabelled} judgements (labels alone {bracket(*self._alone())});"
            f" the judge is off by {number(self.bias)}."
        )

    def _alone(self) -> tuple[float, float]:
        return self.labels_only.low, self.labels_only.high

    def table(self) -> ResultTable:
        return ResultTable(
            title="Mean from labels and judgements",
            columns=("Source", "Mean", "Low", "High"),
            rows=tuple(
                (name, number(each.estimate), number(each.low), number(each.high))
                for name, each in (
                    ("labels and judge", self.interval),
                    ("labels alone", self.labels_only),
                )
            ),
            notes=(
                f"weight of the judge: {number(self.weight)}, its bias: {number(self.bias)}",
                f"correlation of judge and labels: {number(self.correlation)}",
                f"as precise as {number(self.labels_saved)} times the labels",
                *map(str, self.warnings),
            ),
        )


@checked_options
def prediction_powered_mean(
    labels: ValuesByItem,
    judged: ValuesByItem,
    unlabelled: ValuesByItem | None = None,
    *,
    weight: float | None = None,
    level: float = 0.95,
    clusters: ItemClusters | None = None,
) -> PoweredMean:
    """The mean label over all items, when only some of them carry a label.

    The labelled items must be a random sample of all. For systems on the same items use
    ``prediction_powered_compare``.

    Args:
        labels: The human label of every labelled item, in order or by item id.
        judged: The judge's value of the same items; without ``unlabelled`` of all items, and labels
            by id, or in the same order with None where an item has no label.
        unlabelled: The judge's value of the other items.
        weight: How far to use the judge; chosen to make the interval shortest when left out.
        level: The level of the intervals: t with one less than the labels. For 0/1 labels (and
            their differences) the part that two intervals share: the normal one with half a pair of
            each kind added, and Wilson's with the effective sample size. Measured at 5 to 50 labels
            and rates of .5 to .95: 92 to 99 %, 96 % on average.
        clusters: The cluster of every item: one mapping by item id; or a pair of columns, of the
            labelled items and of the others; or one column where ``unlabelled`` is left out. The
            error is then CR2.

    Returns:
        The mean with its interval, and the weight of the judge.

    Raises:
        UnequalLengthsError: Labels and judgements of the labelled items differ in number or id.
        NotEnoughDataError: Fewer than three labels, two other judgements or two clusters.

    Example:
        >>> result = bench.prediction_powered_mean([1, 0, 1, 1], [1, 0, 0, 1], [1, 1, 0, 1, 0, 1])
        >>> round(result.mean, 3)
        0.812
    """
    check_share("level", level)
    if weight is not None and not math.isfinite(weight):
        raise InvalidOptionError("weight", weight, "a number, or None to choose it")
    if unlabelled is None:
        table = labelled_together({"": labels}, {"": judged}, clusters)
        return powered_mean(table.of(""), weight=weight, level=level)
    data = labelled_apart(labels, judged, unlabelled, clusters)
    return powered_mean(data, weight=weight, level=level)


def powered_mean(data: Labelled, *, weight: float | None, level: float) -> PoweredMean:
    """The result for labels and judgements that were read before."""
    y, f = data.labels, data.judged
    found, alone = powered(data, weight, level), labels_alone(data, level)
    shared = float((y - y.mean()) @ (f - f.mean())) / (len(y) - 1)
    deviation = math.sqrt(variance(y) * variance(f))
    simple = variance(y) / len(y) * found.design_effect
    return PoweredMean(
        mean=found.value,
        se=found.se if found.se > 0 else math.nan,
        interval=alone if weight == 0 else found.interval,
        weight=found.weight,
        bias=mean(f) - mean(y),
        correlation=shared / deviation if deviation > 0 else math.nan,
        labels_only=alone,
        labels_saved=simple / found.se**2 if found.se > 0 else math.nan,
        n_labelled=len(y),
        n_unlabelled=len(data.rest),
        n_clusters=found.n_clusters,
        warnings=found.interval.warnings,
    )
