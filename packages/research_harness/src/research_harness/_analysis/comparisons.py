"""Two or more conditions against each other, paired by item."""

from collections.abc import Mapping
from itertools import combinations
from typing import Any, Literal

from .._definition.metrics import Metric
from .._plan.permutation import stream_key
from .schema import ComparisonValues, PairValues
from .vectors import ByItem, item_means, paired_means, paired_values


def compare_all(
    metric: Metric,
    values: Mapping[str, ByItem],
    *,
    control: str,
    level: float,
    seed: int,
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

    Returns:
        ``omnibus`` (or None), ``pairs`` and ``correction``; None where there is nothing to compare.
    """
    names = [control, *(name for name in values if name != control)]
    if len(names) < 2 or metric.summary == "total":
        return None
    import bench

    pairs = [
        _pair(metric, first, second, values, level=level, seed=seed)
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
        "omnibus": _omnibus(metric, names, values) if several else None,
        "pairs": pairs,
        "correction": "holm" if several else None,
    }


def compare_two(
    metric: Metric, control: ByItem, treatment: ByItem, *, level: float, seed: int
) -> tuple[Any, int]:
    """The bench result for one pair, and how many pairs of values were left out as unknown."""
    import bench

    if metric.summary == "quantile":
        first, second, items, dropped = paired_values(control, treatment)
        if len(set(items)) < 2:
            return None, dropped
        result = bench.compare_quantile(
            first,
            second,
            quantile=metric.quantile or 0.5,
            paired=True,
            clusters=items,
            level=level,
            seed=stream_key(seed, "bootstrap", metric.name) % 2**32,
        )
        return result, dropped
    first, second, dropped = paired_means(control, treatment)
    if len(first) < 2:
        return None, dropped
    return bench.compare_paired(first, second, level=level, scale=_scale(metric)), dropped


def _scale(metric: Metric) -> Literal["auto", "numeric"]:
    """Dollars and milliseconds are numbers, even where all are 0; other values may be yes or no."""
    return "numeric" if metric.unit in ("usd", "ms") else "auto"


def _pair(
    metric: Metric,
    control: str,
    treatment: str,
    values: Mapping[str, ByItem],
    *,
    level: float,
    seed: int,
) -> PairValues:
    result, dropped = compare_two(
        metric, values[control], values[treatment], level=level, seed=seed
    )
    return {
        "control": control,
        "treatment": treatment,
        "dropped": dropped,
        "result": None if result is None else result.to_dict(),
        "sentence": "too few items with known values" if result is None else str(result),
    }


def _omnibus(
    metric: Metric, names: list[str], values: Mapping[str, ByItem]
) -> dict[str, Any] | None:
    """One test over all conditions, on the items that all of them have."""
    import bench

    if metric.summary != "mean":
        return None
    means = {name: item_means(values[name]) for name in names}
    common = [item for item in means[names[0]] if all(item in means[name] for name in names)]
    if len(common) < 2:
        return None
    groups = {name: [means[name][item] for item in common] for name in names}
    result = bench.compare_many_paired(groups, scale=_scale(metric)).omnibus
    return {**result.to_dict(), "sentence": str(result)}
