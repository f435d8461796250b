"""Agreement of raters beyond chance: Cohen's and Fleiss' kappa, Krippendorff's alpha.

Standard errors come from the jackknife over items, which needs no assumption on the raters.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Hashable, Iterable
from typing import Any, Literal, get_args

from .._core.errors import (
    InvalidDataError,
    InvalidOptionError,
    NotEnoughDataError,
    UnequalLengthsError,
)
from .._core.lazy import np
from .._core.notes import note
from .._core.options import check_choice, check_share
from .._core.results import EffectSize, Interval
from .._core.tails import t_quantile

Item = tuple[Hashable, ...]
WORDS = ((0.0, "poor"), (0.2, "slight"), (0.4, "fair"), (0.6, "moderate"), (0.8, "substantial"))
AgreementMethod = Literal["cohen", "fleiss", "krippendorff"]
METHODS: tuple[AgreementMethod, ...] = get_args(AgreementMethod)
Metric = Literal["nominal", "ordinal", "interval", "ratio"]
METRICS: tuple[Metric, ...] = get_args(Metric)
Distance = Callable[[Any, Any], float]


def agreement(
    *raters: Iterable[Hashable],
    method: AgreementMethod = "cohen",
    metric: Metric = "nominal",
    level: float = 0.95,
) -> EffectSize:
    """How far raters agree beyond chance.

    Args:
        raters: One sequence of ratings per rater, over the same items; None is a missing rating.
        method: ``cohen`` (two raters), ``fleiss`` (1971, any number, no missing ratings) or
            ``krippendorff`` (any number, missing ratings allowed).
        metric: Of ``krippendorff``: ``nominal``, ``ordinal`` (grades: how many ratings lie
            between), ``interval`` (squared distances) or ``ratio`` (distances relative to the sum).
        level: The level of the jackknife interval.

    Returns:
        The coefficient with its jackknife interval.

    Raises:
        UnequalLengthsError: Raters with different numbers of items.
        InvalidDataError: Missing ratings for ``cohen`` or ``fleiss``.
        NotEnoughDataError: Fewer than two raters or three items.
        InvalidOptionError: A ``metric`` for a method that does not use it.

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
    columns = [list(each) for each in raters]
    sizes = [len(each) for each in columns]
    if len(set(sizes)) > 1:
        raise UnequalLengthsError(sizes[0], next(size for size in sizes if size != sizes[0]))
    items: list[Item] = list(zip(*columns, strict=True))
    if method != "krippendorff" and any(each is None for item in items for each in item):
        raise InvalidDataError("raters", f"missing ratings; {method} needs all: use krippendorff")
    if len(items) < 3:  # the jackknife needs a spread
        raise NotEnoughDataError("items", needed=3, got=len(items))
    functions: dict[str, Callable[[list[Item]], float]] = {
        "cohen": _cohen,
        "fleiss": _fleiss,
        "krippendorff": lambda chosen: _krippendorff(chosen, metric),
    }
    function = functions[method]
    value = function(items)
    left_out = np.array([function(items[:at] + items[at + 1 :]) for at in range(len(items))])
    size = len(items)
    se = math.sqrt((size - 1) / size * float(((left_out - left_out.mean()) ** 2).sum()))
    half = t_quantile(0.5 + level / 2, size - 1.0) * se
    undefined = math.isnan(value)
    names = {"cohen": "Cohen's kappa", "fleiss": "Fleiss' kappa"}
    return EffectSize(
        name=names.get(method, f"Krippendorff's alpha ({metric})"),
        symbol="alpha" if method == "krippendorff" else "kappa",
        value=value,
        interval=Interval(
            low=max(-1.0, value - half),
            high=min(1.0, value + half),
            level=level,
            method="jackknife over items",
            estimate=value,
        ),
        magnitude=None
        if undefined
        else next((word for limit, word in WORDS if value < limit), "almost perfect"),
        convention="Landis and Koch 1977",
        warnings=(note("ZERO_VARIANCE"),) if undefined else (),
    )


def _chance_corrected(observed: float, expected: float) -> float:
    return (observed - expected) / (1 - expected) if expected < 1 else math.nan


def _cohen(items: list[Item]) -> float:
    n = len(items)
    first, second = Counter(a for a, _ in items), Counter(b for _, b in items)
    observed = sum(a == b for a, b in items) / n
    expected = math.fsum(count * second[name] for name, count in first.items()) / n**2
    return _chance_corrected(observed, expected)


def _fleiss(items: list[Item]) -> float:
    raters = len(items[0])
    totals: Counter[Hashable] = Counter()
    shares = []
    for item in items:
        counts = Counter(item)
        totals.update(counts)
        agreeing = sum(count * (count - 1) for count in counts.values())
        shares.append(agreeing / (raters * (raters - 1)))
    everything = sum(totals.values())
    expected = math.fsum((count / everything) ** 2 for count in totals.values())
    return _chance_corrected(math.fsum(shares) / len(shares), expected)


def _krippendorff(items: list[Item], metric: str) -> float:
    """One minus observed over expected disagreement (Krippendorff 2011)."""
    kept = [[each for each in item if each is not None] for item in items]
    kept = [item for item in kept if len(item) > 1]
    totals = Counter(each for item in kept for each in item)
    n = sum(totals.values())
    if n < 2:  # no pair of ratings
        return math.nan
    distance = _distance(metric, totals)
    within = math.fsum(_disagreement(Counter(item), distance) / (len(item) - 1) for item in kept)
    expected = _disagreement(totals, distance) / (n - 1)
    return 1 - within / expected if expected > 0 else math.nan


def _distance(metric: str, totals: Counter[Any]) -> Distance:
    """The squared distance of two ratings, given how often each rating occurs."""
    if metric == "nominal":
        return lambda a, b: float(a != b)
    if metric == "interval":
        return lambda a, b: (float(a) - float(b)) ** 2
    if metric == "ratio":
        return lambda a, b: ((float(a) - float(b)) / (float(a) + float(b))) ** 2 if a != b else 0.0
    grades = sorted(totals)
    middle, below = {}, 0.0
    for grade in grades:
        middle[grade] = below + totals[grade] / 2
        below += totals[grade]
    return lambda a, b: (middle[a] - middle[b]) ** 2


def _disagreement(counts: Counter[Any], distance: Distance) -> float:
    return math.fsum(
        many * other * distance(a, b) for a, many in counts.items() for b, other in counts.items()
    )
