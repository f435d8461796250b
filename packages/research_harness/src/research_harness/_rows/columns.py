"""The rows of a run as columns: counts of each condition, and the values of each metric."""

import os
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from .._core.errors import MetricError
from .._core.text import error_text, type_name
from .._definition.metrics import Metric
from .._engine.barrier import end_forked
from .._outcome.row import Row
from .store import JournalRows
from .values import Censored, ItemIds, ItemValues

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_COST = "cost_usd"
_MOST = 1e300  # the sum of more rows than there are is still a number


@dataclass(slots=True)
class ConditionCounts:
    """The counts over the rows of one condition.

    Attributes:
        rows: How many rows there are.
        failures: How many of them failed.
        causes: The failed rows by why they failed.
        errors: The failed rows by the class of the error.
        extraction: The other rows by how the answer was found.
        right: How many rows are right.
        again: How many rows were asked again.
        again_right: How many of these are right.
        unscored: The rows on which a further scorer failed, by its name.
        reasons: The first error of each of these scorers.
    """

    rows: int = 0
    failures: int = 0
    causes: Counter[str] = field(default_factory=Counter)
    errors: Counter[str] = field(default_factory=Counter)
    extraction: Counter[str] = field(default_factory=Counter)
    right: int = 0
    again: int = 0
    again_right: int = 0
    unscored: Counter[str] = field(default_factory=Counter)
    reasons: dict[str, str] = field(default_factory=dict)

    def add(self, row: Row) -> None:
        """Count a row."""
        self.rows += 1
        self.right += row.correct
        if row.attempts > 1:
            self.again += 1
            self.again_right += row.correct
        for name, reason in row.unscored.items():
            self.unscored[name] += 1
            self.reasons.setdefault(name, reason)
        if row.failed:
            self.failures += 1
            self.causes[row.failure] += 1
            self.errors[row.error_type] += 1
        else:
            self.extraction[row.extraction] += 1


