"""A lock on an open file, which ends with its process: two writers exclude each other."""

import sys
from pathlib import Path
from typing import BinaryIO

from .._core.errors import StoreInUseError

if sys.platform == "win32":
    import msvcrt

    _FAR = 2**62  # a byte that no frame reaches: Windows refuses reads of a locked range

    def _take(file: BinaryIO) -> None:
        file.seek(_FAR)
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)

    def _give_back(file: BinaryIO) -> None:
        file.seek(_FAR)
        msvcrt.locking(file.fileno(), msvcrt.LK_UNLCK, 1)

else:
    import fcntl

    def _take(file: BinaryIO) -> None:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def _give_back(file: BinaryIO) -> None:
        fcntl.flock(file, fcntl.LOCK_UN)


def lock(file: BinaryIO, path: Path) -> None:
    """Take the lock of a file.

    Raises:
        StoreInUseError: Another writer has it.
    """
    try:
        _take(file)
    except OSError as error:
        raise StoreInUseError(
            f"{path} is written by another recording; stop that one, or choose another file"
        ) from error


def is_locked(path: Path) -> bool:
    """Whether a process writes a file."""
    with path.open("r+b") as file:
        try:
            _take(file)
        except OSError:
            return True
        _give_back(file)
    return False


def unlock(file: BinaryIO) -> None:
    """Give the lock back, also where a forked child shares the open file."""
    _give_back(file)
