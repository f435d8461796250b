"""Compares experiments: treatment minus control, with intervals and improvements."""

import math
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any, cast

from .._core.catalogue import LEVELS, Level
from .._core.errors import MissingExtraError, NoDataError, require_choice
from .._experiment.recording import Recording
from .._metrics.interval import Interval
from .._metrics.requests import request_blocks
from .._metrics.statistics import welch_interval, wilson
from .difference import ExperimentComparison, MetricDifference
from .values import Side, Values
from .weighted_test import weighted_test

_COLUMNS = ("duration_ns", "cost_usd", "success")


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
    every = [_sides(each, keep=test) for each in (control, *treatments)]
    common = [name for name in LEVELS if all(name in sides for sides in every)]
    chosen = event_level or next(iter(common), None)
    if chosen is None or chosen not in common:
        wanted = f"event_level={event_level!r}" if event_level else "any level"
        shared = ", ".join(common) or "no level"
        raise NoDataError(f"no common requests on {wanted}: all experiments have {shared}")
    compare = _tests() if test else None
    old, *new = (sides[chosen] for sides in every)
    return [
        ExperimentComparison(
            control=control.name,
            treatment=treatment.name,
            event_level=chosen,
            direction="treatment minus control",
            differences=tuple(_differences(old, side, level, compare)),
        )
        for treatment, side in zip(treatments, new, strict=True)
    ]


def _sides(experiment: Recording, *, keep: bool) -> dict[Level, Side]:
    """The requests of an experiment by level."""
    sides: dict[Level, Side] = {}

    def settled(level: Level, costs: Any) -> None:
        sides.setdefault(level, Side(keep=keep)).add_costs(costs)

    for level, batch in request_blocks(experiment.batches(), _COLUMNS, Counter(), settled=settled):
        sides.setdefault(level, Side(keep=keep)).add(batch)
    return sides


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


def _differences(
    control: Side, treatment: Side, level: float, compare: Callable[..., Any] | None
) -> Iterator[MetricDifference]:
    for metric in ("latency_ms", "cost_usd"):
        old, new = control.means[metric], treatment.means[metric]
        if old.n and new.n:
            yield _means(metric, old, new, level, compare)
    if control.outcomes.n and treatment.outcomes.n:
        yield _rates(control.outcomes, treatment.outcomes, level, compare)


def _means(
    metric: str, old: Values, new: Values, level: float, compare: Callable[..., Any] | None
) -> MetricDifference:
    before, after = old.moments(), new.moments()
    difference = after[0] - before[0]
    return MetricDifference(
        metric=metric,
        control=before[0],
        treatment=after[0],
        difference=difference,
        interval=welch_interval(before, after, level),
        improvement_pct=-difference / before[0] * 100 if before[0] else None,
        test=None if min(old.n, new.n) < 2 else _test(old, new, compare, "numeric"),
    )


def _rates(
    old: Values, new: Values, level: float, compare: Callable[..., Any] | None
) -> MetricDifference:
    """The difference of two shares with Newcombe's hybrid interval (Statist. Med. 17, 1998)."""
    before, after = old.mean(), new.mean()
    sizes = [each.effective_size() for each in (old, new)]
    low_b, high_b = wilson(before * sizes[0], sizes[0], level)
    low_a, high_a = wilson(after * sizes[1], sizes[1], level)
    difference = after - before
    down = math.hypot(after - low_a, high_b - before)
    up = math.hypot(high_a - after, before - low_b)
    return MetricDifference(
        metric="success_rate",
        control=before,
        treatment=after,
        difference=difference,
        interval=Interval(
            low=difference - down, high=difference + up, level=level, method="Newcombe hybrid score"
        ),
        improvement_pct=difference / before * 100 if before else None,
        test=_test(old, new, compare, "binary"),
    )


def _test(old: Values, new: Values, compare: Callable[..., Any] | None, scale: str) -> Any:
    if compare is None:
        return None
    if old.weighted or new.weighted:
        return weighted_test(list(old.pairs()), list(new.pairs()))
    kind = int if scale == "binary" else float
    sides = [[kind(value) for value, _ in each.pairs()] for each in (old, new)]
    return compare(*sides, scale=scale)
