"""Append-only files of lines, each with the check sum of its bytes.

A line is ``{"crc":"<CRC-32 of the value's bytes>","<name>":<value>}``. The first line of a file may
state its form before that (``"schema":1``). After a crash the file may end in a torn line, which is
cut off when the file is opened again.
"""

import contextlib
import os
import zlib
from pathlib import Path

from .._core.parts import without_schema
from .._core.system import open_own, read_at, sync_file, sync_folder

_PREFIX, _SUFFIX = b'{"crc":"', b"}\n"
_FIRST = b'{"schema":'


class Frame:
    """The form of the lines of one file.

    Args:
        name: The key of the value, such as ``row``.
    """

    def __init__(self, name: str) -> None:
        self._middle = b'","' + name.encode() + b'":'
        self._head = len(_PREFIX) + 8 + len(self._middle)

    def line(self, text: bytes) -> bytes:
        """A value as a line of the file."""
        return b"%b%08x%b%b%b" % (_PREFIX, zlib.crc32(text), self._middle, text, _SUFFIX)

    def value(self, line: bytes) -> bytes | None:
        """The value in a line; None when the line is damaged."""
        if line.startswith(_FIRST):
            line = without_schema(line)
        head, text = line[: self._head], line[self._head : -len(_SUFFIX)]
        whole = line.endswith(_SUFFIX) and head == b"%b%08x%b" % (
            _PREFIX,
            zlib.crc32(text),
            self._middle,
        )
        return text if whole else None


def open_for_append(path: Path) -> int:
    """Open a file that only grows, and make sure that it survives a power cut.

    Raises:
        OSError: The file cannot be opened.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    file = open_own(path, os.O_RDWR | os.O_APPEND | os.O_CREAT)
    try:
        sync_folder(path.parent)  # a new file is safe only once its folder is on disk too
    except OSError:
        os.close(file)
        raise
    return file


def cut_torn_line(file: int) -> None:
    """Cut off a last line without its newline."""
    size = os.fstat(file).st_size
    end = size
    while end > 0:
        start = max(0, end - 65536)
        chunk = read_at(file, end - start, start)
        newline = chunk.rfind(b"\n")
        if newline >= 0:
            end = start + newline + 1
            break
        end = start
    if end != size:
        os.ftruncate(file, end)
        sync_file(file)


def require_own_file(file: int, path: Path, size: int) -> None:
    """Notice that others removed, renamed, replaced or shortened a file that is written.

    Args:
        file: The open file.
        path: Where it was opened.
        size: How many bytes it has at least.

    Raises:
        OSError: What is written to it cannot be read again.
    """
    own = os.fstat(file)
    with contextlib.suppress(OSError):
        found = path.stat()
        if (found.st_dev, found.st_ino) == (own.st_dev, own.st_ino) and own.st_size >= size:
            return
    raise OSError(
        "the file was removed, renamed or shortened while the run went on; put it back, and resume"
        " the run"
    )


def write_all(file: int, data: bytes) -> None:
    """Write all of the data, in as many calls as it takes."""
    view = memoryview(data)
    while view:
        view = view[os.write(file, view) :]
