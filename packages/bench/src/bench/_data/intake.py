"""The front door: values, ids, labels and missing marks, read in one way for every function.

Everything public reads its data through ``column``, ``column_of_labels`` and ``aligned``. Inside,
missing values are NaN, ids are hashable and known to be there, and labels have no gaps.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .._core.errors import InvalidDataError, UnequalLengthsError
from .._core.lazy import FloatArray, np
from .._core.shown import repr_of
from .refusals import (
    distinct,
    is_bytes,
    is_key,
    is_missing,
    is_unlabelled,
    need_column,
    refuse_alike,
    refuse_numbered,
    refuse_unspeakable,
    refuse_unusable,
)
from .rounding import EXACT, refuse_rounded


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column of numbers, missing ones as NaN, with the ids of its items where it has some.

    ``keyed`` says that the ids came as the keys of a mapping, so that positions mean nothing;
    ``counted`` that they are only the row numbers pandas gives on its own.
    """

    values: FloatArray
    ids: Sequence[Hashable] | None = None
    keyed: bool = False
    counted: bool = False


def column(values: object, name: str) -> Column:
    """The values as floats with their ids; refuses what is not one column of numbers.

    Raises:
        InvalidDataError: Text, a set, a single number, a table, or a value that is not a number.
    """
    ids, inner = split_ids(values, name)
    return Column(
        values=numbers_of(inner, name),
        ids=ids,
        keyed=isinstance(values, Mapping),
        counted=ids is not None and is_counted(values),
    )


def split_ids(values: Any, name: str) -> tuple[Sequence[Hashable] | None, Any]:
    """The ids of a mapping (its keys) or a Series (its index), and the values without them."""
    if isinstance(values, Mapping):
        return checked_ids(values.keys(), name), list(values.values())
    need_column(values, name)
    if _has_index(values):
        return (
            range(len(values)) if is_counted(values) else checked_ids(values.index, name),
            values,
        )
    return None, values


def checked_ids(ids: Iterable[Any], name: str) -> list[Hashable]:
    """Ids as hashable values; a missing one is refused with its place."""
    found = plain_list(ids, name)
    for place, item in enumerate(found):
        if is_unlabelled(item):
            raise InvalidDataError(
                name, f"the id at position {place} is missing; give every item an id of its own"
            )
        if not is_key(item):
            raise InvalidDataError(
                name, f"the id {repr_of(item)} at position {place} cannot be a key"
            )
    refuse_unspeakable(found, name, "id")
    return found


def unique_ids(ids: Sequence[Hashable], name: str) -> None:
    """Refuse an id that stands for two values."""
    if isinstance(ids, range) or len(set(ids)) == len(ids):
        return
    twice = next(item for item, count in Counter(ids).items() if count > 1)
    raise InvalidDataError(name, f"id {twice!r} occurs more than once; average repeats first")


def listed(values: Iterable[Any], name: str = "") -> list[Any]:
    """A list of what is read once; an error of the reading itself says where it came."""
    found: list[Any] = []
    try:
        found.extend(values)
    except Exception as error:
        error.add_note(f"while bench read {name or 'values'} at position {len(found)}")
        raise
    return found


def plain_list(values: Any, name: str = "") -> list[Any]:
    """A sequence as a list of Python values, whichever library it came from."""
    if isinstance(values, np.ma.MaskedArray):
        return list(values.tolist())
    if isinstance(values, np.ndarray) and values.dtype.kind in "mM":
        return list(np.atleast_1d(values))  # as a list, times would become plain numbers
    for method in ("to_pylist", "tolist", "to_list"):
        if hasattr(values, method):
            given = getattr(values, method)()
            found = given if isinstance(given, list) else [given]
            break
    else:
        found = (
            listed(values, name) if isinstance(values, Iterable) else list(np.atleast_1d(values))
        )
    return found if set(map(type, found)) <= _PLAIN else [_plain(each) for each in found]


_PLAIN = {bool, int, float, str, type(None)}


def _plain(value: Any) -> Any:
    """A scalar of numpy or pyarrow as the Python value that it stands for."""
    if hasattr(value, "as_py"):
        return value.as_py()
    if value is np.ma.masked:  # as a number it would warn
        return None
    kind = getattr(getattr(value, "dtype", None), "kind", None)
    if not isinstance(kind, str) or kind not in "biufSUO" or getattr(value, "ndim", None) != 0:
        return value
    return float(value) if kind == "f" else value.item()  # a long double's item is itself


