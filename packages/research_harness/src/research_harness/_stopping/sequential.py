"""The differences from the control with intervals that hold at every look."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from statistics import fmean, stdev
from typing import Literal, NamedTuple

from .._definition.stop_when import StopWhen

Clear = Literal["difference", "equivalence", "precision", ""]


@dataclass(frozen=True, slots=True, kw_only=True)
class SequentialPair:
    """A condition against the control.

    Attributes:
        treatment: The condition.
        estimate: The mean difference, treatment minus control.
        low: The lower end of its interval.
        high: The upper end.
        level: The level of the interval.
        clear: In which way it is clear; empty when it is not.
    """

    treatment: str
    estimate: float
    low: float
    high: float
    level: float
    clear: Clear


@dataclass(frozen=True, slots=True, kw_only=True)
class SequentialResult:
    """All conditions against the control, after so many items.

    Attributes:
        items: The number of items.
        pairs: The conditions.
        stopped: Whether all of them are clear, so that the run may stop.
    """

    items: int
    pairs: tuple[SequentialPair, ...]
    stopped: bool


class _Design(NamedTuple):
    """The rule, the looks so far, the items of the plan, and the error rate of one condition."""

    rule: StopWhen
    looks: Sequence[int]
    planned_items: int
    alpha: float


def first_clear(
    control: Sequence[float],
    treatments: Mapping[str, Sequence[float]],
    rule: StopWhen,
    *,
    planned_items: int,
    alpha: float,
) -> SequentialResult | None:
    """The first look at which all conditions are clear, else the last look.

    Args:
        control: The values of the control, item by item in random order.
        treatments: The values of the other conditions, of the same items.
        rule: The rule.
        planned_items: How many items the whole plan has.
        alpha: The chance of a wrong statement about any condition at any look.

    Returns:
        The result at that look; None before the first one.
    """
    looks = _looks(rule, len(control), planned_items)
    if not looks:
        return None
    design = _Design(rule, looks, planned_items, alpha / len(treatments))
    find = _sequence if rule.method == "sequence" else _group_sequential
    found = {
        name: [
            _pair(name, estimate, ends, design) for estimate, *ends in find(control, values, design)
        ]
        for name, values in treatments.items()
    }
    for number, items in enumerate(looks):
        pairs = tuple(each[number] for each in found.values())
        if all(each.clear for each in pairs):
            return SequentialResult(items=items, pairs=pairs, stopped=True)
    last = tuple(each[-1] for each in found.values())
    return SequentialResult(items=looks[-1], pairs=last, stopped=False)


def next_look(rule: StopWhen, items: int, planned_items: int) -> int | None:
    """The number of items at the first look after this number; None when there is no further."""
    return next((each for each in _looks(rule, planned_items, planned_items) if each > items), None)


def _looks(rule: StopWhen, items: int, planned_items: int) -> list[int]:
    """The looks that so many items allow; the last item of the plan is always one."""
    if rule.method == "sequence":
        looks = [*range(rule.min_items, planned_items, rule.every), planned_items]
    else:
        looks = _planned_looks(rule, planned_items)
    return [each for each in looks if each <= items]


def _planned_looks(rule: StopWhen, planned_items: int) -> list[int]:
    shares = [(number + 1) / rule.looks for number in range(rule.looks)]
    looks = sorted({max(2, math.ceil(share * planned_items)) for share in shares})
    return [each for each in looks if each <= planned_items]


def _sequence(
    control: Sequence[float], treatment: Sequence[float], design: _Design
) -> list[tuple[float, float, float]]:
    """The estimate and the ends of a confidence sequence at each look."""
    import bench

    n, rule = design.looks[-1], design.rule
    found = bench.paired_confidence_sequence(
        list(control[:n]),
        list(treatment[:n]),
        low=rule.low,
        high=rule.high,
        level=1 - design.alpha,
    )
    return [(found.estimate[at - 1], found.low[at - 1], found.high[at - 1]) for at in design.looks]


def _group_sequential(
    control: Sequence[float], treatment: Sequence[float], design: _Design
) -> list[tuple[float, float, float]]:
    """Repeated confidence intervals (Jennison and Turnbull 1989) at the planned looks."""
    planned = _planned_looks(design.rule, design.planned_items)
    spending: Literal["pocock", "obrien-fleming"]
    spending = "pocock" if design.rule.method == "pocock" else "obrien-fleming"
    bounds = _bounds(tuple(each / planned[-1] for each in planned), design.alpha, spending)
    found = []
    for at, bound in zip(design.looks, bounds, strict=False):
        gaps = [b - a for a, b in zip(control[:at], treatment[:at], strict=True)]
        mean, half = fmean(gaps), bound * stdev(gaps) / math.sqrt(at)
        found.append((mean, mean - half, mean + half))
    return found


@cache
def _bounds(
    shares: tuple[float, ...], alpha: float, spending: Literal["pocock", "obrien-fleming"]
) -> tuple[float, ...]:
    """The critical z values of the planned looks."""
    import bench

    return bench.group_sequential(shares, alpha=alpha, spending=spending).z


def _pair(name: str, estimate: float, ends: Sequence[float], design: _Design) -> SequentialPair:
    (low, high), rule = ends, design.rule
    clear: Clear = ""
    if rule.difference and (low > 0 or high < 0):
        clear = "difference"
    elif rule.equivalence is not None and -rule.equivalence < low and high < rule.equivalence:
        clear = "equivalence"
    elif rule.precision is not None and (high - low) / 2 <= rule.precision:
        clear = "precision"
    return SequentialPair(
        treatment=name, estimate=estimate, low=low, high=high, level=1 - design.alpha, clear=clear
    )
