"""Events in one file: Arrow batches in frames, compressed with zstd, safe up to the last flush.

A process that is killed leaves at most one incomplete frame at the end, which the next session
cuts off. A write that fails leaves the file as it was. See ``frames`` for the format.
"""

import errno
import os
import threading
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import msgspec

from .._core.chunk import Chunk, StoredChunk
from .._core.errors import DamagedFileError
from .contents import Damaged, FileContents, count_events, inspect, read_batches
from .frames import HEAD_SIZE, Counters, Kind, chained, empty_head, frame_bytes
from .lock import lock, unlock

if TYPE_CHECKING:
    from pyarrow import RecordBatch

_Part = tuple[Kind, int, bytes, int]
_ROWS = 8192
_BYTES = 64 * 1024 * 1024


def _opened(path: Path) -> int:
    """Open the file, or a new one; a symbolic link in its place is refused where possible."""
    flags = os.O_RDWR | os.O_CREAT
    for name in ("O_BINARY", "O_CLOEXEC", "O_NOFOLLOW"):
        flags |= getattr(os, name, 0)
    try:
        return os.open(path, flags, 0o644)
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise OSError(
                errno.ELOOP, "it is a symbolic link; give the file that it names", str(path)
            ) from error
        raise


class FileStore:
    """Keeps events in a file that survives the process.

    Args:
        path: The file. An existing file of the same experiment is continued.
        fsync: Wait for the disk at each flush, so that a power failure loses nothing flushed.
        max_bytes: Store no more events in a file of this size; they are counted as dropped.
        damaged: ``error`` refuses to continue a damaged file; ``skip`` keeps it as it is, appends,
            and leaves out what cannot be read.

    Attributes:
        background: True: a thread writes it.
        path: The file.
        fsync: As given.
        max_bytes: As given.
        damaged: As given.
        dropped_events: How many events came when the file was full.

    Example:
        >>> with recording("long", store=FileStore("run.arrows", fsync=True)) as experiment:
        ...     record("a.stop", {"duration_ns": 5})
        >>> len(open_experiment("run.arrows"))
        1
    """

    background: bool = True

    def __init__(
        self,
        path: str | os.PathLike[str],
        *,
        fsync: bool = False,
        max_bytes: int | None = None,
        damaged: Damaged = "error",
    ) -> None:
        self.path: Path = Path(path)
        self.fsync: bool = fsync
        self.max_bytes: int | None = max_bytes
        self.damaged: Damaged = damaged
        self.dropped_events: int = 0
        self._file: BinaryIO | None = None
        self._state = FileContents()
        self._first: list[_Part] = []
        self._lock = threading.Lock()

    def open(self, experiment: Mapping[str, Any]) -> None:
        """Lock the file and cut off an incomplete frame at the end.

        The description of a new file is written with the first events, so that a file that is not
        empty is a whole one.

        Args:
            experiment: Its description, stored with the events.

        Raises:
            DamagedFileError: The file belongs to another experiment, or is damaged.
            StoreInUseError: Another recording writes the file.
        """
        self.path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = _opened(self.path)
        file = os.fdopen(descriptor, "r+b", buffering=0)
        try:
            lock(file, self.path)
            self._state = self._found(experiment)
            self._file = file
            if not self._state.current:
                self._convert(experiment)
            # Twice, so that damage to one of them costs nothing.
            self._first = [("about", 0, _encoded(experiment), 0)] * 2
            if self._state.end:
                self._append([])
        except BaseException:
            self._file = None
            file.close()
            raise

    def write(self, chunks: Sequence[Chunk | StoredChunk]) -> None:
        """Append events and pass them to the operating system, all of them or none.

        Args:
            chunks: Packed events.

        Raises:
            OSError: The file is closed, or the disk refuses; the file is as before.
        """
        with self._lock:
            if self._file is None:
                raise OSError(f"{self.path} is closed; open() it before writing")
            if self.max_bytes is not None and self._state.end >= self.max_bytes:
                self.dropped_events += sum(chunk.count for chunk in chunks)
                return
            self._append([_packed(batch) for batch in _batches(chunks)])

    def batches(self) -> "Iterator[RecordBatch]":
        """All whole batches of the file, oldest first."""
        if self.path.exists() and self.path.stat().st_size:
            yield from read_batches(self.path, size=self._size())

    def count(self) -> int:
        """The number of events in the file, without reading them."""
        if not self.path.exists() or not self.path.stat().st_size:
            return 0
        return count_events(self.path, size=self._size())

    def update(self, experiment: Mapping[str, Any]) -> None:
        """Store a newer description of the experiment, such as its stop.

        Args:
            experiment: Its description.

        Raises:
            OSError: The disk refuses.
        """
        with self._lock:
            if self._file is not None:
                self._append([("about", 0, _encoded(experiment), 0)])

    def close(self) -> None:
        """Mark the file as closed, and release it."""
        with self._lock:
            if self._file is None:
                return
            file = self._file
            try:
                if self._first:
                    self._append([])
                self._count(file, self._state, before=self._state.events, closed=True)
            except OSError:
                pass  # every event is stored; only the mark that nothing follows is missing
            finally:
                self._file = None
                unlock(file)
                file.close()

    def abandon(self) -> None:
        """In a forked child: close the file without a trace; the parent keeps the lock."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def _size(self) -> int | None:
        """The end of what was acknowledged, while this store writes the file."""
        return None if self._file is None else self._state.end

    def _found(self, experiment: Mapping[str, Any]) -> FileContents:
        if not self.path.stat().st_size:
            return FileContents()
        found = inspect(self.path, self.damaged)
        if found.experiment["id"] != experiment["id"]:
            raise DamagedFileError(
                f"{self.path} holds experiment {found.experiment['id']}, not {experiment['id']};"
                " continue it with continue_experiment(path), or choose another file"
            )
        return found

    def _convert(self, experiment: Mapping[str, Any]) -> None:
        """Rewrite a file of version 0.1 in this format; the old one stays until that is done."""
        batches = list(read_batches(self.path))
        temporary = FileStore(self.path.with_name(f".{self.path.name}.new"), fsync=True)
        temporary.path.unlink(missing_ok=True)
        temporary.open(experiment)
        temporary.write([StoredChunk(batch) for batch in batches if batch.num_rows])
        taken, old = temporary._file, self._file  # same class
        temporary.path.replace(self.path)
        self._file, self._state = taken, temporary._state  # same class
        if old is not None:
            old.close()

    def _append(self, frames: Sequence[_Part]) -> None:
        """Write frames behind the last one, then the counters; on a failure, cut them off."""
        file, state = self._file, self._state
        if file is None:
            return
        frames = [*self._first, *frames]
        chain, parts = state.chain, []
        for kind, rows, payload, raw_size in frames:
            chain = chained(chain, kind, payload)
            parts.append(frame_bytes(kind, rows, payload, raw_size, chain))
        data = b"".join(parts)
        start = state.end or HEAD_SIZE
        after = FileContents(
            experiment=state.experiment,
            end=start + len(data),
            chain=chain,
            events=state.events + sum(rows for _, rows, _, _ in frames),
            number=state.number + 1,
        )
        try:
            if not state.end:
                _write_at(file, empty_head() + data, 0)
            else:
                _write_at(file, data, start)
            file.truncate(after.end)
            self._count(file, after, before=state.events, closed=False)
            if self.fsync:
                os.fsync(file.fileno())
        except BaseException:
            self._restore(file, state)
            raise
        self._state, self._first = after, []

    def _restore(self, file: BinaryIO, state: FileContents) -> None:
        """Cut off what a failed write has left; the next write overwrites what remains."""
        try:
            file.truncate(state.end)
            if state.end:
                again = FileContents(events=state.events, end=state.end, number=state.number + 2)
                self._count(file, again, before=state.events, closed=False)
                state.number += 2
        except OSError:
            pass

    def _count(self, file: BinaryIO, state: FileContents, *, before: int, closed: bool) -> None:
        number = state.number + 1 if closed else state.number
        counters = Counters(
            number=number, events=state.events, before=before, end=state.end, closed=closed
        )
        at, slot = counters.slot(state.chain)
        _write_at(file, slot, at)


def _encoded(experiment: Mapping[str, Any]) -> bytes:
    return msgspec.json.encode(experiment, enc_hook=repr)


def _batches(chunks: Sequence[Chunk | StoredChunk]) -> "list[RecordBatch]":
    import pyarrow as pa  # noqa: PLC0415  # not at import of the package

    table = pa.Table.from_batches([chunk.table for chunk in chunks]).unify_dictionaries()
    rows = max(1, min(_ROWS, int(_BYTES * table.num_rows / max(1, table.nbytes))))
    return table.combine_chunks().to_batches(max_chunksize=rows)


def _packed(batch: Any) -> _Part:
    import pyarrow as pa  # noqa: PLC0415  # not at import of the package

    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, batch.schema) as writer:
        writer.write_batch(batch)
    raw = sink.getvalue()
    payload = pa.Codec("zstd", compression_level=1).compress(raw, asbytes=True)
    return "batch", batch.num_rows, payload, raw.size


def _write_at(file: BinaryIO, data: bytes, at: int) -> None:
    """Write all bytes: the operating system may take only a part of them."""
    file.seek(at)
    rest = memoryview(data)
    while rest:
        written = file.write(rest)
        if not written:
            raise OSError("the disk takes no more bytes")
        rest = rest[written:]
