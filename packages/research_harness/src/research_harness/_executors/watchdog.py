"""A thread that names the condition which blocks the event loop."""

import asyncio
import contextvars
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Self

from .._core.text import safe_text
from .._plan.code import is_installed

_LONGEST_PAUSE = 0.25
FOREIGN_TASKS = ("row ", "scorer ")  # the beginnings of the names of their tasks


class LoopWatchdog:
    """Watches the running event loop; use it as a context manager.

    It asks the loop for a sign of life again and again. When none comes in time and the same task
    has run throughout, that task blocks the loop.

    Args:
        limit_ms: How long the loop may be blocked; None watches nothing.
        on_blocked: Called from the thread with the task's name and where it is, in words. The work
            of the run itself, and imports of libraries, which happen once, are not counted.
    """

    def __init__(
        self,
        limit_ms: float | None,
        *,
        on_blocked: Callable[[str, str], None],
    ) -> None:
        self._limit = None if limit_ms is None else limit_ms / 1000
        self._on_blocked = on_blocked
        self._stop = threading.Event()
        self._loop_thread = threading.get_ident()

    def __enter__(self) -> Self:
        if self._limit is not None:
            context = contextvars.copy_context()
            arguments = (asyncio.get_running_loop(), self._limit)
            thread = threading.Thread(
                target=context.run, args=(self._watch, *arguments), name="watchdog", daemon=True
            )
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()

    def _watch(self, loop: asyncio.AbstractEventLoop, limit: float) -> None:
        while not self._stop.wait(min(limit / 2, _LONGEST_PAUSE)):
            alive = threading.Event()
            try:
                loop.call_soon_threadsafe(alive.set)
            except RuntimeError:
                return  # the loop is closed
            if alive.wait(limit / 2):
                continue
            suspect = _task_name(loop)
            if alive.wait(limit / 2) or suspect is None or _task_name(loop) != suspect:
                continue
            place = _place_of(self._loop_thread, foreign=suspect.startswith(FOREIGN_TASKS))
            if place is not None:
                self._on_blocked(suspect, place)
            while not alive.wait(_LONGEST_PAUSE):
                if self._stop.is_set():
                    return


def _place_of(thread: int, *, foreign: bool) -> str | None:
    """Where a thread is, in words; None where the run itself or a library is to blame.

    Args:
        thread: Its number.
        foreign: Whether its task is a condition or a scorer. Others may call a display of progress.
    """
    frame = sys._current_frames().get(thread)  # noqa: SLF001  # documented in sys
    if frame is None:
        return "at an unknown line" if foreign else None
    if not foreign and not _has_own_code(frame):
        return None
    importing = _import_of(frame)
    if importing is None:
        return f"at {frame.f_code.co_filename}, line {frame.f_lineno}"
    module, importer = importing
    if importer is None or is_installed(Path(importer.f_code.co_filename)):
        return None
    place = f"{importer.f_code.co_filename}, line {importer.f_lineno}"
    return f"at {place}, which imports {module} for the first time: import it where the file begins"


def _has_own_code(frame: FrameType) -> bool:
    """Whether the loop has called code of the user's own; its callers do not count."""
    step: FrameType | None = frame
    while step is not None and step.f_code is not asyncio.Handle._run.__code__:  # noqa: SLF001  # what the loop calls
        file = step.f_code.co_filename
        if not file.startswith("<frozen") and not is_installed(Path(file)):
            return True
        step = step.f_back
    return False


def _import_of(frame: FrameType) -> tuple[str, FrameType | None] | None:
    """The module that the outermost import of a stack is for, and the frame that imports it."""
    found: tuple[str, FrameType | None] | None = None
    step: FrameType | None = frame
    while step is not None:
        if step.f_code.co_name == "_find_and_load" and _is_import(step):
            name = safe_text(step.f_locals.get("name", "a module"), limit=200)
            importer = step.f_back
            while importer is not None and _is_import(importer):
                importer = importer.f_back
            found = name, importer
        step = step.f_back
    return found


def _is_import(frame: FrameType) -> bool:
    return frame.f_code.co_filename.startswith("<frozen importlib")


def _task_name(loop: asyncio.AbstractEventLoop) -> str | None:
    """The name of the task that runs now; None between two tasks."""
    try:
        task = asyncio.current_task(loop)
    except RuntimeError:
        return None
    return None if task is None else task.get_name()
