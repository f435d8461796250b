"""Two sides of the same items, matched by position or by id, never cut to the shorter."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Any

from .._core.arithmetic import differences
from .._core.errors import InvalidDataError, MissingValuesError, UnequalLengthsError
from .._core.lazy import FloatArray, np
from .._core.options import MISSING_POLICIES, MissingPolicy, check_choice
from .values import Labels, Values, ValuesByItem, as_array, clean, too_few


@dataclass(frozen=True, slots=True, kw_only=True)
class Pairs:
    """Matched values, their differences, and how many pairs were left out."""

    control: FloatArray
    treatment: FloatArray
    gaps: FloatArray
    clusters: list[Any] | None
    dropped: int


def clean_pairs(
    control: ValuesByItem,
    treatment: ValuesByItem,
    *,
    missing: MissingPolicy = "error",
    ids: tuple[Labels, Labels] | None = None,
    clusters: Labels | Mapping[Any, Hashable] | None = None,
    min_count: int = 2,
) -> Pairs:
    """Pair the two sides; a missing value drops its pair (``missing="omit"``) or is an error."""
    check_choice("missing", missing, MISSING_POLICIES)
    control, treatment, clusters = _matched(control, treatment, ids, clusters)
    first, second = as_array(control, "control"), as_array(treatment, "treatment")
    if len(first) != len(second):
        raise UnequalLengthsError(len(first), len(second))
    labels = None if clusters is None else list(clusters)
    if labels is not None and len(labels) != len(first):
        raise InvalidDataError("clusters", f"{len(labels)} labels for {len(first)} pairs")
    absent = np.isnan(first) | np.isnan(second)
    dropped = int(absent.sum())
    if dropped:
        if missing == "error":
            raise MissingValuesError("pairs", dropped)
        first, second = first[~absent], second[~absent]
        if labels is not None:
            labels = [each for each, gone in zip(labels, absent, strict=True) if not gone]
    clean(first, "control")
    clean(second, "treatment")
    if len(first) < min_count:
        raise too_few("pairs", min_count, len(first))
    return Pairs(
        control=first,
        treatment=second,
        gaps=differences(first, second),
        clusters=labels,
        dropped=dropped,
    )


def _matched(
    control: Any, treatment: Any, ids: tuple[Labels, Labels] | None, clusters: Any
) -> tuple[Any, Any, Any]:
    """Both sides in one order, where ids or mappings say which items they are."""
    if ids is not None:
        control = _by_id(ids[0], control, "control")
        treatment = _by_id(ids[1], treatment, "treatment")
    if isinstance(control, Mapping) or isinstance(treatment, Mapping):
        if not (isinstance(control, Mapping) and isinstance(treatment, Mapping)):
            raise InvalidDataError("pairs", "pass mappings from item id to value for both sides")
        _check_same_items(control, treatment)
        order = list(control)
        if isinstance(clusters, Mapping):
            clusters = [clusters[item] for item in order]
        treatment = [treatment[item] for item in order]
        control = [control[item] for item in order]
    return control, treatment, clusters


def _by_id(ids: Labels, values: Values, name: str) -> dict[Any, Any]:
    ids, values = list(ids), list(values)
    if len(ids) != len(values):
        raise InvalidDataError(name, f"{len(ids)} ids for {len(values)} values")
    twice = [item for item, count in Counter(ids).items() if count > 1]
    if twice:
        raise InvalidDataError(
            name, f"id {twice[0]!r} occurs more than once; average repeats first"
        )
    return dict(zip(ids, values, strict=True))


def _check_same_items(control: Mapping[Any, Any], treatment: Mapping[Any, Any]) -> None:
    only = [item for item in control if item not in treatment]
    only += [item for item in treatment if item not in control]
    if only:
        raise UnequalLengthsError(
            len(control),
            len(treatment),
            f"{len(only)} ids are on one side only, such as {only[0]!r}",
        )
