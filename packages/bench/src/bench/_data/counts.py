"""Counts that a caller passes one by one: whole numbers from 0 up, of any library."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

from .._core.errors import InvalidDataError
from .._core.lazy import FloatArray, np
from .._core.options import plain_number
from .._core.shown import repr_of
from .intake import number, numbers_of
from .rounding import EXACT


def count(value: Any, name: str) -> int:
    """A count as an int; refuses what is missing, negative, or not a whole number."""
    found = plain_number(value)
    if not math.isfinite(found) or found != int(found) or found < 0:
        raise InvalidDataError(
            name, f"{repr_of(value)} is not a count: pass a whole number from 0 up"
        )
    if found >= EXACT:
        raise InvalidDataError(name, f"counts from {EXACT:g} on, which a float does not hold")
    return int(found)


def share_of(successes: Any, n: Any, name: str = "") -> tuple[int, int]:
    """How many of how many; refuses 0 in all, and more successes than that."""
    prefix = f"{name}_" if name else ""
    right, size = count(successes, f"{prefix}successes"), count(n, f"{prefix}n")
    if size == 0 or right > size:
        raise InvalidDataError(f"{prefix}successes", f"{right} of {size} is not a proportion")
    return right, size


def table_of_counts(table: Any, name: str) -> FloatArray:
    """A rectangular table of numbers; missing ones are refused."""
    try:
        found = np.asarray(_rows_of_counts(table, name))
        if found.dtype.kind not in "biuf":
            flat = [number(each, name, place) for place, each in enumerate(found.ravel())]
            found = np.array(flat).reshape(found.shape)
    except (ValueError, TypeError) as error:
        raise InvalidDataError(name, f"expected rows of equal length ({error})") from None
    if found.dtype.kind == "b":
        raise InvalidDataError(name, "expected counts, got truth values")
    counts: FloatArray = found.astype(float)
    if np.isnan(counts).any():
        raise InvalidDataError(name, "a count is missing")
    if (np.abs(counts) >= EXACT).any():
        raise InvalidDataError(name, f"counts from {EXACT:g} on, which a float does not hold")
    return counts


def _rows_of_counts(table: Any, name: str) -> Any:
    """The table as it is where it is one already, else its rows, each read as a column."""
    if isinstance(table, np.ma.MaskedArray):
        return table.filled(math.nan) if table.dtype.kind == "f" else table.tolist()
    if hasattr(table, "to_numpy"):
        return table.to_numpy()
    if isinstance(table, np.ndarray) or not isinstance(table, Iterable):
        return table
    return [numbers_of(row, name) for row in table]
