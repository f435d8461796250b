"""Two or more conditions against each other, paired by item unless the items differ."""

import math
from collections.abc import Mapping
from itertools import combinations
from typing import Any

from .._definition.metrics import Metric
from .._rows.values import ByItem, ItemValues
from .changes import change, scale
from .pairing import Change, Pairing
from .schema import ComparisonValues, PairValues
from .vectors import MetricData, common_means, known


def compare_all(
    metric: Metric,
    values: Mapping[str, ByItem],
    *,
    control: str,
    level: float,
    seed: int,
    data: MetricData | None = None,
) -> ComparisonValues | None:
    """All comparisons of one metric.

    Two conditions give one comparison. Three or more give an omnibus test and every pair, with
    p-values adjusted after Holm over the pairs. The direction is treatment minus control
    throughout.

    Args:
        metric: The metric.
        values: The values of each condition by item and repeat.
        control: The condition that comes first in its pairs.
        level: The level of the intervals.
        seed: For resampling.
        data: The values with their clusters and with the bounds of unknown costs.

    Returns:
        ``omnibus`` (or None), ``pairs`` and ``correction``; None where there is nothing to compare.
    """
    names = [control, *(name for name in values if name != control)]
    if len(names) < 2 or metric.summary == "total":
        return None
    import bench

    data = data or MetricData(metric=metric, values=values)
    pairs = [
        _pair(Pairing(data=data, control=first, treatment=second, seed=seed), level)
        for first, second in combinations(names, 2)
    ]
    several = len(names) > 2
    if several:
        tested = [pair for pair in pairs if pair["result"] is not None]
        p_values = [pair["result"]["p_value"] for pair in tested if pair["result"]]
        adjusted = bench.adjust(p_values, method="holm")
        for pair, p_value in zip(tested, adjusted, strict=True):
            pair["p_adjusted"] = float(p_value)
    return {
        "metric": metric.name,
        "unit": metric.unit,
        "omnibus": _omnibus(data, names) if several else None,
        "pairs": pairs,
        "correction": "holm" if several else None,
    }


def _pair(pair: Pairing, level: float) -> PairValues:
    found = change(pair, level=level)
    test = found.test
    return {
        "control": pair.control,
        "treatment": pair.treatment,
        "dropped": found.dropped,
        "result": None if test is None else test.to_dict(),
        "sentence": _bounds_text(found) if test is None else str(test),
    }


def _bounds_text(found: Change) -> str:
    """What is known of a difference without a test."""
    import reporter

    if found.interval is None:
        return "too few items with known values"
    low, high = found.interval
    if math.isinf(low) and math.isinf(high):
        return "not known, since costs are unknown and nothing bounds them"
    level = f"with the {100 * found.interval.level:g} % interval"
    if math.isinf(high):
        return f"at least {reporter.money_text(low)} {level}, since costs are unknown"
    if math.isinf(low):
        return f"at most {reporter.money_text(high)} {level}, since costs are unknown"
    ends = f"{reporter.money_text(low)} and {reporter.money_text(high)}"
    return f"between {ends} {level}, since costs are unknown"


def _omnibus(data: MetricData, names: list[str]) -> dict[str, Any] | None:
    """One test over all conditions, on the items that all of them have or on those of each."""
    import bench

    if data.metric.summary != "mean" or data.clusters or data.bounds:
        return None
    if not data.paired:
        return _independent_omnibus(data, names)
    means = common_means([data.values[name] for name in names])
    if len(means[0]) < 2:
        return None
    once = all(ItemValues.of(data.values[name]).matrix.shape[1] == 1 for name in names)
    groups = dict(zip(names, means, strict=True))
    result = bench.compare_many_paired(groups, scale=scale(data.metric, once)).omnibus
    return {**result.to_dict(), "sentence": str(result)}


def _independent_omnibus(data: MetricData, names: list[str]) -> dict[str, Any] | None:
    import bench

    sides = {name: known(data.values[name]) for name in names}
    if min(map(len, sides.values())) < 2:
        return None
    once = all(known(values).once for values in data.values.values())
    groups = {name: side.means for name, side in sides.items()}
    result = bench.compare_many(groups, scale=scale(data.metric, once)).omnibus
    return {**result.to_dict(), "sentence": str(result)}
