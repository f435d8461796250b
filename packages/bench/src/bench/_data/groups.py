"""Several groups: cleaned, shifted, and laid out as a matrix when they are paired."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .._core.errors import (
    InvalidDataError,
    MissingValuesError,
    NotEnoughDataError,
    UnequalLengthsError,
)
from .._core.lazy import FloatArray, np
from .._core.options import MISSING_POLICIES, MissingPolicy, check_choice
from .values import Groups, Values, as_array, clean


@dataclass(frozen=True, slots=True, kw_only=True)
class TwoGroups:
    """Two independent groups."""

    control: FloatArray
    treatment: FloatArray
    dropped: int


def clean_two(
    control: Values, treatment: Values, *, missing: MissingPolicy = "error", min_count: int = 1
) -> TwoGroups:
    """Both groups with at least ``min_count`` finite values."""
    first, lost_first = clean(control, "control", missing=missing, min_count=min_count)
    second, lost_second = clean(treatment, "treatment", missing=missing, min_count=min_count)
    return TwoGroups(control=first, treatment=second, dropped=lost_first + lost_second)


@dataclass(frozen=True, slots=True, kw_only=True)
class Samples:
    """Independent groups by name."""

    arrays: dict[str, FloatArray]
    dropped: int

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self.arrays)


def clean_groups(
    groups: Groups,
    *,
    missing: MissingPolicy = "error",
    min_count: int = 1,
) -> Samples:
    """Two groups or more, each with at least ``min_count`` finite values."""
    arrays, dropped = {}, 0
    for name, values in named(groups).items():
        arrays[name], lost = clean(values, name, missing=missing, min_count=min_count)
        dropped += lost
    return Samples(arrays=arrays, dropped=dropped)


def named(groups: Groups) -> dict[str, Values]:
    """Groups by name; unnamed ones are called group 1, group 2, ..."""
    if isinstance(groups, Mapping):
        found = {str(name): values for name, values in groups.items()}
    else:
        found = {f"group {index}": values for index, values in enumerate(groups, start=1)}
    if len(found) < 2:  # one group has nothing to be compared with
        raise NotEnoughDataError("groups", needed=2, got=len(found))
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Blocks:
    """Paired groups: one row per item, one column per condition."""

    matrix: FloatArray
    names: tuple[str, ...]
    dropped: int


def clean_blocks(
    groups: Groups,
    *,
    missing: MissingPolicy = "error",
    min_count: int = 2,
) -> Blocks:
    """Items that every condition answered; mappings are matched by item id."""
    check_choice("missing", missing, MISSING_POLICIES)
    columns = _aligned(named(groups))
    arrays = [as_array(values, name) for name, values in columns.items()]
    sizes = [len(array) for array in arrays]
    if len(set(sizes)) > 1:
        raise UnequalLengthsError(sizes[0], next(size for size in sizes if size != sizes[0]))
    matrix = np.column_stack(arrays)
    absent = np.isnan(matrix).any(axis=1)
    dropped = int(absent.sum())
    if dropped:
        if missing == "error":
            raise MissingValuesError("items", dropped)
        matrix = matrix[~absent]
    if not np.isfinite(matrix).all():
        raise InvalidDataError("groups", "infinite values cannot be averaged or ranked against")
    if len(matrix) < min_count:
        raise NotEnoughDataError("items", needed=min_count, got=len(matrix))
    return Blocks(matrix=matrix, names=tuple(columns), dropped=dropped)


def _aligned(groups: dict[str, Any]) -> dict[str, Any]:
    if not any(isinstance(values, Mapping) for values in groups.values()):
        return groups
    first = next(iter(groups.values()))
    for name, values in groups.items():
        if not isinstance(values, Mapping) or not isinstance(first, Mapping):
            raise InvalidDataError(name, "pass mappings from item id to value for all groups")
        if set(values) != set(first):
            raise UnequalLengthsError(len(first), len(values), f"{name} has other items")
    return {name: [values[item] for item in first] for name, values in groups.items()}