def column_of_labels(
    labels: Any,
    size: int,
    name: str,
    *,
    ids: Sequence[Hashable] | None = None,
    allow_missing: bool = False,
) -> list[Any]:
    """One label per value, in the order of the values.

    A mapping gives labels by item id; without ids on the values it is read in its own order. A
    Series is matched by its index where that holds every id.

    Raises:
        InvalidDataError: A missing label or id, or more or fewer labels than values.
    """
    if isinstance(labels, str | set | frozenset) or is_bytes(labels):
        raise InvalidDataError(name, f"expected one label per value, got {type(labels).__name__}")
    found = _labels(labels, size, name, ids)
    if len(found) != size:
        raise InvalidDataError(name, f"{len(found)} labels for {size} values")
    each = distinct(found)
    if not allow_missing and any(map(is_unlabelled, each)):
        place = next(place for place, label in enumerate(found) if is_unlabelled(label))
        raise InvalidDataError(
            name, f"the label at position {place} is missing; give every value a label"
        )
    if each is found and found:
        refuse_unusable(found, name)
    refuse_unspeakable(found, name, "label")
    refuse_alike(each, name)
    return [None if is_unlabelled(label) else label for label in found] if allow_missing else found


def _labels(labels: Any, size: int, name: str, ids: Sequence[Hashable] | None) -> list[Any]:
    if isinstance(labels, Mapping):
        if ids is None:
            in_order = range(size)
            if set(labels) == set(in_order):
                return [labels[place] for place in in_order]
            refuse_numbered(list(labels), name)
            return list(labels.values())
        without = [item for item in ids if item not in labels]
        if without:
            raise InvalidDataError(
                name, f"no label for {len(without)} of {size} items, such as {without[0]!r}"
            )
        return [labels[item] for item in ids]
    if ids is not None and _has_index(labels):
        if isinstance(ids, range) and is_counted(labels):
            return plain_list(labels)  # row numbers on both sides say no more than the order
        index = checked_ids(labels.index, name)
        if set(ids) <= set(index):
            unique_ids(index, name)
            known = dict(zip(index, plain_list(labels), strict=True))
            return [known[item] for item in ids]
        if not is_counted(labels):
            other = next(item for item in ids if item not in set(index))
            raise InvalidDataError(name, f"no label for item {other!r}")
    return plain_list(labels, name)


def aligned(
    columns: Mapping[str, Column], *, omit: bool
) -> tuple[list[FloatArray], Sequence[Hashable] | None]:
    """Columns in one order: by id where all have ids, else by position.

    With ``omit`` an item that one column lacks is NaN there; items keep the order of the first
    column, and those that it lacks follow.

    Raises:
        UnequalLengthsError: Items that not all columns have, or lengths that differ.
        InvalidDataError: Some columns are keyed by id and others are not, or an id occurs twice.
    """
    found = list(columns.values())
    with_ids = [each for each in found if each.ids is not None]
    if len(with_ids) < len(found):
        if any(each.keyed for each in found):
            plain = next(name for name, each in columns.items() if each.ids is None)
            raise InvalidDataError(
                plain, "has no ids while another side has: pass mappings from item id to value"
            )
        return _by_position(found), None
    first = found[0].ids or ()
    if all(_same_order(first, each.ids or ()) for each in found[1:]):
        unique_ids(first, next(iter(columns)))
        return [each.values for each in found], first
    if all(each.counted for each in found):  # row numbers of tables of different length
        return _by_position(found), first
    return _by_id(columns, omit=omit)


def matched(values: object, name: str, size: int, ids: Sequence[Hashable] | None) -> FloatArray:
    """One number for each of the items that were read before: by id where both have ids.

    Raises:
        InvalidDataError: An item without a number, or ids on this side only.
        UnequalLengthsError: More or fewer numbers than items.
    """
    read = column(values, name)
    if read.keyed and ids is None:
        raise InvalidDataError(name, "has item ids while the values have none: pass both by id")
    by_row = read.counted and (isinstance(ids, range) or len(read.values) == size)
    if ids is None or read.ids is None or by_row:
        if len(read.values) != size:
            raise UnequalLengthsError(size, len(read.values), f"{name} needs one value per item")
        return read.values
    unique_ids(read.ids, name)
    known = dict(zip(read.ids, read.values.tolist(), strict=True))
    without = [item for item in ids if item not in known]
    if without:
        raise InvalidDataError(name, f"{len(without)} items have no value, such as {without[0]!r}")
    return np.array([known[item] for item in ids])


def _same_order(first: Sequence[Hashable], second: Sequence[Hashable]) -> bool:
    return len(first) == len(second) and list(first) == list(second)


def _by_position(columns: Sequence[Column]) -> list[FloatArray]:
    sizes = [len(each.values) for each in columns]
    for size in sizes:
        if size != sizes[0]:
            raise UnequalLengthsError(sizes[0], size)
    return [each.values for each in columns]


