"""Pause the search for reference cycles while a long text is read."""

import gc
import os
from threading import Lock
from types import TracebackType


class PausedCollection:
    """Pauses the cyclic garbage collector while at least one thread is inside.

    A reader of a long text makes tens of thousands of values that stay, and no cycles. The
    collector would look through all of them again and again, for a third of the time. A collector
    that the caller has disabled stays disabled.
    """

    def __init__(self) -> None:
        self._reset()

    def _reset(self) -> None:
        self._lock = Lock()
        self._inside = 0
        self._paused = False

    def __enter__(self) -> None:
        with self._lock:
            self._inside += 1
            if self._inside == 1 and gc.isenabled():
                self._paused = True
                gc.disable()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        with self._lock:
            self._inside -= 1
            if self._inside == 0 and self._paused:
                self._paused = False
                gc.enable()

    def after_fork(self) -> None:
        """Start again in a forked process: the other threads that were inside are not in it."""
        paused = self._paused
        self._reset()
        if paused:
            gc.enable()


paused_collection = PausedCollection()
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=paused_collection.after_fork)
