"""From what a caller passes to clean arrays of floats."""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import Any, SupportsFloat

from .._core.arithmetic import is_binary
from .._core.errors import InvalidDataError, MissingValuesError, NotEnoughDataError
from .._core.lazy import FloatArray, IntArray, np
from .._core.options import MISSING_POLICIES, MissingPolicy, check_choice

Values = Iterable[SupportsFloat | None]
"""A list, tuple, array, pandas or pyarrow column of numbers or truth values."""

ValuesByItem = Values | Mapping[Any, SupportsFloat | None]
"""Values in the order of the items, or a mapping from item id to value."""

Groups = Mapping[str, ValuesByItem] | Sequence[ValuesByItem]
"""Values by group: a mapping from name to values, or the groups in order."""

Labels = Iterable[Hashable]
"""One label for each value, such as the name of its cluster or its item."""


def as_array(values: object, name: str) -> FloatArray:
    """The values as floats, missing ones as NaN; refuses what is not a column of numbers."""
    if isinstance(values, str | bytes | Mapping | set | frozenset):
        raise InvalidDataError(name, f"expected a sequence of numbers, got {type(values).__name__}")
    if isinstance(values, int | float):
        raise InvalidDataError(
            name, "expected one value per item, got a single number; a mean alone has no spread"
        )
    if isinstance(values, Iterable) and not hasattr(values, "__len__"):
        values = list(values)
    raw = np.asarray(values)
    if raw.dtype.kind == "O":
        raw = np.asarray(_objects(raw, name), dtype=float)
    if raw.dtype.kind not in "biuf":
        raise InvalidDataError(name, f"expected numbers, got values of type {raw.dtype}")
    if raw.ndim != 1:
        raise InvalidDataError(name, f"expected one column of values, got {raw.ndim} dimensions")
    return raw.astype(float)


def _objects(raw: Any, name: str) -> list[float]:
    if raw.ndim != 1:
        raise InvalidDataError(name, "expected one column of values of equal kind")
    found = []
    for index, value in enumerate(raw):
        absent = value is None or type(value).__name__ in ("NAType", "NaTType")
        if not absent and isinstance(value, str | bytes | complex):
            raise InvalidDataError(name, f"value {index} is {value!r}, which is not a number")
        try:
            found.append(math.nan if absent else float(value))
        except (TypeError, ValueError):
            raise InvalidDataError(
                name, f"value {index} is {value!r}, which is not a number"
            ) from None
    return found


def clean(
    values: Values, name: str, *, missing: MissingPolicy = "error", min_count: int = 1
) -> tuple[FloatArray, int]:
    """Finite values, and how many missing ones were left out."""
    check_choice("missing", missing, MISSING_POLICIES)
    array = as_array(values, name)
    absent = np.isnan(array)
    count = int(absent.sum())
    if count:
        if missing == "error":
            raise MissingValuesError(name, count)
        array = array[~absent]
    if not np.isfinite(array).all():
        raise InvalidDataError(name, "infinite values cannot be averaged or ranked against")
    if len(array) < min_count:
        raise too_few(name, min_count, len(array))
    return array, count


def too_few(name: str, min_count: int, got: int) -> NotEnoughDataError:
    """The error for a group of one: often a mean was passed instead of its values."""
    hint = ""
    if got == 1:
        hint = (
            "one value has no spread. Pass the score of every item rather than their mean, and"
            " compare_paired when both systems answered the same items"
        )
    return NotEnoughDataError(f"{name}, number of values", needed=min_count, got=got, hint=hint)


def cluster_codes(clusters: Labels, size: int) -> tuple[IntArray, int]:
    """Clusters numbered 0, 1, ... in order of appearance, and how many there are."""
    labels = list(clusters)
    if len(labels) != size:
        raise InvalidDataError("clusters", f"{len(labels)} labels for {size} values")
    numbers: dict[Any, int] = {}
    codes = [numbers.setdefault(label, len(numbers)) for label in labels]
    if len(numbers) < 2:
        raise NotEnoughDataError(
            "clusters",
            needed=2,
            got=len(numbers),
            hint="one cluster carries no information on the spread between clusters",
        )
    return np.asarray(codes, dtype=np.int64), len(numbers)


def need_binary(name: str, array: FloatArray) -> None:
    if not is_binary(array):
        other = next(float(value) for value in array if value not in (0.0, 1.0))
        raise InvalidDataError(name, f"expected only 0 and 1, got {other:g}")
