"""Scores of a system by item: one each, or the repeats of each, with missing answers as NaN."""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, SupportsFloat

from .._core.arithmetic import mean
from .._core.errors import InvalidDataError
from .._core.lazy import FloatArray, np
from .._core.options import check_choice
from .intake import is_counted, number, plain_list, split_ids, unique_ids
from .refusals import MOST, is_bytes
from .rounding import refuse_rounded

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
    if getattr(getattr(values, "dtype", None), "names", None):
        raise InvalidDataError(name, "expected scores by item, got a structured array")
    if ids is not None:
        unique_ids(ids, name)
    plain = single_scores(values, name)
    if plain is not None:
        return ScoreRows(
            rows=[[value] for value in plain.tolist()],
            ids=ids,
            keyed=isinstance(scores, Mapping),
            counted=ids is not None and is_counted(scores),
        )
    rows = []
    for index, entry in enumerate(plain_list(values)):
        if isinstance(entry, Mapping | set | frozenset):
            kind = "a mapping" if isinstance(entry, Mapping) else "a set, which drops equal scores"
            raise InvalidDataError(name, f"item {index} is {kind}; pass a score or its repeats")
        rows.append([number(each, name, index) for each in _repeats_of(entry)])
    if not rows or not all(rows):
        raise InvalidDataError(name, "no items, or an item without answers")
    _refuse_too_large(rows, name)
    return ScoreRows(
        rows=rows,
        ids=ids,
        keyed=isinstance(scores, Mapping),
        counted=ids is not None and is_counted(scores),
    )


def _refuse_too_large(rows: Sequence[Sequence[float]], name: str) -> None:
    for place, row in enumerate(rows):
        if any(map(math.isinf, row)):
            raise InvalidDataError(name, f"item {place} has an infinite score")
        if any(abs(value) > MOST for value in row):
            raise InvalidDataError(
                name, f"item {place} has a score beyond {MOST:g}, whose sums a float cannot hold"
            )


def _repeats_of(entry: Any) -> list[Any]:
    """The repeats of an item, or its one score."""
    single = isinstance(entry, str) or is_bytes(entry) or getattr(entry, "ndim", None) == 0
    if single or not (hasattr(entry, "__len__") or isinstance(entry, Iterator)):
        return [entry]
    return plain_list(entry)


def single_scores(scores: Any, name: str = "scores") -> FloatArray | None:
    """One finite score an item of a plain array or list, read at once; None for others."""
    if isinstance(scores, list):
        simple = set(map(type, scores)) <= {int, float, bool}
    else:
        simple = type(scores) is np.ndarray and scores.ndim == 1 and scores.dtype.kind in "biuf"
    if not simple or not len(scores):
        return None
    try:
        found = np.asarray(scores, dtype=float)
    except OverflowError:
        return None
    if not (float(found.min()) >= -MOST and float(found.max()) <= MOST):  # or one is NaN
        return None
    if isinstance(scores, list) or scores.dtype.kind in "iu":
        refuse_rounded(scores, found, name)
    return found


def item_means(rows: Sequence[Sequence[float]]) -> FloatArray:
    """The mean of the repeats of every item."""
    if all(len(row) == 1 for row in rows):
        return np.array([row[0] for row in rows], dtype=float)
    return np.array([mean(np.array(row, dtype=float)) for row in rows])


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
    if not count:
        return rows, 0, np.ones(len(rows), dtype=bool)
    if missing == "wrong":
        rows = [[0.0 if math.isnan(value) else value for value in row] for row in rows]
    kept = [[value for value in row if not math.isnan(value)] for row in rows]
    present = np.array([bool(row) for row in kept])
    return [row for row in kept if row], count, present