class RowColumns:
    """The rows of a run as columns.

    Args:
        metrics: The metrics.
        conditions: The names of the conditions.
        items: The ids of the items.
        size: The number of rows.
        timeout_ms: The time limit of a row; None takes the longest time that was seen.
    """

    def __init__(
        self,
        metrics: Sequence[Metric],
        *,
        conditions: Sequence[str],
        items: Sequence[str],
        size: int,
        timeout_ms: float | None = None,
    ) -> None:
        import numpy as np

        self.counts = {name: ConditionCounts() for name in conditions}
        self.sources: set[str] = set()
        self._items = items
        self._metrics = {each.name: _MetricColumn(each, size) for each in metrics}
        self._condition = np.zeros(size, np.min_scalar_type(len(conditions)))
        self._item = np.zeros(size, np.int32)
        # What is 0 in every row stays unwritten, and then takes no memory.
        self._repeat = np.zeros(size, np.int32)
        self._unanswered = np.zeros(size, bool)
        self._numbers = {name: number for number, name in enumerate(conditions)}
        self._filled = 0
        self._timeout_ms = timeout_ms
        self._longest: float | None = None
        self._error: MetricError | None = None
        self._there: dict[str, tuple[ItemIds, NDArray[np.bool_]]] = {}

    @classmethod
    def of_rows(cls, rows: Iterable[Row], metrics: Sequence[Metric], **given: Any) -> "RowColumns":
        """The columns of rows in the order of the plan.

        Args:
            rows: The rows.
            metrics: The metrics.
            given: The other arguments of the class.
        """
        made = cls(metrics, **given)
        made.add_all(rows, _numbering(rows, given["items"]))
        return made

    def add_all(self, rows: Iterable[Row], item_number: Callable[[Row], int]) -> None:
        """Take the next rows in the order of the plan.

        Args:
            rows: The rows.
            item_number: Gives the number of a row's item.
        """
        for row in rows:
            self.add(row, item_number(row))

    def add(self, row: Row, item: int) -> None:
        """Take the next row in the order of the plan.

        Args:
            row: The row.
            item: The number of its item.
        """
        number = self._filled
        self._filled += 1
        self._condition[number] = self._numbers[row.condition]
        self._item[number] = item
        if row.repeat:
            self._repeat[number] = row.repeat
        if row.error_type and row.failure != "score":
            self._unanswered[number] = True
        self.counts[row.condition].add(row)
        if row.source:
            self.sources.add(row.source)
        took, latency = row.duration_ms, row.latency_ms
        if latency is not None and latency > took:
            took = latency
        if self._longest is None or took > self._longest:
            self._longest = took
        if self._error is None:
            self._take_values(number, row)

    def _take_values(self, number: int, row: Row) -> None:
        try:
            for column in self._metrics.values():
                column.add(number, row)
        except MetricError as error:
            self._error = error

    def check(self) -> None:
        """Raise the error of a metric whose function failed.

        Raises:
            MetricError: It names the metric and the first row.
        """
        if self._error is not None:
            raise self._error

    @property
    def _limit(self) -> float | None:
        return self._longest if self._timeout_ms is None else float(self._timeout_ms)

    @property
    def failures(self) -> int:
        """How many rows failed."""
        return sum(each.failures for each in self.counts.values())

    def release(self, metric: Metric) -> None:
        """Forget a metric whose values were taken.

        Args:
            metric: The metric.
        """
        del self._metrics[metric.name]

    def of(self, metric: Metric, condition: str) -> ItemValues:
        """The values of a metric in one condition.

        Args:
            metric: The metric.
            condition: The condition.
        """
        column = self._metrics[metric.name]
        values, cut = column.settled(self._limit)
        return self._by_item(condition, values, cut)

    def unanswered(self, condition: str) -> "NDArray[np.bool_]":
        """Where a condition has no answer, in the form of its values.

        Args:
            condition: The condition.
        """
        import numpy as np

        own = self._condition == self._numbers[condition]
        at, items = self._places(own)
        repeat = self._repeat[own]
        found = np.zeros((len(items), 1 + int(repeat.max(initial=0))), bool)
        found[at, repeat] = self._unanswered[own]
        return found

    def cost_bounds(self, metric: Metric, condition: str) -> tuple[ItemValues, ItemValues] | None:
        """The costs of a condition with the least and with the most that unknown ones can be.

        A row costs at least what is known of it. A call of it that was cancelled or failed costs at
        most as much as the dearest row of the condition. What else is unknown has no upper bound.

        Args:
            metric: The metric.
            condition: The condition.

        Returns:
            The least and the greatest costs, the latter unknown where it has no bound; None for
            another metric, and where all costs are known or none is.
        """
        import numpy as np

        column = self._metrics[metric.name]
        if metric.column != _COST:
            return None
        own = self._condition == self._numbers[condition]
        cost = column.values
        unknown = np.isnan(cost)
        if not (unknown & own).any() or not (column.has_parts or (own & ~unknown).any()):
            return None
        part, calls = column.parts()
        stated = np.where(unknown, part, cost)
        known = stated[own & ~np.isnan(stated)]
        if not len(known):
            return None
        least = np.where(np.isnan(stated), 0.0, stated)
        most = np.where(unknown, np.nan_to_num(part) + calls * known.max(), cost)
        none = np.zeros(len(cost), bool)
        return self._by_item(condition, least, none), self._by_item(condition, most, none)

    def _by_item(
        self, condition: str, values: "NDArray[np.float64]", cut: "NDArray[np.bool_]"
    ) -> ItemValues:
        import numpy as np

        own = self._condition == self._numbers[condition]
        at, items = self._places(own)
        repeat = self._repeat[own]
        if condition not in self._there:  # the same for every metric
            there = np.zeros((len(items), 1 + int(repeat.max(initial=0))), bool)
            there[at, repeat] = True
            self._there[condition] = ItemIds(self._items, items), there
        ids, there = self._there[condition]
        matrix, is_cut = np.full(there.shape, np.nan), np.zeros(there.shape, bool)
        matrix[at, repeat] = values[own]
        if cut.any():
            is_cut[at, repeat] = cut[own]
        return ItemValues(ids, matrix, there, is_cut)

    def _places(self, own: "NDArray[np.bool_]") -> "tuple[NDArray[np.int32], NDArray[np.int32]]":
        """Where the item of each of some rows stands, and the items by their first row."""
        import numpy as np

        item = self._item[own]
        place = np.full(len(self._items), len(item), np.int32)
        # Written from the last row to the first, so that the first row of an item stays.
        place[item[::-1]] = np.arange(len(item) - 1, -1, -1, dtype=np.int32)
        is_first = place[item] == np.arange(len(item), dtype=np.int32)
        items = item[is_first]
        place[items] = np.arange(len(items), dtype=np.int32)
        return place[item], items


