"""One effect of a design: a weighted sum of each item's values, with items as the unit."""

import math
from collections.abc import Hashable, Mapping
from typing import TYPE_CHECKING, TypeAlias, TypeVar

from .._analysis.describe import interval_values, is_share
from .._analysis.schema import DesignFinding
from .._analysis.shares import share_difference, share_p_value
from .._analysis.vectors import MetricData
from .._core.inversion import by_interval

if TYPE_CHECKING:
    from bench import Comparison, Interval

Key = TypeVar("Key", bound=Hashable)
# The value of each item, by what it was measured under: a condition, a period, or both.
Measured: TypeAlias = Mapping[Key, Mapping[str, float]]


def effect(
    about: str,
    data: MetricData,
    measured: Measured[Key],
    weights: Mapping[Key, float],
    level: float,
) -> list[DesignFinding]:
    """The mean over items of a contrast, whose weights add up to 0.

    The positive part against the negative one is a paired comparison, so that the interval of a
    share is the same as in the comparison of two conditions.

    Args:
        about: What the effect is.
        data: The values of the metric.
        measured: The values of items.
        weights: The weight of each part of the contrast.
        level: The level of the interval.

    Returns:
        The effect; none with fewer than two items that have all values.
    """
    import bench

    sides, items = _sides(measured, weights)
    times = sum(weight for weight in weights.values() if weight > 0)
    labels = data.labels(items)
    share = is_share(data.metric, sides)
    try:
        test = bench.compare_paired(
            *sides, level=level, scale="numeric", clusters=labels, sensitivity=False
        )
        interval: Interval | None = test.interval
        if share:
            interval = share_difference(*sides, level=level, clusters=labels)
            p_value = share_p_value(*sides, test.p_value, clusters=labels)
            test = by_interval(test, interval, p_value)
    except bench.NotEnoughDataError:
        return []
    if not share and len({new - old for old, new in zip(*sides, strict=True)}) == 1:
        interval = None  # all items alike show no spread
    return [_finding(about, data, test, interval, times)]


def _sides(
    measured: Measured[Key], weights: Mapping[Key, float]
) -> tuple[tuple[list[float], list[float]], list[str]]:
    """The negative and the positive part of a contrast as weighted means, by item."""
    parts = [key for key, weight in weights.items() if weight]
    first: Mapping[str, float] = next((measured.get(key, {}) for key in parts), {})
    items = [item for item in first if all(item in measured.get(key, {}) for key in parts)]
    total = sum(weight for weight in weights.values() if weight > 0)

    def side(sign: int) -> list[float]:
        own = {key: abs(weights[key]) / total for key in parts if weights[key] * sign > 0}
        return [sum(share * measured[key][item] for key, share in own.items()) for item in items]

    return (side(-1), side(1)), items


def _finding(
    about: str, data: MetricData, test: "Comparison", interval: "Interval | None", times: float
) -> DesignFinding:
    return {
        "about": about,
        "metric": data.metric.name,
        "unit": data.metric.unit,
        "estimate": test.estimate * times,
        "interval": None if interval is None else interval_values(interval, times=times),
        "p_value": _p_value(test.p_value),
        "sentence": "",
    }


def omnibus(about: str, data: MetricData, p_value: float | None, sentence: str) -> DesignFinding:
    """A test of several groups at once, which has no single estimate.

    Args:
        about: What is tested.
        data: The values of the metric.
        p_value: Its p-value.
        sentence: The test in words.
    """
    if p_value is not None and math.isnan(p_value):
        sentence = "all values are alike"
    return {
        "about": about,
        "metric": data.metric.name,
        "unit": data.metric.unit,
        "estimate": None,
        "interval": None,
        "p_value": _p_value(p_value),
        "sentence": sentence,
    }


def _p_value(value: float | None) -> float | None:
    return None if value is None or math.isnan(value) else value
