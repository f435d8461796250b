"""Threads for foreign functions; one that never returns does not keep the process from its end."""

import os
import queue
import threading
from collections.abc import Callable
from concurrent.futures import Executor, Future
from typing import Any, ParamSpec, TypeVar

from .barrier import end_forked

P = ParamSpec("P")
T = TypeVar("T")

_Work = tuple[Future[Any], Callable[[], Any]]


class DaemonThreads(Executor):
    """An executor whose threads end with the process.

    The threads of ``ThreadPoolExecutor`` are joined when it closes and when Python ends, so that
    one function that hangs keeps a run from its results.

    Args:
        size: The maximum number of threads that take work.
        name: The beginning of the threads' names.
    """

    def __init__(self, size: int, name: str) -> None:
        self._size = size
        self._name = name
        self._work: queue.SimpleQueue[_Work | None] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._started = 0
        self._busy = 0
        self._abandoned = 0
        self._closed = False

    def submit(self, function: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Have a function called in a thread.

        Args:
            function: The function.
            *args: Its arguments.
            **kwargs: Its keyword arguments.

        Returns:
            Its result to come.
        """
        future: Future[T] = Future()
        with self._lock:
            if self._closed:
                raise RuntimeError("these threads take no more work")
            self._busy += 1
            if self._busy > self._started and self._started < self._size + self._abandoned:
                self._started += 1
                name = f"{self._name}-{self._started}"
                threading.Thread(target=self._take, name=name, daemon=True).start()
        self._work.put((future, lambda: function(*args, **kwargs)))
        return future

    def resize(self, size: int) -> None:
        """Let more threads take work; those that were started stay.

        Args:
            size: The maximum number of threads that take work.
        """
        with self._lock:
            self._size = size

    def abandon(self) -> None:
        """Stop waiting for one function that does not return; another thread takes its share."""
        with self._lock:
            self._abandoned += 1

    def shutdown(
        self,
        wait: bool = True,  # noqa: ARG002  # the signature of Executor
        *,
        cancel_futures: bool = False,  # noqa: ARG002  # the same
    ) -> None:
        """Let the threads end when they are idle; nothing is waited for.

        Args:
            wait: Has no effect; a thread that hangs would never be done.
            cancel_futures: Has no effect; work that was taken is finished.
        """
        with self._lock:
            self._closed = True
            for _ in range(self._started):
                self._work.put(None)

    def _take(self) -> None:
        while (work := self._work.get()) is not None:
            future, call = work
            if not future.set_running_or_notify_cancel():
                self._done()
                continue
            own = os.getpid()
            try:
                result = call()
            except BaseException as error:  # noqa: BLE001  # it belongs to the caller
                end_forked(own, error)
                self._done()
                future.set_exception(error)
            else:
                end_forked(own)
                self._done()
                future.set_result(result)
            del work, future, call

    def _done(self) -> None:
        with self._lock:
            self._busy -= 1
