"""The journal: every finished row, handed to the operating system within 20 ms.

One JSON object a line, ``{"crc":"<CRC-32 of the row's bytes>","row":{...}}``, only appended to. The
first line of a file states its form, ``{"schema":1,"crc":...``. A file of 64 MB is closed and
compressed while the run goes on, and a new one begins.
Rows gather for 10 to 20 ms, and are encoded and handed to the operating system together, which a
kill of the process does not undo. A second thread waits for the disk, once for all that has
gathered meanwhile (group commit), so that a power cut loses no more than the last group and a slow
disk keeps no row back. After a crash the file may end in a torn line; it is cut off when the file
is opened again.
"""

import contextlib
import os
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, BinaryIO, Self, TypeVar

import msgspec

from .._core.errors import HarnessError, JournalError, RunLockedError
from .._core.files import bounded_lines
from .._core.parts import compress, open_parts, parts_of, rotate, with_schema
from .._core.secrets import known_keys
from .._core.system import sync_file, try_lock
from .._outcome.row import (
    Row,
    RowEnd,
    RowKey,
    decode_end,
    decode_key,
    decode_row,
    encode_rows,
)
from .barrier import end_forked
from .frames import Frame, cut_torn_line, open_for_append, require_own_file, write_all
from .response_log import ResponseLogWriter

_WRITE_SECONDS = 0.01
_GROUP_SECONDS = 0.02
_PATIENCE_SECONDS = 0.1
MOST_BYTES = 64_000_000
_FRAME = Frame("row")
T = TypeVar("T")


class JournalWriter:
    """Appends rows to a journal; use it as a context manager.

    Args:
        path: The file; made when absent, its torn last line cut off when present.
        responses: The log of responses beside it; it is always written and on disk first, so that
            no row is without its calls.

    Attributes:
        rows: How many rows it has taken.
        kept: How many of them it has handed to the operating system.
        is_whole: Whether it is closed, and nothing that it has taken was refused.

    Raises:
        RunLockedError: Another process has the journal open for writing.
        JournalError: The file cannot be opened or written.
    """

    def __init__(self, path: Path, responses: ResponseLogWriter | None = None) -> None:
        self.path = path
        self._responses = responses
        self.rows = 0
        self.kept = 0
        self.is_whole = False
        self.groups = 0
        self._taken: deque[tuple[Row, Sequence[Mapping[str, Any]]]] = deque()
        self._error: BaseException | None = None
        self._closing = False
        self._ending = False
        self._lock = threading.Lock()
        self._dirty = threading.Event()
        self._unsynced = threading.Event()
        self._file = _open_locked(path)
        try:
            cut_torn_line(self._file)
            self._bytes = os.fstat(self._file).st_size
            if responses is not None:
                responses.open_existing()
        except OSError as error:
            os.close(self._file)
            raise JournalError(path, f"cannot be repaired: {error.strerror or error}") from error
        self._written = time.monotonic()
        self._process = os.getpid()
        self._packing: list[threading.Thread] = []
        self._has_ended = False
        self._thread = threading.Thread(target=self._follow, name="journal", daemon=True)
        self._thread.start()
        self._disk = threading.Thread(target=self._commit_groups, name="disk", daemon=True)
        self._disk.start()

    def append(self, row: Row, calls: Sequence[Mapping[str, Any]] = ()) -> None:
        """Take a row; it is on disk after the next group.

        Args:
            row: The finished row.
            calls: The calls to models that it made, for the log of responses.

        Raises:
            JournalError: The file cannot be written; the rows before this one are safe.
        """
        if self._has_ended or os.getpid() != self._process:
            end_forked(self._process)
            self._check()
            raise JournalError(self.path, "cannot be written: the thread that writes it has ended")
        self._taken.append((row, calls))
        self.rows += 1
        since = time.monotonic() - self._written
        # Where the thread is writing now, it is waited for only when that takes long.
        if since > _WRITE_SECONDS and self._lock.acquire(blocking=since > _PATIENCE_SECONDS):
            try:
                self._write()
            finally:
                self._lock.release()
        self._check()
        if not self._dirty.is_set():
            self._dirty.set()

    def flush(self) -> None:
        """Hand the rows so far to the operating system, so that they can be read.

        Raises:
            JournalError: The file cannot be written.
        """
        with self._lock:
            self._write()
        self._check()

    def close(self) -> None:
        """Write what is left and close the file.

        Raises:
            JournalError: The disk refused some of it.
        """
        self._closing = True
        self._dirty.set()
        self._thread.join()
        self._ending = True
        self._unsynced.set()
        self._disk.join()
        for thread in self._packing:
            thread.join()
        left = len(self._taken)
        self._close_file()
        if self._responses is not None:
            self._responses.close()
        self._check()
        if left:
            raise JournalError(self.path, f"cannot be written: {left} rows were not taken")
        self.is_whole = True

    def _close_file(self) -> None:
        file, self._file = self._file, -1
        if file >= 0:
            os.close(file)

    def _check(self) -> None:
        """Raise the error that the thread met."""
        if self._error is not None:
            raise JournalError(self.path, f"cannot be written: {self._error}") from self._error

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _write(self) -> None:
        """Hand what has gathered to the operating system; the lock is held."""
        self._written = time.monotonic()
        if not self._taken or self._error is not None:
            return
        # One by one, and no more than there are now: rows may be added meanwhile.
        taken = [self._taken.popleft() for _ in range(len(self._taken))]
        try:
            keys = known_keys()  # once for all of them: it asks the system for the folder
            if self._responses is not None:
                for row, calls in taken:
                    if calls:
                        self._responses.add(row, calls, keys)
                self._responses.write()
            data = b"".join(map(_FRAME.line, encode_rows((row for row, _ in taken), keys)))
            fresh = not self._bytes
            write_all(self._file, with_schema(data) if fresh else data)
            self._bytes += len(data)
            self.kept += len(taken)
        except BaseException as error:  # noqa: BLE001  # the next append raises it
            self._fail(error)

    def _fail(self, error: BaseException) -> None:
        """Keep what the next append raises; what follows from the first error is not its cause."""
        self._error = self._error or error

    def _follow(self) -> None:
        """Write until the journal is closed; a thread that ends for any other reason is noticed."""
        try:
            self._hand_over()
        finally:
            self._has_ended = True

    def _hand_over(self) -> None:
        """Write what has gathered, group by group, until the journal is closed."""
        while self._error is None:
            self._dirty.wait()
            self._dirty.clear()
            last = self._closing
            if not last:
                time.sleep(_GROUP_SECONDS)
            with self._lock:
                self._write()
            self._unsynced.set()
            if last:
                return

    def _commit_groups(self) -> None:
        """Wait for the disk, group by group, until the journal is closed."""
        while self._error is None:
            self._unsynced.wait()
            self._unsynced.clear()
            last = self._ending
            try:
                if self._responses is not None:
                    self._responses.sync()
                sync_file(self._file)
                with self._lock:
                    require_own_file(self._file, self.path, self._bytes)
            except BaseException as error:  # noqa: BLE001  # the next append raises it
                self._fail(error)
            self.groups += 1
            if last:
                return
            self._rotate()

    def _rotate(self) -> None:
        """Close files that have grown large, and compress them beside the run."""
        closed: list[Path | None] = []
        try:
            with self._lock:
                if self._responses is not None:
                    closed.append(self._responses.rotate(MOST_BYTES))
                if self._bytes >= MOST_BYTES:
                    self._close_file()
                    closed.append(rotate(self.path))
                    self._file = _open_locked(self.path)
                    self._bytes = os.fstat(self._file).st_size
        except BaseException as error:  # noqa: BLE001  # the next append raises it
            self._fail(error)
        for path in filter(None, closed):
            thread = threading.Thread(target=_pack, args=(path,), name="pack", daemon=True)
            self._packing.append(thread)
            thread.start()


