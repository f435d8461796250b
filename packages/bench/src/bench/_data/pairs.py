"""Two sides of the same items, matched by position or by id, never cut to the shorter."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from .._core.arithmetic import differences
from .._core.errors import InvalidDataError, MissingValuesError
from .._core.lazy import FloatArray, np
from .._core.options import MISSING_POLICIES, MissingPolicy, check_choice
from .intake import Column, aligned, checked_ids, column, column_of_labels, unique_ids
from .values import ClusterLabels, Labels, ValuesByItem, clean, too_few


@dataclass(frozen=True, kw_only=True)
class Pairs:
    """Matched values, and how many pairs were left out."""

    control: FloatArray
    treatment: FloatArray
    clusters: list[Any] | None
    dropped: int
    ids: tuple[Hashable, ...] | None = None

    @cached_property
    def gaps(self) -> FloatArray:
        """The differences, made when they are asked for: most tests have no use for them."""
        return differences(self.control, self.treatment)


def clean_pairs(
    control: ValuesByItem,
    treatment: ValuesByItem,
    *,
    missing: MissingPolicy = "error",
    ids: tuple[Labels, Labels] | None = None,
    clusters: ClusterLabels | None = None,
    min_count: int = 2,
    names: tuple[str, str] = ("control", "treatment"),
) -> Pairs:
    """Pair the two sides; a missing value, item or cluster drops its pair or is an error."""
    check_choice("missing", missing, MISSING_POLICIES)
    omit = missing == "omit"
    ours, theirs = names
    sides = {ours: column(control, ours), theirs: column(treatment, theirs)}
    if ids is not None:
        sides = {
            name: _with_ids(each, given, name)
            for (name, each), given in zip(sides.items(), _two(ids), strict=True)
        }
    (first, second), order = aligned(sides, omit=omit)
    absent = np.isnan(first) | np.isnan(second)
    labels = None
    if clusters is not None:
        labels = _pair_labels(clusters, order, len(first), sides[ours], omit=omit)
        absent |= np.array([label is None for label in labels], dtype=bool)
    dropped = int(absent.sum())
    if dropped:
        if not omit:
            raise MissingValuesError("pairs", dropped)
        first, second = first[~absent], second[~absent]
        if labels is not None:
            labels = [each for each, gone in zip(labels, absent, strict=True) if not gone]
        if order is not None:
            order = [each for each, gone in zip(order, absent, strict=True) if not gone]
    as_given = order is None and not dropped
    clean(first, ours, min_count=0, as_given=as_given)
    clean(second, theirs, min_count=0, as_given=as_given)
    if len(first) < min_count:
        raise too_few("pairs", min_count, len(first))
    return Pairs(
        control=first,
        treatment=second,
        clusters=labels,
        dropped=dropped,
        ids=None if order is None else tuple(order),
    )


def _two(ids: Any) -> tuple[Labels, Labels]:
    if isinstance(ids, str) or len(ids) != 2:
        raise InvalidDataError("ids", "pass two sequences: the ids of control and of treatment")
    return ids[0], ids[1]


def _with_ids(side: Column, ids: Labels, name: str) -> Column:
    found = checked_ids(ids, f"ids of {name}")
    if len(found) != len(side.values):
        raise InvalidDataError(name, f"{len(found)} ids for {len(side.values)} values")
    unique_ids(found, name)
    return Column(values=side.values, ids=found, keyed=True)


def _pair_labels(
    clusters: ClusterLabels,
    order: Sequence[Hashable] | None,
    size: int,
    control: Column,
    *,
    omit: bool,
) -> list[Any]:
    """The cluster of every pair; pairs that only the treatment has follow those of the control."""
    ours = len(control.values)
    known = None if order is None else order[:ours]
    if omit and isinstance(clusters, Mapping) and known is not None:
        clusters = {item: clusters.get(item) for item in known}
    labels = column_of_labels(clusters, ours, "clusters", ids=known, allow_missing=omit)
    return labels + [None] * (size - ours)
