"""Categories without an order, such as kinds of errors: any text or hashable value."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import Any

from .._core.errors import InvalidDataError, MissingValuesError, NotEnoughDataError
from .._core.lazy import FloatArray, np
from .._core.options import MISSING_POLICIES, MissingPolicy, check_choice
from .._core.shown import repr_of
from .intake import plain_list, split_ids
from .ratings import ratings_by_item
from .refusals import is_key, is_missing, is_unlabelled, refuse_alike, refuse_unspeakable


def is_text(values: Any) -> bool:
    """Whether a column holds texts that are not numbers, judged by its first value."""
    if not hasattr(values, "__len__") or isinstance(values, str | bytes | set | frozenset):
        return False
    if isinstance(values, type) or getattr(values, "ndim", None) == 0:
        return False
    if hasattr(values, "columns") or hasattr(values, "column_names"):
        return False  # a table, which gives the names of its columns
    inner = values.values() if isinstance(values, Mapping) else values
    kind = getattr(getattr(inner, "dtype", None), "kind", "O")
    if kind in "biufc":
        return False
    first: Any = next((value for value in inner if not is_missing(value)), None)
    first = first.as_py() if hasattr(first, "as_py") else first
    return isinstance(first, str) and not _is_number(first)


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def categories(values: Any, name: str, missing: MissingPolicy) -> tuple[list[Hashable], int]:
    """The categories of one group, and how many missing ones were left out."""
    check_choice("missing", missing, MISSING_POLICIES)
    if isinstance(values, str | bytes | set | frozenset):
        raise InvalidDataError(name, f"expected one category per item, got {type(values).__name__}")
    _, inner = split_ids(values, name)
    every = plain_list(inner, name)
    known = [value for value in every if not is_unlabelled(value)]
    if len(known) < len(every) and missing == "error":
        raise MissingValuesError(name, len(every) - len(known))
    for place, value in enumerate(known):
        if not is_key(value):
            raise InvalidDataError(name, f"value {place} is {repr_of(value)}, not a plain value")
    refuse_unspeakable(known, name, "category")
    if len(known) < 2:  # a category alone says nothing of its share
        raise NotEnoughDataError(f"{name}, number of values", needed=2, got=len(known))
    return known, len(every) - len(known)


def paired_categories(
    control: Any, treatment: Any, missing: MissingPolicy
) -> tuple[list[tuple[Hashable, ...]], Sequence[Hashable] | None, int]:
    """Both categories of every item, the ids, and how many items were left out."""
    check_choice("missing", missing, MISSING_POLICIES)
    rows, ids = ratings_by_item([control, treatment], complete=False)
    kept = [place for place, row in enumerate(rows) if None not in row]
    if len(kept) < len(rows) and missing == "error":
        raise MissingValuesError("pairs", len(rows) - len(kept))
    if len(kept) < 2:  # as in every paired comparison
        raise NotEnoughDataError("pairs, number of values", needed=2, got=len(kept))
    chosen = None if ids is None else [ids[place] for place in kept]
    return [rows[place] for place in kept], chosen, len(rows) - len(kept)


def count_table(
    groups: Sequence[Sequence[Hashable]],
) -> tuple[FloatArray, list[Hashable]]:
    """How often each category occurs in each group: groups in rows, categories in columns."""
    names = list(dict.fromkeys(value for group in groups for value in group))
    refuse_alike(names, "categories")
    column = {name: place for place, name in enumerate(names)}
    table = np.zeros((len(groups), len(names)))
    for row, group in enumerate(groups):
        np.add.at(table[row], [column[value] for value in group], 1.0)
    return table, names
