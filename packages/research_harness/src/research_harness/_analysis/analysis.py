"""From rows to ``analysis.json``: metrics, comparisons, failures and verdicts."""

import math
from collections.abc import Collection, Mapping, Sequence
from typing import Any, Protocol, cast

from .._definition.metrics import Metric
from .._design.designs import Between
from .._outcome.outcome import Source
from .._outcome.row import Row
from .._plan.plan import item_labels
from .._plan.preparation import PreparedExperiment
from .._rows.columns import ConditionCounts, RowColumns
from .._scheduling.tries import tries_of
from .._stopping.early import early_stop, judged_early
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
from .vectors import MetricData, known, paired_means
from .verdicts import claims_of, judge_all, reason_against_verdicts

SCHEMA = 1
EARLY = (
    "the run stopped early by its rule, and only claims about the difference that the rule watched"
    " have intervals that hold then"
)


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
    columns: RowColumns | None = None,
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
        columns: The rows as columns; made from the rows when left out.

    Raises:
        MetricError: The function of a metric failed.
    """
    counts = answers or AnswerCounts()
    early = early_stop(prepared, rows)
    stopped_early = early is not None and early["stopped"] and len(rows) < len(prepared.plan)
    experiment = prepared.experiment
    level, seed = 1 - experiment.alpha, experiment.seed
    names = [each.name for each in prepared.plan.conditions]
    columns = columns or columns_of(prepared, rows)
    columns.check()
    reason = reason_against_verdicts(prepared, columns.counts, stopped_early=stopped_early)
    withheld = reason or (EARLY if stopped_early else "")
    data = {metric.name: _data(prepared, metric, columns) for metric in prepared.metrics}
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
        "state": "complete" if stopped_early or len(rows) == len(prepared.plan) else "incomplete",
        "stopped": stopped,
        "rows": len(rows),
        "planned_rows": len(prepared.plan),
        "items": len(prepared.items),
        "repeat": experiment.repeat,
        "failures": columns.failures,
        "origin": _origin(prepared, columns.sources),
        "conditions": [
            _condition(
                name,
                columns.counts[name],
                [_described(each, name, level) for each in data.values()],
                counts,
            )
            for name in names
        ],
        "comparisons": [each for each in comparisons if each is not None],
        "detectable": _detectable(prepared, data),
        "criteria": judged_early(
            judge_all(claims_of(prepared, data, stated), level=level, withheld=withheld),
            experiment.criteria,
            None if reason else early,
        ),
        "withheld": withheld,
        "deviations": list(deviations),
    }
    designed = of_design(prepared, rows, data, level=level) if of_design else None
    if designed is not None:
        found["design"] = designed
    if early is not None:
        found["early_stop"] = early
    return cast("Analysis", _finite(found))


def columns_of(
    prepared: PreparedExperiment, rows: Sequence[Row], *, filled: bool = True
) -> RowColumns:
    """The columns of an experiment's rows.

    Args:
        prepared: The experiment.
        rows: The rows in the order of the plan.
        filled: Take the rows now; False leaves it to the caller, who reads them for more than this.
    """
    return RowColumns.of_rows(
        rows if filled else (),
        prepared.metrics,
        conditions=[each.name for each in prepared.plan.conditions],
        items=[item.id for item in prepared.items],
        size=len(rows),
        timeout_ms=prepared.experiment.timeout_ms,
    )


def _data(prepared: PreparedExperiment, metric: Metric, columns: RowColumns) -> MetricData:
    names = [each.name for each in prepared.plan.conditions]
    bounds = {name: columns.cost_bounds(metric, name) for name in names}
    values = {name: columns.of(metric, name) for name in names}
    columns.release(metric)
    return MetricData(
        metric=metric,
        values=values,
        bounds={name: bound for name, bound in bounds.items() if bound is not None},
        clusters=prepared.clusters,
        paired=prepared.plan.design.paired,
        strata=strata_of(prepared),
    )


def strata_of(prepared: PreparedExperiment) -> dict[str, str]:
    """The stratum of each item of a stratified design; empty for another design.

    Args:
        prepared: The experiment.
    """
    design = prepared.plan.design
    assigned = getattr(design, "assignment", design)
    if type(assigned) is not Between or not assigned.stratify_by:
        return {}
    labels = item_labels(prepared.items).of(assigned.stratify_by)
    return {item.id: label for item, label in zip(prepared.items, labels, strict=True)}


def _described(data: MetricData, name: str, level: float) -> MetricValues:
    return describe(
        data.metric,
        data.values[name],
        level=level,
        clusters=data.clusters,
        bounds=data.bounds.get(name),
    )


def _condition(
    name: str, counted: ConditionCounts, metrics: list[MetricValues], counts: AnswerCounts
) -> ConditionValues:
    found: ConditionValues = {
        "name": name,
        "rows": counted.rows,
        "failures": counted.failures,
        "causes": dict(sorted(counted.causes.items())),
        "errors": dict(sorted(counted.errors.items())),
        "extraction": dict(sorted(counted.extraction.items())),
        "answers": counts.of_condition(name, counted.extraction),
        "metrics": metrics,
    }
    tries = tries_of(counted.rows, counted.right, counted.again, counted.again_right)
    if tries is not None:
        found["tries"] = tries
    if counted.unscored:
        found["unscored"] = [
            {"scorer": scorer, "rows": rows, "reason": counted.reasons[scorer]}
            for scorer, rows in sorted(counted.unscored.items())
        ]
    return found


def _origin(prepared: PreparedExperiment, found: Collection[str]) -> Origin:
    """Where the numbers come from, and whether they may be taken for measurements of models."""
    sources = cast("list[Source]", sorted(found))
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
