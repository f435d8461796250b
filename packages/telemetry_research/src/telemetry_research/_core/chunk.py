"""Chunks of packed events, and the Arrow table they become."""

import os
import platform
import threading
import time
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import msgspec

from .columns import booleans, bytes_to_arrow, floats, integers, same_text, texts
from .rows import COLUMN_BUILDERS, PackedRow, PackedScope, all_row_values, unpack_rows

if TYPE_CHECKING:
    from pyarrow import RecordBatch

SCHEMA_VERSION = "1"
_ROWS_AT_ONCE = 256
_BYTES_AT_ONCE = 128 * 1024
_PAUSE_S = 0.0001
_READINGS = 5
_CLOSE_NS = 5000
# The columns of the table in their order; the first five are the same for a whole chunk.
_CHUNK_FIELDS = ("experiment_id", "source", "sequence", "host", "pid")
_CONDITION = list(COLUMN_BUILDERS).index("condition") - 1  # before the wall time is inserted
FIELDS = (*_CHUNK_FIELDS, *COLUMN_BUILDERS, "attributes")


def wall_minus_monotonic_ns() -> int:
    """How far the clocks are apart, in nanoseconds.

    Another thread may run between the two readings, so that the closest of several counts.
    """
    gap, found = -1, 0
    for _ in range(_READINGS):
        before, wall, after = time.monotonic_ns(), time.time_ns(), time.monotonic_ns()
        if gap < 0 or after - before < gap:
            gap, found = after - before, wall - (before + after) // 2
        if gap < _CLOSE_NS:
            break
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """The writer of events: one session of one process."""

    experiment_id: str
    name: str
    pid: int
    host: str
    condition: str | None = None

    @classmethod
    def here(cls, experiment_id: str, condition: str | None = None) -> "Source":
        """This process, under a unique name; the condition is that of events without one."""
        pid = os.getpid()
        name = f"{pid:x}.{os.urandom(4).hex()}"
        host = platform.node()
        return cls(experiment_id=experiment_id, name=name, pid=pid, host=host, condition=condition)


class Chunk:
    """Packed events of one source, until their table is read.

    Attributes:
        source: The writer.
        first: The sequence number of the first event.
        count: The number of events.
        size: The number of bytes of the packed events.
    """

    __slots__ = ("_codec", "_compressed", "_lock", "_packed", "_table", "_wall_us", "count",
                 "first", "size", "source")  # fmt: skip

    def __init__(self, source: Source, first: int, rows: Sequence[bytes], codec: Any) -> None:
        sizes = array("I", map(len, rows)).tobytes()
        packed = b"".join((sizes, *rows))
        self.source: Source = source
        self.first: int = first
        self.count: int = len(rows)
        self._wall_us = wall_minus_monotonic_ns() // 1000
        self._codec = codec
        self.size: int = len(packed)
        self._packed: bytes | None = packed
        self._compressed = False
        self._table: Any = None
        self._lock = threading.Lock()

    def compress(self) -> None:
        """Hold the events in less memory, unless their table was read."""
        with self._lock:
            if self._packed is not None and not self._compressed:
                self._packed = self._codec.compress(self._packed, asbytes=True)
                self._compressed = True

    @property
    def table(self) -> "RecordBatch":
        """The events as a ``pyarrow.RecordBatch`` with the columns of an event."""
        with self._lock:
            if self._table is None:
                whole: bytes = self._packed or b""
                if self._compressed:
                    whole = self._codec.decompress(whole, self.size, asbytes=True)
                sizes = array("I")
                sizes.frombytes(whole[: self.count * sizes.itemsize])
                self._table = self._columns(whole, sizes)
                self._packed = None
            table: RecordBatch = self._table
            return table

    def _columns(self, whole: bytes, sizes: Sequence[int]) -> Any:
        values: list[tuple[Any, ...]] = []
        _yield_to_event_loop()
        begin = self.count * array("I").itemsize
        for start, end in _parts(sizes):
            size = sum(sizes[start:end])
            rows = unpack_rows(whole[begin : begin + size], sizes[start:end])
            values.extend(all_row_values(rows))
            begin += size
            _yield_to_event_loop()
        columns: list[Any] = list(zip(*values, strict=True))
        if self.source.condition is not None:
            own = self.source.condition
            columns[_CONDITION] = [own if each is None else each for each in columns[_CONDITION]]
        columns.insert(1, [self._wall_us + monotonic // 1000 for monotonic in columns[1]])
        _yield_to_event_loop()
        return self._assemble(columns)

    def _assemble(self, values: Sequence[Any]) -> Any:
        import pyarrow as pa  # noqa: PLC0415  # not at import of the package

        *columns, attributes = values
        arrays = [
            same_text(self.source.experiment_id, self.count),
            same_text(self.source.name, self.count),
            integers(range(self.first, self.first + self.count)),
            same_text(self.source.host, self.count),
            integers([self.source.pid] * self.count),
            *(kind(values) for kind, values in zip(COLUMN_BUILDERS.values(), columns, strict=True)),
        ]
        _yield_to_event_loop()
        arrays.append(bytes_to_arrow(attributes))
        return pa.RecordBatch.from_arrays(arrays, names=list(FIELDS))


def _parts(sizes: Sequence[int]) -> Iterator[tuple[int, int]]:
    """From and to which row is read at once: so many bytes that an event loop can wait for them."""
    start = held = 0
    for number, size in enumerate(sizes):
        if number > start and (number - start >= _ROWS_AT_ONCE or held + size > _BYTES_AT_ONCE):
            yield start, number
            start, held = number, 0
        held += size
    yield start, len(sizes)


class StoredChunk:
    """A chunk that another process wrote, as a table."""

    __slots__ = ("count", "first", "source", "table")

    def __init__(self, batch: Any) -> None:
        first = {name: batch.column(name)[0].as_py() for name in _CHUNK_FIELDS}
        self.source = Source(
            experiment_id=first["experiment_id"],
            name=first["source"],
            pid=first["pid"],
            host=first["host"],
        )
        self.first = first["sequence"]
        self.count = batch.num_rows
        self.table = batch


def warm_up(source: Source, codec: Any) -> Any:
    """Import and prepare what the first table needs, before the first event is measured."""
    scope = PackedScope(None, None, None, {})
    row = PackedRow("warm.up", 0, scope, "", None, None, None, 1.0, {}, {})
    return Chunk(source, 0, [msgspec.msgpack.encode(row)], codec).table


def _yield_to_event_loop() -> None:
    """Release the interpreter lock in a background thread; its switch interval is 5 ms."""
    if threading.current_thread() is not threading.main_thread():
        time.sleep(_PAUSE_S)


def schema() -> Any:
    """The columns of the table and their types."""
    import pyarrow as pa  # noqa: PLC0415  # not at import of the package

    text = pa.dictionary(pa.int32(), pa.string())
    kinds = {texts: text, integers: pa.int64(), floats: pa.float64(), booleans: pa.bool_()}
    named = {name: kinds[kind] for name, kind in COLUMN_BUILDERS.items()}
    own = {name: pa.int64() if name in ("sequence", "pid") else text for name in _CHUNK_FIELDS}
    every = {**own, **named, "attributes": pa.string()}
    return pa.schema(every, metadata={"schema_version": SCHEMA_VERSION})
