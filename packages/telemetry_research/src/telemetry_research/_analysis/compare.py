"""Comparing experiments: treatment minus control, and how much better the treatment is."""

import math
from collections.abc import Callable, Sequence
from typing import Any

from .._core.errors import MissingExtraError, NoDataError
from .._core.event import Event
from .._experiment.experiment import Experiment
from .._metrics.metrics import LevelMetrics
from .._metrics.statistics import welch_interval, wilson
from .difference import Difference, ExperimentComparison


def compare_experiments(
    control: Experiment,
    *treatments: Experiment,
    level: str | None = None,
    test: bool = False,
) -> list[ExperimentComparison]:
    """Compare each treatment with the control.

    Args:
        control: What to compare with.
        treatments: One or more.
        level: Which requests; the outermost level that all of them have when left out.
        test: Add the tests and effect sizes of ``bench`` (extra ``bench``).

    Raises:
        NoDataError: There is no level that all have requests on.
        MissingExtraError: Tests are asked for and ``bench`` is not installed.
    """
    every = [control, *treatments]
    common = [
        each.level
        for each in control.metrics().levels
        if all(any(each.level == own.level for own in other.metrics().levels) for other in every)
    ]
    chosen = level or next(iter(common), None)
    if chosen is None or chosen not in common:
        raise NoDataError(f"no requests to compare on level {level or 'any'}: all have {common}")
    compare = _tests() if test else None
    return [_pair(control, treatment, chosen, compare) for treatment in treatments]


def _tests() -> Callable[..., Any]:
    try:
        import bench  # noqa: PLC0415  # an optional dependency
    except ImportError:
        raise MissingExtraError("bench", "bench") from None
    return bench.compare


def _pair(
    control: Experiment, treatment: Experiment, level: str, compare: Callable[..., Any] | None
) -> ExperimentComparison:
    old, new = control.metrics().level(level), treatment.metrics().level(level)
    events = [
        [event for event in each if event.level == level and event.success is not None]
        for each in (control, treatment)
    ]
    values: dict[str, Callable[[Event], float | None]] = {
        "latency_ms": lambda event: event.latency_ms,
        "cost_usd": lambda event: event.cost_usd,
    }
    found: list[Difference] = []
    for metric, value in values.items():
        sides = [[(value(e), 1 / e.probability) for e in each] for each in events]
        known = [[(v, w) for v, w in side if v is not None] for side in sides]
        if all(known):
            found.append(_means(metric, known[0], known[1], compare))
    if old.success_rate is not None and new.success_rate is not None:
        found.append(_rates(old, new, events, compare))
    return ExperimentComparison(
        control=control.name,
        treatment=treatment.name,
        level=level,
        direction="treatment minus control",
        differences=tuple(found),
    )


def _means(
    metric: str,
    control: Sequence[tuple[float, float]],
    treatment: Sequence[tuple[float, float]],
    compare: Callable[..., Any] | None,
) -> Difference:
    old, new = _moments(control), _moments(treatment)
    difference = new[0] - old[0]
    sides = [[value for value, _ in side] for side in (control, treatment)]
    testable = compare is not None and min(map(len, sides)) > 1
    return Difference(
        metric=metric,
        control=old[0],
        treatment=new[0],
        difference=difference,
        interval=welch_interval(old, new),
        improvement_pct=-difference / old[0] * 100 if old[0] else None,
        test=compare(*sides, scale="numeric") if compare is not None and testable else None,
    )


def _rates(
    old: LevelMetrics,
    new: LevelMetrics,
    events: Sequence[Sequence[Event]],
    compare: Callable[..., Any] | None,
) -> Difference:
    """The difference of two shares with Newcombe's hybrid interval (Statist. Med. 17, 1998)."""
    before, after = old.success_rate or 0.0, new.success_rate or 0.0
    sizes = [len(side) for side in events]
    low_b, high_b = wilson(before * sizes[0], sizes[0])
    low_a, high_a = wilson(after * sizes[1], sizes[1])
    difference = after - before
    down = math.hypot(after - low_a, high_b - before)
    up = math.hypot(high_a - after, before - low_b)
    sides = [[int(event.success is True) for event in side] for side in events]
    return Difference(
        metric="success_rate",
        control=before,
        treatment=after,
        difference=difference,
        interval=(difference - down, difference + up),
        improvement_pct=difference / before * 100 if before else None,
        test=compare(*sides, scale="binary") if compare is not None else None,
    )


def _moments(values: Sequence[tuple[float, float]]) -> tuple[float, float, float]:
    """Weighted mean, standard deviation and effective size (Kish, 1965)."""
    total = math.fsum(weight for _, weight in values)
    mean = math.fsum(value * weight for value, weight in values) / total
    effective = total**2 / math.fsum(weight**2 for _, weight in values)
    squares = math.fsum(weight * (value - mean) ** 2 for value, weight in values) / total
    return mean, math.sqrt(squares * effective / max(effective - 1, 1)), effective