class _MetricColumn:
    """The values of one metric, row by row; of a cost what is known of it too."""

    def __init__(self, metric: Metric, size: int) -> None:
        import numpy as np

        self.metric = metric
        self.values = np.full(size, np.nan)
        self._open = np.zeros(size, bool)  # latencies of rows without an answer
        self._parts: tuple[NDArray[np.float64], NDArray[np.float64]] | None = None

    def add(self, number: int, row: Row) -> None:
        """Take the value of a row."""
        metric = self.metric
        if metric.column == "latency_ms" and row.failed and row.failure != "score":
            self._open[number] = True
            if row.latency_ms is not None:
                self.values[number] = row.latency_ms
            return
        value = value_of(row, metric)
        if value is not None:
            self.values[number] = value
        elif metric.column == _COST:
            for place, known in enumerate((row.known_cost_usd, row.open_calls)):
                if known is not None:
                    self._parts = self.parts()
                    self._parts[place][number] = known

    @property
    def has_parts(self) -> bool:
        """Whether anything is known of an unknown cost."""
        return self._parts is not None

    def parts(self) -> "tuple[NDArray[np.float64], NDArray[np.float64]]":
        """Of unknown costs what is known, and how many calls are their unknown part."""
        import numpy as np

        if self._parts is not None:
            return self._parts
        return np.full(len(self.values), np.nan), np.full(len(self.values), np.nan)

    def settled(self, limit_ms: float | None) -> "tuple[NDArray[np.float64], NDArray[np.bool_]]":
        """The values, those of rows without an answer at least the limit; and which these are."""
        import numpy as np

        values, is_open = self.values, self._open
        if not is_open.any():
            return values, is_open
        least = np.nan if limit_ms is None else limit_ms
        return np.where(is_open, np.fmax(values, least), values), is_open


def _numbering(rows: Iterable[Row], items: Sequence[str]) -> Callable[[Row], int]:
    """A function that gives the number of a row's item."""
    if isinstance(rows, JournalRows):
        return rows.item_number
    positions = {item: number for number, item in enumerate(items)}
    return lambda row: positions[row.item_id]


def value_of(row: Row, metric: Metric, limit_ms: float | None = None) -> float | None:
    """The value of a metric in one row; None when the row does not have it.

    Args:
        row: The row.
        metric: The metric.
        limit_ms: What the latency of a row without an answer is at least.
    """
    column = metric.column
    if column == "latency_ms" and row.failed and row.failure != "score":
        known = [each for each in (row.latency_ms, limit_ms) if each is not None]
        return Censored(max(known)) if known else None
    found: Any
    if callable(column):
        found = _called(metric.name, column, row)
    elif column in row.values:
        found = row.values[column]
    else:
        found = getattr(row, column, None)
    return None if found is None else float(found)


def _averaged(value: float) -> float:
    """A value of a metric's function that can be averaged; NaN counts as missing."""
    if abs(value) > _MOST:
        raise ValueError(f"the value is {value:g}; return a number up to {_MOST:g}, or None")
    return value


def _called(name: str, function: Callable[[Any], Any], row: Row) -> float | None:
    own = os.getpid()
    try:
        found = function(row)
        end_forked(own)
        return None if found is None else _averaged(float(found))
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        end_forked(own, error)
        where = f"row {row.index} (condition {row.condition!r}, item {row.item_id!r})"
        raise MetricError(name, f"{where}: {type_name(error)}: {error_text(error)}") from error
