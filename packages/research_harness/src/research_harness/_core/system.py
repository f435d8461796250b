"""What the operating system offers for safe files and memory, and what takes its place elsewhere.

Linux has all of it. macOS has no ``fdatasync``; Windows has no ``fcntl``, ``pread`` or folders that
can be synced.
"""

import contextlib
import ctypes
import errno
import importlib
import os
import stat
import sys
from pathlib import Path
from typing import Any


def sync_file(file: int) -> None:
    """Wait until the data of an open file is on disk.

    Args:
        file: The file's descriptor.

    Raises:
        OSError: The disk refused.
    """
    fdatasync = getattr(os, "fdatasync", None)
    if fdatasync is not None:
        fdatasync(file)
        return
    # macOS: fsync leaves the data in the drive's cache (fcntl(2), F_FULLFSYNC).
    fcntl = _module("fcntl")
    if fcntl is not None and hasattr(fcntl, "F_FULLFSYNC"):
        try:
            fcntl.fcntl(file, fcntl.F_FULLFSYNC)
        except OSError:  # a file system that does not know it
            os.fsync(file)
        return
    os.fsync(file)


def sync_folder(path: Path) -> None:
    """Wait until the entries of a folder are on disk, where folders can be opened.

    Args:
        path: The folder.
    """
    flags = getattr(os, "O_DIRECTORY", None)
    if flags is None:
        return
    handle = os.open(path, os.O_RDONLY | flags)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def read_at(file: int, size: int, offset: int) -> bytes:
    """Read from an open file.

    Args:
        file: The file's descriptor.
        size: The maximum number of bytes.
        offset: Where to begin.

    Returns:
        The bytes.
    """
    pread = getattr(os, "pread", None)
    if pread is not None:
        return bytes(pread(file, size, offset))
    os.lseek(file, offset, os.SEEK_SET)
    return os.read(file, size)


def open_own(path: Path, flags: int) -> int:
    """Open a file of a run; nothing else in its place is opened or waited for.

    A symbolic link is refused where that is possible; a pipe, a device or a folder always. A file
    with several names (hard links) is not opened for writing, since all of them would change.

    Args:
        path: The file.
        flags: The flags of ``os.open``.

    Returns:
        The file's descriptor.

    Raises:
        OSError: The file cannot be opened, or is something else.
    """
    # Without O_NONBLOCK, opening a pipe waits for the one who writes to it.
    for name in ("O_CLOEXEC", "O_NOFOLLOW", "O_BINARY", "O_NONBLOCK"):
        flags |= getattr(os, name, 0)
    file = os.open(path, flags, 0o600)
    found = os.fstat(file)
    if not stat.S_ISREG(found.st_mode):
        problem = "it is not a plain file"
    elif flags & (os.O_WRONLY | os.O_RDWR) and found.st_nlink > 1:
        problem = "it is a hard link, and what is written would change its other names; copy it"
    else:
        return file
    os.close(file)
    raise OSError(errno.EINVAL, problem, str(path))


def try_lock(file: int) -> bool:
    """Take the lock of an open file without waiting.

    Args:
        file: The file's descriptor; the lock lasts until it is closed.

    Returns:
        Whether it was taken; also true on a system without locks.
    """
    fcntl, msvcrt = _module("fcntl"), _module("msvcrt")
    if fcntl is not None:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
    elif msvcrt is not None:
        # Windows refuses others the bytes that are locked; these are beyond any content.
        os.lseek(file, _LOCKED_BYTE, os.SEEK_SET)
        try:
            msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
    return True


def release_memory() -> None:
    """Give back what the allocators of C and of Arrow keep for later.

    glibc keeps the gaps that batches of rows leave between what lives longer, and Arrow a pool of
    its own: for a million rows some 50 MB. Systems without glibc are not asked.
    """
    arrow = sys.modules.get("pyarrow")
    if arrow is not None:
        arrow.default_memory_pool().release_unused()
    if sys.platform == "linux":
        trim: Any = getattr(ctypes.CDLL(None), "malloc_trim", None)
        if trim is not None:
            trim(0)


def supported() -> dict[str, str]:
    """What protects the files of a run on this system, for its metadata."""
    fcntl = _module("fcntl")
    if hasattr(os, "fdatasync"):
        sync = "fdatasync"
    else:
        sync = "F_FULLFSYNC" if hasattr(fcntl, "F_FULLFSYNC") else "fsync"
    locks = "flock" if fcntl is not None else "msvcrt" if _module("msvcrt") is not None else "none"
    folders = "synced" if hasattr(os, "O_DIRECTORY") else "not synced"
    return {"sync": sync, "locks": locks, "folders": folders}


_LOCKED_BYTE = 2**30


def _module(name: str) -> Any:
    """A module of one operating system; None on the others."""
    with contextlib.suppress(ImportError):
        return importlib.import_module(name)
    return None
