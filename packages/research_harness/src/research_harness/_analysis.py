"""From rows to ``analysis.json``: metrics, comparisons, failures and verdicts."""

import math
from collections import Counter
from collections.abc import Sequence
from typing import Any

from ._comparisons import compare_all, compare_two
from ._criteria import Criterion
from ._describe import describe
from ._row import Row
from ._session import Session
from ._vectors import by_item, paired_means

SCHEMA = 1


def analyse(session: Session, rows: Sequence[Row], *, deviations: Sequence[str]) -> dict[str, Any]:
    """What ``analysis.json`` holds.

    Args:
        session: The experiment with its data and metrics.
        rows: The finished rows in the order of the plan.
        deviations: What changed in the course of the run, if a resume was forced.
    """
    experiment = session.experiment
    level, seed = 1 - experiment.alpha, experiment.seed
    names = [each.name for each in session.plan.conditions]
    values = {
        metric.name: {name: by_item(rows, metric, name) for name in names}
        for metric in session.metrics
    }
    comparisons = [
        compare_all(
            metric,
            values[metric.name],
            control=session.config["control"],
            level=level,
            seed=seed,
        )
        for metric in session.metrics
    ]
    found = {
        "schema": SCHEMA,
        "name": experiment.name,
        "control": session.config["control"],
        "level": level,
        "direction": "treatment minus control",
        "rows": len(rows),
        "planned_rows": len(session.plan),
        "items": len(session.items),
        "repeat": experiment.repeat,
        "failures": sum(row.failed for row in rows),
        "origin": _origin(session, rows),
        "conditions": [
            {
                "name": name,
                **_counts([row for row in rows if row.condition == name]),
                "metrics": [
                    describe(metric, values[metric.name][name], level=level)
                    for metric in session.metrics
                ],
            }
            for name in names
        ],
        "comparisons": [each for each in comparisons if each is not None],
        "detectable": _detectable(session, values),
        "criteria": [_judge(criterion, session, values) for criterion in experiment.criteria],
        "deviations": list(deviations),
    }
    finite: dict[str, Any] = _finite(found)
    return finite


def _counts(rows: Sequence[Row]) -> dict[str, Any]:
    return {
        "rows": len(rows),
        "failures": sum(row.failed for row in rows),
        "errors": dict(sorted(Counter(row.error_type for row in rows if row.failed).items())),
        "extraction": dict(
            sorted(Counter(row.extraction for row in rows if not row.failed).items())
        ),
    }


def _origin(session: Session, rows: Sequence[Row]) -> dict[str, Any]:
    """Where the numbers come from, and whether they may be taken for measurements of models."""
    sources = sorted({row.source for row in rows if row.source})
    reasons = []
    if session.items.synthetic:
        reasons.append("the questions are generated")
    if "simulated" in sources:
        reasons.append("the models are simulated")
    if session.experiment.virtual_time:
        reasons.append("time is simulated")
    return {
        "sources": sources,
        "synthetic_data": bool(session.items.synthetic),
        "virtual_time": session.experiment.virtual_time,
        # Recorded answers under simulated time are real answers; only their timing is not.
        "simulated": "simulated" in sources or bool(session.items.synthetic),
        "reasons": reasons,
    }


def _judge(criterion: Criterion, session: Session, values: dict[str, Any]) -> dict[str, Any]:
    metric = next(each for each in session.metrics if each.name == criterion.metric)
    level, seed = 1 - session.experiment.alpha, session.experiment.seed
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


def _detectable(session: Session, values: dict[str, Any]) -> list[dict[str, Any]]:
    """The smallest difference in each yes/no metric that this design finds with 80 % power."""
    import bench

    found = []
    control = session.config["control"]
    for metric in session.metrics:
        if not metric.binary:
            continue
        for name in (each.name for each in session.plan.conditions):
            first, second, _ = paired_means(values[metric.name][control], values[metric.name][name])
            if name == control or len(first) < 2:
                continue
            smallest = bench.minimum_detectable_effect(
                first, second, alpha=session.experiment.alpha, power=0.8
            )
            found.append(
                {
                    "metric": metric.name,
                    "unit": metric.unit,
                    "control": control,
                    "treatment": name,
                    "difference": getattr(smallest, "value", smallest),
                    "power": 0.8,
                }
            )
    return found


def _finite(value: Any) -> Any:
    """JSON has no infinities: write them as words, and what is not a number as null."""
    if isinstance(value, dict):
        return {str(key): _finite(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(entry) for entry in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None if math.isnan(value) else ("Infinity" if value > 0 else "-Infinity")
    return value
