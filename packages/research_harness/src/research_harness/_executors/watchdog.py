"""A thread that names the condition which blocks the event loop."""

import asyncio
import contextvars
import sys
import threading
from collections.abc import Callable
from typing import Self

_LONGEST_PAUSE = 0.25


class LoopWatchdog:
    """Watches the running event loop; use it as a context manager.

    It asks the loop for a sign of life again and again. When none comes in time and the same task
    has run throughout, that task blocks the loop.

    Args:
        limit_ms: How long the loop may be blocked; None watches nothing.
        on_blocked: Called from the thread with the task's name and where it is.
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
            self._on_blocked(suspect, self._location())
            while not alive.wait(_LONGEST_PAUSE):
                if self._stop.is_set():
                    return

    def _location(self) -> str:
        """The innermost line of the loop's thread."""
        frame = sys._current_frames().get(self._loop_thread)  # noqa: SLF001  # documented in sys
        if frame is None:
            return "an unknown line"
        return f"{frame.f_code.co_filename}, line {frame.f_lineno}"


def _task_name(loop: asyncio.AbstractEventLoop) -> str | None:
    """The name of the task that runs now; None between two tasks."""
    try:
        task = asyncio.current_task(loop)
    except RuntimeError:
        return None
    return None if task is None else task.get_name()
