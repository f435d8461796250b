"""The durable record of spending: what is reserved is written before it can be spent.

One line for each reservation of a row and one for what the row has spent, in
``checkpoints/spending.jsonl``. After a crash a reservation without an end counts in full, because
its calls may have been billed.
"""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from .._core.errors import JournalError
from .._core.files import bounded_lines, is_there
from .._core.system import open_plain
from .._engine.frames import Frame, cut_torn_line, open_for_append, write_all
from .amounts import NOTHING, Amount

_FRAME = Frame("spending")
Key = tuple[str, str]  # the kind of a ceiling and the name in it


class _Line(msgspec.Struct, frozen=True, omit_defaults=True):
    session: str
    number: int
    condition: str = ""
    reserved: tuple[float, float, float] | None = None
    spent: tuple[float, float, float] | None = None
    providers: dict[str, tuple[float, float, float]] = {}
    time_ms: float = 0.0


_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(_Line)


class SpendingLog:
    """Appends reservations and ends of one session.

    Args:
        path: The file; made when the first line is written.
        session: The session's own name in it.
    """

    def __init__(self, path: Path, session: str) -> None:
        self._path = path
        self._session = session
        self._file: int | None = None

    def write(self, number: int, **found: Any) -> None:
        """Hand a line to the operating system, which a kill of the process does not undo.

        Raises:
            JournalError: The file cannot be written; nothing may be sent.
        """
        line = _FRAME.line(_encoder.encode(_Line(self._session, number, **found)))
        try:
            if self._file is None:
                self._file = open_for_append(self._path)
                cut_torn_line(self._file)
            write_all(self._file, line)
        except OSError as error:
            raise JournalError(
                self._path, f"cannot be written: {error.strerror or error}"
            ) from error

    def close(self) -> None:
        """Close the file."""
        if self._file is not None:
            os.close(self._file)
            self._file = None


def spent_before(path: Path) -> tuple[dict[Key, Amount], float]:
    """What earlier sessions spent, for each ceiling, and how long they took in milliseconds.

    Args:
        path: The file; without one, nothing was spent.
    """
    last: dict[tuple[str, int], _Line] = {}
    times: dict[str, float] = {}
    if is_there(path):
        with open_plain(path) as file:
            for text in bounded_lines(file, path):
                line = _read(text)
                if line is not None:
                    last[line.session, line.number] = line
                    times[line.session] = max(times.get(line.session, 0.0), line.time_ms)
    sums: dict[Key, Amount] = {}
    for line in last.values():
        whole = Amount(*(line.reserved if line.spent is None else line.spent) or NOTHING)
        _add(sums, {("run", ""): whole, ("condition", line.condition): whole})
        _add(sums, {("provider", name): Amount(*each) for name, each in line.providers.items()})
    return sums, sum(times.values())


def _add(sums: dict[Key, Amount], more: Mapping[Key, Amount]) -> None:
    for key, amount in more.items():
        sums[key] = sums.get(key, NOTHING).plus(amount)


def _read(line: bytes) -> _Line | None:
    text = _FRAME.value(line)
    if text is None:
        return None
    try:
        return _decoder.decode(text)
    except (ValueError, RecursionError, msgspec.MsgspecError):
        return None
