"""The mean of many judgements of a model, corrected by a few human labels.

The judge may be wrong; the labelled items say how much, and the interval accounts for it
(prediction-powered inference, Angelopoulos et al. 2023; power tuning, PPI++, arXiv:2311.01453).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from .._core.arithmetic import mean, variance
from .._core.errors import UnequalLengthsError
from .._core.lazy import np
from .._core.options import check_share
from .._core.rendering import Result, ResultTable
from .._core.results import Interval
from .._core.tails import t_quantile
from .._core.wording import bracket, number
from .._data.values import Values, clean
from .._intervals.means_and_quantiles import mean_interval


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
            ),
        )


def prediction_powered_mean(
    labels: Values,
    judged: Values,
    unlabelled: Values,
    *,
    weight: float | None = None,
    level: float = 0.95,
) -> PoweredMean:
    """The mean label over all items, when only some of them carry a label.

    For a comparison of two systems pass differences: label of one minus label of the other, and the
    judge's difference. The labelled items must be a random sample of all.

    Args:
        labels: The human label of every labelled item.
        judged: The judge's value of the same items, in the same order.
        unlabelled: The judge's value of the other items.
        weight: How far to use the judge; chosen to make the interval shortest when left out.
        level: The level of the intervals, by the t distribution with one less than the labels.

    Returns:
        The mean with its interval, and the weight of the judge.

    Raises:
        UnequalLengthsError: Labels and judgements of the labelled items differ in number.
        NotEnoughDataError: Fewer than three labels, or fewer than two other judgements.

    Example:
        >>> result = bench.prediction_powered_mean([1, 0, 1, 1], [1, 0, 0, 1], [1, 1, 0, 1, 0, 1])
        >>> round(result.mean, 3)
        0.812
    """
    check_share("level", level)
    y, _ = clean(labels, "labels", min_count=3)
    f, _ = clean(judged, "judged", min_count=3)
    rest, _ = clean(unlabelled, "unlabelled", min_count=2)
    if len(y) != len(f):
        raise UnequalLengthsError(len(y), len(f), "labels and judged must be of the same items")
    n, more = len(y), len(rest)
    spread = variance(np.concatenate([f, rest]))
    shared = float((y - y.mean()) @ (f - f.mean())) / (n - 1)
    if weight is None:
        weight = min(1.0, max(0.0, shared / ((1 + n / more) * spread))) if spread > 0 else 0.0
    value = mean(y) + weight * (mean(rest) - mean(f))
    error = variance(y - weight * f) / n + weight**2 * variance(rest) / more
    se = math.sqrt(error)
    half = t_quantile(0.5 + level / 2, n - 1.0) * se
    alone = variance(y) / n
    deviation = math.sqrt(variance(y) * variance(f))
    return PoweredMean(
        mean=value,
        se=se,
        interval=Interval(
            low=value - half,
            high=value + half,
            level=level,
            method="prediction-powered, power-tuned",
            estimate=value,
        ),
        weight=weight,
        bias=mean(f) - mean(y),
        correlation=shared / deviation if deviation > 0 else math.nan,
        labels_only=mean_interval(y, level=level),
        labels_saved=alone / error if error > 0 else math.nan,
        n_labelled=n,
        n_unlabelled=more,
    )
