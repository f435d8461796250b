"""Events in one file: Arrow IPC streams, compressed with zstd, safe up to the last flush.

Each sitting appends a stream. A process that is killed leaves at most a torn batch at the end,
which the next sitting cuts off; readers stop before it. Every batch carries a hash of itself and of
the one before, so that a later edit shows.
"""

import io
import os
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, BinaryIO, cast

import msgspec

from ._chunk import Chunk, StoredChunk, schema
from ._errors import DamagedFileError

_END_OF_STREAM = b"\xff\xff\xff\xff\x00\x00\x00\x00"
_ROWS = 8192


@dataclass(frozen=True, slots=True)
class Reading:
    """What a file holds: its description, the end of what is whole, and the last hash."""

    experiment: Mapping[str, Any]
    end: int
    hash: str
    events: int
    torn: bool


class FileStore:
    """Keeps events in a file that survives the process.

    Args:
        path: The file; continued when it is there and of the same experiment.
        fsync: Also survive the machine: wait for the disk at each flush.
        max_bytes: Take no more events when the file is this large; they are counted as dropped.
    """

    background = True

    def __init__(
        self, path: str | os.PathLike[str], *, fsync: bool = False, max_bytes: int | None = None
    ) -> None:
        self.path = Path(path)
        self.fsync = fsync
        self.max_bytes = max_bytes
        self.dropped_events = 0
        self._file: BinaryIO | None = None
        self._writer: Any = None
        self._hash = ""
        self._lock = threading.Lock()

    def open(self, experiment: Mapping[str, Any]) -> None:
        """Cut off a torn end and begin a new stream behind what is there.

        Raises:
            DamagedFileError: The file belongs to another experiment.
        """
        import pyarrow as pa  # noqa: PLC0415  # not at import of the package

        self.path.parent.mkdir(parents=True, exist_ok=True)
        found = inspect(self.path) if self.path.exists() and self.path.stat().st_size else None
        if found is not None and found.experiment["id"] != experiment["id"]:
            raise DamagedFileError(
                f"{self.path} holds experiment {found.experiment['id']}, not {experiment['id']}:"
                " continue_experiment(path) goes on with it"
            )
        self._file = self.path.open("r+b" if found else "wb")
        if found is not None:
            self._file.seek(found.end)
            self._file.truncate()
            self._file.write(_END_OF_STREAM)
            self._hash = found.hash
        described = msgspec.json.encode(experiment, enc_hook=repr)
        fields = schema().with_metadata({"schema_version": "1", "experiment": described})
        options = pa.ipc.IpcWriteOptions(compression="zstd", emit_dictionary_deltas=False)
        self._writer = pa.ipc.new_stream(cast("Any", self._file), fields, options=options)
        self._file.flush()

    def write(self, chunks: Sequence[Chunk | StoredChunk]) -> None:
        """Append events and hand them to the operating system."""
        import pyarrow as pa  # noqa: PLC0415  # not at import of the package

        with self._lock:
            if self._file is None:
                raise OSError(f"{self.path} is closed")
            start = self._file.tell()
            if self.max_bytes is not None and start >= self.max_bytes:
                self.dropped_events += sum(chunk.count for chunk in chunks)
                return
            table = pa.Table.from_batches([chunk.table for chunk in chunks]).unify_dictionaries()
            for batch in table.combine_chunks().to_batches(max_chunksize=_ROWS):
                self._hash = chained(self._hash, batch)
                self._writer.write_batch(batch, custom_metadata={"hash": self._hash})
            self._file.flush()
            if self.fsync:
                os.fsync(self._file.fileno())

    def batches(self) -> Iterator[Any]:
        """All whole batches of the file, oldest first."""
        if self.path.exists():
            for batch, _ in read_batches(self.path):
                yield batch

    def close(self) -> None:
        """End the stream and close the file."""
        with self._lock:
            if self._file is not None:
                self._writer.close()
                self._file.close()
                self._file = None


def inspect(path: Path) -> Reading:
    """What a file holds, and whether its end is torn or its hashes do not fit.

    Raises:
        DamagedFileError: It is no such file, or a batch was changed after it was written.
    """
    with path.open("rb") as file:
        reader = _Streams(file, path)
        events = 0
        last = ""
        for batch, stored in reader:
            last = chained(last, batch)
            if stored != last:
                raise DamagedFileError(
                    f"{path}: the batch of events {events} to {events + batch.num_rows - 1} was"
                    " changed after it was written"
                )
            events += batch.num_rows
        return Reading(reader.experiment, reader.end, last, events, torn=reader.torn)


def read_batches(path: Path) -> Iterator[tuple[Any, str]]:
    """The whole batches of a file, each with its stored hash."""
    with path.open("rb") as file:
        yield from _Streams(file, path)


def chained(previous: str, batch: Any) -> str:
    """The hash of a batch that comes after another."""
    import pyarrow as pa  # noqa: PLC0415  # not at import of the package

    digest = sha256(previous.encode())
    digest.update(batch.serialize())
    for column in batch.columns:
        if isinstance(column, pa.DictionaryArray):
            texts = pa.RecordBatch.from_arrays([column.dictionary], names=["texts"])
            digest.update(texts.serialize())
    return digest.hexdigest()


class _Streams:
    """Reads the streams of a file one after the other, up to the first that is torn."""

    def __init__(self, file: BinaryIO, path: Path) -> None:
        self._file = file
        self._path = path
        self.experiment: Mapping[str, Any] = {}
        self.end = 0
        self.torn = False

    def __iter__(self) -> Iterator[tuple[Any, str]]:
        import pyarrow as pa  # noqa: PLC0415  # not at import of the package

        size = self._file.seek(0, io.SEEK_END)
        self._file.seek(0)
        while self._file.tell() < size:
            try:
                stream = pa.ipc.open_stream(cast("Any", self._file))
                described = (stream.schema.metadata or {}).get(b"experiment")
            except (OSError, pa.ArrowException, MemoryError) as error:
                self._give_up(error)
                return
            if described is None:
                raise DamagedFileError(f"{self._path} was not written by a FileStore")
            self.experiment = self.experiment or msgspec.json.decode(described)
            self.end = self._file.tell()
            while True:
                try:
                    batch, about = stream.read_next_batch_with_custom_metadata()
                except StopIteration:
                    break
                except (OSError, pa.ArrowException, MemoryError) as error:
                    self._give_up(error)
                    return
                self.end = self._file.tell()
                yield batch, dict(about or {})[b"hash"].decode()

    def _give_up(self, error: Exception) -> None:
        if not self.end:
            raise DamagedFileError(f"{self._path} is no event file: {error}") from error
        # A file that was closed ends in the mark of its end: what is damaged is no torn tail.
        self._file.seek(-len(_END_OF_STREAM), io.SEEK_END)
        if self._file.read() == _END_OF_STREAM:
            raise DamagedFileError(f"{self._path} is damaged behind byte {self.end}: {error}")
        self.torn = True
