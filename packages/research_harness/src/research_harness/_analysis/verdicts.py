"""Each criterion of the experiment against the interval that was found."""

import math
from collections.abc import Sequence
from typing import Any

from .._definition.criteria import Criterion
from .._outcome.row import Row
from .._plan.preparation import PreparedExperiment
from .comparisons import compare_two
from .describe import describe
from .schema import CriterionValues, IntervalValues, Number


def judged(
    criterion: Criterion, prepared: PreparedExperiment, values: dict[str, Any], *, withheld: str
) -> CriterionValues:
    metric = next(each for each in prepared.metrics if each.name == criterion.metric)
    level, seed = 1 - prepared.experiment.alpha, prepared.experiment.seed
    own = values[metric.name][criterion.condition]
    estimate: Number
    interval: IntervalValues | None
    if criterion.against:
        result, _ = compare_two(
            metric, values[metric.name][criterion.against], own, level=level, seed=seed
        )
        estimate = None if result is None else result.estimate
        interval = None if result is None else result.to_dict()["interval"]
        low, high = _ends(interval)
    else:
        found = describe(metric, own, level=level)
        estimate, interval = found["value"], found["interval"]
        low, high = _ends(interval)
    return {
        "metric": metric.name,
        "unit": metric.unit,
        "claim": criterion.claim,
        "holds_when": criterion.condition_text,
        "estimate": estimate,
        "interval": interval,
        "verdict": "NO VERDICT" if withheld else criterion.judge(low, high),
    }


def reason_against_verdicts(prepared: PreparedExperiment, rows: Sequence[Row]) -> str:
    """Why no criterion may be judged; empty when they may.

    Args:
        prepared: The experiment.
        rows: The finished rows.
    """
    planned = len(prepared.plan)
    if len(rows) != planned:
        return f"{len(rows):,} of {planned:,} rows are there"
    most = prepared.experiment.max_world_failures
    for condition in prepared.plan.conditions:
        own = [row for row in rows if row.condition == condition.name]
        away = sum(row.failure == "world" for row in own)
        if own and away / len(own) > most:
            return (
                f"{away:,} of {len(own):,} rows of {condition.name!r} failed because a service was"
                f" away, more than {most:.0%}; resume with retry_failed (--retry-failed)"
            )
    return ""


def _ends(interval: IntervalValues | None) -> tuple[float, float]:
    """The ends of an interval; NaN where one is unknown."""
    if interval is None:
        return math.nan, math.nan
    low, high = (interval[end] for end in ("low", "high"))
    return _end(low), _end(high)


def _end(value: Number) -> float:
    return math.nan if value is None else float(value)
