"""The marks that scorers give recorded answers again; no condition is called."""

import asyncio
import itertools
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import msgspec

from .._core.errors import ScorerError
from .._engine.scoring import Mark, Scoring
from .._outcome.row import Row

# Rows that async scorers have at the same time; each batch ends before the next one is read.
_BATCH = 256


def marked_again(rows: Iterable[tuple[Row, Any]], scoring: Scoring) -> Iterator[tuple[Row, Row]]:
    """Each row, and the row with the mark that its answer gets now.

    Args:
        rows: The rows, each with its item.
        scoring: Scores the answers.

    Raises:
        ScorerError: A scorer failed; names it and the row.
    """
    if not scoring.awaits():
        for row, item in rows:
            yield row, _marked(row, scoring.mark_now(row.prediction, item) if _has(row) else None)
        return
    with _loop() as loop:
        remaining = iter(rows)
        while batch := list(itertools.islice(remaining, _BATCH)):
            marks = asyncio.run_coroutine_threadsafe(_marks(scoring, batch), loop).result()
            for (row, _), mark in zip(batch, marks, strict=True):
                yield row, _marked(row, mark)


async def _marks(scoring: Scoring, batch: list[tuple[Row, Any]]) -> list[Mark | None]:
    async def one(row: Row, item: Any) -> Mark | None:
        return await scoring.mark(row.prediction, item) if _has(row) else None

    return await asyncio.gather(*(one(row, item) for row, item in batch))


@contextmanager
def _loop() -> Iterator[asyncio.AbstractEventLoop]:
    """An event loop in a thread of its own: the caller may be in a loop, as in a notebook."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="scoring", daemon=True)
    thread.start()
    try:
        yield loop
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


def _has(row: Row) -> bool:
    """Whether there is an answer to score."""
    return not row.failed or row.failure == "score"


def _marked(row: Row, mark: Mark | None) -> Row:
    if mark is None:
        return row
    if mark.error is not None:
        where = f"row {row.index} (condition {row.condition!r}, item {row.item_id!r})"
        raise ScorerError(f"{where}: {mark.error}") from mark.error
    kept = {name: value for name, value in row.values.items() if name not in mark.unscored}
    further = {**kept, **mark.further}
    before = (row.correct, row.score, row.extraction, row.error_type, row.error, row.failure)
    now = (mark.correct, mark.value, mark.extraction, "", "", "")
    if before == now and (further, mark.unscored) == (row.values, row.unscored):
        return row
    return msgspec.structs.replace(
        row,
        correct=mark.correct,
        score=mark.value,
        extraction=mark.extraction,
        values=further,
        unscored=mark.unscored,
        error_type="",
        error="",
        failure="",
    )
