"""The file of a response cache: SQLite in WAL mode.

Any number of processes may read, and one at a time writes while the others wait for their turn. An
answer that was kept survives a process that is killed: each is a transaction of its own.
"""

import os
import sqlite3
import threading
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import anyio

from ._errors import CacheFileError

COLUMNS = ("key", "model", "question", "prompt", "sample", "settings", "response", "recorded_at")
_VERSION = 1
_TABLE = """
CREATE TABLE IF NOT EXISTS responses (
    key TEXT PRIMARY KEY, model TEXT NOT NULL, question TEXT, prompt TEXT NOT NULL,
    sample INTEGER NOT NULL, settings TEXT NOT NULL, response TEXT NOT NULL,
    recorded_at REAL NOT NULL
) WITHOUT ROWID
"""
_PLACES = ", ".join("?" * len(COLUMNS))
# A connection does not survive a fork: the child opens its own, and must never close its parent's.
_INHERITED: list[sqlite3.Connection] = []
# Waiting for a turn blocks the event loop for moments only, for half a minute at least in all.
_TURN_MS, _TURNS = 20, 1500


class CacheFile:
    """The answers in one file.

    Args:
        path: The file; made when there is none.

    Raises:
        CacheFileError: The file is something else, or was written by a later version.
    """

    def __init__(self, path: str) -> None:
        self.path = path
        self._lock = threading.Lock()
        self._connection: sqlite3.Connection | None = None
        self._process = 0
        with self._lock:
            self._connected()

    def close(self) -> None:
        """Close the file; used again, it is opened again."""
        with self._lock:
            if self._connection is not None:
                self._connection.close()
                self._connection = None

    def select(self, what: str, *values: Any) -> list[Any]:
        """What a query finds among the responses."""
        with self._lock:
            return self._connected().execute(f"SELECT {what}", values).fetchall()

    async def add(self, row: Sequence[Any], *, replace: bool) -> bool:
        """Add a row, unless one with its key is there and is not to be replaced.

        Returns:
            Whether it was added.

        Raises:
            CacheFileError: Others did not stop writing.
        """
        verb = "REPLACE" if replace else "INSERT OR IGNORE"
        for _ in range(_TURNS):
            try:
                with self._lock:
                    statement = f"{verb} INTO responses VALUES ({_PLACES})"
                    return self._connected().execute(statement, row).rowcount > 0
            except sqlite3.OperationalError as error:
                if not _is_busy(error):
                    raise CacheFileError(self.path, str(error)) from error
            await anyio.sleep(_TURN_MS / 1000)
        raise CacheFileError(self.path, "others have been writing to it for half a minute")

    def add_all(self, rows: Iterable[Sequence[Any]]) -> int:
        """Add rows at once, or none; those whose key is there are left out.

        Returns:
            How many were added.
        """
        return self._change(f"INSERT OR IGNORE INTO responses VALUES ({_PLACES})", rows)  # noqa: S608  # question marks

    def remove(self, model: str | None, until: float) -> int:
        """Remove the rows of a model, or of all, that were recorded until a time.

        Returns:
            How many were removed.
        """
        where = "recorded_at <= ? AND (? IS NULL OR model = ?)"
        return self._change(f"DELETE FROM responses WHERE {where}", [(until, model, model)])  # noqa: S608  # a constant

    def _change(self, statement: str, rows: Iterable[Sequence[Any]]) -> int:
        with self._lock:
            connection = self._connected()
            connection.execute(f"PRAGMA busy_timeout = {_TURN_MS * _TURNS}")
            try:
                connection.execute("BEGIN IMMEDIATE")
                count = connection.executemany(statement, rows).rowcount
                connection.execute("COMMIT")
            except sqlite3.OperationalError as error:
                raise CacheFileError(self.path, str(error)) from error
            finally:
                connection.execute(f"PRAGMA busy_timeout = {_TURN_MS}")
        return max(count, 0)

    def _connected(self) -> sqlite3.Connection:
        if self._connection is None or self._process != os.getpid():
            if self._connection is not None:
                _INHERITED.append(self._connection)
            self._connection = self._open()
            self._process = os.getpid()
        return self._connection

    def _open(self) -> sqlite3.Connection:
        Path(self.path).parent.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(
            self.path,
            timeout=_TURN_MS * _TURNS / 1000,
            isolation_level=None,
            check_same_thread=False,  # a lock has one thread at a time use it
        )
        try:
            self._prepare(connection)
        except sqlite3.DatabaseError as error:
            connection.close()
            raise CacheFileError(self.path, str(error)) from error
        except CacheFileError:
            connection.close()
            raise
        return connection

    def _prepare(self, connection: sqlite3.Connection) -> None:
        connection.execute("BEGIN")  # both of one moment: another process may be making the file
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        tables = connection.execute("SELECT name FROM sqlite_master").fetchall()
        connection.execute("COMMIT")
        if version > _VERSION or (version == 0 and tables):
            raise CacheFileError(self.path, "it is no response cache that this version knows")
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")  # a killed process loses nothing
        connection.execute("BEGIN IMMEDIATE")  # table and version at once, for others that look
        connection.execute(_TABLE)
        connection.execute(f"PRAGMA user_version = {_VERSION}")
        connection.execute("COMMIT")
        connection.execute(f"PRAGMA busy_timeout = {_TURN_MS}")


def _is_busy(error: sqlite3.OperationalError) -> bool:
    return error.sqlite_errorcode in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
