"""Events in PostgreSQL, for several processes and machines that write at once (extra ``postgres``).

Each process numbers its events. The server stores the next expected number of each process in the
same transaction as the events. A batch that is offered again after a lost connection is therefore
stored exactly once.
"""

import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any

import msgspec

from .._core.chunk import Chunk, StoredChunk
from .._core.errors import DamagedFileError, ExperimentNotFoundError, StoreError
from .._core.renamed import durations_in_ms
from .._core.safe import text_of
from . import postgres_work as work
from .postgres_link import Link
from .postgres_records import batch_of, by_source, chained, records_of
from .postgres_tables import UNCHECKED

if TYPE_CHECKING:
    from concurrent.futures import Future

    from pyarrow import RecordBatch

_CHUNKS_PER_COPY = 16


class PostgresStore:
    """Keeps events in a PostgreSQL database.

    Args:
        dsn: Its address, such as ``postgresql://user@host/database``. Missing parts come from the
            environment (``PGPASSWORD``, ...), as for ``psql``.
        timeout_ms: How long to wait for the server each time, in milliseconds. While it is away,
            opening and reading try again within this time.

    Attributes:
        background: True: a thread writes it.
        dropped_events: Always 0: the database has no cap.

    Raises:
        MissingExtraError: asyncpg is not installed.
    """

    background: bool = True

    @durations_in_ms(timeout_s="timeout_ms")
    def __init__(self, dsn: str, *, timeout_ms: float = 10_000.0) -> None:
        self._link = Link(dsn, timeout_ms / 1000)
        self.dropped_events: int = 0
        self._experiment_id = ""
        self._writing = False
        self._chunks_per_copy = _CHUNKS_PER_COPY

    def open(self, experiment: Mapping[str, Any]) -> None:
        """Connect, create or migrate the tables where needed, and register the experiment.

        With ready tables, a role needs ``SELECT`` and ``INSERT`` on them.

        Args:
            experiment: Its description, stored with the events.

        Raises:
            StoreError: The server cannot be reached, refuses, or has tables of a newer version.
        """
        self._experiment_id = experiment["id"]
        self._writing = True
        try:
            self._link.patiently(partial(work.register, self._experiment_id, _encoded(experiment)))
        except BaseException:
            self.close()
            raise

    def write(self, chunks: Sequence[Chunk | StoredChunk]) -> None:
        """COPY the events that the server does not have yet.

        The next chunks are prepared while the server stores the last ones. When the server ends a
        statement for its ``statement_timeout``, the next ones have fewer events.

        Args:
            chunks: Packed events.

        Raises:
            OSError: The server cannot be reached or failed; stored events are skipped next time.
        """
        copying: Future[None] | None = None
        for start in range(0, len(chunks), self._chunks_per_copy):
            records = by_source(chunks[start : start + self._chunks_per_copy])
            if copying is not None:
                self._stored(copying)
            copying = self._link.submit(partial(work.copy, records))
        if copying is not None:
            self._stored(copying)

    def _stored(self, copying: "Future[None]") -> None:
        try:
            self._link.result(copying)
        except StoreError as error:
            if self._link.was_canceled(error.__cause__):
                self._chunks_per_copy = max(1, self._chunks_per_copy // 4)
            raise

    def batches(self) -> "Iterator[RecordBatch]":
        """All events of the experiment, by source and sequence number.

        Raises:
            OSError: The server cannot be reached.
        """
        return self.named("*")

    def named(self, pattern: str) -> "Iterator[RecordBatch]":
        """The events with a name, by source and sequence number; the server selects them.

        Args:
            pattern: A name, or a pattern with ``*``.

        Raises:
            OSError: The server cannot be reached.
        """
        after = ("", -1)
        with self._reading():
            while True:
                page = partial(work.page, self._experiment_id, text_of(pattern), after)
                records = self._link.patiently(page)
                if not records:
                    return
                yield batch_of(records)
                after = (records[-1]["source"], records[-1]["sequence"])

    def count(self) -> int:
        """The number of events of the experiment, counted by the server."""
        with self._reading():
            return self._link.at_once(partial(work.count, self._experiment_id))

    def experiments(self) -> list[dict[str, Any]]:
        """The descriptions of all experiments of the database, by their start."""
        with self._reading():
            found = self._link.patiently(work.descriptions)
        described = [msgspec.json.decode(each, type=dict[str, Any]) for each in found]
        return sorted(described, key=lambda each: str(each.get("started_at")))

    def update(self, experiment: Mapping[str, Any]) -> None:
        """Store a newer description of the experiment, such as its stop.

        Args:
            experiment: Its description.

        Warns:
            UserWarning: The role may not store it; the events are stored.
        """
        describe = partial(work.describe, self._experiment_id, _encoded(experiment))
        try:
            self._link.at_once(describe)
        except StoreError as error:
            if not self._link.lacks_right(error):
                raise
            warnings.warn(f"the stop of the experiment is not stored: {error}", stacklevel=2)

    def bound_to(self, experiment_id: str) -> "PostgresStore":
        """A store of the same database for one experiment.

        Args:
            experiment_id: The id of the experiment.
        """
        store = PostgresStore(self._link.dsn, timeout_ms=self._link.timeout_s * 1000)
        store._experiment_id = experiment_id  # same class
        return store

    def verify(self) -> int:
        """Check the hash chain of every source.

        Returns:
            The number of events checked.

        Raises:
            DamagedFileError: Events were changed, added or removed after they were written.

        Warns:
            UserWarning: Version 0.1 wrote some of the events, which cannot be checked.
        """
        check = _Check(self._stored_hashes())
        for batch in self.batches():
            for record in records_of(batch):
                check.add(record)
        checked = check.end()
        check.compare(self._stored_hashes())
        return checked

    def _stored_hashes(self) -> dict[str, list[tuple[int, str]]]:
        with self._reading():
            return self._link.patiently(partial(work.batches, self._experiment_id))

    def prune(self, before_us: int) -> int:
        """Delete the experiment's events from before a time; ``verify`` then raises.

        Args:
            before_us: Microseconds since the epoch.

        Returns:
            The number of events deleted.
        """
        with self._reading():
            return self._link.patiently(partial(work.prune, self._experiment_id, before_us))

    def close(self) -> None:
        """Close the connection and end its thread."""
        self._writing = False
        self._link.close()

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
            found = self._link.patiently(partial(work.description, experiment_id))
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


def _encoded(experiment: Mapping[str, Any]) -> str:
    return msgspec.json.encode(experiment, enc_hook=repr).decode()


class _Check:
    """Compares events with the hashes that were stored with their batches."""

    def __init__(self, stored: Mapping[str, Sequence[tuple[int, str]]]) -> None:
        self._stored = {source: list(reversed(each)) for source, each in stored.items()}
        self._chains: dict[str, str] = {}
        self._checked = 0
        self._unchecked = 0
        self._beyond: dict[str, int] = {}

    def add(self, record: tuple[Any, ...]) -> None:
        """Add the next event of its source."""
        source, sequence = record[1], record[2]
        due = self._stored.get(source, [])
        while due and sequence >= due[-1][0]:
            self._pass(source)
        if not due:
            self._beyond[source] = sequence
        elif due[-1][1].startswith(UNCHECKED):
            self._unchecked += 1
        else:
            self._chains[source] = chained(self._chains.get(source, ""), record)
            self._checked += 1

    def end(self) -> int:
        """The number of checked events, after the last one."""
        for source, due in self._stored.items():
            while due:
                self._pass(source)
        if self._unchecked:
            text = f"{self._unchecked} events were written by version 0.1 and cannot be checked"
            warnings.warn(text, UserWarning, stacklevel=3)
        return self._checked

    def compare(self, stored: Mapping[str, Sequence[tuple[int, str]]]) -> None:
        """Refuse events behind the last batch, unless they were written since."""
        for source, sequence in self._beyond.items():
            if not any(following > sequence for following, _ in stored.get(source, ())):
                raise _differs(source)

    def _pass(self, source: str) -> None:
        """The end of a batch: its hash is that of its events, or begins a new chain."""
        _, hashed = self._stored[source].pop()
        if hashed.startswith(UNCHECKED):
            self._chains[source] = hashed
        elif self._chains.get(source) != hashed:
            raise _differs(source)


def _differs(source: str) -> DamagedFileError:
    return DamagedFileError(
        f"the events of source {source} are not those written: the hash does not match"
    )
