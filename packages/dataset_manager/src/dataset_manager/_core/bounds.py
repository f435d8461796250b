"""What a file of strangers may take: unpacked bytes, values, members and the length of a line."""

import stat
from collections.abc import Iterable, Iterator
from pathlib import Path

from .errors import DatasetFileError, DatasetFileNotFoundError

MOST_LINE = 64 << 20
_FREE_BYTES = 64 << 20
_FREE_VALUES = 4_000_000  # about 64 bytes each once they are parsed
_RATIO = 50  # text of JSON packs to a tenth; a repeated one to a thirtieth
_MAX_MEMBERS = 200_000
_MARKS = (b",", b"[", b"{")


class Budget:
    """What may still be unpacked of one file.

    A file may unpack to 64 MiB, or to 50 times its size where that is more; its JSON may have four
    million values, or one for each packed byte.

    Args:
        path: The file, which errors name.
        packed: Its size in bytes.
    """

    def __init__(self, path: Path, packed: int) -> None:
        self.path = path
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

    def parse(self, content: bytes, what: str = "it") -> None:
        """Book the values of JSON that is about to be parsed.

        Raises:
            DatasetFileError: They are more than are left.
        """
        self._values -= sum(content.count(mark) for mark in _MARKS)
        if self._values < 0:
            raise DatasetFileError(
                self.path, f"{what} has more JSON values than a file of its size may have"
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
    if not stat.S_ISREG(found.st_mode):
        kind = "a folder" if stat.S_ISDIR(found.st_mode) else "a pipe or device"
        raise DatasetFileError(path, f"is {kind}, not a regular file")
    return Budget(path, found.st_size)


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
