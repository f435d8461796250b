"""Reads the Arrow IPC streams of an event file and checks their hash chain."""

import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, BinaryIO, cast

import msgspec

from .._core.errors import DamagedFileError
from .arrow_messages import require_bounded
from .plain_files import open_plain

END_OF_STREAM = b"\xff\xff\xff\xff\x00\x00\x00\x00"


@dataclass(frozen=True, slots=True)
class FileContents:
    """The contents of an event file.

    Attributes:
        experiment: The description of the experiment.
        end: The end of the last complete batch, in bytes.
        hash: The hash of that batch.
        events: How many events there are.
        torn: Whether an incomplete batch follows.
    """

    experiment: Mapping[str, Any]
    end: int
    hash: str
    events: int
    torn: bool


def inspect(path: Path) -> FileContents:
    """Read a whole event file and check its hash chain.

    Raises:
        DamagedFileError: It is not an event file, or a batch was changed after it was written.
    """
    with open_plain(path) as file:
        reader = _StreamReader(file, path)
        events = 0
        last = ""
        for batch, stored in reader:
            last = chained(last, batch)
            if stored != last:
                raise DamagedFileError(
                    f"{path}: the batch of events {events} to {events + batch.num_rows - 1} was"
                    " changed after it was written: its hash does not match"
                )
            events += batch.num_rows
        return FileContents(reader.experiment, reader.end, last, events, torn=reader.torn)


def read_batches(path: Path) -> Iterator[tuple[Any, str]]:
    """The complete batches of a file, each with its stored hash."""
    with open_plain(path) as file:
        yield from _StreamReader(file, path)


def chained(previous: str, batch: Any) -> str:
    """The hash of a batch and of the hash before it."""
    import pyarrow as pa  # noqa: PLC0415  # not at import of the package

    digest = sha256(previous.encode())
    digest.update(batch.serialize())
    for column in batch.columns:
        if isinstance(column, pa.DictionaryArray):
            texts = pa.RecordBatch.from_arrays([column.dictionary], names=["texts"])
            digest.update(texts.serialize())
    return digest.hexdigest()


class _StreamReader:
    """Reads the streams of a file one after the other, up to the first incomplete batch."""

    def __init__(self, file: BinaryIO, path: Path) -> None:
        self._file = file
        self._path = path
        self.experiment: Mapping[str, Any] = {}
        self.end = 0
        self.torn = False

    def __iter__(self) -> Iterator[tuple[Any, str]]:
        import pyarrow as pa  # noqa: PLC0415  # not at import of the package

        size = self._file.seek(0, io.SEEK_END)
        try:
            require_bounded(self._file, size)
        except ValueError as error:
            raise DamagedFileError(f"{self._path} is refused: {error}") from error
        self._file.seek(0)
        while self._position() < size:
            try:
                stream = pa.ipc.open_stream(cast("Any", self._file))
                described = (stream.schema.metadata or {}).get(b"experiment")
            except (OSError, pa.ArrowException, MemoryError) as error:
                self._end_at(error)
                return
            if described is None:
                raise DamagedFileError(f"{self._path} was not written by FileStore")
            self.experiment = self.experiment or self._decoded(described)
            self.end = self._position()
            while True:
                try:
                    batch, about = stream.read_next_batch_with_custom_metadata()
                    batch.validate(full=True)  # to use what others wrote unchecked may crash
                except StopIteration:
                    break
                except (OSError, pa.ArrowException, MemoryError) as error:
                    self._end_at(error)
                    return
                self.end = self._position()
                yield batch, dict(about or {})[b"hash"].decode()

    def _decoded(self, described: bytes) -> dict[str, Any]:
        try:
            return msgspec.json.decode(described, type=dict[str, Any])
        except (ValueError, RecursionError) as error:
            raise DamagedFileError(f"{self._path}: its description is not JSON") from error

    def _position(self) -> int:
        return self._file.seek(0, io.SEEK_CUR)

    def _end_at(self, error: Exception) -> None:
        if not self.end:
            raise DamagedFileError(f"{self._path} is not an event file: {error}") from error
        # A closed file ends in the end-of-stream mark, so a broken batch before it is damage.
        self._file.seek(-len(END_OF_STREAM), io.SEEK_END)
        if self._file.read() == END_OF_STREAM:
            raise DamagedFileError(f"{self._path} is damaged after byte {self.end}: {error}")
        self.torn = True
