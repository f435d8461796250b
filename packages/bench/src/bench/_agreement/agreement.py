"""Agreement of raters beyond chance: Cohen's and Fleiss' kappa, Krippendorff's alpha.

Standard errors come from the jackknife over items, which needs no assumption on the raters. When
all raters agree on all items the jackknife is 0, and the lower end is the exact bound for n of n.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, Literal, get_args

from .._core.errors import (
    InvalidDataError,
    InvalidOptionError,
    NotEnoughDataError,
)
from .._core.lazy import FloatArray, np
from .._core.notes import note
from .._core.options import check_choice, check_share, checked_options
from .._core.results import EffectSize, Interval
from .._core.tails import t_quantile
from .._data.intake import column_of_labels, number
from .._data.ratings import Item, ratings_by_item
from .._data.values import ClusterLabels, cluster_codes
from .._intervals.clusters import FEW
from .._intervals.proportions import clopper_pearson
from .krippendorff import METRICS, Metric, krippendorff

WORDS = ((0.0, "poor"), (0.2, "slight"), (0.4, "fair"), (0.6, "moderate"), (0.8, "substantial"))
Weights = Literal["none", "linear", "quadratic"]
WEIGHTS: tuple[Weights, ...] = get_args(Weights)
AgreementMethod = Literal["cohen", "fleiss", "krippendorff"]
METHODS: tuple[AgreementMethod, ...] = get_args(AgreementMethod)
_FEW_ITEMS = 30
_ROUNDING = 1e-12


@checked_options
def agreement(
    *raters: Iterable[Hashable] | Mapping[Any, Hashable],
    method: AgreementMethod = "cohen",
    metric: Metric = "nominal",
    weights: Weights = "none",
    level: float = 0.95,
    clusters: ClusterLabels | None = None,
) -> EffectSize:
    """How far raters agree beyond chance.

    Args:
        raters: One sequence of ratings per rater over the same items, or mappings by item id; None,
            NaN and ``pd.NA`` are missing ratings.
        method: ``cohen`` (two raters), ``fleiss`` (1971, any number, no missing ratings) or
            ``krippendorff`` (any number, missing ratings allowed).
        metric: Of ``krippendorff``: ``nominal``, ``ordinal`` (grades: how many ratings lie
            between), ``interval`` (squared distances) or ``ratio`` (distances relative to the sum).
        weights: Of ``cohen`` for grades that are numbers: ``linear`` or ``quadratic`` distances
            between their ranks (Cohen 1968); ``none`` counts every disagreement alike.
        level: The level of the jackknife interval.
        clusters: The cluster of every item, in order or by item id: whole clusters are left out.

    Returns:
        The coefficient with its jackknife interval.

    Raises:
        UnequalLengthsError: Raters with different numbers of items.
        InvalidDataError: Missing ratings for ``cohen`` or ``fleiss``.
        NotEnoughDataError: Fewer than two raters or three items.
        InvalidOptionError: A ``metric`` or ``weights`` for a method that does not use them.

    Example:
        >>> print(bench.agreement([1, 0, 1, 1, 0], [1, 0, 1, 0, 0]))
        kappa = 0.615 [-0.495, 1.00] (substantial, Landis and Koch 1977)
    """
    check_choice("method", method, METHODS)
    check_choice("metric", metric, METRICS)
    check_share("level", level)
    if len(raters) < 2 or (method == "cohen" and len(raters) != 2):  # raters come in pairs
        raise NotEnoughDataError("raters (two exactly for cohen)", needed=2, got=len(raters))
    if metric != "nominal" and method != "krippendorff":
        raise InvalidOptionError("metric", metric, f"'nominal' for method={method!r}")
    check_choice("weights", weights, WEIGHTS)
    if weights != "none" and method != "cohen":
        raise InvalidOptionError("weights", weights, f"'none' for method={method!r}")
    items, ids = ratings_by_item(raters, complete=method != "krippendorff")
    labels = None
    if clusters is not None:
        labels = column_of_labels(clusters, len(items), "clusters", ids=ids)
    if len(items) < 3:  # the jackknife needs a spread
        raise NotEnoughDataError("items", needed=3, got=len(items))
    if metric in ("interval", "ratio"):
        items = [tuple(_grade(each, metric) for each in item) for item in items]
    function = _coefficient(items, method, metric, weights)
    value, left_out = _with_jackknife(Counter(items), function)
    if labels is not None:
        left_out = _without_clusters(items, labels, function)
    size = _effect(value, left_out, items, method=method, metric=metric, level=level)
    if labels is not None and len(left_out) < FEW:
        few = note("FEW_CLUSTERS", f"{len(left_out)} clusters")
        size = replace(size, warnings=(*size.warnings, few))
    return size if weights == "none" else replace(size, name=f"Cohen's kappa ({weights} weights)")


Coefficient = Callable[[Counter[Item]], float]


def _coefficient(
    items: Sequence[Item], method: AgreementMethod, metric: Metric, weights: Weights
) -> Coefficient:
    if method == "krippendorff":
        return partial(krippendorff, metric=metric)
    if weights != "none":
        grades: list[float] = sorted(
            {number(each, "raters", "") for item in items for each in item}
        )
        ranks = {grade: place for place, grade in enumerate(grades)}
        return partial(_weighted, ranks=ranks, power=1 if weights == "linear" else 2)
    return _cohen if method == "cohen" else _fleiss


def _without_clusters(
    items: Sequence[Item], labels: Sequence[Any], function: Coefficient
) -> FloatArray:
    """The coefficient without each cluster."""
    codes, count = cluster_codes(labels, len(items))
    parts: list[Counter[Item]] = [Counter() for _ in range(count)]
    for item, code in zip(items, codes.tolist(), strict=True):
        parts[code][item] += 1
    every = Counter(items)
    return np.array([function(every - part) for part in parts])


def _weighted(items: Counter[Item], *, ranks: Mapping[float, int], power: int) -> float:
    """One minus the mean distance over the distance by chance, on the ranks of the grades."""
    size = len(ranks)
    table = np.zeros((size, size))
    for (a, b), count in items.items():
        table[ranks[number(a, "raters", "")], ranks[number(b, "raters", "")]] += count
    places = np.arange(float(size))
    distance = np.abs(places[:, None] - places[None, :]) ** power
    expected = np.outer(table.sum(axis=1), table.sum(axis=0)) / table.sum()
    by_chance = float((distance * expected).sum())
    return 1 - float((distance * table).sum()) / by_chance if by_chance > 0 else math.nan


def _with_jackknife(patterns: Counter[Item], function: Coefficient) -> tuple[float, FloatArray]:
    """The coefficient, and what it is without each item: items rated alike are computed once."""
    value = function(patterns)
    found, times = [], []
    for pattern, count in list(patterns.items()):
        patterns[pattern] = count - 1
        found.append(function(+patterns))
        patterns[pattern] = count
        times.append(count)
    return value, np.repeat(np.array(found), times)


def _effect(
    value: float,
    left_out: FloatArray,
    items: Sequence[Item],
    *,
    method: AgreementMethod,
    metric: Metric,
    level: float,
) -> EffectSize:
    size = len(left_out)
    se = _jackknife_error(left_out)
    reach = t_quantile(0.5 + level / 2, size - 1.0)
    undefined = math.isnan(value)
    low, high, name = max(-1.0, value - reach * se), value + reach * se, "jackknife over items"
    if method == "krippendorff" and value < 1.0 and float(left_out.max()) < 1.0:
        low, high = _root_ends(value, left_out, reach)
    high = min(1.0, high)
    warnings = [note("ZERO_VARIANCE")] if undefined else []
    flat = not undefined and (math.isnan(se) or se <= _ROUNDING)
    if flat and value == 1.0:
        low, name = _perfect_low(items, level), "exact bound on the share of items rated alike"
        high = 1.0
        warnings.append(note("PERFECT_AGREEMENT"))
    elif flat:
        high = max(value, _flat_high(items, level))
        low, name = -1.0, "exact bound on the share of agreement"
        warnings.append(note("ZERO_VARIANCE", "every item says the same about agreement"))
    elif len(items) < _FEW_ITEMS:
        warnings.append(note("FEW_ITEMS", f"{len(items)} items"))
    names = {"cohen": "Cohen's kappa", "fleiss": "Fleiss' kappa"}
    return EffectSize(
        name=names.get(method, f"Krippendorff's alpha ({metric})"),
        symbol="alpha" if method == "krippendorff" else "kappa",
        value=value,
        interval=Interval(low=low, high=high, level=level, method=name, estimate=value),
        magnitude=None
        if undefined
        else next((word for limit, word in WORDS if value < limit), "almost perfect"),
        convention="Landis and Koch 1977",
        warnings=tuple(warnings),
    )


def _jackknife_error(left_out: FloatArray) -> float:
    size = len(left_out)
    return math.sqrt((size - 1) / size * float(((left_out - left_out.mean()) ** 2).sum()))


def _root_ends(value: float, left_out: FloatArray, reach: float) -> tuple[float, float]:
    """On the scale of the root of 1 - alpha, the disagreement, which is closer to normal.

    Measured at 30 and 60 items of five grades, 500 runs: 94 to 97 %, on the plain scale 92 to 97 %
    at the same width.
    """
    root = math.sqrt(1 - value)
    half = reach * _jackknife_error(np.sqrt(1 - left_out))
    return max(-1.0, 1 - (root + half) ** 2), 1 - max(0.0, root - half) ** 2


def _perfect_low(items: Sequence[Item], level: float) -> float:
    """The coefficient if as few items were rated alike as n of n allows (Clopper and Pearson)."""
    rated = [[each for each in item if each is not None] for item in items]
    rated = [item for item in rated if len(item) > 1]
    share = clopper_pearson(len(rated), len(rated), 1 - level)[0]
    totals = Counter(each for item in rated for each in item)
    expected = math.fsum((count / totals.total()) ** 2 for count in totals.values())
    return max(-1.0, _chance_corrected(share, expected))


def _flat_high(items: Sequence[Item], level: float) -> float:
    """The highest coefficient that as many items without full agreement leave room for."""
    rated = [[each for each in item if each is not None] for item in items]
    rated = [item for item in rated if len(item) > 1]
    share = clopper_pearson(0, len(rated), 1 - level)[1]
    totals = Counter(each for item in rated for each in item)
    expected = math.fsum((count / totals.total()) ** 2 for count in totals.values())
    return min(1.0, _chance_corrected(share, expected))


def _grade(value: Any, metric: str) -> Any:
    if value is None:
        return None
    grade = number(value, "raters", repr(value))
    if math.isinf(grade):
        raise InvalidDataError("raters", "an infinite grade has no distance to the others")
    if metric == "ratio" and grade < 0:
        raise InvalidDataError("raters", f"a ratio scale starts at 0, got {value!r}")
    return grade


def _chance_corrected(observed: float, expected: float) -> float:
    return (observed - expected) / (1 - expected) if expected < 1 else math.nan


def _cohen(items: Counter[Item]) -> float:
    n = items.total()
    first: Counter[Hashable] = Counter()
    second: Counter[Hashable] = Counter()
    agreed = 0
    for (a, b), count in items.items():
        first[a] += count
        second[b] += count
        agreed += count * (a == b)
    expected = math.fsum(count * second[name] for name, count in first.items()) / n**2
    return _chance_corrected(agreed / n, expected)


def _fleiss(items: Counter[Item]) -> float:
    raters = len(next(iter(items)))
    totals: Counter[Hashable] = Counter()
    agreeing = 0
    for item, times in items.items():
        counts = Counter(item)
        for name, count in counts.items():
            totals[name] += count * times
        agreeing += times * sum(count * (count - 1) for count in counts.values())
    everything = totals.total()
    expected = math.fsum((count / everything) ** 2 for count in totals.values())
    return _chance_corrected(agreeing / (items.total() * raters * (raters - 1)), expected)
