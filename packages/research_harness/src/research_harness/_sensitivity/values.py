"""The part of the analysis about what the result rests on."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from statistics import fmean, harmonic_mean, variance
from typing import NamedTuple

from .._analysis.describe import metric_interval
from .._analysis.vectors import MetricData, known
from .._definition.ceilings import LatencyBudget
from .._plan.preparation import PreparedExperiment
from .._rows.values import ByItem, ItemValues
from .changes import Unanswered, missing_values, subgroup_values
from .schema import BudgetValues, FrontPoint, SensitivityValues, VarianceValues


def sensitivity_values(
    prepared: PreparedExperiment,
    unanswered: Unanswered,
    data: Mapping[str, MetricData],
    *,
    failures: int,
    level: float,
) -> SensitivityValues | None:
    """What the result rests on; None where nothing applies.

    Args:
        prepared: The experiment.
        unanswered: Gives where a condition has no answer.
        data: The values of each metric.
        failures: How many rows failed.
        level: The level of the intervals.
    """
    found: SensitivityValues = {}
    marks = _with_column(data, "correct")
    if marks is not None and failures and len(marks.values) > 1:
        found["missing"] = missing_values(prepared, unanswered, marks, level=level)
    if marks is not None and prepared.experiment.subgroups:
        parts = [
            subgroup_values(prepared, marks, field, level=level)
            for field in prepared.experiment.subgroups
        ]
        found["subgroups"] = [each for each in parts if each is not None]
    if marks is not None and prepared.experiment.repeat > 1:
        made = [_variance(marks, name) for name in marks.values]
        found["variance"] = [each for each in made if each is not None]
    front = _front(marks, _with_column(data, "cost_usd"))
    if len(front) > 1:
        found["front"] = front
    latency, budget = _with_column(data, "latency_ms"), prepared.experiment.latency_budget
    if latency is not None and budget is not None:
        found["budgets"] = _budgets(latency, budget, level)
    return found or None


def _with_column(data: Mapping[str, MetricData], column: str) -> MetricData | None:
    return next((each for each in data.values() if each.metric.column == column), None)


def _variance(data: MetricData, name: str) -> VarianceValues | None:
    """The components of variance of a one-way random-effects model, by the method of moments.

    Searle, Casella and McCulloch (1992), Variance Components, chapter 3.
    """
    by_item = [list(map(float, each)) for each in known(data.values[name])]
    repeated = [each for each in by_item if len(each) > 1]
    if len(by_item) < 2 or not repeated:
        return None
    items, repeats = len(by_item), harmonic_mean(map(len, by_item))
    freedom = sum(len(each) - 1 for each in repeated)
    run = sum(variance(each) * (len(each) - 1) for each in repeated) / freedom
    item = max(0.0, variance(map(fmean, by_item)) - run / repeats)

    def error(times_items: int, times_repeats: int) -> float:
        return math.sqrt((item + run / (repeats * times_repeats)) / (items * times_items))

    return {
        "metric": data.metric.name,
        "condition": name,
        "items": items,
        "repeats": repeats,
        "item_variance": item,
        "run_variance": run,
        "standard_error": error(1, 1),
        "with_double_repeats": error(1, 2),
        "with_double_items": error(2, 1),
    }


class _Point(NamedTuple):
    """A condition in the plane of cost and accuracy, its cost between two ends."""

    accuracy: float
    least: float
    most: float

    def may_dominate(self, other: "_Point") -> bool:
        """Whether some of the unknown costs make it at least as good in both, and not the same."""
        return self._dominates(other, self.least, other.most)

    def dominates(self, other: "_Point") -> bool:
        """Whether all of the unknown costs do."""
        return self._dominates(other, self.most, other.least)

    def _dominates(self, other: "_Point", own_cost: float, other_cost: float) -> bool:
        own, its = (self.accuracy, own_cost), (other.accuracy, other_cost)
        return own[0] >= its[0] and own[1] <= its[1] and own != its


def _front(marks: MetricData | None, costs: MetricData | None) -> list[FrontPoint]:
    """The conditions whose cost is known or bounded, and which no other one dominates."""
    if marks is None or costs is None:
        return []
    points: dict[str, _Point] = {}
    for name in marks.values:
        means = known(marks.values[name]).means
        ends = [_mean(ItemValues.of(each)) for each in _costs(costs, name)]
        if len(means) and ends and ends[0] is not None:
            most = math.inf if ends[1] is None else ends[1]
            points[name] = _Point(fmean(means.data), ends[0], most)
    return [_front_point(name, point, list(points.values())) for name, point in points.items()]


def _costs(costs: MetricData, name: str) -> tuple[ByItem, ...]:
    """The least and the greatest costs of a condition; nothing where none is known."""
    cost = ItemValues.of(costs.values[name])
    if cost.there.any() and bool(cost.known[cost.there].all()):
        return cost, cost
    return costs.bounds.get(name, ())


def _mean(values: ItemValues) -> float | None:
    """The mean of the items' means; None where one of the values is unknown."""
    if not values.there.any() or not bool(values.known[values.there].all()):
        return None
    return fmean(known(values).means.data)


def _front_point(name: str, point: _Point, points: Sequence[_Point]) -> FrontPoint:
    on_front: bool | None = True
    if any(each.dominates(point) for each in points):
        on_front = False
    elif any(each.may_dominate(point) for each in points if each is not point):
        on_front = None
    found: FrontPoint = {
        "condition": name,
        "accuracy": point.accuracy,
        "cost_usd": point.least,
        "on_front": on_front,
    }
    if point.least != point.most:
        found["most_cost_usd"] = point.most if math.isfinite(point.most) else None
    return found


def _budgets(data: MetricData, budget: LatencyBudget, level: float) -> list[BudgetValues]:
    found = []
    for name, values in data.values.items():
        by_item = known(values)
        for quantile, limit in budget.limits():
            metric = replace(data.metric, summary="quantile", quantile=quantile)
            interval = None
            if len(by_item):
                labels = data.labels(by_item.items)
                interval = metric_interval(metric, by_item, level=level, clusters=labels)[0]
            found.append(_budget(name, quantile, limit, interval))
    return found


def _budget(name: str, quantile: float, limit: float, interval: object) -> BudgetValues:
    ends = [getattr(interval, each, math.nan) for each in ("estimate", "low", "high")]
    value, low, high = (each if math.isfinite(each) else None for each in ends)
    kept = high is not None and high <= limit
    exceeded = low is not None and low > limit
    return {
        "condition": name,
        "quantile": quantile,
        "budget_ms": limit,
        "value_ms": value,
        "low_ms": low,
        "high_ms": high,
        "verdict": "kept" if kept else "exceeded" if exceeded else "unclear",
    }
