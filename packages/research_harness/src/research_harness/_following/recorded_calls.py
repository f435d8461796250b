"""The calls of single rows of a run that is followed, whether its log grows or is compressed."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from .._core.files import is_there
from .._core.parts import parts_of, unpacked_parts
from .._core.system import open_plain
from .._engine.response_log import calls_of_row
from .._outcome.responses import ResponseRecord
from .._outcome.row import Row

_Known = tuple[tuple[str, int, int], ...]


class RecordedCalls:
    """Finds the calls of a row; the closed parts of the log are unpacked once.

    Args:
        path: The log of responses of the run.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._known: _Known = ()
        self._closed: BinaryIO | None = None

    def of(self, row: Row) -> list[ResponseRecord]:
        """The last calls of a row.

        Args:
            row: A finished row.

        Raises:
            JournalError: A part of the log is damaged, or of another form.
            OSError: The log cannot be read.
        """
        # The live file is opened first: one that is closed meanwhile is then read twice, not never.
        with self._lock, _opened(self._path) as live:
            files = [file for file in (self._unpacked(), live) if file is not None]
            return calls_of_row(
                files,
                index=row.index,
                condition=row.condition,
                item_id=row.item_id,
                repeat=row.repeat,
            )

    def close(self) -> None:
        """Give the temporary file back."""
        with self._lock:
            self._forget()

    def _unpacked(self) -> BinaryIO | None:
        known = _state_of(parts_of(self._path))
        if known != self._known:
            self._forget()
            self._closed = unpacked_parts(self._path)
            self._known = known
        return self._closed

    def _forget(self) -> None:
        if self._closed is not None:
            self._closed.close()
        self._closed, self._known = None, ()


@contextmanager
def _opened(path: Path) -> Iterator[BinaryIO | None]:
    """The file that is appended to, within a block; None when it is not there."""
    if not is_there(path):
        yield None
        return
    with open_plain(path) as file:
        yield file


def _state_of(parts: list[Path]) -> _Known:
    found = []
    for part in parts:
        state = part.stat()
        found.append((part.name, state.st_ino, state.st_size))
    return tuple(found)
