"""A lock on an open file, between processes, on every system."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

if sys.platform == "win32":
    import msvcrt

    @contextmanager
    def locked(file: IO[bytes]) -> Iterator[None]:
        """Hold the lock on a file."""
        file.seek(0)
        msvcrt.locking(file.fileno(), msvcrt.LK_LOCK, 1)
        try:
            yield
        finally:
            file.seek(0)
            msvcrt.locking(file.fileno(), msvcrt.LK_UNLCK, 1)

    def is_locked(path: Path) -> bool:
        """Return whether a process holds the lock on a file."""
        with path.open("rb") as file:
            try:
                msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
            except OSError:
                return True
            msvcrt.locking(file.fileno(), msvcrt.LK_UNLCK, 1)
            return False

else:
    import fcntl

    @contextmanager
    def locked(file: IO[bytes]) -> Iterator[None]:
        """Hold the lock on a file."""
        fcntl.flock(file, fcntl.LOCK_EX)
        try:
            yield
        finally:
            fcntl.flock(file, fcntl.LOCK_UN)

    def is_locked(path: Path) -> bool:
        """Return whether a process holds the lock on a file."""
        number = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        try:
            fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return True
        finally:
            os.close(number)
        return False
