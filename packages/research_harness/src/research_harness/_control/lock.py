"""The lock of a run: a process that reads it for a decision, or changes it, holds it."""

import json
import os
import platform
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from .._core.errors import OutputError, RunLockedError
from .._core.system import open_own, read_at, try_lock

LOCK = "lock"
_MAX_HOLDER = 1_000


class RunLock:
    """Holds a run for this process; use it as a context manager, or call ``release``.

    The system gives the lock back when the process ends, however it ends.

    Args:
        folder: The run's folder.

    Raises:
        RunLockedError: Another session is working on the run; says which.
        OutputError: The lock cannot be written.
    """

    def __init__(self, folder: Path) -> None:
        self.path: Path = folder / "checkpoints" / LOCK
        try:
            file = open_own(self.path, os.O_RDWR | os.O_CREAT)
        except OSError as error:
            raise OutputError(self.path, error.strerror or str(error)) from error
        if not try_lock(file) or not _is_at(self.path, file):
            holder = _holder(file)
            os.close(file)
            raise RunLockedError(folder, holder)
        self._file: int | None = file
        _write(file, _own_name())

    def release(self) -> None:
        """Give the run back; a second call changes nothing."""
        file, self._file = self._file, None
        if file is not None:
            _write(file, "")
            with suppress(OSError):  # the experiment may have closed it
                os.close(file)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.release()


def holding_host(folder: Path) -> str:
    """The name of the machine whose session wrote its name into the lock; empty without one.

    Args:
        folder: The run's folder.
    """
    try:
        file = open_own(folder / "checkpoints" / LOCK, os.O_RDONLY)
    except OSError:
        return ""
    try:
        return str(json.loads(read_at(file, _MAX_HOLDER, 0))["host"])
    except (OSError, ValueError, TypeError, KeyError):
        return ""
    finally:
        os.close(file)


def _write(file: int, text: str) -> None:
    with suppress(OSError):  # a full disk: the lock holds without the name of its holder
        os.ftruncate(file, 0)
        if text:
            os.lseek(file, 0, os.SEEK_SET)
            os.write(file, text.encode())


def _is_at(path: Path, file: int) -> bool:
    """Whether the path still leads to the open file; its folder may have been replaced."""
    try:
        return os.path.samestat(os.fstat(file), path.stat())
    except OSError:
        return False


def _own_name() -> str:
    name = {
        "process": os.getpid(),
        "host": platform.node(),
        "since": datetime.now(UTC).isoformat(timespec="seconds"),
    }
    return json.dumps(name)


def _holder(file: int) -> str:
    """The holder of a lock in words; empty when it left no name."""
    try:
        found = json.loads(read_at(file, _MAX_HOLDER, 0))
        process, host, since = int(found["process"]), str(found["host"]), str(found["since"])
    except (OSError, ValueError, TypeError, KeyError):
        return ""
    return f"process {process} on {host[:80]!r} since {since[:40]!r}".replace("'", "")
