"""One metric of one condition: its value and its interval, with repeats averaged by item."""

from statistics import fmean

from .._definition.metrics import Metric
from .schema import IntervalValues, MetricValues
from .vectors import ByItem, flat, item_means


def describe(metric: Metric, values: ByItem, *, level: float) -> MetricValues:
    """The value of a metric with an interval.

    The unit is the item: its repeats are averaged before an interval is made, because they are not
    independent observations.

    Args:
        metric: The metric.
        values: The values by item and repeat.
        level: The level of the interval.

    Returns:
        The value, its interval, and how many rows and items it comes from. A total with an unknown
        part is unknown; its known part is ``known_total``.
    """
    numbers, items = flat(values)
    rows = sum(len(repeats) for repeats in values.values())
    found: MetricValues = {
        "metric": metric.name,
        "unit": metric.unit,
        "n": len(numbers),
        "items": len(set(items)),
        "unknown": rows - len(numbers),
        "value": None,
        "interval": None,
    }
    if metric.summary == "total":
        found["known_total"] = sum(numbers)
    if not numbers or (metric.summary == "total" and found["unknown"]):
        return found
    if metric.summary == "quantile":
        value, interval = _quantile(metric, numbers, level=level)
    else:
        value, interval = _mean(metric, values, numbers, level=level)
    if metric.summary == "total":
        value, interval = _scaled(value, interval, len(numbers))
    found["value"], found["interval"] = value, interval
    return found


def _scaled(
    value: float, interval: IntervalValues | None, count: int
) -> tuple[float, IntervalValues | None]:
    """A mean and its interval as a total of so many values."""
    if interval is None:
        return value * count, None
    low, high = (float(interval[end] or 0.0) for end in ("low", "high"))
    scaled: IntervalValues = {**interval, "low": low * count, "high": high * count}
    return value * count, scaled


def _mean(
    metric: Metric, values: ByItem, numbers: list[float], *, level: float
) -> tuple[float, IntervalValues | None]:
    import bench

    means = list(item_means(values).values())
    value = fmean(numbers)
    if metric.binary and all(mean in (0.0, 1.0) for mean in means):
        # No item changes between its repeats, so the items alone carry the information.
        found = bench.proportion_interval(int(sum(means)), len(means), level=level)
    elif len(means) < 2:
        return value, None
    else:
        found = bench.mean_interval(means, level=level)
    low, high = found.low, found.high
    if metric.unit == "share":
        low, high = max(0.0, low), min(1.0, high)
    return value, {"low": low, "high": high, "level": level, "method": found.method}


def _quantile(
    metric: Metric, numbers: list[float], *, level: float
) -> tuple[float, IntervalValues | None]:
    import bench

    quantile = metric.quantile or 0.5
    value = bench.percentile(numbers, quantile)
    if len(numbers) < 2:
        return value, None
    found = bench.quantile_interval(numbers, quantile, level=level)
    return value, {"low": found.low, "high": found.high, "level": level, "method": found.method}
