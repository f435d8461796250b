"""Long tables: one row per observation, as mappings, columns, or a data frame."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol

from .._core.errors import InvalidDataError, MissingValuesError
from .._core.lazy import np
from .._core.options import MISSING_POLICIES, MissingPolicy, check_choice
from .intake import plain_list
from .refusals import is_bytes, is_key, is_unlabelled, refuse_alike, refuse_unspeakable
from .values import as_array, check_squares


class Frame(Protocol):
    """A pandas frame, a pyarrow table, or another object that gives columns by name."""

    def __len__(self) -> int: ...

    def __getitem__(self, name: str, /) -> Any: ...


Rows = Sequence[Mapping[str, object]] | Mapping[str, Iterable[object]] | Frame
"""A sequence of mappings, a mapping of columns, a pandas frame or a pyarrow table."""


def columns_of(rows: Rows, names: Sequence[str]) -> dict[str, list[Any]]:
    """The named columns, each as a list of equal length.

    Raises:
        InvalidDataError: A column is missing, or the columns differ in length.
    """
    found = {name: _column(rows, name) for name in dict.fromkeys(names)}
    lengths = {len(column) for column in found.values()}
    if len(lengths) > 1:
        sizes = ", ".join(f"{name}: {len(column)}" for name, column in found.items())
        raise InvalidDataError("rows", f"the columns differ in length ({sizes})")
    return found


def _column(rows: Rows, name: str) -> list[Any]:
    known = _names(rows)
    if name not in known:
        raise InvalidDataError(
            "rows", f"no column {name!r}; there are {', '.join(map(repr, known)) or 'none'}"
        )
    if isinstance(rows, Sequence):
        return [row.get(name) for row in rows]
    column = rows[name]
    other = is_bytes(column) or not (isinstance(column, Iterable) or hasattr(column, "__array__"))
    if other or isinstance(column, Mapping | str | set | frozenset):
        raise InvalidDataError(
            "rows", f"column {name!r} is a {type(column).__name__}, expected one value per row"
        )
    return plain_list(column, name)


def _names(rows: Rows) -> list[str]:
    if isinstance(rows, Mapping):
        return list(rows)
    if isinstance(rows, Sequence) and all(isinstance(row, Mapping) for row in rows):
        return list(dict.fromkeys(name for row in rows for name in row))
    for attribute in ("column_names", "columns"):
        if hasattr(rows, attribute):
            return [str(name) for name in getattr(rows, attribute)]
    raise InvalidDataError(
        "rows",
        "expected a sequence of mappings, a mapping of columns, a pandas frame or a pyarrow"
        f" table, got {type(rows).__name__}",
    )


def complete_rows(
    rows: Rows, *, numbers: Sequence[str], labels: Sequence[str], missing: MissingPolicy = "error"
) -> tuple[dict[str, Any], dict[str, list[str]], int]:
    """The numeric columns as arrays and the others as text, without rows that miss a value.

    Returns:
        Arrays by name, labels by name, and how many rows were left out.

    Raises:
        MissingValuesError: Something is missing and ``missing`` is ``error``.
        InvalidDataError: A column is missing, or not numeric where it must be.
    """
    check_choice("missing", missing, MISSING_POLICIES)
    columns = columns_of(rows, [*numbers, *labels])
    arrays = {name: as_array(columns[name], name) for name in numbers}
    for name, array in arrays.items():
        if np.isinf(array).any():
            raise InvalidDataError(name, "infinite values cannot be modelled")
        check_squares(array[~np.isnan(array)], name)
    size = len(next(iter(columns.values()), ()))
    incomplete = np.zeros(size, dtype=bool)
    for name in (*numbers, *labels):
        gaps = np.isnan(arrays[name]) if name in arrays else _gaps(columns[name])
        if gaps.any() and missing == "error":
            raise MissingValuesError(name, int(gaps.sum()))
        incomplete |= gaps
    kept = np.flatnonzero(~incomplete)
    for name in labels:
        refuse_unspeakable(columns[name], name, "label")
    texts = {name: _texts([columns[name][index] for index in kept], name) for name in labels}
    return {name: array[kept] for name, array in arrays.items()}, texts, int(incomplete.sum())


def _gaps(column: Iterable[Any]) -> Any:
    return np.asarray([is_unlabelled(value) for value in column], dtype=bool)


def _texts(labels: list[Any], name: str) -> list[str]:
    """Labels as texts, where those that are equal, such as 1 and 1.0, have one text."""
    if not all(map(is_key, labels)):
        return [str(each) for each in labels]
    refuse_alike(labels, name)
    known: dict[Any, str] = {}
    return [known.setdefault(each, str(each)) for each in labels]
