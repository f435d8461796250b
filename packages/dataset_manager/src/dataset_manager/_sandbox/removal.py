"""Remove a folder that an untrusted program has filled."""

import contextlib
import os
from pathlib import Path


def remove_tree(folder: str) -> None:
    """Remove a folder, however deep its folders are and whatever their rights.

    Folders within folders are moved up before they are removed, so that neither recursion nor
    the length of a path is a limit. What cannot be removed is left.
    """
    with contextlib.suppress(OSError):
        Path(folder).rmdir()
        return
    with contextlib.suppress(OSError):
        top = _opened(folder)
        try:
            _empty(top)
        finally:
            os.close(top)
        Path(folder).rmdir()


def _opened(name: str, within: int | None = None) -> int:
    with contextlib.suppress(OSError, NotImplementedError):
        os.chmod(name, 0o700, dir_fd=within)  # relative to an open folder
    return os.open(name, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=within)


def _empty(top: int) -> None:
    moved = 0
    waiting = os.listdir(top)  # of an open folder
    while waiting:
        name = waiting.pop()
        if _unlinked(name, top):
            continue
        with contextlib.suppress(OSError):
            inner = _opened(name, top)
            try:
                for child in os.listdir(inner):  # noqa: PTH208  # see above
                    if not _unlinked(child, inner):
                        moved += 1
                        unique = f"moved-{os.getpid()}-{moved}"
                        with contextlib.suppress(OSError):
                            os.chmod(child, 0o700, dir_fd=inner)  # see above
                        os.rename(child, unique, src_dir_fd=inner, dst_dir_fd=top)
                        waiting.append(unique)
            finally:
                os.close(inner)
            os.rmdir(name, dir_fd=top)  # see above


def _unlinked(name: str, within: int) -> bool:
    try:
        os.unlink(name, dir_fd=within)  # see above
    except OSError:
        return False
    return True
