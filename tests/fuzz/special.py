"""Files that are no plain ones, or much larger than they look, in place of those that are read."""

import os
import resource
import signal
import socket
import traceback
import warnings
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path

from children import TRIES, StuckError, said

_MEMORY, _SECONDS = 900 << 20, 60


def _socket(path: Path) -> None:
    here = Path.cwd()
    os.chdir(path.parent)  # the name of a socket has about a hundred characters at most
    try:
        with socket.socket(socket.AF_UNIX) as made:
            made.bind(path.name)
    finally:
        os.chdir(here)


def _sparse(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(10 << 30)


KINDS: dict[str, Callable[[Path], None]] = {
    "pipe": os.mkfifo,
    "device": lambda path: path.symlink_to("/dev/zero"),
    "folder": lambda path: path.mkdir(),
    "socket": _socket,
    "link to nothing": lambda path: path.symlink_to(path.parent / "nothing"),
    "link to itself": lambda path: path.symlink_to(path),
    "10 GB of zeros": _sparse,
}


def ends(
    read: Callable[[Path], object],
    path: Path,
    allowed: tuple[type[Exception], ...],
    kinds: Iterable[str] = (),
) -> dict[str, str]:
    """How a reader ends for each kind: ``read``, ``refused``, or what went wrong.

    It runs in a child process with limits of memory, which is ended where it waits for a minute.

    Args:
        read: Reads the file at a path.
        path: Where the files are put, one after the other.
        allowed: The errors that it may raise.
        kinds: Those that are tried; all when left out.
    """
    return {kind: _end(kind, read, path, allowed) for kind in kinds or KINDS}


def _end(
    kind: str, read: Callable[[Path], object], path: Path, allowed: tuple[type[Exception], ...]
) -> str:
    KINDS[kind](path)
    try:
        for _ in range(TRIES):
            with suppress(StuckError):
                return _end_of_child(read, path, allowed) or "it ended its process"
        return "it waits"
    finally:
        _remove(path)


def _end_of_child(
    read: Callable[[Path], object], path: Path, allowed: tuple[type[Exception], ...]
) -> str:
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        _limit(writing)
        os.write(writing, _tried(read, path, allowed).encode())
        os._exit(0)
    os.close(writing)
    end = b"".join(said(child, reading)).decode()
    os.waitpid(child, 0)
    return end


def _limit(writing: int) -> None:
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    resource.setrlimit(resource.RLIMIT_AS, (pages * resource.getpagesize() + _MEMORY,) * 2)

    def stop(*_: object) -> None:
        os.write(writing, f"it waits: {traceback.format_stack()[-2]}".encode())
        os._exit(1)

    signal.signal(signal.SIGALRM, stop)
    signal.alarm(_SECONDS)
    warnings.simplefilter("ignore")
    silence = os.open(os.devnull, os.O_RDWR)
    for number in range(3):
        os.dup2(silence, number)


def _tried(read: Callable[[Path], object], path: Path, allowed: tuple[type[Exception], ...]) -> str:
    try:
        read(path)
    except allowed:
        return "refused"
    except BaseException as error:  # noqa: BLE001  # it is what is looked for
        return f"{type(error).__name__}: {error}"[:500]
    return "read"


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        for each in path.iterdir():
            each.unlink()
        path.rmdir()
    else:
        path.unlink(missing_ok=True)
