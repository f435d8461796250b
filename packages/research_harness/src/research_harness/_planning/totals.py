"""Totals of cost and time for a whole plan, from the rows of a part of it."""

import math
from collections.abc import Callable
from statistics import fmean

from .._core.interval import Interval
from .._engine.costs import SCORING_COST
from .._outcome.row import Row
from .forecast import ConditionEstimate


def part_of(
    name: str, rows: list[Row], planned: int, level: float, *, in_batches: bool
) -> ConditionEstimate:
    """What a condition is expected to cost and take.

    Args:
        name: Its name.
        rows: The rows of a pilot or of a run.
        planned: How many rows of it are planned.
        level: The level of the interval.
        in_batches: Whether it is asked in batch jobs.
    """
    costs = [cost for row in rows if (cost := paid(row)) is not None]
    latencies = [row.latency_ms for row in rows if row.latency_ms is not None]
    scoring = [row.values[SCORING_COST] for row in rows if SCORING_COST in row.values]
    return ConditionEstimate(
        condition=name,
        rows=planned,
        cost_usd=fmean(costs) * planned if costs else None,
        cost_interval=_total_interval(_by_item(rows, paid), planned, level),
        unknown_costs=len(rows) - len(costs),
        latency_ms=fmean(latencies) if latencies else None,
        in_batches=in_batches,
        scoring_cost_usd=sum(scoring) / len(rows) * planned if scoring else 0.0,
    )


def paid(row: Row) -> float | None:
    """What a row cost with the calls that its scorers made; None when it is not known.

    Args:
        row: The row.
    """
    return None if row.cost_usd is None else row.cost_usd + row.values.get(SCORING_COST, 0.0)


def duration_of(
    rows: list[Row], planned: int, level: float
) -> tuple[float | None, Interval | None]:
    """The time of all rows of a condition one after the other, with its interval.

    Args:
        rows: The rows of a pilot or of a run.
        planned: How many rows are planned.
        level: The level of the interval.
    """
    means = _by_item(rows, lambda row: row.latency_ms)
    total = fmean(means) * planned if means else None
    return total, _total_interval(means, planned, level)


def _by_item(rows: list[Row], value_of: Callable[[Row], float | None]) -> list[float]:
    """The mean of each item: repeats of one item are not independent."""
    found: dict[str, list[float]] = {}
    for row in rows:
        value = value_of(row)
        if value is not None:
            found.setdefault(row.item_id, []).append(value)
    return [fmean(values) for values in found.values()]


def _total_interval(means: list[float], planned: int, level: float) -> Interval | None:
    """The interval of the mean of an item, times the number of rows; None for one item."""
    import bench

    if len(means) < 2:
        return None
    found = bench.mean_interval(means, level=level)
    low, high = max(0.0, found.low) * planned, found.high * planned
    return Interval(low=low, high=high, level=level, method=found.method)


def sum_of(
    parts: list[tuple[float | None, Interval | None]], *, divisor: int = 1
) -> Interval | None:
    """The interval of a sum from those of its parts; None when one has none.

    The method of variance estimates recovery (MOVER): Zou and Donner (2008), Statistics in Medicine
    27, 1693.

    Args:
        parts: The parts, each with its interval.
        divisor: What the sum is divided by.
    """
    known = [(value, each) for value, each in parts if value is not None and each is not None]
    if not known or len(known) < len(parts):
        return None
    total = sum(value for value, _ in known)
    low = total - math.hypot(*(value - each.low for value, each in known))
    high = total + math.hypot(*(each.high - value for value, each in known))
    level, method = known[0][1].level, f"MOVER of {known[0][1].method}"
    return Interval(low=max(0.0, low) / divisor, high=high / divisor, level=level, method=method)


def duration_ms(parts: tuple[ConditionEstimate, ...], workers: int) -> float | None:
    """The time of a plan; None when the latency of a condition is unknown.

    Args:
        parts: The conditions.
        workers: How many rows are under way at the same time.
    """
    latencies = [part.latency_ms for part in parts]
    known = [latency for latency in latencies if latency is not None]
    if len(known) < len(latencies):
        return None
    return sum(latency * part.rows for latency, part in zip(known, parts, strict=True)) / workers
