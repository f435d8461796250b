"""Reads event files of this format and of version 0.1, and reports damage."""

import os
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, Literal, get_args

import msgspec

from .._core.chunk import schema
from .._core.errors import DamagedFileError, require_choice
from . import streams
from .arrow_messages import has_packed_buffers
from .frames import HEAD_SIZE, MAGIC, MARK, Counters, Damage, Frame, counters_of, read_frames
from .plain_files import open_plain

Damaged = Literal["error", "skip"]
_SKIP = "damaged='skip' reads the others"
# A batch is split at 64 MiB, unless one event is larger; that does not pack to nearly nothing.
_MAX_BATCH, _MAX_RATIO = 128 * 2**20, 32


@dataclass(slots=True, kw_only=True)
class FileContents:
    """The contents of an event file.

    Attributes:
        experiment: The description of the experiment.
        end: Where the next frame is to be written, in bytes.
        chain: The hash of the last frame.
        events: How many events there are.
        number: The number of the last write.
        current: Whether it has this format, and not that of version 0.1.
        problems: What is damaged, for people.
        newer: The version of events that only a newer version of this library knows; else empty.
    """

    experiment: Mapping[str, Any] = field(default_factory=dict)
    end: int = 0
    chain: bytes = b""
    events: int = 0
    number: int = 0
    current: bool = True
    problems: list[str] = field(default_factory=list)
    newer: str = ""


def inspect(path: Path, damaged: Damaged = "error") -> FileContents:
    """Read a whole event file and check each frame, the hash chain and the counters.

    Args:
        path: The file.
        damaged: ``error`` refuses a damaged file; ``skip`` leaves out what is damaged, and warns.

    Raises:
        DamagedFileError: It is not an event file, or it is damaged and ``damaged`` is ``error``.
    """
    require_choice("damaged", damaged, get_args(Damaged))
    with open_plain(path) as file:
        newer = _newer_format(file)
        if not newer and not _is_framed(file, path):
            old = streams.inspect(path)
            return FileContents(experiment=old.experiment, events=old.events, current=False)
        found = _read(file)
    if found.newer or (newer and not found.experiment):  # a flipped bit of the head costs nothing
        version = found.newer or f"of the format {newer}"
        raise DamagedFileError(
            f"{path} was written by a newer version of this library ({version}); update it."
            " The file is as it was"
        )
    if not found.experiment:
        raise DamagedFileError(f"{path} has no description of an experiment: its head is cut off")
    _report(path, found, damaged)
    return found


def read_batches(path: Path, *, size: int | None = None) -> Iterator[Any]:
    """The whole batches of a file, oldest first; damage between them is passed over.

    Args:
        path: The file.
        size: Where to stop; None is the end of the file.
    """
    with open_plain(path) as file:
        if not _is_framed(file, path):
            yield from (batch for batch, _ in streams.read_batches(path))
            return
        for frame in read_frames(file, path.stat().st_size if size is None else size):
            if isinstance(frame, Frame) and frame.kind == "batch":
                batch = batch_of(frame)
                if batch is not None:
                    yield batch


def count_events(path: Path, *, size: int | None = None) -> int:
    """The number of events in the whole batches of a file, without reading them."""
    with open_plain(path) as file:
        if not _is_framed(file, path):
            return sum(batch.num_rows for batch, _ in streams.read_batches(path))
        frames = read_frames(file, path.stat().st_size if size is None else size)
        return sum(frame.rows for frame in frames if isinstance(frame, Frame))


def batch_of(frame: Frame) -> Any:
    """The Arrow batch of a frame; None when it is not a valid batch of events."""
    import pyarrow as pa  # noqa: PLC0415  # not at import of the package

    if frame.raw_size > max(_MAX_BATCH, _MAX_RATIO * len(frame.payload)):
        return None
    try:
        raw = pa.Codec("zstd").decompress(frame.payload, frame.raw_size)
        stream: Any = pa.ipc.open_stream(raw)
        if not stream.schema.equals(schema(), check_metadata=False) or has_packed_buffers(raw):
            return None
        batch = stream.read_next_batch()
        batch.validate(full=True)
    except Exception:  # noqa: BLE001  # whatever the reason, it is not a batch
        return None
    return batch if batch.num_rows == frame.rows else None


