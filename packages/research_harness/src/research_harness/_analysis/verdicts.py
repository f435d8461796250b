"""Each criterion of the experiment against the interval that was found."""

import math
from typing import Any

from .._definition.criteria import Criterion
from .._plan.preparation import PreparedExperiment
from .comparisons import compare_two
from .describe import describe


def judged(
    criterion: Criterion, prepared: PreparedExperiment, values: dict[str, Any]
) -> dict[str, Any]:
    metric = next(each for each in prepared.metrics if each.name == criterion.metric)
    level, seed = 1 - prepared.experiment.alpha, prepared.experiment.seed
    own = values[metric.name][criterion.condition]
    estimate: float | None
    interval: dict[str, Any] | None
    if criterion.against:
        result, _ = compare_two(
            metric, values[metric.name][criterion.against], own, level=level, seed=seed
        )
        estimate = None if result is None else result.estimate
        interval = None if result is None else result.to_dict()["interval"]
        low, high = (
            (math.nan, math.nan)
            if result is None
            else (
                result.interval.low,
                result.interval.high,
            )
        )
    else:
        found = describe(metric, own, level=level)
        estimate, interval = found["value"], found["interval"]
        low, high = (interval["low"], interval["high"]) if interval else (math.nan, math.nan)
    return {
        "metric": metric.name,
        "unit": metric.unit,
        "claim": criterion.claim,
        "holds_when": criterion.condition_text,
        "estimate": estimate,
        "interval": interval,
        "verdict": criterion.judge(low, high),
    }
