"""Krippendorff's alpha: one minus observed over expected disagreement (Krippendorff 2011)."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable
from typing import Any, Literal, get_args

from .._core.arithmetic import unit_of
from .._core.lazy import FloatArray, np
from .._data.ratings import Item

Metric = Literal["nominal", "ordinal", "interval", "ratio"]
METRICS: tuple[Metric, ...] = get_args(Metric)


def krippendorff(items: Counter[Item], metric: str) -> float:
    """Alpha of items that were rated alike so many times; NaN without a pair of ratings."""
    rated = [([each for each in item if each is not None], times) for item, times in items.items()]
    rated = [(item, times) for item, times in rated if len(item) > 1]
    totals: Counter[Any] = Counter()
    for item, times in rated:
        for each in item:
            totals[each] += times
    n = totals.total()
    if n < 2:  # no pair of ratings
        return math.nan
    pairs = _PAIRS[metric]
    grades = _middles(totals) if metric == "ordinal" else {each: each for each in totals}
    if metric in ("interval", "ratio"):
        unit = unit_of(np.array(list(totals), dtype=float))
        grades = {each: each / unit for each in totals}
    within = math.fsum(
        times * pairs([(grades[each], 1) for each in item]) / (len(item) - 1)
        for item, times in rated
    )
    expected = pairs([(grades[each], count) for each, count in totals.items()]) / (n - 1)
    return 1 - within / expected if expected > 0 else math.nan


def _middles(totals: Counter[Any]) -> dict[Any, float]:
    """For each grade how many ratings lie below its middle."""
    middle, below = {}, 0.0
    for grade in sorted(totals):
        middle[grade] = below + totals[grade] / 2
        below += totals[grade]
    return middle


Weighted = list[tuple[Any, int]]


def _nominal(values: Weighted) -> float:
    counts: Counter[Any] = Counter()
    for value, count in values:
        counts[value] += count
    return float(counts.total() ** 2 - sum(count**2 for count in counts.values()))


def _squares(values: Weighted) -> float:
    """The sum over pairs of squared differences: 2 (n sum x^2 - (sum x)^2), about the mean."""
    total = sum(count for _, count in values)
    centre = math.fsum(count * value for value, count in values) / total
    return 2 * total * math.fsum(count * (value - centre) ** 2 for value, count in values)


def _ratio(values: Weighted) -> float:
    grades: FloatArray = np.array([value for value, _ in values], dtype=float)
    counts: FloatArray = np.array([count for _, count in values], dtype=float)
    sums = grades[:, None] + grades
    gaps = grades[:, None] - grades
    with np.errstate(divide="ignore", invalid="ignore"):
        squares = np.where(gaps == 0, 0.0, (gaps / sums) ** 2)
    return float(counts @ squares @ counts)


_PAIRS: dict[str, Callable[[Weighted], float]] = {
    "nominal": _nominal,
    "ordinal": _squares,
    "interval": _squares,
    "ratio": _ratio,
}
