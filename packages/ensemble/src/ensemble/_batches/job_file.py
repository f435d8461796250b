"""The file of batch jobs: which were sent, with which requests, and what became known of them.

It belongs to one process at a time, so that no request is sent twice: SQLite's lock is taken when
the file is opened and falls when the process ends, however it ends.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

from .._core.errors import CacheFileError
from .._recorded.cache_file import prepare_place
from .rows import JobRow, RequestRow

_VERSION = 1
_MARK = 0x43425431  # of files of batch jobs, in the header of SQLite
_TABLES = (
    """
    CREATE TABLE IF NOT EXISTS jobs (
        key TEXT PRIMARY KEY, id TEXT, identity TEXT NOT NULL, model TEXT NOT NULL,
        provider TEXT, status TEXT NOT NULL, n INTEGER NOT NULL, done INTEGER,
        submitted_at REAL NOT NULL, ended_at REAL, error TEXT NOT NULL DEFAULT ''
    )
    """,
    """
    CREATE TABLE IF NOT EXISTS requests (
        key TEXT PRIMARY KEY, job TEXT NOT NULL, custom_id TEXT NOT NULL, status TEXT NOT NULL,
        response TEXT, error TEXT, cost_usd REAL
    )
    """,
    "CREATE INDEX IF NOT EXISTS requests_of_jobs ON requests (job)",
)
# Indexes that SQLite makes by itself, for a key, have no text.
_PARTS = "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL"
_INSERT_JOB = "INSERT INTO jobs VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
_REPLACE_JOB = "REPLACE INTO jobs VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
_REPLACE_REQUEST = "REPLACE INTO requests VALUES (?, ?, ?, ?, ?, ?, ?)"


def _one_space(sql: str) -> str:
    return " ".join(sql.split())


_EXPECTED = {_one_space(each.replace("IF NOT EXISTS ", "")) for each in _TABLES}


class JobFile:
    """The file of batch jobs.

    Args:
        path: The file; created when it does not exist.

    Raises:
        CacheFileError: It is something else, or another process has it open.
    """

    def __init__(self, path: str) -> None:
        self.path = path
        prepare_place(path)
        with self._own_errors():
            self._connection = sqlite3.connect(
                path, timeout=0.1, isolation_level=None, check_same_thread=False
            )
        try:
            with self._own_errors():
                self._prepare()
        except BaseException:
            self._connection.close()
            raise

    def close(self) -> None:
        """Close the file and give up its lock."""
        self._connection.close()

    def jobs(self) -> list[JobRow]:
        """All jobs, in the order they were sent."""
        with self._own_errors():
            rows = self._connection.execute("SELECT * FROM jobs ORDER BY submitted_at, rowid")
            return [JobRow(*row) for row in rows]

    def requests(self, job: str) -> list[RequestRow]:
        """The requests of a job."""
        with self._own_errors():
            found = self._connection.execute("SELECT * FROM requests WHERE job = ?", (job,))
            return [RequestRow(*row) for row in found]

    def request(self, key: str) -> RequestRow | None:
        """A request; None where it was never sent."""
        with self._own_errors():
            found = self._connection.execute("SELECT * FROM requests WHERE key = ?", (key,))
            row = found.fetchone()
            return None if row is None else RequestRow(*row)

    def answered(self) -> Iterator[RequestRow]:
        """The requests that have their answer, one at a time."""
        with self._own_errors():
            found = self._connection.execute("SELECT * FROM requests WHERE status = 'answered'")
            for row in found:
                yield RequestRow(*row)

    def add(self, job: JobRow, requests: Sequence[tuple[str, str]]) -> None:
        """Note a job before it is sent.

        Args:
            job: The job.
            requests: The key and the name in the job of each request.
        """
        rows = [
            (key, job.key, custom_id, "pending", None, None, None) for key, custom_id in requests
        ]
        with self._change():
            self._connection.execute(_INSERT_JOB, job)
            self._connection.executemany(_REPLACE_REQUEST, rows)

    def update(self, job: JobRow, ends: Iterable[RequestRow] = ()) -> None:
        """Note how a job stands, with the ends of its requests, all or nothing.

        Args:
            job: The job.
            ends: The requests that have ended.
        """
        with self._change():
            self._connection.execute(_REPLACE_JOB, job)
            self._connection.executemany(_REPLACE_REQUEST, ends)

    def remove(self, job: str) -> None:
        """Forget a job that the provider has refused, with its requests."""
        with self._change():
            self._connection.execute("DELETE FROM requests WHERE job = ?", (job,))
            self._connection.execute("DELETE FROM jobs WHERE key = ?", (job,))

    def costs(self) -> list[tuple[str, float | None]]:
        """The status and the cost of every request."""
        with self._own_errors():
            return list(self._connection.execute("SELECT status, cost_usd FROM requests"))

    @contextmanager
    def _change(self) -> Iterator[None]:
        with self._own_errors():
            self._connection.execute("BEGIN")
            try:
                yield
                self._connection.execute("COMMIT")
            except BaseException:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise

    @contextmanager
    def _own_errors(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.ProgrammingError:
            raise CacheFileError(self.path, "it is closed") from None
        except (sqlite3.Error, UnicodeDecodeError) as error:
            if getattr(error, "sqlite_errorcode", 0) in (
                sqlite3.SQLITE_BUSY,
                sqlite3.SQLITE_LOCKED,
            ):
                raise CacheFileError(
                    self.path,
                    "another process, or another BatchJobs, has it open; close that first",
                ) from None
            raise CacheFileError(self.path, str(error)) from error

    def _prepare(self) -> None:
        connection = self._connection
        connection.execute("PRAGMA trusted_schema = OFF")
        connection.execute("PRAGMA locking_mode = EXCLUSIVE")
        connection.execute("BEGIN EXCLUSIVE")
        mark = connection.execute("PRAGMA application_id").fetchone()[0]
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        parts = {_one_space(row[0]) for row in connection.execute(_PARTS)}
        ours = mark == _MARK and version <= _VERSION
        # What others wrote into the schema, such as triggers, is not run.
        if (parts and not ours) or parts - _EXPECTED:
            connection.execute("ROLLBACK")
            raise CacheFileError(self.path, "not a file of batch jobs that this version can read")
        for table in _TABLES:
            connection.execute(table)
        connection.execute(f"PRAGMA application_id = {_MARK}")
        connection.execute(f"PRAGMA user_version = {_VERSION}")
        connection.execute("COMMIT")
