"""Events in PostgreSQL, for several processes and machines that write at once (extra ``postgres``).

Each process numbers its events. The server stores the next expected number of each process in the
same transaction as the events. A batch that is offered again after a lost connection is therefore
stored exactly once.
"""

import asyncio
import threading
import warnings
from collections.abc import Coroutine, Iterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

from .._core.chunk import FIELDS, Chunk, StoredChunk
from .._core.errors import DamagedFileError, ExperimentNotFoundError, MissingExtraError, StoreError
from .._core.renamed import durations_in_ms
from .._core.safe import described as described_error
from .postgres_records import MIGRATIONS, Record, batch_of, by_source, chained, records_of

if TYPE_CHECKING:
    from pyarrow import RecordBatch

_Result = TypeVar("_Result")
_PAGE = 20_000
_CHUNKS_PER_COPY = 16


class PostgresStore:
    """Keeps events in a PostgreSQL database.

    Args:
        dsn: Its address, such as ``postgresql://user@host/database``. Missing parts come from the
            environment (``PGPASSWORD``, ...), as for ``psql``.
        timeout_ms: How long to wait for the server each time, in milliseconds.

    Attributes:
        background: True: a thread writes it.
        dropped_events: Always 0: the database has no cap.

    Raises:
        MissingExtraError: asyncpg is not installed.
    """

    background: bool = True

    @durations_in_ms(timeout_s="timeout_ms")
    def __init__(self, dsn: str, *, timeout_ms: float = 10_000.0) -> None:
        try:
            import asyncpg  # noqa: PLC0415  # an optional dependency
        except ImportError:
            raise MissingExtraError("asyncpg", "postgres") from None
        self._asyncpg = asyncpg
        self._dsn = dsn
        self._timeout_s = timeout_ms / 1000
        self.dropped_events: int = 0
        self._experiment_id = ""
        self._writing = False
        self._connection: Any = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None

    def open(self, experiment: Mapping[str, Any]) -> None:
        """Connect, create or migrate the tables where needed, and register the experiment.

        With ready tables, a role needs ``SELECT``, ``INSERT`` and ``UPDATE`` on them.

        Args:
            experiment: Its description, stored with the events.

        Raises:
            StoreError: The server cannot be reached, refuses, or has tables of a newer version.
        """
        self._experiment_id = experiment["id"]
        self._writing = True
        described = msgspec.json.encode(experiment, enc_hook=repr).decode()
        try:
            self._do(self._register(described))
        except BaseException:
            self.close()
            raise

    def write(self, chunks: Sequence[Chunk | StoredChunk]) -> None:
        """COPY the events that the server does not have yet.

        The next chunks are prepared while the server stores the last ones.

        Args:
            chunks: Packed events.

        Raises:
            OSError: The server cannot be reached or failed; stored events are skipped next time.
        """
        copying: Future[None] | None = None
        for start in range(0, len(chunks), _CHUNKS_PER_COPY):
            records = by_source(chunks[start : start + _CHUNKS_PER_COPY])
            if copying is not None:
                self._result(copying)
            copying = self._submit(self._copy(records))
        if copying is not None:
            self._result(copying)

    def batches(self) -> "Iterator[RecordBatch]":
        """All events of the experiment, by source and sequence number.

        Raises:
            OSError: The server cannot be reached.
        """
        after = ("", -1)
        with self._reading():
            while records := self._do(self._page(after)):
                yield batch_of(records)
                after = (records[-1]["source"], records[-1]["sequence"])

    def count(self) -> int:
        """The number of events of the experiment, counted by the server."""
        with self._reading():
            return self._do(self._counted())

    def experiments(self) -> list[dict[str, Any]]:
        """The descriptions of all experiments of the database, by their start."""
        with self._reading():
            found = self._do(self._descriptions())
        described = [msgspec.json.decode(each, type=dict[str, Any]) for each in found]
        return sorted(described, key=lambda each: str(each.get("started_at")))

    def update(self, experiment: Mapping[str, Any]) -> None:
        """Store a newer description of the experiment, such as its stop.

        Args:
            experiment: Its description.

        Warns:
            UserWarning: The role may not change it; the events are stored.
        """
        text = msgspec.json.encode(experiment, enc_hook=repr).decode()
        try:
            self._do(self._describe_again(text))
        except StoreError as error:
            if not isinstance(error.__cause__, self._asyncpg.InsufficientPrivilegeError):
                raise
            warnings.warn(f"the stop of the experiment is not stored: {error}", stacklevel=2)

    def bound_to(self, experiment_id: str) -> "PostgresStore":
        """A store of the same database for one experiment.

        Args:
            experiment_id: The id of the experiment.
        """
        store = PostgresStore(self._dsn, timeout_ms=self._timeout_s * 1000)
        store._experiment_id = experiment_id  # same class
        return store

    def verify(self) -> int:
        """Check the hash chain of every source.

        Returns:
            The number of events checked.

        Raises:
            DamagedFileError: Events were changed, added or removed after they were written.
        """
        chains: dict[str, str] = {}
        checked = 0
        for batch in self.batches():
            for record in records_of(batch):
                chains[record[1]] = chained(chains.get(record[1], ""), record)
                checked += 1
        with self._reading():
            stored = self._do(self._hashes())
        for source in stored.keys() | chains.keys():
            if stored.get(source) != chains.get(source, ""):
                raise DamagedFileError(
                    f"the events of source {source} are not those written: the hash does not match"
                )
        return checked

    def prune(self, before_us: int) -> int:
        """Delete the experiment's events from before a time; ``verify`` then raises.

        Args:
            before_us: Microseconds since the epoch.

        Returns:
            The number of events deleted.
        """
        with self._reading():
            return self._do(self._prune(before_us))

    def close(self) -> None:
        """Close the connection and end its thread."""
        self._writing = False
        if self._loop is None:
            return
        if self._connection is not None:
            self._do(self._disconnect())
        self._loop.call_soon_threadsafe(self._loop.stop)
        if self._thread is not None:
            self._thread.join()
        self._loop.close()
        self._loop = self._thread = None

    def describe(self, experiment_id: str) -> dict[str, Any]:
        """Read the description of an experiment; the store reads its events from here on.

        Args:
            experiment_id: The id of the experiment.

        Returns:
            Its description as plain values.

        Raises:
            ExperimentNotFoundError: The database does not have it.
        """
        with self._reading():
            found = self._do(self._description(experiment_id))
        if found is None:
            raise ExperimentNotFoundError(experiment_id)
        self._experiment_id = experiment_id
        described: dict[str, Any] = msgspec.json.decode(found)
        return described

    @contextmanager
    def _reading(self) -> Iterator[None]:
        """Close the connection after reading, unless the experiment is being written."""
        try:
            yield
        finally:
            if not self._writing:
                self.close()

    def _do(self, work: Coroutine[Any, Any, _Result]) -> _Result:
        return self._result(self._submit(work))

    def _submit(self, work: Coroutine[Any, Any, _Result]) -> "Future[_Result]":
        """Run on the event loop of the store's own thread: callers may have a running loop."""
        if self._loop is None:
            self._loop = asyncio.new_event_loop()
            self._thread = threading.Thread(
                target=self._loop.run_forever, name="telemetry-postgres", daemon=True
            )
            self._thread.start()
        return asyncio.run_coroutine_threadsafe(work, self._loop)

    def _result(self, work: "Future[_Result]") -> _Result:
        try:
            return work.result()
        except StoreError:
            raise
        except (
            self._asyncpg.PostgresError,
            self._asyncpg.InterfaceError,
            OSError,
            ValueError,
        ) as error:
            text = f"PostgreSQL does not answer or refuses: {described_error(error)}"
            raise StoreError(text) from error

    async def _connected(self) -> Any:
        if self._connection is None or self._connection.is_closed():
            self._connection = await self._asyncpg.connect(
                self._dsn, timeout=self._timeout_s, command_timeout=self._timeout_s
            )
        return self._connection

    async def _disconnect(self) -> None:
        self._connection.terminate()
        self._connection = None

    async def _register(self, described: str) -> None:
        connection = await self._connected()
        version = await self._version()
        if version > len(MIGRATIONS):
            raise StoreError(
                f"the tables of this database have version {version}; this library knows"
                f" {len(MIGRATIONS)}: update it, or use another database"
            )
        if version < len(MIGRATIONS):
            await self._migrate()
        await connection.execute(
            "INSERT INTO crucible_experiments VALUES ($1, $2) ON CONFLICT DO NOTHING",
            self._experiment_id,
            described,
        )

    async def _version(self) -> int:
        """The version of the tables; 0 without any."""
        connection = await self._connected()
        if await connection.fetchval("SELECT to_regclass('crucible_schema')") is None:
            return 0
        return int(
            await connection.fetchval("SELECT coalesce(max(version), 0) FROM crucible_schema")
        )

    async def _migrate(self) -> None:
        """Create or change the tables, which needs the rights of their owner."""
        connection = await self._connected()
        async with connection.transaction():
            await connection.execute("SELECT pg_advisory_xact_lock(7201533)")
            await connection.execute(
                "CREATE TABLE IF NOT EXISTS crucible_schema (version int PRIMARY KEY)"
            )
            done = await self._version()
            for version, step in enumerate(MIGRATIONS[done:], done + 1):
                await connection.execute(step)
                await connection.execute("INSERT INTO crucible_schema VALUES ($1)", version)

    async def _copy(self, sources: Mapping[tuple[str, str], Sequence[Record]]) -> None:
        connection = await self._connected()
        async with connection.transaction():
            for key, records in sources.items():
                await connection.execute(
                    "INSERT INTO crucible_sources VALUES ($1, $2, 0, '') ON CONFLICT DO NOTHING",
                    *key,
                )
                known = await connection.fetchrow(
                    "SELECT next, hash FROM crucible_sources"
                    " WHERE experiment_id = $1 AND source = $2 FOR UPDATE",
                    *key,
                )
                fresh = [record for record in records if record[2] >= known["next"]]
                if not fresh:
                    continue
                chain = known["hash"]
                for record in fresh:
                    chain = chained(chain, record)
                await connection.copy_records_to_table(
                    "crucible_events", records=fresh, columns=FIELDS
                )
                await connection.execute(
                    "UPDATE crucible_sources SET next = $3, hash = $4"
                    " WHERE experiment_id = $1 AND source = $2",
                    *key,
                    fresh[-1][2] + 1,
                    chain,
                )

    async def _page(self, after: tuple[str, int]) -> Sequence[Any]:
        connection = await self._connected()
        found: Sequence[Any] = await connection.fetch(
            f"SELECT {', '.join(FIELDS)} FROM crucible_events WHERE experiment_id = $1"  # noqa: S608  # our own names
            " AND (source, sequence) > ($2, $3) ORDER BY source, sequence LIMIT $4",
            self._experiment_id,
            *after,
            _PAGE,
        )
        return found

    async def _counted(self) -> int:
        connection = await self._connected()
        found = await connection.fetchval(
            "SELECT count(*) FROM crucible_events WHERE experiment_id = $1", self._experiment_id
        )
        return int(found)

    async def _descriptions(self) -> list[str]:
        connection = await self._connected()
        rows = await connection.fetch("SELECT description FROM crucible_experiments")
        return [row["description"] for row in rows]

    async def _describe_again(self, described: str) -> None:
        connection = await self._connected()
        await connection.execute(
            "UPDATE crucible_experiments SET description = $2 WHERE experiment_id = $1",
            self._experiment_id,
            described,
        )

    async def _hashes(self) -> dict[str, str]:
        connection = await self._connected()
        rows = await connection.fetch(
            "SELECT source, hash FROM crucible_sources WHERE experiment_id = $1",
            self._experiment_id,
        )
        return {row["source"]: row["hash"] for row in rows}

    async def _description(self, experiment_id: str) -> str | None:
        connection = await self._connected()
        found: str | None = await connection.fetchval(
            "SELECT description FROM crucible_experiments WHERE experiment_id = $1", experiment_id
        )
        return found

    async def _prune(self, before_us: int) -> int:
        connection = await self._connected()
        done = await connection.execute(
            "DELETE FROM crucible_events WHERE experiment_id = $1 AND timestamp_us < $2",
            self._experiment_id,
            before_us,
        )
        return int(done.split()[-1])
