"""One metric of one condition: its value and its interval, with repeats averaged by item."""

import dataclasses
import math
from collections.abc import Mapping, Sequence
from statistics import fmean
from typing import TYPE_CHECKING

from .._definition.metrics import Metric
from .._rows.values import ByItem, ItemValues, KnownRows
from .quantiles import quantile_values
from .schema import IntervalValues, MetricValues
from .shares import share_interval
from .vectors import known

if TYPE_CHECKING:
    from bench import Interval


def describe(
    metric: Metric,
    values: ByItem,
    *,
    level: float,
    clusters: Mapping[str, str] | None = None,
    bounds: tuple[ByItem, ByItem] | None = None,
    exact: bool = False,
) -> MetricValues:
    """The value of a metric with an interval.

    The unit is the item: its repeats are averaged before an interval is made, because they are not
    independent observations.

    Args:
        metric: The metric.
        values: The values by item and repeat.
        level: The level of the interval.
        clusters: The cluster of each item.
        bounds: The values with the least and with the most that unknown ones can be.
        exact: Whether the interval of a share may never be below its level; see ``share_interval``.

    Returns:
        The value, its interval, and how many rows and items it comes from. A total with an unknown
        part is unknown; its known part is ``known_total``. So is a cost whose unknown part is
        bounded; its least and greatest value are ``bounds``.
    """
    by_item = known(values)
    numbers = by_item.flat
    rows = int(ItemValues.of(values).there.sum())
    found: MetricValues = {
        "metric": metric.name,
        "unit": metric.unit,
        "n": len(numbers),
        "items": len(by_item),
        "unknown": rows - len(numbers),
        "value": None,
        "interval": None,
    }
    if metric.summary == "total":
        found["known_total"] = float(numbers.sum())
    if bounds is not None and found["unknown"]:
        return _bounded(found, metric, bounds, level, clusters)
    cut = by_item.cut
    if cut:
        found["censored"] = cut
    if cut == len(numbers) or (metric.summary == "total" and found["unknown"]):
        return found  # nothing was seen, or not all of a total
    labels = [clusters[item] for item in by_item.items] if clusters else None
    interval, worst = metric_interval(metric, by_item, level=level, clusters=labels, exact=exact)
    times = len(numbers) if metric.summary == "total" else 1
    found["value"] = times * fmean(numbers.data)
    if metric.summary == "quantile" and interval is not None:
        found["value"] = interval.estimate
    elif metric.summary == "quantile":
        found["value"] = float(numbers[0])
    found["interval"] = None if interval is None else interval_values(interval, times=times)
    if cut:
        found["worst_case"] = worst
    return found


def metric_interval(
    metric: Metric,
    rows: KnownRows,
    *,
    level: float,
    clusters: Sequence[str] | None,
    exact: bool = False,
) -> tuple["Interval | None", float]:
    """The interval of a metric, and its value if what was cut off never ended.

    Args:
        metric: The metric.
        rows: The known values of each item; a total is described by its mean.
        level: The level of the interval.
        clusters: The cluster of each item.
        exact: Whether the interval of a share may never be below its level.

    Returns:
        The interval; None with too few items or clusters. Of a mean with a value that was cut off
        the upper end is infinite, and so is its worst case.
    """
    import bench

    cut = rows.cut > 0
    worst = math.inf if cut else math.nan
    try:
        if metric.summary == "quantile":
            if rows.total < 2:
                return None, worst
            found = quantile_values(rows, metric.quantile or 0.5, level=level, clusters=clusters)
            return found.interval, found.worst_case
        if is_share(metric, rows):
            interval = share_interval(
                rows, binary=metric.binary, level=level, clusters=clusters, exact=exact
            )
        else:
            interval = bench.mean_interval(rows.means, level=level, clusters=clusters)
    except bench.NotEnoughDataError:
        return None, worst
    return (dataclasses.replace(interval, high=math.inf) if cut else interval), worst


def is_share(metric: Metric, rows: Sequence[Sequence[float]]) -> bool:
    """Whether a metric is a mean of values between 0 and 1.

    Args:
        metric: The metric.
        rows: Its known values.
    """
    if metric.summary != "mean" or metric.unit in ("usd", "ms"):
        return False
    stated = metric.unit == "share" or metric.binary or metric.marks or metric.column == "score"
    if isinstance(rows, KnownRows):
        return stated and bool(((rows.flat >= 0) & (rows.flat <= 1)).all())
    return stated and all(0 <= value <= 1 for row in rows for value in row)


def interval_values(interval: "Interval", *, times: float = 1) -> IntervalValues:
    """An interval as ``analysis.json`` holds it.

    Args:
        interval: The interval of a mean.
        times: What it is multiplied with, as for a total.
    """
    found: IntervalValues = {
        "low": interval.low * times,
        "high": interval.high * times,
        "level": interval.level,
        "method": interval.method,
    }
    if interval.warnings:
        found["warnings"] = [each.id for each in interval.warnings]
    return found


def _bounded(
    found: MetricValues,
    metric: Metric,
    bounds: tuple[ByItem, ByItem],
    level: float,
    clusters: Mapping[str, str] | None,
) -> MetricValues:
    """A cost with unknown parts: from its least to its greatest value, never complete cases."""
    least, most = (describe(metric, each, level=level, clusters=clusters) for each in bounds)
    found["bounds"] = {
        "low": least["value"],
        "high": None if most["unknown"] else most["value"],
    }
    first, second = least["interval"], most["interval"]
    if first is not None and second is not None:
        method = f"{first['method']}, least and greatest cost"
        end = second["high"] if most["unknown"] == 0 else math.inf
        found["interval"] = {**first, "high": end, "method": method}
    return found
