"""Closed parts of a journal: compressed, each with a line that states its form.

A part is ``journal-<number>.jsonl.gz``. Its first line is ``{"schema":1,"rows":<lines>}``, the
others are those of the file that was closed. The file that rows are appended to begins anew.
"""

import gzip
import json
import shutil
import tempfile
from pathlib import Path
from typing import Any, BinaryIO, cast

from .errors import JournalError
from .files import replacing, require_file

SCHEMA = 1
# A file that is smaller stays as it is, for those who want to read it.
LEAST_BYTES = 1_000_000
_LEVEL = 3
_MAX_BYTES = 64 * 2**30
_MAX_PARTS = 9_999


def parts_of(path: Path) -> list[Path]:
    """The closed parts of a journal, the oldest first.

    Args:
        path: The file that rows are appended to.
    """
    return sorted(path.parent.glob(f"{path.stem}-[0-9][0-9][0-9][0-9]{path.suffix}.gz"))


def close_part(path: Path) -> Path | None:
    """Compress the file that rows were appended to; only for the owner of its lock.

    A kill leaves either the file, or its part, or both, which hold the same rows.

    Args:
        path: The file.

    Returns:
        The new part; None for a small file, which stays as it is.

    Raises:
        OutputError: The part cannot be written; the file is untouched.
    """
    if not path.exists() or path.stat().st_size < LEAST_BYTES:
        return None
    number = len(parts_of(path)) + 1
    if number > _MAX_PARTS:
        return None
    target = path.with_name(f"{path.stem}-{number:04}{path.suffix}.gz")
    with path.open("rb") as file:
        rows = sum(chunk.count(b"\n") for chunk in iter(lambda: file.read(1 << 20), b""))
        file.seek(0)
        with (
            replacing(target) as temporary,
            temporary.open("wb") as raw,
            # No name and no time: the same rows give the same bytes.
            gzip.GzipFile("", "wb", _LEVEL, raw, mtime=0) as packed,
        ):
            packed.write(b'{"schema":%d,"rows":%d}\n' % (SCHEMA, rows))
            shutil.copyfileobj(file, packed, 1 << 20)
    path.unlink()
    return target


def open_parts(path: Path) -> BinaryIO | None:
    """All lines of a journal as one file; None when nothing was written yet.

    Args:
        path: The file that rows are appended to.

    Raises:
        JournalError: A part is damaged, or of a form that this version does not know.
    """
    whole = unpacked_parts(path)
    if whole is None:
        return path.open("rb") if path.exists() else None
    if path.exists():
        whole.seek(0, 2)
        with path.open("rb") as file:
            shutil.copyfileobj(file, whole, 1 << 20)
    whole.seek(0)
    return whole


def unpacked_parts(path: Path) -> BinaryIO | None:
    """The lines of the closed parts as one file; None when there is no closed part.

    Args:
        path: The file that rows are appended to.

    Raises:
        JournalError: A part is damaged, or of a form that this version does not know.
    """
    parts = parts_of(path)
    if not parts:
        return None
    whole = cast("BinaryIO", tempfile.TemporaryFile())  # noqa: SIM115  # the caller closes it
    try:
        for part in parts:
            _unpack(part, whole)
        whole.flush()
    except BaseException:
        whole.close()
        raise
    whole.seek(0)
    return whole


def _unpack(part: Path, whole: BinaryIO) -> None:
    try:
        require_file(part)
        with gzip.open(part, "rb") as file:
            _require_schema(part, file.readline(1_000))
            while chunk := file.read(1 << 20):
                whole.write(chunk)
                if whole.tell() > _MAX_BYTES:
                    raise JournalError(part, f"has more than {_MAX_BYTES:,} bytes")
    except (OSError, EOFError) as error:
        raise JournalError(part, f"cannot be read: {error}") from error


def _require_schema(part: Path, line: bytes) -> None:
    try:
        found: Any = json.loads(line)["schema"]
    except (ValueError, KeyError, TypeError) as error:
        raise JournalError(part, "does not begin with the line that states its form") from error
    if found != SCHEMA:
        text = f"is of form {found!r}, and this version reads {SCHEMA}; use a newer version"
        raise JournalError(part, text)
