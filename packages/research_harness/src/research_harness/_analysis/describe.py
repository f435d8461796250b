"""One metric of one condition: its value and its interval, repeats counted as repeats."""

from statistics import fmean
from typing import Any

from .._definition.metrics import Metric
from .vectors import ByItem, flat, item_means


def describe(metric: Metric, values: ByItem, *, level: float) -> dict[str, Any]:
    """The value of a metric with an interval.

    The unit is the item: its repeats are averaged before an interval is made, because they are not
    independent observations.

    Args:
        metric: The metric.
        values: The values by item and repeat.
        level: The level of the interval.

    Returns:
        ``value``, ``interval`` (``low``, ``high``, ``level``, ``method``), ``n`` rows, ``items``
        and how many rows were ``unknown``.
    """
    numbers, items = flat(values)
    rows = sum(len(repeats) for repeats in values.values())
    base: dict[str, Any] = {"metric": metric.name, "unit": metric.unit, "n": len(numbers)}
    base["items"] = len(set(items))
    base["unknown"] = rows - len(numbers)
    if not numbers:
        return {**base, "value": None, "interval": None}
    if metric.summary == "quantile":
        value, interval = _quantile(metric, numbers, level=level)
    else:
        value, interval = _mean(metric, values, numbers, level=level)
    if metric.summary == "total" and interval is not None:
        scale = len(numbers)
        value = value * scale
        interval = {**interval, "low": interval["low"] * scale, "high": interval["high"] * scale}
    return {**base, "value": value, "interval": interval}


def _mean(
    metric: Metric, values: ByItem, numbers: list[float], *, level: float
) -> tuple[float, dict[str, Any] | None]:
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
) -> tuple[float, dict[str, Any] | None]:
    import bench

    quantile = metric.quantile or 0.5
    value = bench.percentile(numbers, quantile)
    if len(numbers) < 2:
        return value, None
    found = bench.quantile_interval(numbers, quantile, level=level)
    return value, {"low": found.low, "high": found.high, "level": level, "method": found.method}
