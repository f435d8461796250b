"""From rows to ``analysis.json``: metrics, comparisons, failures and verdicts."""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Protocol, cast

from .._definition.metrics import Metric
from .._outcome.row import Row
from .._plan.preparation import PreparedExperiment
from .answers import AnswerCounts
from .comparisons import compare_all
from .describe import describe
from .independent import spread_of_difference
from .schema import (
    Analysis,
    ConditionValues,
    DesignValues,
    DetectableValues,
    MetricValues,
    Origin,
)
from .vectors import MetricData, by_item, cost_bounds, known, paired_means
from .verdicts import claims_of, judge_all, reason_against_verdicts

SCHEMA = 1


class DesignAnalysis(Protocol):
    """Analyses what belongs to a design; gives None where nothing does."""

    def __call__(
        self,
        prepared: PreparedExperiment,
        rows: Sequence[Row],
        data: Mapping[str, MetricData],
        *,
        level: float,
    ) -> DesignValues | None: ...


def analyze(
    prepared: PreparedExperiment,
    rows: Sequence[Row],
    *,
    deviations: Sequence[str],
    stopped: str = "",
    stated: Sequence[object] | None = None,
    answers: AnswerCounts | None = None,
    of_design: DesignAnalysis | None = None,
) -> Analysis:
    """What ``analysis.json`` holds.

    Args:
        prepared: The experiment with its data and metrics.
        rows: The finished rows in the order of the plan.
        deviations: What changed in the course of the run, if a resume was forced.
        stopped: Why the run was stopped before its last row.
        stated: The claims that were stated before the first row; None when that is not known.
        answers: Counts over the calls to models.
        of_design: Makes the part that belongs to the design.
    """
    counts = answers or AnswerCounts()
    withheld = reason_against_verdicts(prepared, rows)
    experiment = prepared.experiment
    level, seed = 1 - experiment.alpha, experiment.seed
    names = [each.name for each in prepared.plan.conditions]
    limit = _latency_limit(prepared, rows)
    clusters = prepared.clusters
    paired = prepared.plan.design.paired
    data = {
        metric.name: _data(metric, rows, names, limit, clusters=clusters, paired=paired)
        for metric in prepared.metrics
    }
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
    designed = of_design(prepared, rows, data, level=level) if of_design else None
    if designed is not None:
        found["design"] = designed
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
    *,
    clusters: Mapping[str, str],
    paired: bool,
) -> MetricData:
    bounds = {name: cost_bounds(rows, metric, name) for name in names}
    return MetricData(
        metric=metric,
        values={name: by_item(rows, metric, name, limit_ms) for name in names},
        bounds={name: bound for name, bound in bounds.items() if bound is not None},
        clusters=clusters,
        paired=paired,
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
    found: list[DetectableValues] = []
    control = prepared.config["control"]
    for metric in prepared.metrics:
        if not metric.binary:
            continue
        for name in (each.name for each in prepared.plan.conditions):
            smallest = None if name == control else _smallest(prepared, data[metric.name], name)
            if smallest is None:
                continue
            found.append(
                {
                    "metric": metric.name,
                    "unit": metric.unit,
                    "control": control,
                    "treatment": name,
                    "difference": smallest,
                    "power": 0.8,
                }
            )
    return found


def _smallest(prepared: PreparedExperiment, data: MetricData, name: str) -> float | None:
    """The smallest difference from the control that is found; None with too few items."""
    import bench

    alpha, power = prepared.experiment.alpha, 0.8
    sides = data.values[prepared.config["control"]], data.values[name]
    if not data.paired:
        sizes = [len(known(side)) for side in sides]
        if min(sizes) < 2:
            return None
        # The error of the difference, as that of as many pairs as there are items.
        sd = spread_of_difference(*sides) * sum(sizes) ** 0.5
        return bench.minimum_detectable_effect(n=sum(sizes), sd=sd, alpha=alpha, power=power).value
    first, second, items, _ = paired_means(*sides)
    if len(first) < 2:
        return None
    return bench.minimum_detectable_effect(
        first, second, clusters=data.labels(items), alpha=alpha, power=power
    ).value


def _finite(value: Any) -> Any:
    """JSON has no infinities: write them as words, and what is not a number as null."""
    if isinstance(value, dict):
        return {str(key): _finite(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(entry) for entry in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None if math.isnan(value) else ("Infinity" if value > 0 else "-Infinity")
    return value
