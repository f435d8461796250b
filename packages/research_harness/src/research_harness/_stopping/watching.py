"""The rows of a run as they come, and whether its answer is clear."""

from collections.abc import Iterable

import numpy as np

from .._definition.metrics import Metric
from .._definition.stop_when import StopWhen
from .._outcome.row import Row
from .._plan.preparation import PreparedExperiment
from .sequential import SequentialResult, first_clear, next_look


class ClearAnswer:
    """Keeps the value of each item under each condition, in the order of the plan.

    Only the first items count whose rows are all there: those that are answered sooner than others
    are not a random part of the items.

    Args:
        prepared: The experiment, which has a rule.
    """

    def __init__(self, prepared: PreparedExperiment) -> None:
        rule = prepared.experiment.stop_when
        self.rule: StopWhen = rule if rule is not None else StopWhen()
        self.control = str(prepared.config["control"])
        self._alpha = prepared.experiment.alpha
        self._metric = next(each for each in prepared.metrics if each.name == self.rule.metric)
        self._names = [each.name for each in prepared.plan.conditions]
        self._items = len(prepared.items)
        self._values = np.full((len(self._names), self._items), np.nan)
        self._prefix = 0

    def add(self, row: Row) -> bool:
        """Take a row; whether a further look is due."""
        value = _value(row, self._metric, self.rule)
        self._values[self._names.index(row.condition), row.index // len(self._names)] = value
        before = self._prefix
        while self._prefix < self._items and not np.isnan(self._values[:, self._prefix]).any():
            self._prefix += 1
        due = next_look(self.rule, before, self._items)
        return due is not None and self._prefix >= due

    def result(self) -> SequentialResult | None:
        """The result of the first look at which all is clear, else of the last one."""
        values = {
            name: self._values[number, : self._prefix].tolist()
            for number, name in enumerate(self._names)
        }
        control = values.pop(self.control)
        return first_clear(control, values, self.rule, planned_items=self._items, alpha=self._alpha)


def sequential_result(prepared: PreparedExperiment, rows: Iterable[Row]) -> SequentialResult | None:
    """The result of a run by its rule; None without a rule, or before the first look."""
    if prepared.experiment.stop_when is None:
        return None
    known = {each.name for each in prepared.metrics}
    if prepared.experiment.stop_when.metric not in known:
        return None  # its function is not there, as when a folder is verified
    answer = ClearAnswer(prepared)
    for row in rows:
        answer.add(row)
    return answer.result()


def _value(row: Row, metric: Metric, rule: StopWhen) -> float:
    """The value of a row; a failed one has the least."""
    if row.failed:
        return rule.low if metric.column != "failed" else 1.0
    column = metric.column
    if callable(column):
        value = column(row)
    elif column in row.values:
        value = row.values[column]
    else:
        value = getattr(row, column, None)
    number = rule.low if value is None else float(value)
    return number if number == number else rule.low  # noqa: PLR0124  # not-a-number
