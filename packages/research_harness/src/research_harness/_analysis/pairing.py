"""What is compared with what, and the change that was found."""

import math
from dataclasses import dataclass
from statistics import fmean
from typing import TYPE_CHECKING

from .._definition.criteria import Measure
from .._rows.values import ByItem, KnownRows
from .describe import metric_interval
from .ratios import difference_from_intervals, ratio_from_intervals
from .vectors import MetricData, known

if TYPE_CHECKING:
    from bench import Comparison, Interval


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """The change of a metric, treatment against control.

    Attributes:
        interval: The interval with its estimate; None with too few items.
        test: The test of a difference; None for another measure, with too few items, and where
            unknown costs have bounds only.
        dropped: How many items (of a quantile: rows) were left out as unknown.
    """

    interval: "Interval | None"
    test: "Comparison | None" = None
    dropped: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Pairing:
    """What is compared with what.

    Attributes:
        data: The values of the metric.
        control: The condition that is subtracted or divided by.
        treatment: The other condition.
        seed: For resampling.
        measure: ``difference``, ``ratio`` or ``relative``.
    """

    data: MetricData
    control: str
    treatment: str
    seed: int
    measure: Measure = "difference"


def from_both(
    pair: Pairing, control: ByItem, treatment: ByItem, *, level: float
) -> "Interval | None":
    """The change from the intervals of the two conditions, without their correlation.

    Args:
        pair: What is compared with what.
        control: The values of the control.
        treatment: The values of the treatment.
        level: The level of the interval.
    """
    import bench

    old, new = (_own_interval(pair, side, level) for side in (control, treatment))
    if old is None or new is None:
        return None
    ratio = pair.measure != "difference"
    join = ratio_from_intervals if ratio else difference_from_intervals
    low, high = 0.0 if ratio else -math.inf, math.inf
    if math.isfinite(old.estimate) and math.isfinite(new.estimate):
        low, high = join(old.estimate, (old.low, old.high), new.estimate, (new.low, new.high))
    return bench.Interval(
        low=low,
        high=high,
        level=level,
        method=f"MOVER of {new.method}",
        estimate=_estimate(old.estimate, new.estimate, ratio=ratio),
    )


def _own_interval(pair: Pairing, side: ByItem, level: float) -> "Interval | None":
    by_item = known(side)
    labels = pair.data.labels(by_item.items)
    if pair.measure == "difference":
        within = _within_strata(pair, by_item, labels, level)
        if within is not None:
            return within
    return metric_interval(pair.data.metric, by_item, level=level, clusters=labels)[0]


def _within_strata(
    pair: Pairing, by_item: KnownRows, labels: list[str] | None, level: float
) -> "Interval | None":
    """The interval of a mean with the spread within strata, which the groups share out evenly.

    What strata have in common cancels in the difference of two groups. It is for a difference only:
    the mean of one group varies with the strata that are drawn.

    Returns:
        The interval; None without strata, and where one has fewer than two items.
    """
    import bench

    strata = pair.data.strata
    if not strata or pair.data.metric.summary != "mean" or by_item.cut:
        return None
    means: dict[str, list[float]] = {}
    clusters: dict[str, list[str]] = {}
    for number, (item, row) in enumerate(zip(by_item.items, by_item, strict=True)):
        means.setdefault(strata[item], []).append(fmean(row))
        if labels is not None:
            clusters.setdefault(strata[item], []).append(labels[number])
    try:
        return bench.pool_scores(means, method="micro", clusters=clusters, level=level).interval
    except bench.NotEnoughDataError:
        return None


def _estimate(old: float, new: float, *, ratio: bool) -> float:
    if math.isinf(old) or math.isinf(new):
        return math.nan
    if not ratio:
        return new - old
    return new / old if old else math.nan
