"""Files of others: plain ones, of a bounded size, with lines of a bounded length."""

import io
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import IO, AnyStr

MOST_BYTES = 256 << 20
MOST_LINE = 64 << 20


def require_plain(path: Path, most: int | None = None) -> None:
    """Refuse what never ends, such as a pipe or a device, and what is too big.

    Args:
        path: The file, which others may have made.
        most: The largest size in bytes; None for any, where it is read line by line.

    Raises:
        ValueError: It is not a plain file, or is too big.
        FileNotFoundError: There is no such file.
    """
    _require(path.stat(), most)


def open_plain(path: Path, most: int | None = None) -> io.BufferedReader:
    """Open a file of others to read it; nothing else in its place is waited for.

    What another process puts there after the look at the name is refused too.

    Args:
        path: The file.
        most: The largest size in bytes; None for any, where it is read line by line.

    Raises:
        ValueError: It is not a plain file, or is too big.
        OSError: It cannot be read, or is not there.
    """
    require_plain(path, most)  # to open a device may already do something
    file = open(path, "rb", opener=_without_waiting)  # noqa: SIM115  # a path has no opener
    try:
        _require(os.fstat(file.fileno()), most)
    except ValueError:
        file.close()
        raise
    return file


def _without_waiting(name: str, flags: int) -> int:
    return os.open(name, flags | getattr(os, "O_NONBLOCK", 0))


def _require(found: os.stat_result, most: int | None) -> None:
    if not stat.S_ISREG(found.st_mode):
        raise ValueError("it is a folder, a pipe or a device, not a plain file")
    if most is not None and found.st_size > most:
        raise ValueError(f"it has {found.st_size:,} bytes; {most:,} at most are read")


def bounded_lines(file: IO[AnyStr]) -> Iterator[AnyStr]:
    """The lines of an open file.

    Args:
        file: The file.

    Raises:
        ValueError: A line is longer than 64 MiB.
    """
    while line := file.readline(MOST_LINE + 1):
        if len(line) > MOST_LINE:
            raise ValueError(f"it has a line of more than {MOST_LINE:,} characters")
        yield line


def read_plain(path: Path, encoding: str = "utf-8", errors: str = "strict") -> str:
    """The text of a file of at most 256 MiB.

    Args:
        path: The file.
        encoding: The encoding of its text.
        errors: What happens to bytes that are not of this encoding.

    Raises:
        ValueError: It is not a plain file, is too big or has too long a line, or another encoding.
        FileNotFoundError: There is no such file.
    """
    opened = open_plain(path, MOST_BYTES)
    with io.TextIOWrapper(opened, encoding=encoding, errors=errors) as file:
        return "".join(bounded_lines(file))
