"""What the operating system offers for safe files and memory, and what takes its place elsewhere.

Linux has all of it. macOS has no ``fdatasync``; Windows has no ``fcntl``, ``pread`` or folders that
can be synced.
"""

import contextlib
import ctypes
import errno
import importlib
import io
import os
import stat
import sys
from pathlib import Path
from typing import Any, TextIO


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
    file = open_unwaited(path, flags | getattr(os, "O_NOFOLLOW", 0))
    found = os.fstat(file)
    if not stat.S_ISREG(found.st_mode):
        problem = "it is not a plain file"
    elif flags & (os.O_WRONLY | os.O_RDWR) and found.st_nlink > 1:
        problem = "it is a hard link, and what is written would change its other names; copy it"
    else:
        return file
    os.close(file)
    raise OSError(errno.EINVAL, problem, str(path))


def open_unwaited(path: Path, flags: int = os.O_RDONLY) -> int:
    """Open a file; without ``O_NONBLOCK``, opening a pipe waits for the one who writes to it.

    Args:
        path: The file.
        flags: The flags of ``os.open``.

    Returns:
        The file's descriptor.
    """
    for name in ("O_CLOEXEC", "O_BINARY", "O_NONBLOCK"):
        flags |= getattr(os, name, 0)
    return os.open(path, flags, 0o600)


def require_file(path: Path, *, most: int | None = None) -> None:
    """Refuse what is not a plain file, such as a device or a pipe that never ends.

    Args:
        path: The file, which others may have made.
        most: The largest size in bytes; None for any.

    Raises:
        OSError: It is something else, or too big.
        FileNotFoundError: There is no such file.
    """
    _require(path, path.stat(), most)


def _require(path: Path, found: os.stat_result, most: int | None) -> None:
    if not stat.S_ISREG(found.st_mode):
        raise OSError(f"{path.name} is {_kind(found.st_mode)}, not a plain file")
    if most is not None and found.st_size > most:
        raise OSError(f"{path.name} has {found.st_size:,} bytes; at most {most:,} are read")


def open_plain(path: Path, *, most: int | None = None) -> io.BufferedReader:
    """Open a plain file to be read.

    A pipe or a device is refused, also one that takes the file's place just before it is opened.

    Args:
        path: The file, which others may have made; a link is followed.
        most: The largest size in bytes; None for any.

    Raises:
        OSError: It is something else, or too big.
        FileNotFoundError: There is no such file.
    """
    require_file(path, most=most)  # a device may do something when it is opened
    file = open_unwaited(path)
    try:
        _require(path, os.fstat(file), most)
    except OSError:
        os.close(file)
        raise
    return os.fdopen(file, "rb")


def open_plain_text(
    path: Path, *, encoding: str = "utf-8", errors: str = "strict", newline: str | None = None
) -> TextIO:
    """Open a plain file of text to be read, as ``open_plain`` does.

    Args:
        path: The file.
        encoding: Its encoding.
        errors: What happens to bytes of another encoding.
        newline: The ends of lines, as ``open`` takes them.

    Raises:
        OSError: It is something else.
        FileNotFoundError: There is no such file.
    """
    return io.TextIOWrapper(open_plain(path), encoding=encoding, errors=errors, newline=newline)


def read_file(path: Path, *, most: int) -> bytes:
    """The content of a plain file.

    Args:
        path: The file, which others may have made.
        most: The largest size in bytes.

    Raises:
        OSError: It is something else, or too big.
        FileNotFoundError: There is no such file.
    """
    with open_plain(path, most=most) as file:
        content = file.read(most + 1)
    if len(content) > most:  # somebody writes to it
        raise OSError(f"{path.name} grows; at most {most:,} bytes are read")
    return content


def _kind(mode: int) -> str:
    kinds = {stat.S_IFDIR: "a folder", stat.S_IFIFO: "a pipe", stat.S_IFSOCK: "a socket"}
    return kinds.get(stat.S_IFMT(mode), "a device")


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
