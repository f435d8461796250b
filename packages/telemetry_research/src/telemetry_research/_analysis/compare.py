"""Compares experiments: treatment minus control, with intervals and improvements."""

import math
import warnings
from collections.abc import Callable, Sequence
from typing import Any, cast

from .._core.catalogue import LEVELS, Level
from .._core.errors import MissingExtraError, NoDataError, require_choice
from .._core.event import Event
from .._experiment.recording import Recording
from .._metrics.interval import Interval
from .._metrics.metrics import LevelMetrics
from .._metrics.statistics import effective_size, welch_interval, wilson
from .difference import ExperimentComparison, MetricDifference
from .weighted_test import weighted_test


def compare_experiments(
    control: Recording,
    *treatments: Recording,
    event_level: Level | None = None,
    level: float = 0.95,
    test: bool = False,
) -> list[ExperimentComparison]:
    """Compare each treatment with the control.

    Intervals are Welch's for means (large-sample normal) and Newcombe's for success rates.

    Args:
        control: The experiment to compare with.
        treatments: One or more experiments.
        event_level: The level of the requests; None is the outermost that all of them have.
        level: The confidence level of the intervals.
        test: Add the tests and effect sizes of ``bench`` (extra ``bench``). Sampled experiments
            get a ``WeightedTest`` instead, since those tests have no weights.

    Returns:
        One comparison for each treatment.

    Raises:
        NoDataError: The experiments have no requests on a common level.
        MissingExtraError: Tests are wanted and ``bench`` is not installed.
        ValueError: The confidence level is not in (0, 1), or the event level does not exist.

    Example:
        >>> def arm(*durations_ms):
        ...     with recording("arm") as experiment:
        ...         for each in durations_ms:
        ...             record("a.stop", {"duration_ns": each * 10**6})
        ...     return experiment
        >>> (comparison,) = compare_experiments(arm(90, 110), arm(70, 80))
        >>> print(comparison["latency_ms"])
        latency_ms: 100 to 75, difference -25 [-46.9131, -3.08694], +25.0 % better
    """
    if isinstance(level, str):
        event_level, level = _old_level(level), 0.95
    require_choice("event_level", event_level, LEVELS)
    every = [control, *treatments]
    common = [
        each.level
        for each in control.metrics().levels
        if all(any(each.level == own.level for own in other.metrics().levels) for other in every)
    ]
    chosen = event_level or next(iter(common), None)
    if chosen is None or chosen not in common:
        wanted = f"event_level={event_level!r}" if event_level else "any level"
        shared = ", ".join(common) or "no level"
        raise NoDataError(f"no common requests on {wanted}: all experiments have {shared}")
    compare = _tests() if test else None
    return [_pair(control, treatment, chosen, level, compare) for treatment in treatments]


def _old_level(level: str) -> Level:
    """The event level under its old argument name."""
    text = "compare_experiments: level= of requests is now event_level="
    warnings.warn(text, DeprecationWarning, stacklevel=3)
    return cast("Level", level)


def _tests() -> Callable[..., Any]:
    try:
        import bench  # noqa: PLC0415  # an optional dependency
    except ImportError:
        raise MissingExtraError("bench", "bench") from None
    return bench.compare


def _pair(
    control: Recording,
    treatment: Recording,
    event_level: Level,
    level: float,
    compare: Callable[..., Any] | None,
) -> ExperimentComparison:
    old, new = (each.metrics().level(event_level) for each in (control, treatment))
    events = [
        [event for event in each if event.level == event_level and event.success is not None]
        for each in (control, treatment)
    ]
    values: dict[str, Callable[[Event], float | None]] = {
        "latency_ms": lambda event: event.latency_ms,
        "cost_usd": lambda event: event.cost_usd,
    }
    found: list[MetricDifference] = []
    for metric, value in values.items():
        sides = [[(value(e), 1 / e.probability) for e in each] for each in events]
        known = [[(v, w) for v, w in side if v is not None] for side in sides]
        if all(known):
            found.append(_means(metric, known[0], known[1], level, compare))
    if old.success_rate is not None and new.success_rate is not None:
        found.append(_rates(old, new, events, level, compare))
    return ExperimentComparison(
        control=control.name,
        treatment=treatment.name,
        event_level=event_level,
        direction="treatment minus control",
        differences=tuple(found),
    )


def _means(
    metric: str,
    control: Sequence[tuple[float, float]],
    treatment: Sequence[tuple[float, float]],
    level: float,
    compare: Callable[..., Any] | None,
) -> MetricDifference:
    old, new = _moments(control), _moments(treatment)
    difference = new[0] - old[0]
    sides = [[value for value, _ in side] for side in (control, treatment)]
    testable = compare is not None and min(map(len, sides)) > 1
    weighted = any(weight != 1 for side in (control, treatment) for _, weight in side)
    return MetricDifference(
        metric=metric,
        control=old[0],
        treatment=new[0],
        difference=difference,
        interval=welch_interval(old, new, level),
        improvement_pct=-difference / old[0] * 100 if old[0] else None,
        test=(
            None
            if compare is None or not testable
            else weighted_test(control, treatment)
            if weighted
            else compare(*sides, scale="numeric")
        ),
    )


def _rates(
    old: LevelMetrics,
    new: LevelMetrics,
    events: Sequence[Sequence[Event]],
    level: float,
    compare: Callable[..., Any] | None,
) -> MetricDifference:
    """The difference of two shares with Newcombe's hybrid interval (Statist. Med. 17, 1998)."""
    before, after = old.success_rate or 0.0, new.success_rate or 0.0
    outcomes = [
        [(float(event.success is True), 1 / event.probability) for event in side] for side in events
    ]
    sizes = [
        effective_size([bool(value) for value, _ in side], [weight for _, weight in side])
        for side in outcomes
    ]
    low_b, high_b = wilson(before * sizes[0], sizes[0], level)
    low_a, high_a = wilson(after * sizes[1], sizes[1], level)
    difference = after - before
    down = math.hypot(after - low_a, high_b - before)
    up = math.hypot(high_a - after, before - low_b)
    sides = [[int(event.success is True) for event in side] for side in events]
    return MetricDifference(
        metric="success_rate",
        control=before,
        treatment=after,
        difference=difference,
        interval=Interval(
            low=difference - down, high=difference + up, level=level, method="Newcombe hybrid score"
        ),
        improvement_pct=difference / before * 100 if before else None,
        test=(
            None
            if compare is None
            else weighted_test(outcomes[0], outcomes[1])
            if any(weight != 1 for side in outcomes for _, weight in side)
            else compare(*sides, scale="binary")
        ),
    )


def _moments(values: Sequence[tuple[float, float]]) -> tuple[float, float, float]:
    """Weighted mean, standard deviation and effective size (Kish, 1965)."""
    total = math.fsum(weight for _, weight in values)
    mean = math.fsum(value * weight for value, weight in values) / total
    effective = total**2 / math.fsum(weight**2 for _, weight in values)
    squares = math.fsum(weight * (value - mean) ** 2 for value, weight in values) / total
    return mean, math.sqrt(squares * effective / max(effective - 1, 1)), effective
