"""Several groups: cleaned, shifted, and laid out as a matrix when they are paired."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .._core.errors import (
    InvalidDataError,
    MissingValuesError,
    NotEnoughDataError,
)
from .._core.lazy import BoolArray, FloatArray, np
from .._core.options import MISSING_POLICIES, MissingPolicy, check_choice
from .intake import aligned, by_index, column, column_of_labels
from .refusals import is_unlabelled, refuse_alike, refuse_unspeakable
from .values import ClusterLabels, GroupClusters, Groups, TwoClusters, ValuesByItem, clean


@dataclass(frozen=True, slots=True, kw_only=True)
class TwoGroups:
    """Two independent groups, with the cluster of every value where clusters were given."""

    control: FloatArray
    treatment: FloatArray
    dropped: int
    clusters: tuple[list[Any], list[Any]] | None = None


def clean_two(
    control: ValuesByItem,
    treatment: ValuesByItem,
    *,
    missing: MissingPolicy = "error",
    min_count: int = 1,
    clusters: TwoClusters | None = None,
) -> TwoGroups:
    """Both groups with at least ``min_count`` finite values."""
    given: Sequence[Any] = (None, None) if clusters is None else two_labels(clusters)
    parts = [
        _clean_side(values, name, labels, missing=missing, min_count=min_count)
        for values, name, labels in zip(
            (control, treatment), ("control", "treatment"), given, strict=True
        )
    ]
    (first, lost_first, ours), (second, lost_second, theirs) = parts
    refuse_alike([*(ours or ()), *(theirs or ())], "clusters")
    return TwoGroups(
        control=first,
        treatment=second,
        dropped=lost_first + lost_second,
        clusters=None if ours is None or theirs is None else (ours, theirs),
    )


def two_labels(clusters: Any, which: str = "of control and of treatment") -> Sequence[Any]:
    """The labels of both groups; one mapping or Series by item id serves both."""
    if isinstance(clusters, Mapping) or by_index(clusters):
        return clusters, clusters
    if (
        isinstance(clusters, str) or not hasattr(clusters, "__len__") or len(clusters) != 2
    ):  # one for each group
        raise InvalidDataError(
            "clusters", f"pass two columns, those {which}, or one mapping by item id"
        )
    return clusters[0], clusters[1]


def _clean_side(
    values: ValuesByItem, name: str, labels: Any, *, missing: MissingPolicy, min_count: int
) -> tuple[FloatArray, int, list[Any] | None]:
    if labels is None:
        return *clean(values, name, missing=missing, min_count=min_count), None
    check_choice("missing", missing, MISSING_POLICIES)
    read = column(values, name)
    omit = missing == "omit"
    size = len(read.values)
    found = column_of_labels(labels, size, f"clusters of {name}", ids=read.ids, allow_missing=omit)
    kept = np.array([label is not None for label in found], dtype=bool)
    kept &= ~np.isnan(read.values) if omit else True
    array, _ = clean(
        read.values[kept], name, missing=missing, min_count=min_count, as_given=bool(kept.all())
    )
    return (
        array,
        size - len(array),
        [each for each, stays in zip(found, kept, strict=True) if stays],
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Samples:
    """Independent groups by name, with the cluster of every value where clusters were given."""

    arrays: dict[str, FloatArray]
    dropped: int
    clusters: dict[str, list[Any]] | None = None

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self.arrays)


def clean_groups(
    groups: Groups,
    *,
    missing: MissingPolicy = "error",
    min_count: int = 1,
    clusters: GroupClusters | None = None,
) -> Samples:
    """Two groups or more, each with at least ``min_count`` finite values."""
    columns = named(groups)
    given = {} if clusters is None else _labels_by_group(clusters, tuple(columns))
    arrays, kept, dropped = {}, {}, 0
    for name, values in columns.items():
        arrays[name], lost, labels = _clean_side(
            values, name, given.get(name), missing=missing, min_count=min_count
        )
        dropped += lost
        kept[name] = labels or []
    refuse_alike([label for labels in kept.values() for label in labels], "clusters")
    return Samples(arrays=arrays, dropped=dropped, clusters=None if clusters is None else kept)


def _labels_by_group(clusters: Any, names: tuple[str, ...]) -> dict[str, Any]:
    """The labels of every group; one mapping or Series by item id serves all."""
    if by_index(clusters):
        return dict.fromkeys(names, clusters)
    if isinstance(clusters, Mapping):
        by_name = {str(key): labels for key, labels in clusters.items()}
        if set(by_name) == set(names):
            return by_name
        return dict.fromkeys(names, clusters)
    if isinstance(clusters, str) or len(clusters) != len(names):
        raise InvalidDataError(
            "clusters", f"pass the labels of each of the {len(names)} groups, by name or in order"
        )
    return dict(zip(names, clusters, strict=True))


def named(groups: Groups) -> dict[str, ValuesByItem]:
    """Groups by name; unnamed ones are called group 1, group 2, ..."""
    if isinstance(groups, str | bytes):
        raise InvalidDataError("groups", "expected values by group, got text")
    if isinstance(groups, set | frozenset):
        raise InvalidDataError("groups", "a set has no order: pass a list, or values by name")
    columns = getattr(groups, "column_names", getattr(groups, "columns", None))
    if isinstance(groups, Mapping):
        found = names_of(groups.items())
    elif columns is not None:
        table: Any = groups
        found = names_of((name, table[name]) for name in columns)
    else:
        found = {f"group {index}": values for index, values in enumerate(groups, start=1)}
    if len(found) < 2:  # one group has nothing to be compared with
        raise NotEnoughDataError("groups", needed=2, got=len(found))
    return found


def names_of(items: Iterable[tuple[Any, Any]]) -> dict[str, Any]:
    """Groups by their name as text; a missing name, or two of the same text, is refused."""
    found: dict[str, Any] = {}
    for name, values in items:
        if is_unlabelled(name):
            raise InvalidDataError("groups", "a group has no name (None or NaN)")
        refuse_unspeakable([name], "groups", "name")
        if str(name) in found:
            raise InvalidDataError("groups", f"two groups are called {str(name)!r}")
        found[str(name)] = values
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Blocks:
    """Paired groups: one row per item, one column per condition."""

    matrix: FloatArray
    names: tuple[str, ...]
    dropped: int
    clusters: list[Any] | None = None


def clean_blocks(
    groups: Groups,
    *,
    missing: MissingPolicy = "error",
    min_count: int = 2,
    clusters: ClusterLabels | None = None,
) -> Blocks:
    """Items that every condition answered; mappings are matched by item id."""
    check_choice("missing", missing, MISSING_POLICIES)
    omit = missing == "omit"
    columns = {name: column(values, name) for name, values in named(groups).items()}
    arrays, order = aligned(columns, omit=omit)
    matrix = np.column_stack(arrays)
    absent: BoolArray = np.isnan(matrix.max(axis=1))
    labels: list[Any] | None = None
    if clusters is not None:
        if omit and isinstance(clusters, Mapping) and order is not None:
            clusters = {item: clusters.get(item) for item in order}
        labels = column_of_labels(clusters, len(matrix), "clusters", ids=order, allow_missing=omit)
        absent = absent | np.array([label is None for label in labels], dtype=bool)
    dropped = int(absent.sum())
    if dropped:
        if missing == "error":
            raise MissingValuesError("items", dropped)
        matrix = matrix[~absent]
        if labels is not None:
            labels = [each for each, gone in zip(labels, absent.tolist(), strict=True) if not gone]
    if not np.isfinite(matrix).all():
        raise InvalidDataError("groups", "infinite values cannot be averaged or ranked against")
    if len(matrix) < min_count:
        raise NotEnoughDataError("items", needed=min_count, got=len(matrix))
    return Blocks(matrix=matrix, names=tuple(columns), dropped=dropped, clusters=labels)
