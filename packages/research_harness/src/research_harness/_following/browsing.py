"""Rows of a run page by page, with filters, and all that is known of one row."""

import contextlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import msgspec
import numpy as np

from .._artifacts.folder import RunFolder
from .._artifacts.traces import TRACES, row_key
from .._core.errors import HarnessError
from .._core.text import safe_text
from .._engine.journal import row_text
from .._outcome.row import Row, decode_row
from .follower import RunFollower
from .line_search import lines_with
from .row_events import events_of_row
from .row_index import FAILED, RIGHT, WRONG

RowKind: TypeAlias = Literal["right", "wrong", "failed"]
MAX_PAGE = 200
_KINDS: dict[RowKind, int] = {"right": RIGHT, "wrong": WRONG, "failed": FAILED}
_BATCH = 8_192
# So many rows are read for one page when a text is looked for; the next page goes on from there.
_MAX_READ = 5_000
_SHORT = 300
_MAX_DEPTH = 20
_MAX_LIST = 10_000
_MAX_CALLS = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class RowFilter:
    """Which rows are wanted.

    Attributes:
        condition: The name of the condition; empty for all.
        kind: ``right``, ``wrong`` or ``failed``; None for all.
        text: A text in the id of the item, the answer or the error, in any case.
    """

    condition: str = ""
    kind: RowKind | None = None
    text: str = ""


class _ItemId(msgspec.Struct):
    id: str


_item_decoder = msgspec.json.Decoder(_ItemId)


def rows_page(
    follower: RunFollower, wanted: RowFilter, *, start: int = 0, limit: int = 50
) -> dict[str, Any]:
    """Rows in the order of the plan.

    Args:
        follower: The run.
        wanted: Which rows.
        start: The number of the first row to look at.
        limit: The maximum number of rows, at most ``MAX_PAGE``.

    Returns:
        The rows, and as ``next`` the number to go on from; without it there are no further rows.
    """
    limit = max(1, min(limit, MAX_PAGE))
    rows: list[dict[str, Any]] = []
    for read, (number, position) in enumerate(_entries(follower, wanted, max(0, start))):
        if len(rows) == limit or read == _MAX_READ:
            return {"rows": rows, "next": number}
        row = _row_at(follower, position)
        if row is not None and _has_text(row, wanted.text.casefold()):
            rows.append(_short(row))
    return {"rows": rows}


def whole_row(
    follower: RunFollower, number: int, *, max_text: int = 100_000
) -> dict[str, Any] | None:
    """All that is known of a row: what was asked, the calls, the score, the trace, the events.

    Args:
        follower: The run.
        number: The number of the row in the plan. Where the follower has not read the whole
            journal, the row is looked for without it.
        max_text: The maximum number of characters of each text.

    Returns:
        Plain values with long texts cut; None when the row is not finished.
    """
    row = _row_searched(follower, number) if follower.behind else _row_known(follower, number)
    if row is None:
        return None
    folder = follower.state.folder
    found: dict[str, Any] = {**row.to_dict(), "kind": _kind(row), "item": _item(folder, row)}
    found["calls"] = _calls(follower, row)
    found["trace"] = _trace(folder, row)
    found["events"] = events_of_row(folder, row)
    cut: dict[str, Any] = _cut(found, max_text)
    return cut


def _entries(follower: RunFollower, wanted: RowFilter, start: int) -> Iterator[tuple[int, int]]:
    """The numbers and positions of rows, by what the index knows."""
    names = follower.names
    if wanted.condition and wanted.condition not in names:
        return
    while start < follower.index.length:
        entries = follower.index.entries(start, _BATCH)
        chosen = entries["at"] > 0
        if wanted.condition:
            chosen &= entries["condition"] == names.index(wanted.condition)
        if wanted.kind is not None:
            chosen &= entries["kind"] == _KINDS[wanted.kind]
        for at in np.flatnonzero(chosen).tolist():
            yield start + at, int(entries["at"][at]) - 1
        start += max(1, len(entries))


def _row_known(follower: RunFollower, number: int) -> Row | None:
    entry = follower.index.get(number) if 0 <= number < follower.index.length else None
    return None if entry is None else _row_at(follower, entry.position)


def _row_searched(follower: RunFollower, number: int) -> Row | None:
    """The last row of this number in the journal, found without reading the others."""
    last = None
    with contextlib.suppress(HarnessError, OSError):
        for line in follower.tail.lines_with(b'"row":{"index":%d,' % number):
            row = _row_of(line)
            if row is not None and row.index == number:
                last = row
    return last


def _row_at(follower: RunFollower, position: int) -> Row | None:
    return _row_of(follower.tail.line_at(position))


def _row_of(line: bytes) -> Row | None:
    text = row_text(line)
    if text is None:
        return None
    try:
        return decode_row(text)
    except (ValueError, msgspec.MsgspecError):
        return None


def _has_text(row: Row, text: str) -> bool:
    if not text:
        return True
    searched = (row.item_id, row.prediction, row.error, row.error_type)
    return any(text in str(each).casefold() for each in searched if each is not None)


def _kind(row: Row) -> str:
    return "failed" if row.failed else "right" if row.correct else "wrong"


def _short(row: Row) -> dict[str, Any]:
    found: dict[str, Any] = {
        name: getattr(row, name)
        for name in ("index", "repeat", "score", "latency_ms", "cost_usd", "attempts")
    }
    texts = {
        "item_id": row.item_id,
        "condition": row.condition,
        "answer": "" if row.prediction is None else row.prediction,
        "error": f"{row.error_type}: {row.error}" if row.failed else "",
    }
    shown = {name: safe_text(text, limit=_SHORT) for name, text in texts.items()}
    return {**found, **shown, "kind": _kind(row)}


def _item(folder: RunFolder, row: Row) -> Any:
    """The item of a row as the run drew it; None when it is not found."""
    path = folder.file("dataset.jsonl")
    with contextlib.suppress(OSError, ValueError, RecursionError):
        # Other JSON forms of the id, such as with escapes, are found by decoding every line.
        for text in (json.dumps(row.item_id, ensure_ascii=False).encode(), b'"id"'):
            for line in lines_with(path, text):
                if _item_id(line) == row.item_id:
                    return json.loads(line)
    return None


def _item_id(line: bytes) -> str | None:
    try:
        return _item_decoder.decode(line).id
    except (ValueError, RecursionError, msgspec.MsgspecError):
        return None


def _calls(follower: RunFollower, row: Row) -> list[dict[str, object]]:
    try:
        found = follower.calls.of(row)
    except (HarnessError, OSError, ValueError):
        return []
    return [each.to_dict() for each in found[:_MAX_CALLS]]


def _trace(folder: RunFolder, row: Row) -> Any:
    key = row_key(folder.id, row.condition, row.item_id, row.repeat).encode()
    last = None
    try:
        for line in lines_with(folder.file(TRACES), key):
            last = line
        return None if last is None else json.loads(last)
    except (OSError, ValueError, RecursionError):
        return None


def _cut(value: Any, limit: int, depth: int = 0) -> Any:
    """A value with texts of bounded length, as JSON can hold it."""
    if isinstance(value, dict) and depth < _MAX_DEPTH:
        names = (safe_text(name, limit=_SHORT) for name in value)
        inner = (_cut(each, limit, depth + 1) for each in value.values())
        return dict(zip(names, inner, strict=True))
    if isinstance(value, list | tuple) and depth < _MAX_DEPTH:
        return [_cut(each, limit, depth + 1) for each in value[:_MAX_LIST]]
    if value is None or isinstance(value, bool | int | float):
        return value
    return safe_text(value, limit=limit)
