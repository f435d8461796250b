"""Scores of a system by item: one each, or the repeats of each, with missing answers as NaN."""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, SupportsFloat

from .._core.errors import InvalidDataError
from .._core.lazy import FloatArray, np
from .._core.options import check_choice
from .intake import is_counted, number, plain_list, split_ids

Score = SupportsFloat | None
Scores = Iterable[Score | Iterable[Score]] | Mapping[Any, Score | Iterable[Score]]
"""One score for each item, or the scores of its repeats; by item id, or in order."""

MissingAnswers = Literal["error", "wrong", "omit"]
MISSING_ANSWERS: tuple[MissingAnswers, ...] = ("error", "wrong", "omit")


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreRows:
    """One list of repeats per item, missing answers as NaN, with the ids of the items."""

    rows: list[list[float]]
    ids: Sequence[Hashable] | None
    keyed: bool
    counted: bool = False

    @property
    def matched_by_id(self) -> bool:
        """Whether the ids say which item is which: keys, or an index that someone chose."""
        return self.ids is not None and not self.counted


def score_rows(scores: Scores, name: str = "scores") -> ScoreRows:
    """Scores as they come: by id or in order, one a item or the repeats of each."""
    if isinstance(scores, str | bytes | set | frozenset):
        raise InvalidDataError(name, f"expected scores by item, got {type(scores).__name__}")
    ids, values = split_ids(scores, name)
    rows = []
    for index, entry in enumerate(plain_list(values)):
        many = hasattr(entry, "__len__") and not isinstance(entry, str | bytes)
        repeats = plain_list(entry) if many else [entry]
        if isinstance(entry, Mapping):
            raise InvalidDataError(name, f"item {index} is a mapping, not a score or its repeats")
        rows.append([number(each, name, index) for each in repeats])
    if not rows or not all(rows):
        raise InvalidDataError(name, "no items, or an item without answers")
    if any(math.isinf(value) for row in rows for value in row):
        raise InvalidDataError(name, "infinite values cannot be averaged")
    return ScoreRows(
        rows=rows,
        ids=ids,
        keyed=isinstance(scores, Mapping),
        counted=ids is not None and is_counted(scores),
    )


def without_missing(
    rows: list[list[float]], missing: str
) -> tuple[list[list[float]], int, FloatArray]:
    """Missing answers scored 0 or left out; how many there were; which items are kept."""
    check_choice("missing", missing, MISSING_ANSWERS)
    count = sum(math.isnan(value) for row in rows for value in row)
    if count and missing == "error":
        raise InvalidDataError(
            "scores",
            f"{count} missing answers: pass missing='wrong' to count them as wrong,"
            " or missing='omit' to leave them out",
        )
    if missing == "wrong":
        rows = [[0.0 if math.isnan(value) else value for value in row] for row in rows]
    kept = [[value for value in row if not math.isnan(value)] for row in rows]
    present = np.array([bool(row) for row in kept])
    return [row for row in kept if row], count, present
