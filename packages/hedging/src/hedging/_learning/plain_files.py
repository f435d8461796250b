"""Files of others: plain ones, of a bounded size, with lines of a bounded length."""

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
    found = path.stat()
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
    require_plain(path, MOST_BYTES)
    with path.open(encoding=encoding, errors=errors) as file:
        return "".join(bounded_lines(file))
