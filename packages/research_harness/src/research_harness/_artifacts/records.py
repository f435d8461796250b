"""SHA-256 of what a run recorded: the lines of its logs and the columns of its event files.

The hashes of the manifest are of the bytes of files. These are of the values, so that packing a log
or an event file again leaves them as they are, and a value that was changed together with the hash
of its file is found. Nothing computes these values a second time: who changes them and all hashes
is found by the signature of the manifest only.
"""

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from .._control.request_file import REQUEST
from .._control.session_file import SESSION
from .._core.errors import OutputError
from .._core.files import bounded_lines
from .._core.parts import open_parts
from .._core.system import open_plain
from .._core.text import error_text
from .._engine.journal import row_text
from .._rows.parquet_files import parquet_rows
from .events import event_files
from .folder import RunFolder


def record_hashes(folder: RunFolder) -> dict[str, str]:
    """The SHA-256 of the values of every record of a run, by its name in the folder.

    Args:
        folder: The run.

    Raises:
        OutputError: An event file cannot be read, or a line of a log is too long.
        JournalError: A part of a log is damaged.
    """
    found: dict[str, str] = {}
    for path in (folder.state, *(folder.state.with_name(name) for name in (SESSION, REQUEST))):
        if path.is_file():
            with open_plain(path) as file:
                found[_name(folder, path)] = hashlib.file_digest(file, "sha256").hexdigest()
    for path in (
        *(folder.journal, folder.responses, folder.spending, folder.attempts, folder.edits),
        *(folder.dead, folder.canaries),
    ):
        digest = _log_hash(path)
        if digest is not None:
            found[_name(folder, path)] = digest
    found |= {_name(folder, path): _events_hash(path) for path in event_files(folder)}
    return found


def _name(folder: RunFolder, path: Path) -> str:
    return path.relative_to(folder.path).as_posix()


def _log_hash(path: Path) -> str | None:
    """Of the lines of a log with its closed parts; None when there is no such log."""
    file = open_parts(path)
    if file is None:
        return None
    digest = hashlib.sha256()
    with file:
        for line in bounded_lines(file, path):
            digest.update(row_text(line) or line)
            digest.update(b"\n")
    return digest.hexdigest()


def _events_hash(path: Path) -> str:
    """Of the columns of an event file, each with its name and in the order of the rows."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        rows = parquet_rows(path)
        with pq.ParquetFile(path) as file:
            columns = {name: [hashlib.sha256() for _ in range(3)] for name in _names(file)}
            # One column after the other: all of them at once take a lot of memory.
            for name, digests in columns.items():
                for batch in file.iter_batches(rows, columns=[name]):
                    # Each part has a digest of its own, since batches may end anywhere.
                    for digest, piece in zip(digests, _parts_of(batch.column(0)), strict=False):
                        digest.update(piece)
    except (pa.ArrowException, OSError) as error:
        raise OutputError(path, f"it has no events ({error_text(error)})", reading=True) from error
    whole = hashlib.sha256()
    for name, digests in columns.items():
        parts = b"".join(each.digest() for each in digests)
        whole.update(name.encode("utf-8", "surrogateescape") + b"\0" + parts)
    return whole.hexdigest()


def _names(file: Any) -> list[str]:
    return list(file.schema_arrow.names)


def _parts_of(column: Any) -> Iterator[Any]:
    """Which values are missing, and the values, as bytes that no form of storage changes."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    yield _fixed(pc.cast(pc.is_null(column), pa.uint8()), 1)
    if pa.types.is_string(column.type) or pa.types.is_binary(column.type):
        texts = _filled(column).cast(pa.large_binary())
        yield _fixed(pc.binary_length(texts), 8)
        ends = memoryview(texts.buffers()[1]).cast("q")
        data = texts.buffers()[2]
        first, last = ends[texts.offset], ends[texts.offset + len(texts)]
        yield b"" if data is None else memoryview(data)[first:last]
    elif pa.types.is_boolean(column.type):
        yield _fixed(_filled(pc.cast(column, pa.uint8())), 1)
    elif pa.types.is_primitive(column.type):
        yield _fixed(_filled(column), column.type.bit_width // 8)
    else:
        yield "".join(f"{each!r}\n" for each in column.to_pylist()).encode("utf-8", "replace")


def _filled(column: Any) -> Any:
    """The values of a column, 0 or empty where they are missing, as ``fill_null`` gives them.

    That makes Arrow of the 0, and loads pandas for it.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    if not column.null_count:
        return column
    is_text = pa.types.is_string(column.type) or pa.types.is_binary(column.type)
    width = 4 if is_text else column.type.bit_width // 8
    zeros = pa.py_buffer(bytes(width * (len(column) + 1)))
    buffers = [None, zeros, pa.py_buffer(b"")] if is_text else [None, zeros]
    other = pa.Array.from_buffers(column.type, len(column), buffers)
    return pc.if_else(column.is_valid(), column, other)


def _fixed(values: Any, width: int) -> memoryview:
    """The bytes of numbers of one width."""
    data = values.buffers()[1]
    start = values.offset * width
    return memoryview(data or b"")[start : start + len(values) * width]
