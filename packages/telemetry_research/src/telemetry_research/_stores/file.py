"""Events in one file: Arrow IPC streams, compressed with zstd, safe up to the last flush.

Each session appends a stream. A process that is killed leaves at most one incomplete batch at the
end. Readers stop before it, and the next session cuts it off. Every batch carries a hash of itself
and of the batch before, so that a later edit is detected.
"""

import os
import threading
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, cast

import msgspec

from .._core.chunk import Chunk, StoredChunk, schema
from .._core.errors import DamagedFileError
from .streams import END_OF_STREAM, chained, inspect, read_batches

if TYPE_CHECKING:
    from pyarrow import RecordBatch

_ROWS = 8192


class FileStore:
    """Keeps events in a file that survives the process.

    Args:
        path: The file. An existing file of the same experiment is continued.
        fsync: Wait for the disk at each flush, so that a power failure loses nothing flushed.
        max_bytes: Store no more events in a file of this size; they are counted as dropped.

    Attributes:
        background: True: a thread writes it.
        path: The file.
        fsync: As given.
        max_bytes: As given.
        dropped_events: How many events came when the file was full.

    Example:
        >>> with recording("long", store=FileStore("run.arrows", fsync=True)) as experiment:
        ...     record("a.stop", {"duration_ns": 5})
        >>> len(open_experiment("run.arrows"))
        1
    """

    background: bool = True

    def __init__(
        self, path: str | os.PathLike[str], *, fsync: bool = False, max_bytes: int | None = None
    ) -> None:
        self.path: Path = Path(path)
        self.fsync: bool = fsync
        self.max_bytes: int | None = max_bytes
        self.dropped_events: int = 0
        self._file: BinaryIO | None = None
        self._writer: Any = None
        self._hash = ""
        self._lock = threading.Lock()

    def open(self, experiment: Mapping[str, Any]) -> None:
        """Cut off an incomplete batch at the end and append a new stream.

        Args:
            experiment: Its description, stored with the events.

        Raises:
            DamagedFileError: The file belongs to another experiment.
        """
        import pyarrow as pa  # noqa: PLC0415  # not at import of the package

        self.path.parent.mkdir(parents=True, exist_ok=True)
        found = inspect(self.path) if self.path.exists() and self.path.stat().st_size else None
        if found is not None and found.experiment["id"] != experiment["id"]:
            raise DamagedFileError(
                f"{self.path} holds experiment {found.experiment['id']}, not {experiment['id']};"
                " continue it with continue_experiment(path), or choose another file"
            )
        self._file = self.path.open("r+b" if found else "wb")
        if found is not None:
            self._file.seek(found.end)
            self._file.truncate()
            self._file.write(END_OF_STREAM)
            self._hash = found.hash
        described = msgspec.json.encode(experiment, enc_hook=repr)
        fields = schema().with_metadata({"schema_version": "1", "experiment": described})
        options = pa.ipc.IpcWriteOptions(compression="zstd", emit_dictionary_deltas=False)
        self._writer = pa.ipc.new_stream(cast("Any", self._file), fields, options=options)
        self._file.flush()

    def write(self, chunks: Sequence[Chunk | StoredChunk]) -> None:
        """Append events and pass them to the operating system.

        Args:
            chunks: Packed events.

        Raises:
            OSError: The file is closed, or the disk refuses.
        """
        import pyarrow as pa  # noqa: PLC0415  # not at import of the package

        with self._lock:
            if self._file is None:
                raise OSError(f"{self.path} is closed; open() it before writing")
            size = os.fstat(self._file.fileno()).st_size
            if self.max_bytes is not None and size >= self.max_bytes:
                self.dropped_events += sum(chunk.count for chunk in chunks)
                return
            table = pa.Table.from_batches([chunk.table for chunk in chunks]).unify_dictionaries()
            for batch in table.combine_chunks().to_batches(max_chunksize=_ROWS):
                self._hash = chained(self._hash, batch)
                self._writer.write_batch(batch, custom_metadata={"hash": self._hash})
            self._file.flush()
            if self.fsync:
                os.fsync(self._file.fileno())

    def batches(self) -> "Iterator[RecordBatch]":
        """All complete batches of the file, oldest first."""
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
