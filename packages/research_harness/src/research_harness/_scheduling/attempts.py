"""The record of attempts that were not kept: what was asked again, when, why, and at what cost."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

import msgspec

from .._core.errors import JournalError
from .._core.files import bounded_lines, is_there
from .._core.secrets import redacted
from .._core.system import open_plain
from .._engine.frames import Frame, cut_torn_line, open_for_append, write_all
from .._outcome.row import Failure, Row

_FRAME = Frame("attempt")
Why = Literal["retry", "outage"]


class Attempt(msgspec.Struct, frozen=True, kw_only=True):
    """One attempt at a row that was not kept.

    Attributes:
        index: The number of the row in the plan.
        item_id: The row's item.
        condition: The row's condition.
        repeat: The row's repeat.
        attempt: The number of the attempt, from 1.
        failure: Why it failed, as ``Row.failure``.
        error_type: The class of the error.
        error: Its message.
        why: ``retry``, or ``outage`` for a row of a service that was away.
        pause_ms: The pause before the next attempt; None where it depends on the service.
        cost_usd: What it cost; None when unknown.
        known_cost_usd: Of an unknown cost, the part that is known.
        started_us: Wall-clock start, microseconds since the epoch.
        duration_ms: How long it took.
    """

    index: int
    item_id: str
    condition: str
    repeat: int
    attempt: int
    failure: Failure
    error_type: str
    error: str
    why: Why
    pause_ms: float | None
    cost_usd: float | None
    known_cost_usd: float | None
    started_us: int
    duration_ms: float

    def to_dict(self) -> dict[str, Any]:
        """The attempt as plain values."""
        return msgspec.structs.asdict(self)


_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(Attempt)


class AttemptLog:
    """Appends attempts that are not kept; the file is made when the first one comes.

    Args:
        path: The file.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: int | None = None

    def add(self, row: Row, *, why: Why, pause_ms: float | None = None) -> None:
        """Record an attempt.

        Raises:
            JournalError: The file cannot be written.
        """
        attempt = Attempt(
            index=row.index,
            item_id=row.item_id,
            condition=row.condition,
            repeat=row.repeat,
            attempt=row.attempts,
            failure=row.failure,
            error_type=row.error_type,
            error=row.error,
            why=why,
            pause_ms=None if pause_ms is None else round(pause_ms, 3),
            cost_usd=row.cost_usd,
            known_cost_usd=row.known_cost_usd,
            started_us=row.started_us,
            duration_ms=row.duration_ms,
        )
        try:
            if self._file is None:
                self._file = open_for_append(self._path)
                cut_torn_line(self._file)
            write_all(self._file, _FRAME.line(redacted(_encoder.encode(attempt))))
        except OSError as error:
            raise JournalError(
                self._path, f"cannot be written: {error.strerror or error}"
            ) from error

    def close(self) -> None:
        """Close the file."""
        if self._file is not None:
            os.close(self._file)
            self._file = None


def read_attempts(path: Path) -> Iterator[Attempt]:
    """The attempts of a run that were not kept, in the order they ended.

    Args:
        path: The file; without one there were none.
    """
    if not is_there(path):
        return
    with open_plain(path) as file:
        for line in bounded_lines(file, path):
            text = _FRAME.value(line)
            if text is None:
                continue
            try:
                yield _decoder.decode(text)
            except (ValueError, RecursionError, msgspec.MsgspecError):
                continue
