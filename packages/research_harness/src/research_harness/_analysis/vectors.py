"""The values of a metric as vectors, by item and repeat or in pairs."""

from collections.abc import Callable, Mapping, Sequence
from statistics import fmean
from typing import Any

from .._core.errors import MetricError
from .._core.text import error_text, type_name
from .._definition.metrics import Metric
from .._outcome.row import Row

# Values of one condition: by item, then by repeat; None where unknown.
ByItem = Mapping[str, Mapping[int, float | None]]


def value_of(row: Row, metric: Metric) -> float | None:
    """The value of a metric in one row; None when the row does not have it."""
    column = metric.column
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
    rows: Sequence[Row], metric: Metric, condition: str
) -> dict[str, dict[int, float | None]]:
    """The values of one condition, by item and repeat."""
    values: dict[str, dict[int, float | None]] = {}
    for row in rows:
        if row.condition == condition:
            values.setdefault(row.item_id, {})[row.repeat] = value_of(row, metric)
    return values


def item_means(values: ByItem) -> dict[str, float]:
    """The mean over the repeats of each item, known values only; items without any are left out."""
    means = {}
    for item, repeats in values.items():
        known = [value for value in repeats.values() if value is not None]
        if known:
            means[item] = fmean(known)
    return means


def flat(values: ByItem) -> tuple[list[float], list[str]]:
    """All known values with the item each belongs to."""
    numbers, items = [], []
    for item, repeats in values.items():
        for value in repeats.values():
            if value is not None:
                numbers.append(value)
                items.append(item)
    return numbers, items


def paired_means(control: ByItem, treatment: ByItem) -> tuple[list[float], list[float], int]:
    """Item means of two conditions on the items that both have.

    Returns:
        The control's means, the treatment's, and how many items were left out.
    """
    first, second = item_means(control), item_means(treatment)
    common = [item for item in first if item in second]
    dropped = len({*control, *treatment}) - len(common)
    return [first[item] for item in common], [second[item] for item in common], dropped


def paired_values(
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
