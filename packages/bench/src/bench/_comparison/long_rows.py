"""Comparisons from a long table: one row per answer, with a column for its system."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .._core.arithmetic import mean
from .._core.deprecated import renamed_arguments
from .._core.errors import InvalidDataError, InvalidOptionError, NotEnoughDataError
from .._core.options import MissingPolicy
from .._core.results import Comparison
from .._data.rows import Rows, columns_of
from .._data.values import as_array
from .._multiplicity.adjust import Correction
from .._multiplicity.pairwise import ManyComparison
from .many_groups import compare_many, compare_many_paired
from .two_groups import Scale, compare, compare_paired


@renamed_arguments(nan="missing")
def compare_rows(
    rows: Rows,
    *,
    value: str,
    group: str,
    id: str | None = None,
    cluster: str | None = None,
    control: str | None = None,
    level: float = 0.95,
    scale: Scale = "auto",
    correction: Correction = "holm",
    missing: MissingPolicy = "error",
) -> Comparison | ManyComparison:
    """Compare the groups of a long table, paired by item where the table names the items.

    Several rows of one item in one group are repeats: they are averaged first, because the item is
    the unit, not the answer.

    Args:
        rows: Mappings, a mapping of columns, a pandas frame or a pyarrow table.
        value: The column of scores.
        group: The column that says which system answered.
        id: The column of item ids; without it the groups are taken as independent.
        cluster: The column of clusters of items, such as the document a question is about; for two
            groups with ids.
        control: The group that others are compared with; the first to appear when left out.
        level: The level of all intervals.
        scale: As in ``compare``.
        correction: For the pairs of three groups or more, as in ``adjust``.
        missing: ``omit`` leaves missing values out and says how many.

    Returns:
        A ``Comparison`` for two groups, a ``ManyComparison`` for more.

    Raises:
        InvalidDataError: A column is missing, or an item has two clusters.
        UnequalLengthsError: The groups have different items.
        InvalidOptionError: The control is not one of the groups, or clusters are given for a design
            that does not use them.

    Example:
        >>> rows = [
        ...     {"model": model, "item": item, "score": (item * step) % 5}
        ...     for model, step in (("small", 2), ("large", 3))
        ...     for item in range(12)
        ... ]
        >>> bench.compare_rows(rows, value="score", group="model", id="item").test
        'paired_t'
    """
    names = [name for name in (value, group, id, cluster) if name is not None]
    columns = columns_of(rows, names)
    values = as_array(columns[value], value).tolist()
    labels = [str(label) for label in columns[group]]
    groups = _ordered(labels, control)
    if cluster is not None and (id is None or len(groups) != 2):
        raise InvalidOptionError("cluster", cluster, "left out, but for two groups with ids")
    if id is None:
        parts = {
            name: [x for x, label in zip(values, labels, strict=True) if label == name]
            for name in groups
        }
        if len(parts) == 2:
            return compare(*parts.values(), level=level, scale=scale, missing=missing)
        return compare_many(parts, level=level, scale=scale, correction=correction, missing=missing)
    items = _by_item(groups, labels, columns[id], values, omit=missing == "omit")
    if len(items) > 2:
        return compare_many_paired(
            items, level=level, scale=scale, correction=correction, missing=missing
        )
    first, second = items.values()
    clusters = None if cluster is None else _clusters(columns[id], columns[cluster], first)
    return compare_paired(
        first, second, level=level, scale=scale, clusters=clusters, missing=missing
    )


def _ordered(labels: list[str], control: str | None) -> list[str]:
    groups = list(dict.fromkeys(labels))
    if len(groups) < 2:
        raise NotEnoughDataError("groups", needed=2, got=len(groups))
    if control is None:
        return groups
    if control not in groups:
        raise InvalidOptionError("control", control, groups)
    return [control, *(name for name in groups if name != control)]


def _by_item(
    groups: list[str], labels: list[str], ids: list[Any], values: list[float], *, omit: bool
) -> dict[str, dict[Any, float]]:
    """The mean of the repeats of every item, by group; a missing repeat is left out on request."""
    repeats: dict[str, dict[Any, list[float]]] = {name: {} for name in groups}
    for label, item, x in zip(labels, ids, values, strict=True):
        repeats[label].setdefault(item, []).append(x)
    return {
        name: {item: _average(found, omit=omit) for item, found in items.items()}
        for name, items in repeats.items()
    }


def _average(found: list[float], *, omit: bool) -> float:
    # NaN is the one value that does not equal itself.
    known = [x for x in found if x == x] if omit else found  # noqa: PLR0124  # see above
    return mean(as_array(known, "repeats")) if known else float("nan")


def _clusters(ids: list[Any], clusters: list[Any], wanted: Mapping[Any, float]) -> list[Any]:
    known: dict[Any, Any] = {}
    for item, cluster in zip(ids, clusters, strict=True):
        if known.setdefault(item, cluster) != cluster:
            raise InvalidDataError(
                "cluster", f"item {item!r} is in {known[item]!r} and {cluster!r}"
            )
    return [known[item] for item in wanted]
