"""The values of a metric as vectors, by item and repeat or in pairs."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import fmean
from typing import Any

from .._core.errors import MetricError
from .._core.text import error_text, type_name
from .._definition.metrics import Metric
from .._outcome.row import Row


class Censored(float):
    """A lower bound of a value: the true one is at least as large."""

    __slots__ = ()


# Values of one condition: by item, then by repeat; None where unknown.
ByItem = Mapping[str, Mapping[int, float | None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricData:
    """The values of one metric in all conditions.

    Attributes:
        metric: The metric.
        values: The values of each condition.
        bounds: Where costs are unknown: the values of each condition with the least and with the
            most that they can be.
        clusters: The cluster of each item; empty without clusters.
        paired: Whether every condition answered every item.
    """

    metric: Metric
    values: Mapping[str, ByItem]
    bounds: Mapping[str, tuple[ByItem, ByItem]] = field(default_factory=dict)
    clusters: Mapping[str, str] = field(default_factory=dict)
    paired: bool = True

    def labels(self, items: Sequence[str]) -> list[str] | None:
        """The cluster of each of these items; None without clusters."""
        return [self.clusters[item] for item in items] if self.clusters else None


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


def _called(name: str, function: Callable[[Any], Any], row: Row) -> float | None:
    try:
        found = function(row)
        return None if found is None else float(found)
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        where = f"row {row.index} (condition {row.condition!r}, item {row.item_id!r})"
        raise MetricError(name, f"{where}: {type_name(error)}: {error_text(error)}") from error


def by_item(
    rows: Sequence[Row], metric: Metric, condition: str, limit_ms: float | None = None
) -> dict[str, dict[int, float | None]]:
    """The values of one condition, by item and repeat."""
    values: dict[str, dict[int, float | None]] = {}
    for row in rows:
        if row.condition == condition:
            values.setdefault(row.item_id, {})[row.repeat] = value_of(row, metric, limit_ms)
    return values


def item_means(values: ByItem) -> dict[str, float]:
    """The mean over the repeats of each item, known values only; items without any are left out."""
    return {item: fmean(numbers) for item, numbers in known(values).items()}


def known(values: ByItem) -> dict[str, list[float]]:
    """The known values of each item; items without any are left out."""
    found = {
        item: [value for value in repeats.values() if value is not None]
        for item, repeats in values.items()
    }
    return {item: numbers for item, numbers in found.items() if numbers}


def is_censored(values: ByItem) -> bool:
    """Whether a value is only a lower bound."""
    return any(isinstance(each, Censored) for row in values.values() for each in row.values())


def has_seen(values: ByItem) -> bool:
    """Whether there is a value that was seen to its end."""
    return any(
        each is not None and not isinstance(each, Censored)
        for row in values.values()
        for each in row.values()
    )


def paired_means(
    control: ByItem, treatment: ByItem
) -> tuple[list[float], list[float], list[str], int]:
    """Item means of two conditions on the items that both have.

    Returns:
        The control's means, the treatment's, the items, and how many items were left out.
    """
    first, second = item_means(control), item_means(treatment)
    common = [item for item in first if item in second]
    dropped = len({*control, *treatment}) - len(common)
    return [first[item] for item in common], [second[item] for item in common], common, dropped


def paired_rows(
    control: ByItem, treatment: ByItem
) -> tuple[list[float], list[float], list[str], int]:
    """Row values of two conditions on the (item, repeat) pairs that both have.

    Returns:
        The control's values, the treatment's, the item of each pair, and how many pairs were
        left out.
    """
    first, second, items, dropped = [], [], [], 0
    for item, repeats in control.items():
        for repeat, value in repeats.items():
            other = treatment.get(item, {}).get(repeat)
            if value is None or other is None:
                dropped += 1
                continue
            first.append(value)
            second.append(other)
            items.append(item)
    return first, second, items, dropped


def cost_bounds(
    rows: Sequence[Row], metric: Metric, condition: str
) -> tuple[ByItem, ByItem] | None:
    """The costs of a condition with the least and with the most that unknown ones can be.

    A row costs at least what is known of it. A call of it that was cancelled or failed costs at
    most as much as the dearest row of the condition. What else is unknown has no upper bound.

    Args:
        rows: All rows.
        metric: The metric.
        condition: The condition.

    Returns:
        The least and the greatest costs by item and repeat, the latter None where it has no bound;
        None for another metric, and where all costs are known or none is.
    """
    own = [row for row in rows if row.condition == condition]
    costs = [cost for row in own if (cost := _known_cost(row)) is not None]
    if metric.column != "cost_usd" or not costs or all(row.cost_usd is not None for row in own):
        return None
    least: dict[str, dict[int, float | None]] = {}
    most: dict[str, dict[int, float | None]] = {}
    for row in own:
        least.setdefault(row.item_id, {})[row.repeat] = _known_cost(row) or 0.0
        most.setdefault(row.item_id, {})[row.repeat] = _greatest(row, max(costs))
    return least, most


def _known_cost(row: Row) -> float | None:
    return row.known_cost_usd if row.cost_usd is None else row.cost_usd


def _greatest(row: Row, dearest: float) -> float | None:
    if row.cost_usd is not None:
        return row.cost_usd
    if row.open_calls is None:
        return None
    return (row.known_cost_usd or 0.0) + row.open_calls * dearest
