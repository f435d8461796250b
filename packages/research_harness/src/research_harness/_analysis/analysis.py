"""From rows to ``analysis.json``: metrics, comparisons, failures and verdicts."""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, cast

from .._definition.metrics import Metric
from .._outcome.row import Row
from .._plan.preparation import PreparedExperiment
from .answers import AnswerCounts
from .comparisons import compare_all
from .describe import describe
from .schema import Analysis, ConditionValues, DetectableValues, MetricValues, Origin
from .vectors import MetricData, by_item, cost_bounds, paired_means
from .verdicts import claims_of, judge_all, reason_against_verdicts

SCHEMA = 1


def analyze(
    prepared: PreparedExperiment,
    rows: Sequence[Row],
    *,
    deviations: Sequence[str],
    stopped: str = "",
    stated: Sequence[object] | None = None,
    answers: AnswerCounts | None = None,
) -> Analysis:
    """What ``analysis.json`` holds.

    Args:
        prepared: The experiment with its data and metrics.
        rows: The finished rows in the order of the plan.
        deviations: What changed in the course of the run, if a resume was forced.
        stopped: Why the run was stopped before its last row.
        stated: The claims that were stated before the first row; None when that is not known.
        answers: Counts over the calls to models.
    """
    counts = answers or AnswerCounts()
    withheld = reason_against_verdicts(prepared, rows)
    experiment = prepared.experiment
    level, seed = 1 - experiment.alpha, experiment.seed
    names = [each.name for each in prepared.plan.conditions]
    limit = _latency_limit(prepared, rows)
    clusters = prepared.clusters
    data = {metric.name: _data(metric, rows, names, limit, clusters) for metric in prepared.metrics}
    comparisons = [
        compare_all(
            each.metric,
            each.values,
            control=prepared.config["control"],
            level=level,
            seed=seed,
            data=each,
        )
        for each in data.values()
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
                [_described(each, name, level) for each in data.values()],
                counts,
            )
            for name in names
        ],
        "comparisons": [each for each in comparisons if each is not None],
        "detectable": _detectable(prepared, data),
        "criteria": judge_all(claims_of(prepared, data, stated), level=level, withheld=withheld),
        "withheld": withheld,
        "deviations": list(deviations),
    }
    return cast("Analysis", _finite(found))


def _latency_limit(prepared: PreparedExperiment, rows: Sequence[Row]) -> float | None:
    """What the latency of a row without an answer is at least: the time limit of a row.

    Without a limit it is the longest time that was seen.
    """
    if prepared.experiment.timeout_ms is not None:
        return float(prepared.experiment.timeout_ms)
    seen = [max(row.duration_ms, row.latency_ms or 0.0) for row in rows]
    return max(seen, default=None)


def _data(
    metric: Metric,
    rows: Sequence[Row],
    names: Sequence[str],
    limit_ms: float | None,
    clusters: Mapping[str, str],
) -> MetricData:
    bounds = {name: cost_bounds(rows, metric, name) for name in names}
    return MetricData(
        metric=metric,
        values={name: by_item(rows, metric, name, limit_ms) for name in names},
        bounds={name: bound for name, bound in bounds.items() if bound is not None},
        clusters=clusters,
    )


def _described(data: MetricData, name: str, level: float) -> MetricValues:
    return describe(
        data.metric,
        data.values[name],
        level=level,
        clusters=data.clusters,
        bounds=data.bounds.get(name),
    )


def _condition(
    name: str, rows: Sequence[Row], metrics: list[MetricValues], counts: AnswerCounts
) -> ConditionValues:
    return {
        "name": name,
        "rows": len(rows),
        "failures": sum(row.failed for row in rows),
        "causes": dict(sorted(Counter(row.failure for row in rows if row.failed).items())),
        "errors": dict(sorted(Counter(row.error_type for row in rows if row.failed).items())),
        "extraction": dict(
            sorted(Counter(row.extraction for row in rows if not row.failed).items())
        ),
        "answers": counts.of_rows(name, rows),
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


def _detectable(
    prepared: PreparedExperiment, data: Mapping[str, MetricData]
) -> list[DetectableValues]:
    """The smallest difference in each yes/no metric that this design finds with 80 % power."""
    import bench

    found: list[DetectableValues] = []
    control = prepared.config["control"]
    for metric in prepared.metrics:
        if not metric.binary:
            continue
        for name in (each.name for each in prepared.plan.conditions):
            values = data[metric.name].values
            first, second, items, _ = paired_means(values[control], values[name])
            if name == control or len(first) < 2:
                continue
            smallest = bench.minimum_detectable_effect(
                first,
                second,
                clusters=data[metric.name].labels(items),
                alpha=prepared.experiment.alpha,
                power=0.8,
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