def _newer_format(file: BinaryIO) -> str:
    """The format in the head of a file, when that is newer than the one of here; else empty."""
    head = file.read(len(MAGIC))
    file.seek(0)
    version = head.removeprefix(MAGIC[:-1])
    is_newer = len(version) == 1 and version.isdigit() and version > MAGIC[-1:]
    return head.decode() if is_newer else ""


def _newer_events(frame: Frame) -> str:
    """What a whole batch has that only a newer version of this library knows; else empty."""
    import pyarrow as pa  # noqa: PLC0415  # not at import of the package

    if not frame.linked or frame.raw_size > max(_MAX_BATCH, _MAX_RATIO * len(frame.payload)):
        return ""
    try:
        found = pa.ipc.open_stream(pa.Codec("zstd").decompress(frame.payload, frame.raw_size))
    except Exception:  # noqa: BLE001  # whatever the reason, it is not a batch
        return ""
    known = schema()
    stated = (found.schema.metadata or {}).get(b"schema_version", b"").decode(errors="replace")
    if stated.isdecimal() and int(stated) > int(known.metadata[b"schema_version"]):
        return f"events of schema {stated}"
    more = [name for name in found.schema.names if name not in known.names]
    has_all = set(known.names) <= set(found.schema.names)
    return f"events with the column {more[0]!r}" if more and has_all else ""


def _is_framed(file: BinaryIO, path: Path) -> bool:
    """Whether the file has this format, also when the first bytes are damaged."""
    head = file.read(HEAD_SIZE + len(MARK))
    if not head:
        raise DamagedFileError(f"{path} is empty: no recording was written to it")
    if head.startswith(MAGIC) or head[HEAD_SIZE:] == MARK:
        return True
    return MAGIC.startswith(head[: len(MAGIC)])


def _read(file: BinaryIO) -> FileContents:
    # The counters first: a writer that goes on then adds only what they do not count.
    counters = counters_of(file)
    size = os.fstat(file.fileno()).st_size
    found = FileContents(end=HEAD_SIZE)
    gap: Damage | None = None
    for frame in read_frames(file, size):
        if isinstance(frame, Damage):
            gap = frame
            continue
        if gap is not None:
            found.problems.append(f"bytes {gap.start} to {gap.end} cannot be read")
        elif not frame.linked:
            found.problems.append(
                f"the hash of bytes {frame.start} to {frame.end} does not match: they, or what"
                " was before them, were changed after they were written"
            )
        gap = None
        _add(found, frame)
    _compare(found, counters, size)
    return found


def _add(found: FileContents, frame: Frame) -> None:
    found.end, found.chain = frame.end, frame.chain
    if frame.kind == "batch":
        if batch_of(frame) is None:
            found.newer = found.newer or _newer_events(frame)
            found.problems.append(f"bytes {frame.start} to {frame.end} are not a batch of events")
        else:
            found.events += frame.rows
        return
    try:
        described = msgspec.json.decode(frame.payload, type=dict[str, Any])
        found.experiment = described if "id" in described else found.experiment
    except (ValueError, RecursionError):  # of msgspec, and of a text that is not UTF-8
        found.problems.append(f"bytes {frame.start} to {frame.end} are not a description")


def _compare(found: FileContents, counters: Counters | None, size: int) -> None:
    """Compare with the counters of the head; without a write to the disk, the last may be lost."""
    if counters is None:
        return
    found.number = counters.number
    missing = counters.events - found.events
    arrived = counters.closed or found.events < counters.before or size >= counters.end
    if missing > 0 and arrived:
        found.problems.append(f"{missing} of {counters.events} written events are missing")
    elif counters.closed and size < counters.end:
        lost = counters.end - size
        found.problems.append(f"the last {lost} bytes are missing: no event, but the description")
    elif missing > 0 and not found.problems:
        text = f"the last write, of {missing} events, did not reach the file"
        warnings.warn(text, UserWarning, stacklevel=5)


def _report(path: Path, found: FileContents, damaged: Damaged) -> None:
    if not found.problems:
        return
    text = f"{path} is damaged: {'; '.join(found.problems)}"
    text += f". {found.events} events are whole"
    if damaged == "error":
        raise DamagedFileError(f"{text}; {_SKIP}")
    warnings.warn(text, UserWarning, stacklevel=4)
