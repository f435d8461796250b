"""What a file of strangers may take: unpacked bytes, values, members and the length of a line."""

import io
import os
import re
import stat
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from .errors import DatasetFileError, DatasetFileNotFoundError
from .parquet_pages import bounded_rows

MOST_LINE = 64 << 20
_MOST_WHOLE = 1 << 30
_FREE_BYTES = 64 << 20
_FREE_VALUES = 1_000_000  # about 64 bytes each once they are parsed, an object twice as much
_FREE_ROWS = 500_000
_BATCH = 10_000
_RATIO = 32  # text of JSON packs to a tenth; a repeated one to a thirtieth
_MAX_MEMBERS = 200_000
_MARKS = (b",", b"[", b"{", b"{", b"\n")
_TABLE_MARKS = (b",", b";", b"\t", b"|", b"\n")
_LONG_CHARACTER = re.compile(rb"[\xf0-\xff]")  # one such makes each of a text take four bytes


class Budget:
    """What may still be unpacked of one file.

    A file may unpack to 64 MiB, or to 32 times its size where that is more; it may have a million
    values, or one for each packed byte.

    Args:
        path: The file, which errors name.
        packed: Its size in bytes.
    """

    def __init__(self, path: Path, packed: int) -> None:
        self.path, self._packed = path, packed
        self.allowed = max(_FREE_BYTES, _RATIO * packed)
        self._bytes = self.allowed
        self._values = max(_FREE_VALUES, packed)

    def spend(self, taken: int, what: str = "it") -> None:
        """Book unpacked bytes.

        Raises:
            DatasetFileError: They are more than are left.
        """
        self._bytes -= taken
        if self._bytes < 0:
            raise DatasetFileError(
                self.path,
                f"{what} unpacks to more than {self.allowed:,} bytes, {_RATIO} times the file at"
                " most; unpack a file that you trust yourself",
            )

    def parse(self, content: bytes | bytearray, what: str = "it") -> None:
        """Book the values of JSON that is about to be parsed.

        Raises:
            DatasetFileError: They are more than are left, or their text takes too much memory.
        """
        self._book(content, _MARKS, what)
        self.fits(content, what)

    def fits(self, content: bytes | bytearray, what: str) -> None:
        """Refuse what takes too much memory once it is a text.

        Raises:
            DatasetFileError: It takes more than the file may unpack to.
        """
        width = 1 if content.isascii() else 4 if _LONG_CHARACTER.search(content) else 2
        if width * len(content) > self.allowed:
            raise DatasetFileError(
                self.path, f"{what} takes more than {self.allowed:,} bytes as a text"
            )

    def row(self, line: bytes, number: int) -> None:
        """Book the cells of a line of a table, whatever its delimiter.

        Raises:
            DatasetFileError: They are more than are left.
        """
        self._book(line, _TABLE_MARKS, f"line {number}")

    def batches(self, file: Any, *, columns: Sequence[str] | None = None) -> Iterator[Any]:
        """The batches of a Parquet file, none of them larger than the file may be.

        Args:
            file: The ``pyarrow.parquet.ParquetFile``.
            columns: Only these columns.

        Raises:
            DatasetFileError: It has more rows or bytes than a file of its size may have.
            ValueError: Its pages unpack to more, or have no head.
        """
        self._table(file.metadata)
        with open_plain(self.path) as pages:
            rows = bounded_rows(pages, ratio=_RATIO, at_once=_BATCH)
        yield from file.iter_batches(batch_size=rows, columns=columns)

    def _table(self, metadata: Any) -> None:
        """Book the table of a Parquet file before it is read, by what its end says.

        Raises:
            DatasetFileError: It has more rows or bytes than a file of its size may have.
        """
        groups = range(metadata.num_row_groups)
        size = sum(metadata.row_group(each).total_byte_size for each in groups)
        rows = max(_FREE_ROWS, self._packed)
        if metadata.num_rows > rows or size > self.allowed:
            raise DatasetFileError(
                self.path,
                f"has {metadata.num_rows:,} rows of {size:,} bytes; of a file of its size"
                f" {rows:,} rows and {self.allowed:,} bytes at most are read",
            )

    def _book(self, content: bytes | bytearray, marks: tuple[bytes, ...], what: str) -> None:
        self._values -= sum(content.count(mark) for mark in marks)
        if self._values < 0:
            raise DatasetFileError(
                self.path, f"{what} has more values than a file of its size may have"
            )

    @property
    def left(self) -> int:
        """How many bytes may still be unpacked."""
        return self._bytes


