"""Write a file whole: beside its place first, then in its place at once."""

import os
import re
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from .._core.ids import new_id
from .file_lock import is_locked, locked

_STALE_SECONDS = 3600
_swept: set[tuple[str, str]] = set()


@contextmanager
def whole_file(path: Path, *, names: str | None = None) -> Iterator[BinaryIO]:
    """Give a hidden file beside a path, which takes its place when all of it is on the disk.

    A process that is killed leaves its hidden file. The first write of a process to a place removes
    those that such processes left there: regular files with a name of this form, an hour old, that
    no process holds open under a lock.

    Args:
        path: The path.
        names: A pattern of the names whose hidden files belong to the same writers; None takes the
            name of the path alone.
    """
    _sweep(path.parent, names or re.escape(path.name))
    # Every writer has a file of its own, so that two at once do not mix their contents.
    temporary = path.parent / f".{path.name}.{new_id()}.part"
    try:
        with temporary.open("xb") as file, locked(file):
            yield file
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def _sweep(folder: Path, names: str) -> None:
    """Remove what killed writers left, once for each place and process: a folder can be large."""
    place = (str(folder.absolute()), names)
    if place in _swept:
        return
    _swept.add(place)
    own = re.compile(rf"\.(?:{names})\.[0-9a-f]{{32}}\.part")
    with suppress(OSError):
        for path in folder.iterdir():
            if own.fullmatch(path.name):
                with suppress(OSError):  # another process removed it, or it is not ours to remove
                    _remove_stale(path)


def _remove_stale(path: Path) -> None:
    found = path.lstat()
    age = time.time() - found.st_mtime
    if stat.S_ISREG(found.st_mode) and age > _STALE_SECONDS and not is_locked(path):
        path.unlink()
