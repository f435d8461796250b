"""From what a caller passes to clean arrays of floats."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, SupportsFloat

from .._core.arithmetic import is_binary, unit_of
from .._core.errors import InvalidDataError, MissingValuesError, NotEnoughDataError
from .._core.lazy import FloatArray, IntArray, np
from .._core.options import MISSING_POLICIES, MissingPolicy, check_choice
from .intake import column, column_of_labels, listed
from .refusals import MOST

Values = Iterable[SupportsFloat | None]
"""A list, tuple, array, pandas or pyarrow column of numbers or truth values."""

ValuesByItem = Values | Mapping[Any, SupportsFloat | None]
"""Values in the order of the items, or a mapping from item id to value."""

Answers = ValuesByItem | Iterable[Hashable] | Mapping[Any, Hashable]
"""Numbers, or categories without an order such as texts."""

AnswersByGroup = Mapping[str, Answers] | Sequence[Answers]
"""Numbers or categories by group: a mapping from name to values, or the groups in order."""

Groups = Mapping[str, ValuesByItem] | Sequence[ValuesByItem]
"""Values by group: a mapping from name to values, or the groups in order."""

Labels = Iterable[Hashable]
"""One label for each value, such as the name of its cluster or its item."""

ClusterLabels = Labels | Mapping[Any, Hashable]
"""The cluster of each value, in the order of the values or as a mapping from item id."""

TwoClusters = tuple[ClusterLabels, ClusterLabels] | Mapping[Any, Hashable]
"""The clusters of two groups, or one mapping from item id that serves both."""

GroupClusters = Mapping[Any, ClusterLabels] | Sequence[ClusterLabels] | Mapping[Any, Hashable]
"""The clusters of each group, by its name or in order, or one mapping from item id for all."""


ItemClusters = ClusterLabels | TwoClusters
"""The clusters of all items, or as a pair those of labelled items and of the others."""


def as_array(values: object, name: str) -> FloatArray:
    """The values as floats, missing ones as NaN; refuses what is not a column of numbers."""
    return column(values, name).values


def kept(values: Any) -> Any:
    """The values in a form that can be read more than once: what is consumed becomes a list."""
    return listed(values) if isinstance(values, Iterator) else values


def clean(
    values: ValuesByItem,
    name: str,
    *,
    missing: MissingPolicy = "error",
    min_count: int = 1,
    as_given: bool = True,
) -> tuple[FloatArray, int]:
    """Finite values, and how many missing ones were left out; places count ``as_given`` values."""
    check_choice("missing", missing, MISSING_POLICIES)
    array = whole = as_array(values, name)
    absent = np.isnan(array)
    count = int(absent.sum())
    if count:
        if missing == "error":
            raise MissingValuesError(name, count)
        array = array[~absent]
    if len(array) and not (float(array.min()) >= -MOST and float(array.max()) <= MOST):
        places = np.flatnonzero(np.isinf(whole))
        if len(places):
            raise InvalidDataError(
                name,
                (f"value {places[0]} is infinite: " if as_given else "")
                + "infinite values cannot be averaged or ranked against",
            )
        raise InvalidDataError(name, f"values beyond {MOST:g}, whose sums a float cannot hold")
    if len(array) < min_count:
        raise too_few(name, min_count, len(array))
    return array, count


def check_squares(array: FloatArray, name: str) -> None:
    """Refuse values whose squares a float cannot hold.

    Raises:
        InvalidDataError: The largest value is beyond 1e100, or below 1e-100.
    """
    if unit_of(array) != 1.0:
        largest = float(np.abs(array).max())
        raise InvalidDataError(
            name, f"values up to {largest:.0e}, whose squares are lost; divide by a power of ten"
        )


def too_few(name: str, min_count: int, got: int) -> NotEnoughDataError:
    """The error for a group of one: often a mean was passed instead of its values."""
    hint = ""
    if got == 1:
        hint = (
            "one value has no spread. Pass the score of every item rather than their mean, and"
            " compare_paired when both systems answered the same items"
        )
    return NotEnoughDataError(f"{name}, number of values", needed=min_count, got=got, hint=hint)


@dataclass(frozen=True, slots=True, kw_only=True)
class Clustered:
    """Finite values with the number of the cluster of each, where clusters were given."""

    values: FloatArray
    labels: list[Any] | None


def clean_clustered(
    values: ValuesByItem, clusters: ClusterLabels | None, *, min_count: int = 2
) -> Clustered:
    """Finite values and their clusters, matched by id where both have ids."""
    found = column(values, "values")
    array, _ = clean(found.values, "values", min_count=min_count)
    if clusters is None:
        return Clustered(values=array, labels=None)
    labels = column_of_labels(clusters, len(array), "clusters", ids=found.ids)
    return Clustered(values=array, labels=labels)


def cluster_codes(clusters: ClusterLabels, size: int) -> tuple[IntArray, int]:
    """Clusters numbered 0, 1, ... in order of appearance, and how many there are."""
    labels = column_of_labels(clusters, size, "clusters")
    try:
        numbers = {label: code for code, label in enumerate(dict.fromkeys(labels))}
    except TypeError:
        raise InvalidDataError("clusters", "a label is a list or a dict: use text") from None
    if len(numbers) < 2:
        raise NotEnoughDataError(
            "clusters",
            needed=2,
            got=len(numbers),
            hint="one cluster carries no information on the spread between clusters",
        )
    codes = np.fromiter(map(numbers.__getitem__, labels), dtype=np.int64, count=len(labels))
    return codes, len(numbers)


def need_binary(name: str, array: FloatArray) -> None:
    if not is_binary(array):
        other = next(float(value) for value in array if value not in (0.0, 1.0))
        raise InvalidDataError(name, f"expected only 0 and 1, got {other:g}")