class Journal:
    """The readable rows of a journal: its closed parts, and the file that rows are appended to.

    Args:
        path: The file that rows are appended to.

    Attributes:
        damaged: How many complete lines could not be read; their rows count as missing.
        torn: Whether the file ended in the middle of a line.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.damaged = 0
        self.torn = False

    def __iter__(self) -> Iterator[Row]:
        """The rows in the order they were finished; of one that was asked again, each."""
        file = self.open()
        if file is None:
            return
        with file:
            for _, row in self._lines(file, decode_row):
                yield row

    def is_empty(self) -> bool:
        """Whether there is no readable row; closed parts, which hold millions, are not unpacked."""
        return not parts_of(self.path) and next(iter(self), None) is None

    def ends(self) -> Iterator[RowEnd]:
        """How each row ended, in the order they were finished."""
        file = self.open()
        if file is None:
            return
        with file:
            for _, row in self._lines(file, decode_end):
                yield row

    def open(self) -> BinaryIO | None:
        """All lines as one file; None when nothing was written yet.

        Raises:
            JournalError: It cannot be opened.
        """
        try:
            return open_parts(self.path)
        except HarnessError:
            raise
        except OSError as error:
            raise JournalError(self.path, f"cannot be opened: {error.strerror or error}") from error

    def keys(
        self, file: BinaryIO, on_line: Callable[[int, bytes], None] | None = None
    ) -> Iterator[tuple[int, RowKey]]:
        """Where each row is, and what it belongs to.

        Args:
            file: What ``open`` gave.
            on_line: Called with the number of each row and the text of its line.
        """
        if on_line is None:
            return self._lines(file, decode_key)

        def decode(text: bytes) -> RowKey:
            key = decode_key(text)
            on_line(key.index, text)
            return key

        return self._lines(file, decode)

    def row_at(self, file: BinaryIO, offset: int) -> Row:
        """The row at a position that ``keys`` gave.

        Args:
            file: What ``open`` gave.
            offset: The position.

        Raises:
            JournalError: The row cannot be read, although it could be before.
        """
        file.seek(offset)
        row = _read_line(file.readline(), decode_row)
        if row is None:
            raise JournalError(self.path, f"was changed: the row at byte {offset:,} is damaged")
        return row

    def _lines(self, file: BinaryIO, decode: Callable[[bytes], T]) -> Iterator[tuple[int, T]]:
        self.damaged, self.torn = 0, False
        offset = 0
        for line in bounded_lines(file, self.path):
            if not line.endswith(b"\n"):
                self.torn = True
                return
            found = _read_line(line, decode)
            if found is not None:
                yield offset, found
            else:
                self.damaged += 1
            offset += len(line)


def row_text(line: bytes) -> bytes | None:
    """The JSON of the row in a line of a journal; None when the line is damaged.

    Args:
        line: The line with its newline.
    """
    return _FRAME.value(line)


def _read_line(line: bytes, decode: Callable[[bytes], T]) -> T | None:
    text = row_text(line)
    if text is None:
        return None
    try:
        return decode(text)
    except (ValueError, RecursionError, msgspec.MsgspecError):
        return None


def _pack(path: Path) -> None:
    """Compress a part; where that fails it stays as it is, and the finish tries again."""
    with contextlib.suppress(OSError):
        compress(path)


def _open_locked(path: Path) -> int:
    try:
        file = open_for_append(path)
    except OSError as error:
        raise JournalError(path, f"cannot be opened: {error.strerror or error}") from error
    if not try_lock(file):
        os.close(file)
        raise RunLockedError(path)
    return file
