"""The file of a response cache: SQLite in WAL mode.

Any number of processes may read, and one at a time writes while the others wait for their turn. An
answer that was kept survives a process that is killed: each is a transaction of its own.
"""

import os
import sqlite3
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import anyio

from .._core.errors import CacheFileError

_VERSION = 1
_TABLE = """
CREATE TABLE IF NOT EXISTS responses (
    key TEXT PRIMARY KEY, model TEXT NOT NULL, question TEXT, prompt TEXT NOT NULL,
    sample INTEGER NOT NULL, settings TEXT NOT NULL, response TEXT NOT NULL,
    recorded_at REAL NOT NULL
) WITHOUT ROWID
"""
_INSERT = "INSERT INTO responses VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (key) DO NOTHING"
_REPLACE = "REPLACE INTO responses VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
# A connection does not survive a fork: the child opens its own, and must never close its parent's.
_INHERITED: list[sqlite3.Connection] = []
# Waiting for a turn blocks the event loop for moments only, and lasts half a minute at least.
_TURN_MS, _TURNS = 20, 1500
_TOO_BUSY = "others have been writing to it for half a minute"

Result = TypeVar("Result")


_NOT_WRITABLE = "; let this user write the file and its folder, or choose another path"
_REMEDIES = {  # by the primary codes of SQLite's errors
    sqlite3.SQLITE_FULL: "; free space, or choose another path",
    sqlite3.SQLITE_READONLY: _NOT_WRITABLE,
    sqlite3.SQLITE_CANTOPEN: _NOT_WRITABLE,
    sqlite3.SQLITE_PERM: _NOT_WRITABLE,
}


class _BusyError(Exception):
    """Another process is writing."""


class CacheFile:
    """The answers in one file.

    Args:
        path: The file; created when it does not exist.

    Raises:
        CacheFileError: The file is something else, or was written by a later version.
    """

    def __init__(self, path: str) -> None:
        self.path = path
        self._lock = threading.Lock()
        self._connection: sqlite3.Connection | None = None
        self._process = 0
        self._do(lambda connection: connection)

    def close(self) -> None:
        """Close the file; used again, it is opened again."""
        with self._lock:
            if self._connection is not None:
                self._connection.close()
                self._connection = None

    def select(self, what: str, *values: Any) -> list[Any]:
        """What a query finds among the responses.

        Raises:
            CacheFileError: The file cannot be read.
        """
        return self._do(lambda connection: connection.execute(f"SELECT {what}", values).fetchall())

    async def add(self, row: Sequence[Any], *, replace: bool) -> bool:
        """Add a row, unless one with its key is there and is not to be replaced.

        Returns:
            Whether it was added.

        Raises:
            CacheFileError: The file cannot be written, or others did not stop writing.
        """
        statement = _REPLACE if replace else _INSERT
        for _ in range(_TURNS):
            try:
                return self._turn(lambda file: file.execute(statement, row).rowcount) > 0
            except _BusyError:
                await anyio.sleep(_TURN_MS / 1000)
        raise CacheFileError(self.path, _TOO_BUSY)

    def add_all(self, rows: Sequence[Sequence[Any]]) -> int:
        """Add rows at once, or none; those whose key is there are left out.

        Returns:
            How many were added.

        Raises:
            CacheFileError: The file cannot be written, or others did not stop writing.
        """

        def add(connection: sqlite3.Connection) -> int:
            connection.execute("BEGIN IMMEDIATE")
            count = connection.executemany(_INSERT, rows).rowcount
            connection.execute("COMMIT")
            return max(count, 0)

        return self._do(add)

    def remove(self, model: str | None, until: float) -> int:
        """Remove the rows of a model, or of all, that were recorded until a time.

        Returns:
            How many were removed.

        Raises:
            CacheFileError: The file cannot be written, or others did not stop writing.
        """
        statement = "DELETE FROM responses WHERE recorded_at <= ? AND (? IS NULL OR model = ?)"
        values = (until, model, model)
        return self._do(lambda connection: connection.execute(statement, values).rowcount)

    def _do(self, work: Callable[[sqlite3.Connection], Result]) -> Result:
        for _ in range(_TURNS):
            try:
                return self._turn(work)
            except _BusyError:
                time.sleep(_TURN_MS / 1000)
        raise CacheFileError(self.path, _TOO_BUSY)

    def _turn(self, work: Callable[[sqlite3.Connection], Result]) -> Result:
        """Do something once.

        Raises:
            _BusyError: Another process is writing; nothing was done.
            CacheFileError: It cannot be done.
        """
        with self._lock:
            try:
                return work(self._connected())
            except (sqlite3.Error, UnicodeDecodeError) as error:
                if self._connection is not None and self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                # An error of Python's part, such as of a text that is not UTF-8, has no code.
                code = getattr(error, "sqlite_errorcode", 0)
                if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
                    raise _BusyError from error
                remedy = _REMEDIES.get(code & 0xFF, "")
                raise CacheFileError(self.path, f"{error}{remedy}") from error

    def _connected(self) -> sqlite3.Connection:
        if self._connection is None or self._process != os.getpid():
            if self._connection is not None:
                _INHERITED.append(self._connection)
            self._connection = self._open()
            self._process = os.getpid()
        return self._connection

    def _open(self) -> sqlite3.Connection:
        prepare_place(self.path)
        connection = sqlite3.connect(
            self.path,
            timeout=_TURN_MS / 1000,
            isolation_level=None,
            check_same_thread=False,  # a lock has one thread at a time use it
        )
        try:
            self._prepare(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    def _prepare(self, connection: sqlite3.Connection) -> None:
        # What others wrote into the schema is not run, and nothing but the one table is accepted.
        connection.execute("PRAGMA trusted_schema = OFF")
        connection.execute("BEGIN")  # both of one moment: another process may be making the file
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        tables = connection.execute("SELECT type, name, sql FROM sqlite_master").fetchall()
        connection.execute("COMMIT")
        if version > _VERSION or (version == 0 and tables):
            raise CacheFileError(
                self.path, "not a response cache that this version can read; choose another path"
            )
        if any(not _is_expected(*each) for each in tables):
            names = ", ".join(f"{kind} {name}" for kind, name, _ in tables)
            raise CacheFileError(
                self.path, f"it holds more than the table of responses ({names}); not opened"
            )
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")  # a killed process loses nothing
        connection.execute("BEGIN IMMEDIATE")  # table and version at once, for others that look
        connection.execute(_TABLE)
        connection.execute(f"PRAGMA user_version = {_VERSION}")
        connection.execute("COMMIT")


def prepare_place(path: str) -> None:
    """Make the folder of a file; a link in place of the file is refused.

    Raises:
        CacheFileError: It is a link, it or a file of SQLite beside it is a pipe or a device, or the
            folder cannot be made.
    """
    if Path(path).is_symlink():
        raise CacheFileError(path, "it is a symbolic link; give the file that it names")
    for ending in ("", "-journal", "-wal", "-shm"):
        found = Path(f"{path}{ending}")
        # SQLite would wait for the writer of a pipe.
        if found.exists() and not found.is_file() and not found.is_dir():
            raise CacheFileError(str(found), "it is not a plain file")
    try:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CacheFileError(path, f"its folder cannot be made ({error})") from error


def _is_expected(kind: str, name: str, sql: str | None) -> bool:
    """Whether a part of the schema is what this version makes."""
    expected = " ".join(_TABLE.replace("IF NOT EXISTS ", "").split())
    return (kind, name) == ("table", "responses") and " ".join((sql or "").split()) == expected