def budget_of(path: Path) -> Budget:
    """The budget of a regular file.

    Raises:
        DatasetFileNotFoundError: It does not exist.
        DatasetFileError: It is a folder, a pipe or a device, or cannot be reached.
    """
    try:
        found = path.stat()
    except FileNotFoundError:
        raise DatasetFileNotFoundError(path) from None
    except (OSError, ValueError) as error:
        raise DatasetFileError(path, f"cannot be read ({error})") from error
    _require_regular(path, found)
    return Budget(path, found.st_size)


def open_plain(path: Path) -> io.BufferedReader:
    """Open a file of others to read it; nothing else in its place is waited for.

    What another process puts there after the look at the name is refused too.

    Raises:
        DatasetFileNotFoundError: It does not exist.
        DatasetFileError: It is a folder, a pipe or a device, or cannot be read.
    """
    budget_of(path)  # to open a device may already do something
    try:
        file = open(path, "rb", opener=_without_waiting)  # noqa: SIM115  # a path has none
    except FileNotFoundError:
        raise DatasetFileNotFoundError(path) from None
    except OSError as error:
        raise DatasetFileError(path, f"cannot be read ({error.strerror})") from error
    try:
        _require_regular(path, os.fstat(file.fileno()))
    except DatasetFileError:
        file.close()
        raise
    return file


def _without_waiting(name: str, flags: int) -> int:
    return os.open(name, flags | getattr(os, "O_NONBLOCK", 0))


def _require_regular(path: Path, found: os.stat_result) -> None:
    if not stat.S_ISREG(found.st_mode):
        kind = "a folder" if stat.S_ISDIR(found.st_mode) else "a pipe or device"
        raise DatasetFileError(path, f"is {kind}, not a regular file")


def read_whole(path: Path) -> bytes:
    """The content of a regular file that is read as a whole.

    Raises:
        DatasetFileError: It has more than 1 GiB, or cannot be read.
    """
    with open_plain(path) as file:
        size = os.fstat(file.fileno()).st_size  # a sparse file takes no room on the disk
        # Asked for more than it has, Python would take the memory for it at once.
        content = b"" if size > _MOST_WHOLE else file.read(size + 1)
        while size < len(content) <= _MOST_WHOLE and (more := file.read(1 << 20)):
            content += more  # somebody writes to it
    if max(size, len(content)) > _MOST_WHOLE:
        raise DatasetFileError(path, f"has {size:,} bytes; {_MOST_WHOLE:,} at most are read")
    return content


def check_members(path: Path, members: int) -> None:
    """Refuse an archive with too many members.

    Raises:
        DatasetFileError: It has more than 200,000.
    """
    if members > _MAX_MEMBERS:
        raise DatasetFileError(path, f"has {members:,} members; {_MAX_MEMBERS:,} at most are read")


def bounded_lines(file: Iterable[bytes], path: Path) -> Iterator[bytes]:
    """The lines of an open file, or of a list of them.

    Raises:
        DatasetFileError: A line is longer than 64 MiB.
    """
    read = getattr(file, "readline", None)
    lines = iter(file) if read is None else iter(lambda: read(MOST_LINE + 1), b"")
    for number, line in enumerate(lines, start=1):
        if len(line) > MOST_LINE:
            raise DatasetFileError(path, f"has a line of more than {MOST_LINE:,} bytes", number)
        yield line
