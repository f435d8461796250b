"""Logs of lines in parts: one that is appended to, and closed ones that are compressed.

A closed part is ``journal-<number>.jsonl.gz``. Its first line is ``{"schema":1,"rows":<lines>}``,
the others are those of the file that was closed. A file that was closed and is not compressed yet
is ``journal-<number>.jsonl``. In a file that is appended to, the first line states the form too:
``{"schema":1,"crc":...``.
"""

import gzip
import json
import os
import re
import shutil
import tempfile
import zlib
from pathlib import Path
from typing import Any, BinaryIO, cast

from .errors import JournalError, OutputError
from .files import replacing
from .system import open_plain

SCHEMA = 1
# A file that is smaller stays as it is, for those who want to read it.
LEAST_BYTES = 1_000_000
_LEVEL = 3
_MAX_BYTES = 64 * 2**30
_FREE_BYTES = 64 * 2**20
_RATIO = 150
_MAX_PARTS = 9_999
_FIRST = re.compile(rb'\{"schema":(\d{1,9}),')


def parts_of(path: Path) -> list[Path]:
    """The closed parts of a log, the oldest first.

    A kill may leave a part and what it was compressed from; only the part counts then.

    Args:
        path: The file that is appended to.
    """
    found = sorted(path.parent.glob(f"{path.stem}-[0-9][0-9][0-9][0-9]{path.suffix}*"))
    packed = {each.name for each in found if each.suffix == ".gz"}
    return [
        each
        for each in found
        if each.suffix == ".gz" or (each.suffix == path.suffix and f"{each.name}.gz" not in packed)
    ]


def rotate(path: Path) -> Path | None:
    """Close the file that was appended to; only for the owner of its lock, with the file closed.

    Args:
        path: The file.

    Returns:
        Its new name, under which ``compress`` takes it; None when there are too many parts.

    Raises:
        OutputError: It cannot be renamed.
    """
    parts = parts_of(path)
    number = 1 + (int(parts[-1].name[len(path.stem) + 1 :][:4]) if parts else 0)
    if number > _MAX_PARTS:
        return None
    try:
        return path.replace(path.with_name(f"{path.stem}-{number:04}{path.suffix}"))
    except OSError as error:
        raise OutputError(path, error.strerror or str(error)) from error


def close_parts(path: Path) -> None:
    """Compress all of a log that is not yet; only for the owner of its lock.

    A small file that is appended to stays as it is.

    Args:
        path: The file that is appended to.

    Raises:
        OutputError: A part cannot be written; what it is made of is untouched.
    """
    if path.exists() and path.stat().st_size >= LEAST_BYTES:
        rotate(path)
    for part in path.parent.glob(f"{path.stem}-[0-9][0-9][0-9][0-9]{path.suffix}"):
        compress(part)


def compress(part: Path) -> Path:
    """Compress a file that was closed. A kill leaves the file, its part, or both.

    Args:
        part: The file, as ``rotate`` named it.

    Raises:
        OutputError: The part cannot be written; the file is untouched.
    """
    target = part.with_name(f"{part.name}.gz")
    with open_plain(part) as file, replacing(target) as temporary:
        rows = sum(chunk.count(b"\n") for chunk in iter(lambda: file.read(1 << 20), b""))
        _pack(file, temporary, rows, _LEVEL)
        if file.tell() > _most(temporary.stat().st_size):  # it would be refused as a bomb
            _pack(file, temporary, rows, 0)
    part.unlink()
    return target


def _pack(file: BinaryIO, target: Path, rows: int, level: int) -> None:
    file.seek(0)
    # No name and no time: the same rows give the same bytes.
    with target.open("wb") as raw, gzip.GzipFile("", "wb", level, raw, mtime=0) as packed:
        packed.write(b'{"schema":%d,"rows":%d}\n' % (SCHEMA, rows))
        shutil.copyfileobj(file, packed, 1 << 20)


