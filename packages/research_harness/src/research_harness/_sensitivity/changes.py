"""Differences under other readings of missing answers, and within parts of the items."""

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, TypeAlias

from .._analysis.changes import change
from .._analysis.pairing import Pairing
from .._analysis.vectors import MetricData, paired_means
from .._plan.preparation import PreparedExperiment
from .._rows.values import ItemValues
from .schema import MissingValues, PairChange, SubgroupValues

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_FEWEST_ITEMS = 5
_MOST_GROUPS = 40
Failed = Mapping[str, "NDArray[np.bool_]"]
Unanswered: TypeAlias = Callable[[str], "NDArray[np.bool_]"]


def missing_values(
    prepared: PreparedExperiment, unanswered: Unanswered, data: MetricData, *, level: float
) -> MissingValues:
    """The differences under every reading of rows without an answer.

    Args:
        prepared: The experiment.
        unanswered: Gives where a condition has no answer, in the form of its values.
        data: The marks of all conditions, 1 or 0.
        level: The level of the intervals.
    """
    failed = {name: unanswered(name) for name in data.values}
    changes, sensitive = [], []
    control = prepared.config["control"]
    for name in data.values:
        if name == control:
            continue
        found = []
        for reading, sides in _readings(data, failed, control, name):
            read = replace(data, values=sides, bounds={})
            found.append(_change(prepared, read, name, reading, level))
        changes += found
        if len({_side(each) for each in found}) > 1:
            sensitive.append(name)
    return {"metric": data.metric.name, "changes": changes, "sensitive": sensitive}


def subgroup_values(
    prepared: PreparedExperiment, data: MetricData, field: str, *, level: float
) -> SubgroupValues | None:
    """The differences within the items that share a value of a field; None with one group.

    Args:
        prepared: The experiment.
        data: The values of all conditions.
        field: The field of the items' metadata.
        level: The level of all intervals together.
    """
    groups: dict[str, set[str]] = {}
    for item in prepared.items:
        groups.setdefault(str(item.metadata.get(field)), set()).add(item.id)
    kept = {name: ids for name, ids in groups.items() if len(ids) >= _FEWEST_ITEMS}
    control = prepared.config["control"]
    treatments = [name for name in data.values if name != control]
    if not 2 <= len(kept) <= _MOST_GROUPS or not treatments:
        return None
    each_level = 1 - (1 - level) / (len(kept) * len(treatments))
    changes = [
        _change(prepared, _part(data, ids), name, group, each_level)
        for name in treatments
        for group, ids in sorted(kept.items())
    ]
    return {
        "metric": data.metric.name,
        "field": field,
        "level": level,
        "each_level": each_level,
        "changes": changes,
    }


def _readings(
    data: MetricData, failed: Failed, control: str, treatment: str
) -> Iterator[tuple[str, dict[str, ItemValues]]]:
    readings = (
        ("wrong", 0.0, 0.0),
        ("excluded", math.nan, math.nan),
        ("best_for_treatment", 0.0, 1.0),
        ("worst_for_treatment", 1.0, 0.0),
    )
    for reading, of_control, of_treatment in readings:
        yield (
            reading,
            {
                control: _with(data, failed, control, of_control),
                treatment: _with(data, failed, treatment, of_treatment),
            },
        )


def _with(data: MetricData, failed: Failed, name: str, value: float) -> ItemValues:
    given = ItemValues.of(data.values[name])
    matrix = given.matrix.copy()
    matrix[failed[name]] = value
    return ItemValues(given.ids, matrix, given.there, given.cut)


def _part(data: MetricData, ids: set[str]) -> MetricData:
    import numpy as np

    found = {}
    for name, values in data.values.items():
        given = ItemValues.of(values)
        at = np.array([number for number, item in enumerate(given.ids) if item in ids], np.int64)
        parts = (given.matrix[at], given.there[at], given.cut[at])
        found[name] = ItemValues(given.ids_at(at), *parts)
    return replace(data, values=found, bounds={})


def _change(
    prepared: PreparedExperiment, data: MetricData, treatment: str, reading: str, level: float
) -> PairChange:
    control = prepared.config["control"]
    pair = Pairing(data=data, control=control, treatment=treatment, seed=prepared.experiment.seed)
    interval = change(pair, level=level).interval
    values: list[float | None] = [None] * 3
    if interval is not None:
        values = [_finite(each) for each in (interval.estimate, interval.low, interval.high)]
    difference, low, high = values
    return {
        "control": control,
        "treatment": treatment,
        "reading": reading,
        "items": len(paired_means(data.values[control], data.values[treatment])[2]),
        "difference": difference,
        "low": low,
        "high": high,
    }


def _side(found: PairChange) -> int:
    """1 and -1 where an interval excludes 0, else 0."""
    low, high = found["low"], found["high"]
    if low is None or high is None:
        return 0
    return (low > 0) - (high < 0)


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None
