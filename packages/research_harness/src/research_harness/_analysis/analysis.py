"""From rows to ``analysis.json``: metrics, comparisons, failures and verdicts."""

import math
from collections import Counter
from collections.abc import Sequence
from typing import Any, cast

from .._outcome.row import Row
from .._plan.preparation import PreparedExperiment
from .comparisons import compare_all
from .describe import describe
from .schema import Analysis, ConditionValues, DetectableValues, MetricValues, Origin
from .vectors import by_item, paired_means
from .verdicts import judged, reason_against_verdicts

SCHEMA = 1


def analyze(
    prepared: PreparedExperiment,
    rows: Sequence[Row],
    *,
    deviations: Sequence[str],
    stopped: str = "",
) -> Analysis:
    """What ``analysis.json`` holds.

    Args:
        prepared: The experiment with its data and metrics.
        rows: The finished rows in the order of the plan.
        deviations: What changed in the course of the run, if a resume was forced.
        stopped: Why the run was stopped before its last row.
    """
    withheld = reason_against_verdicts(prepared, rows)
    experiment = prepared.experiment
    level, seed = 1 - experiment.alpha, experiment.seed
    names = [each.name for each in prepared.plan.conditions]
    values = {
        metric.name: {name: by_item(rows, metric, name) for name in names}
        for metric in prepared.metrics
    }
    comparisons = [
        compare_all(
            metric,
            values[metric.name],
            control=prepared.config["control"],
            level=level,
            seed=seed,
        )
        for metric in prepared.metrics
    ]
    found: Analysis = {
        "schema": SCHEMA,
        "name": experiment.name,
        "control": prepared.config["control"],
        "level": level,
        "direction": "treatment minus control",
        "state": "complete" if len(rows) == len(prepared.plan) else "incomplete",
        "stopped": stopped,
        "rows": len(rows),
        "planned_rows": len(prepared.plan),
        "items": len(prepared.items),
        "repeat": experiment.repeat,
        "failures": sum(row.failed for row in rows),
        "origin": _origin(prepared, rows),
        "conditions": [
            _condition(
                name,
                [row for row in rows if row.condition == name],
                [
                    describe(metric, values[metric.name][name], level=level)
                    for metric in prepared.metrics
                ],
            )
            for name in names
        ],
        "comparisons": [each for each in comparisons if each is not None],
        "detectable": _detectable(prepared, values),
        "criteria": [
            judged(criterion, prepared, values, withheld=withheld)
            for criterion in experiment.criteria
        ],
        "withheld": withheld,
        "deviations": list(deviations),
    }
    return cast("Analysis", _finite(found))


def _condition(name: str, rows: Sequence[Row], metrics: list[MetricValues]) -> ConditionValues:
    return {
        "name": name,
        "rows": len(rows),
        "failures": sum(row.failed for row in rows),
        "causes": dict(sorted(Counter(row.failure for row in rows if row.failed).items())),
        "errors": dict(sorted(Counter(row.error_type for row in rows if row.failed).items())),
        "extraction": dict(
            sorted(Counter(row.extraction for row in rows if not row.failed).items())
        ),
        "metrics": metrics,
    }


def _origin(prepared: PreparedExperiment, rows: Sequence[Row]) -> Origin:
    """Where the numbers come from, and whether they may be taken for measurements of models."""
    sources = sorted({row.source for row in rows if row.source})
    reasons = []
    if prepared.items.synthetic:
        reasons.append("the questions are generated")
    if "simulated" in sources:
        reasons.append("the models are simulated")
    if prepared.experiment.virtual_time:
        reasons.append("time is simulated")
    return {
        "sources": sources,
        "synthetic_data": bool(prepared.items.synthetic),
        "virtual_time": prepared.experiment.virtual_time,
        # Recorded answers under simulated time are real answers; only their timing is not.
        "simulated": "simulated" in sources or bool(prepared.items.synthetic),
        "reasons": reasons,
    }


def _detectable(prepared: PreparedExperiment, values: dict[str, Any]) -> list[DetectableValues]:
    """The smallest difference in each yes/no metric that this design finds with 80 % power."""
    import bench

    found: list[DetectableValues] = []
    control = prepared.config["control"]
    for metric in prepared.metrics:
        if not metric.binary:
            continue
        for name in (each.name for each in prepared.plan.conditions):
            first, second, _ = paired_means(values[metric.name][control], values[metric.name][name])
            if name == control or len(first) < 2:
                continue
            smallest = bench.minimum_detectable_effect(
                first, second, alpha=prepared.experiment.alpha, power=0.8
            )
            found.append(
                {
                    "metric": metric.name,
                    "unit": metric.unit,
                    "control": control,
                    "treatment": name,
                    "difference": smallest.value,
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
