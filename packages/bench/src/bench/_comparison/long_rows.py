"""Comparisons from a long table: one row per answer, with a column for its system."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

from .._core.arithmetic import mean
from .._core.deprecated import renamed_arguments
from .._core.errors import InvalidDataError, InvalidOptionError, NotEnoughDataError
from .._core.notes import note
from .._core.options import MISSING_POLICIES, MissingPolicy, check_choice, checked_options
from .._core.results import Comparison
from .._data.intake import checked_ids
from .._data.refusals import is_unlabelled, refuse_unspeakable
from .._data.rows import Rows, columns_of
from .._data.values import as_array
from .._multiplicity.pairwise import ManyComparison
from .many_groups import FamilyCorrection, compare_many, compare_many_paired
from .nominal import is_nominal
from .two_groups import Scale, compare, compare_paired


@renamed_arguments(nan="missing")
@checked_options
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
    correction: FamilyCorrection | None = None,
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
        cluster: The column of clusters of items, such as the document a question is about.
        control: The group that others are compared with; the first to appear when left out.
        level: The level of all intervals.
        scale: As in ``compare``.
        correction: For the pairs of three groups or more, as in ``adjust``: Holm's if left out, and
            ``max-t`` with clusters.
        missing: ``omit`` leaves out missing values, rows without a group, id or cluster, and items
            that a group lacks, and says how many.

    Returns:
        A ``Comparison`` for two groups, a ``ManyComparison`` for more.

    Raises:
        InvalidDataError: A column is missing, or an item has two clusters.
        UnequalLengthsError: The groups have different items.
        InvalidOptionError: The control is not one of the groups.

    Example:
        >>> rows = [
        ...     {"model": model, "item": item, "score": (item * step) % 5}
        ...     for model, step in (("small", 2), ("large", 3))
        ...     for item in range(12)
        ... ]
        >>> bench.compare_rows(rows, value="score", group="model", id="item").test
        'paired_t'
    """
    check_choice("missing", missing, MISSING_POLICIES)
    omit = missing == "omit"
    table = _read(rows, value=value, group=group, id=id, cluster=cluster, scale=scale, omit=omit)
    groups = _ordered(table.groups, control)
    if table.ids is None:
        result: Comparison | ManyComparison = _independent(
            table, groups, level=level, scale=scale, correction=correction, missing=missing
        )
        return _with_rows_dropped(result, table.dropped)
    items = _by_item(groups, table, omit=missing == "omit")
    clusters = None if table.clusters is None else _clusters(table.ids, table.clusters)
    if len(items) > 2:
        result = compare_many_paired(
            items,
            level=level,
            scale=scale,
            correction=correction,
            clusters=clusters,
            missing=missing,
        )
    else:
        first, second = items.values()
        result = compare_paired(
            first,
            second,
            level=level,
            scale=scale,
            clusters=clusters,
            missing=missing,
            names=(groups[0], groups[1]),
        )
    return _with_rows_dropped(result, table.dropped)


def _independent(
    table: _Table,
    groups: list[str],
    *,
    level: float,
    scale: Scale,
    correction: FamilyCorrection | None,
    missing: MissingPolicy,
) -> Comparison | ManyComparison:
    parts, labels = {}, {}
    for name in groups:
        kept = [place for place, label in enumerate(table.groups) if label == name]
        parts[name] = [table.values[place] for place in kept]
        if table.clusters is not None:
            labels[name] = [table.clusters[place] for place in kept]
    if len(parts) > 2:
        return compare_many(
            parts,
            level=level,
            scale=scale,
            correction=correction,
            missing=missing,
            clusters=labels or None,
        )
    first, second = groups
    return compare(
        parts[first],
        parts[second],
        level=level,
        scale=scale,
        missing=missing,
        clusters=(labels[first], labels[second]) if labels else None,
        names=(first, second),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Table:
    """The columns without the rows that lack a label."""

    values: list[Any]
    groups: list[str]
    ids: list[Any] | None
    clusters: list[Any] | None
    dropped: int


def _read(
    rows: Rows,
    *,
    value: str,
    group: str,
    id: str | None,
    cluster: str | None,
    scale: Scale,
    omit: bool,
) -> _Table:
    labels = [name for name in (group, id, cluster) if name is not None]
    columns = columns_of(rows, [value, *labels])
    given = columns[value]
    values = given if is_nominal(scale, given) else as_array(given, value).tolist()
    kept = []
    for place in range(len(values)):
        gaps = [name for name in labels if is_unlabelled(columns[name][place])]
        if gaps and not omit:
            raise InvalidDataError(
                gaps[0],
                f"row {place} has no {gaps[0]!r}; complete it, or pass missing='omit' to leave such"
                " rows out",
            )
        if not gaps:
            kept.append(place)
    found = {name: [columns[name][place] for place in kept] for name in labels}
    for name, column in found.items():
        refuse_unspeakable(column, name, "label")
    return _Table(
        values=[values[place] for place in kept],
        groups=list(map(str, found[group])),
        ids=None if id is None else checked_ids(found[id], id),
        clusters=None if cluster is None else found[cluster],
        dropped=len(values) - len(kept),
    )


def _with_rows_dropped(
    result: Comparison | ManyComparison, count: int
) -> Comparison | ManyComparison:
    if not count:
        return result
    if isinstance(result, ManyComparison):
        return replace(result, omnibus=_more_dropped(result.omnibus, count))
    return _more_dropped(result, count)


def _more_dropped(result: Comparison, count: int) -> Comparison:
    return replace(
        result,
        n_dropped=result.n_dropped + count,
        warnings=(*result.warnings, note("DROPPED_MISSING", f"{count} rows without a label")),
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


def _by_item(groups: list[str], table: _Table, *, omit: bool) -> dict[str, dict[Any, Any]]:
    """The mean of the repeats of every item, by group; a missing repeat is left out on request."""
    repeats: dict[str, dict[Any, list[Any]]] = {name: {} for name in groups}
    for label, item, x in zip(table.groups, table.ids or [], table.values, strict=True):
        repeats[label].setdefault(item, []).append(x)
    return {
        name: {item: _average(found, omit=omit) for item, found in items.items()}
        for name, items in repeats.items()
    }


def _average(found: list[Any], *, omit: bool) -> Any:
    if len(found) == 1:
        return found[0]
    if any(isinstance(x, str) for x in found):
        raise InvalidDataError("rows", "repeats of an item in categories have no mean")
    known = [x for x in found if not math.isnan(x)] if omit else found
    return mean(as_array(known, "repeats")) if known else math.nan


def _clusters(ids: list[Any], clusters: list[Any]) -> dict[Any, Any]:
    known: dict[Any, Any] = {}
    for item, cluster in zip(ids, clusters, strict=True):
        if known.setdefault(item, cluster) != cluster:
            raise InvalidDataError(
                "cluster", f"item {item!r} is in {known[item]!r} and {cluster!r}"
            )
    return known
