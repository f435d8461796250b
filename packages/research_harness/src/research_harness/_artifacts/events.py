"""The events of a run: in a file while it goes on, as Parquet when a session has ended.

Events reach ``checkpoints/events-<session>.arrows`` within 0.1 s, so that a session that was killed
keeps them. The next session, or the analysis, makes ``events.parquet`` of what it left.
"""

import contextlib
import logging
import os
import re
from array import array
from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .._core.errors import OutputError
from .._core.files import replacing
from .._core.secrets import redacted
from .._core.system import open_own
from .._core.text import error_text, type_name
from .._rows.parquet_files import parquet_rows
from .folder import RunFolder

if TYPE_CHECKING:
    from collections.abc import Callable

    from telemetry_research import FileStore, Recording

FLUSH_MS = 100.0
ROW_EVENTS = ("harness.row.stop", "harness.row.exception")
_LIVE = re.compile(r"events-(\d{1,9})\.arrows")


class CleanChunk:
    """Events whose texts hold no known key.

    Args:
        chunk: Events as telemetry gives them to a store.
    """

    __slots__ = ("count", "first", "source", "table")

    def __init__(self, chunk: Any) -> None:
        self.source = chunk.source
        self.first = chunk.first
        self.count = chunk.count
        self.table = _clean(chunk.table)


class OtherStore:
    """A store that the user names; what it raises costs the run nothing.

    Args:
        store: A store, a function that makes one, or None.
    """

    def __init__(self, store: Any) -> None:
        self._store = store

    def open(self, experiment: Mapping[str, Any]) -> None:
        """Begin the events of a session.

        Args:
            experiment: The description of the recording.
        """
        if callable(self._store):
            self._call(lambda make: setattr(self, "_store", make()))
        self._call(lambda store: store.open(experiment))

    def write(self, chunks: Sequence[Any]) -> None:
        """Take events.

        Args:
            chunks: The events.
        """
        self._call(lambda store: store.write(chunks))

    def close(self) -> None:
        """End the session."""
        self._call(lambda store: store.close())

    def _call(self, work: "Callable[[Any], object]") -> None:
        if self._store is None:
            return
        try:
            work(self._store)
        except Exception as error:  # noqa: BLE001  # a foreign store may raise anything
            self._store = None
            logging.getLogger("crucible").warning(
                "the store of telemetry= failed and gets no more events of the run: %s: %s",
                type_name(error),
                error_text(error),
            )


def event_store(folder: RunFolder, session: int, *, other: Any = None) -> "FileStore":
    """The file that takes the events of a session while it goes on.

    Args:
        folder: The run.
        session: The number of the session, from 1.
        other: A store that takes the events too, or a function that makes one.
    """
    import telemetry_research

    class CleanFileStore(telemetry_research.FileStore):
        """A file of events without keys."""

        def open(self, experiment: Mapping[str, Any]) -> None:
            """Begin the file."""
            super().open(experiment)
            also.open(experiment)

        def write(self, chunks: Sequence[Any]) -> None:
            """Append events, their texts cleaned."""
            clean: Any = [CleanChunk(each) for each in chunks]
            super().write(clean)
            also.write(clean)

        def close(self) -> None:
            """End the file."""
            super().close()
            also.close()

    also = OtherStore(other)

    path = _live_file(folder, session)
    store = CleanFileStore(path)
    with contextlib.suppress(OSError):  # the store itself reports what it cannot do
        os.close(open_own(path, os.O_WRONLY | os.O_CREAT))
    return store


def export_events(folder: RunFolder, recorded: "Recording", session: int) -> None:
    """Write the events of a session that has ended as Parquet, and remove its live file.

    Args:
        folder: The run.
        recorded: The session's recording, stopped.
        session: The number of the session.

    Raises:
        OutputError: The file cannot be written; the live file stays.
    """
    _export(folder, session, recorded.export)


def recover_events(folder: RunFolder) -> None:
    """Make Parquet files of what sessions that were killed left behind; the lock is held.

    Args:
        folder: The run.
    """
    import telemetry_research

    for path in sorted(folder.state.parent.glob("events-*.arrows")):
        match = _LIVE.fullmatch(path.name)
        if match is None:
            continue
        try:
            recorded = telemetry_research.open_experiment(path, damaged="skip")
        except (telemetry_research.TelemetryError, OSError, ValueError):
            continue  # killed before its first event, or damaged: the file stays as it is
        _export(folder, int(match[1]), recorded.export)


def event_counts(folder: RunFolder) -> dict[str, dict[str, int]]:
    """How many events each file of a run has, and how many of them end a row.

    Args:
        folder: The run.
    """
    return {path.name: _counted(path) for path in event_files(folder)}


def event_files(folder: RunFolder) -> Iterator[Path]:
    """The event files of the sessions that have ended.

    Args:
        folder: The run.
    """
    yield from sorted(folder.path.glob("events*.parquet"))


def _counted(path: Path) -> dict[str, int]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    rows, at_once = 0, parquet_rows(path)
    try:
        with pq.ParquetFile(path) as file:
            count = file.metadata.num_rows
            for batch in file.iter_batches(at_once, columns=["name"]):
                names = batch.column(0)
                if pa.types.is_dictionary(names.type):
                    names = names.cast(pa.string())
                rows += sum(1 for name in names.to_pylist() if name in ROW_EVENTS)
    except (pa.ArrowException, OSError) as error:
        raise OutputError(path, f"it has no events ({error_text(error)})", reading=True) from error
    return {"events": count, "rows": rows}


def _live_file(folder: RunFolder, session: int) -> Path:
    return folder.state.parent / f"events-{session}.arrows"


def _export(folder: RunFolder, session: int, export: "Callable[..., object]") -> None:
    import telemetry_research

    name = "events.parquet" if session == 1 else f"events-{session}.parquet"
    try:
        with replacing(folder.file(name)) as temporary:
            export(temporary, format="parquet")
    except telemetry_research.NoDataError:
        return
    _live_file(folder, session).unlink(missing_ok=True)


def _clean(table: Any) -> Any:
    import pyarrow as pa

    columns = [_clean_column(each) for each in table.columns]
    return pa.RecordBatch.from_arrays(columns, names=table.schema.names)


def _clean_column(column: Any) -> Any:
    import pyarrow as pa

    if pa.types.is_dictionary(column.type):
        words = _clean_texts(column.dictionary)
        return pa.DictionaryArray.from_arrays(column.indices, words)
    return _clean_texts(column) if pa.types.is_string(column.type) else column


def _clean_texts(texts: Any) -> Any:
    """Texts without keys, made from buffers.

    The first ``pyarrow.array`` of a process imports pandas, which may crash it in a second thread.
    """
    import pyarrow as pa

    data = texts.buffers()[2]
    if data is None or redacted(data.to_pybytes()) == data.to_pybytes():
        return texts
    values = [redacted((text or "").encode()) for text in texts.to_pylist()]
    ends = array("i", accumulate(map(len, values), initial=0))
    buffers = [None, pa.py_buffer(ends.tobytes()), pa.py_buffer(b"".join(values))]
    return pa.Array.from_buffers(pa.string(), len(values), buffers)