def _most(packed: int) -> int:
    """How many bytes parts of so many bytes may unpack to."""
    return min(_MAX_BYTES, max(_FREE_BYTES, _RATIO * packed))


def open_parts(path: Path) -> BinaryIO | None:
    """All lines of a log as one file; None when nothing was written yet.

    Args:
        path: The file that is appended to.

    Raises:
        JournalError: A part is damaged, or of a form that this version does not know.
    """
    whole = unpacked_parts(path)
    if whole is None:
        return _open(path) if path.exists() else None
    try:
        whole.seek(0, os.SEEK_END)
        if path.exists():
            _copy(path, whole)
    except BaseException:
        whole.close()
        raise
    whole.seek(0)
    return whole


def unpacked_parts(path: Path) -> BinaryIO | None:
    """The lines of the closed parts as one file; None when there is no closed part.

    Args:
        path: The file that is appended to.

    Raises:
        JournalError: A part is damaged, or of a form that this version does not know.
    """
    parts = parts_of(path)
    if not parts:
        return None
    whole = _temporary()
    unpacked = 0
    try:
        most = _most(sum(part.stat().st_size for part in parts if part.suffix == ".gz"))
        for part in parts:
            if part.suffix == ".gz":
                unpacked += _unpack(part, whole, most - unpacked)
            else:
                _copy(part, whole)
        whole.flush()
    except BaseException:
        whole.close()
        raise
    whole.seek(0)
    return whole


def _temporary() -> BinaryIO:
    return cast("BinaryIO", tempfile.TemporaryFile())


def _copy(part: Path, whole: BinaryIO) -> None:
    with _open(part) as file:
        shutil.copyfileobj(file, whole, 1 << 20)
    _end_line(whole)


def _end_line(whole: BinaryIO) -> None:
    """A torn last line must not swallow the first one of the next file."""
    if whole.tell():
        whole.seek(-1, os.SEEK_END)
        if whole.read(1) != b"\n":
            whole.write(b"\n")


def with_schema(line: bytes) -> bytes:
    """The first line of a file, which states its form.

    Args:
        line: The line, a JSON object.
    """
    return b'{"schema":%d,%b' % (SCHEMA, line[1:])


def without_schema(line: bytes) -> bytes:
    """A line without what states the form of its file.

    Args:
        line: The line.
    """
    match = _FIRST.match(line)
    return line if match is None else b"{" + line[match.end() :]


def _open(path: Path) -> BinaryIO:
    file = open_plain(path)
    match = _FIRST.match(file.read(100))
    file.seek(0)
    if match is not None and int(match[1]) != SCHEMA:
        file.close()
        raise _of_other_form(path, int(match[1]))
    return file


def _unpack(part: Path, whole: BinaryIO, most: int) -> int:
    unpacked = 0
    try:
        with open_plain(part) as packed, gzip.open(packed, "rb") as file:
            _require_schema(part, file.readline(1_000))
            while chunk := file.read(1 << 20):
                unpacked += len(chunk)
                if unpacked > most:
                    raise JournalError(
                        part,
                        f"unpacks to more than {_RATIO} times the size of all parts; unpack it with"
                        " gzip if it is yours, and remove its first line and the .gz",
                    )
                whole.write(chunk)
    except (OSError, EOFError, zlib.error) as error:
        raise JournalError(part, f"cannot be read: {error}") from error
    return unpacked


def _require_schema(part: Path, line: bytes) -> None:
    try:
        found: Any = json.loads(line)["schema"]
    except (ValueError, KeyError, TypeError) as error:
        raise JournalError(part, "does not begin with the line that states its form") from error
    if found != SCHEMA:
        raise _of_other_form(part, found)


def _of_other_form(path: Path, found: object) -> JournalError:
    text = (
        f"is of form {found!r}, and this version reads {SCHEMA}; use a newer version, or, if this"
        f" one wrote it, the number behind 'schema' in its first line is damaged: make it {SCHEMA}"
    )
    return JournalError(path, text)
