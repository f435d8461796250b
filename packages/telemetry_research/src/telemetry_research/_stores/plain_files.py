"""Files of others: plain ones, which are opened without waiting."""

import io
import os
import stat
from pathlib import Path

from .._core.errors import DamagedFileError


def open_plain(path: Path) -> io.BufferedReader:
    """Open a file of others to read it; nothing else in its place is waited for.

    What another process puts there after the look at the name is refused too.

    Args:
        path: The file.

    Raises:
        DamagedFileError: It is not a plain file.
        OSError: It cannot be read, or is not there.
    """
    _require_plain(path, path.stat())  # to open a device may already do something
    file = open(path, "rb", opener=_without_waiting)  # noqa: SIM115  # a path has no opener
    try:
        _require_plain(path, os.fstat(file.fileno()))
    except DamagedFileError:
        file.close()
        raise
    return file


def _without_waiting(name: str, flags: int) -> int:
    return os.open(name, flags | getattr(os, "O_NONBLOCK", 0))


def _require_plain(path: Path, found: os.stat_result) -> None:
    if not stat.S_ISREG(found.st_mode):
        problem = "is a folder, a pipe or a device, not a regular file"
        raise DamagedFileError(f"{path} {problem}; give an event file or an archive")