def _by_id(
    columns: Mapping[str, Column], *, omit: bool
) -> tuple[list[FloatArray], Sequence[Hashable]]:
    rows: list[dict[Hashable, float]] = []
    for name, each in columns.items():
        unique_ids(each.ids or (), name)
        rows.append(dict(zip(each.ids or (), each.values.tolist(), strict=True)))
    order = list(dict.fromkeys(item for row in rows for item in row))
    partial = [item for item in order if any(item not in row for row in rows)]
    shared = len(order) - len(partial)
    mixed = len({str(item) for item in partial}) < len(partial)
    if partial and (not omit or not shared or mixed):
        sizes = [len(row) for row in rows]
        other = next((size for size in sizes if size != sizes[0]), sizes[-1])
        detail = f"{len(partial)} ids are on one side only, such as {partial[0]!r}"
        if mixed:
            detail += "; some differ only in their type, such as 1 and '1'"
        raise UnequalLengthsError(sizes[0], other, detail)
    return [np.array([row.get(item, math.nan) for item in order]) for row in rows], order


def _has_index(values: Any) -> bool:
    index = getattr(values, "index", None)
    return index is not None and not callable(index) and hasattr(values, "to_numpy")


def is_counted(values: Any) -> bool:
    """Whether the index is the row numbers that pandas gives when no index was chosen."""
    index = getattr(values, "index", None)
    return (
        type(index).__name__ == "RangeIndex"
        and getattr(index, "start", None) == 0
        and getattr(index, "step", None) == 1
    )


def by_index(values: Any) -> bool:
    """Whether the values are a Series whose index has ids, not only row numbers."""
    return _has_index(values) and not is_counted(values)


def mapped(values: Any, name: str) -> Any:
    """A Series with ids as a mapping from id to value; anything else as it is."""
    if not _has_index(values):
        return values
    ids = checked_ids(values.index, name)
    unique_ids(ids, name)
    return dict(zip(ids, plain_list(values), strict=True))


def _listed(values: Any, name: str) -> tuple[Any, Any]:
    """The values in a form with places, and as an array."""
    if isinstance(values, np.ma.MaskedArray):
        values = values.tolist()
    elif hasattr(values, "to_pylist"):
        values = values.to_pylist()
    elif isinstance(values, Iterable) and not hasattr(values, "__getitem__"):
        values = listed(values, name)
    if isinstance(values, list | tuple) and type(np.ma.masked) in set(map(type, values)):
        values = [None if value is np.ma.masked else value for value in values]
    try:
        return values, np.asarray(values)
    except (ValueError, TypeError) as error:
        raise InvalidDataError(name, f"expected one column of values ({error})") from None


def numbers_of(values: Any, name: str) -> FloatArray:
    if isinstance(values, str | set | frozenset | Mapping) or is_bytes(values):
        raise InvalidDataError(name, f"expected a sequence of numbers, got {type(values).__name__}")
    if isinstance(values, int | float):
        raise InvalidDataError(
            name, "expected one value per item, got a single number; a mean alone has no spread"
        )
    values, raw = _listed(values, name)
    if raw.ndim != 1:
        raise InvalidDataError(name, f"expected one column of values, got {raw.ndim} dimensions")
    if raw.dtype.kind == "O":
        return np.array([number(value, name, place) for place, value in enumerate(raw)], float)
    if raw.dtype.kind not in "biuf":
        for place, value in enumerate(values):  # the first that is no number
            number(value, name, place)
        raise InvalidDataError(name, f"expected numbers, got values of type {raw.dtype}")
    with np.errstate(over="ignore"):  # of a long double, which is infinite then
        floats: FloatArray = raw.astype(float)
    if raw.dtype.kind in "iu" or isinstance(values, list | tuple):
        refuse_rounded(values, floats, name)
    return floats


def number(value: Any, name: str, place: object) -> float:
    """One value as a float, NaN where it is missing; refuses what is not a number."""
    if is_missing(value):
        return math.nan
    if hasattr(value, "as_py"):  # a scalar of pyarrow
        value = value.as_py()
        return number(value, name, place)
    if isinstance(
        value,
        str | bytes | bytearray | complex | np.datetime64 | np.timedelta64 | np.complexfloating,
    ):
        raise InvalidDataError(name, f"value {place} is {repr_of(value)}, which is not a number")
    try:
        found = float(value)
    except OverflowError:
        raise InvalidDataError(name, f"value {place} is beyond the range of a float") from None
    except Exception as error:  # noqa: BLE001  # __float__ of a foreign value may raise anything
        kind = type(value).__name__
        shown = repr_of(value) if isinstance(error, TypeError | ValueError) else f"of type {kind}"
        raise InvalidDataError(name, f"value {place} is {shown}, which is not a number") from None
    if abs(found) >= EXACT:
        refuse_rounded([value], [found], name, place)
    return found
