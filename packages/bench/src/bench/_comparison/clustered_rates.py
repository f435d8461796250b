"""Right and wrong answers in clusters, or with repeats, that do not vary: a width all the same.

A t interval has the width 0 where all clusters have the same rate or the same difference. Rates
keep a width: independent groups by the distances of the ends of both rates (Newcombe 1998, Zou and
Donner 2008), the same items with one more pair each way (``PairedRates``).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from .._core.arithmetic import is_binary
from .._core.lazy import FloatArray, np
from .._core.notes import note
from .._core.options import Alternative
from .._core.results import Comparison
from .._data.values import cluster_codes
from .._intervals.paired_rates import PairedRates
from .._intervals.proportions import one_sided
from .._intervals.rates import interval_of_rates

_ENDS = "Wilson of both rates, effective sample of clusters"
_PAIRS = "Bonett-Price, one more {} each way"


def widened_groups(
    result: Comparison,
    groups: tuple[FloatArray, FloatArray],
    labels: tuple[Sequence[Any], Sequence[Any]],
    level: float,
    side: Alternative = "two-sided",
) -> Comparison:
    """The result; where its groups of 0 and 1 give no width, with that of both rates."""
    if result.interval.width != 0 or not all(map(is_binary, groups)):
        return result
    both = _two_sided(level, side)
    first, second = (
        interval_of_rates(values, len(values), marks, both)
        for values, marks in zip(groups, labels, strict=True)
    )
    down = math.hypot(second.estimate - second.low, first.high - first.estimate)
    up = math.hypot(second.high - second.estimate, first.estimate - first.low)
    ends = max(-1.0, result.estimate - down), min(1.0, result.estimate + up)
    return _with_ends(result, ends, level, side, _ENDS)


def widened_pairs(
    result: Comparison,
    rates: tuple[FloatArray, FloatArray],
    labels: Sequence[Any] | None,
    level: float,
    side: Alternative = "two-sided",
    *,
    answers: FloatArray | None = None,
) -> Comparison:
    """The result; where its pairs of rates give no width, with one more pair each way.

    Args:
        result: A t test of the rates.
        rates: The rates of both sides by item; only 0 and 1 where ``answers`` is None.
        labels: The cluster of every item.
        level: The level of the interval.
        side: The alternative of the test.
        answers: How many answers each item has of a side.
    """
    if result.interval.width != 0 or (answers is None and not all(map(is_binary, rates))):
        return result
    items = len(rates[0])
    pairs = PairedRates(
        first=rates[0],
        second=rates[1],
        answers=np.ones(items) if answers is None else answers,
        codes=np.arange(items) if labels is None else cluster_codes(labels, items)[0],
    )
    name = _PAIRS.format("item" if labels is None else "cluster")
    return _with_ends(result, pairs.interval(_two_sided(level, side)), level, side, name)


def _two_sided(level: float, side: Alternative) -> float:
    """The level of the two-sided interval of which a one-sided bound is one end."""
    return level if side == "two-sided" else abs(2 * level - 1)


def _with_ends(
    result: Comparison, ends: tuple[float, float], level: float, side: Alternative, method: str
) -> Comparison:
    low, high = one_sided(ends, side)
    interval = replace(result.interval, low=low, high=high, level=level, method=method)
    if "ZERO_VARIANCE" in {each.id for each in result.warnings}:
        return replace(result, interval=interval)
    return replace(result, interval=interval, warnings=(*result.warnings, note("ZERO_VARIANCE")))
