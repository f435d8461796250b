"""The event loop of a run, whose tasks end even where code of the experiment exits meanwhile."""

import asyncio
import threading
from collections.abc import Callable, Coroutine
from contextlib import suppress
from contextvars import copy_context
from typing import Any, TypeVar

Result = TypeVar("Result")
_MOST_INTERRUPTIONS = 10_000  # a callback that exits and schedules itself again has no end


class OwnLoop:
    """A session in a loop of its own, which signals and other threads can end."""

    def __init__(self) -> None:
        self._thread = threading.get_ident()
        self._task: asyncio.Task[Any] | None = None
        self._is_interrupted = False

    def run(
        self,
        rows: Coroutine[Any, Any, None],
        loop_factory: Callable[[], asyncio.AbstractEventLoop] | None = None,
    ) -> None:
        """Run a session as ``asyncio.run`` does, to the end of its clean-up.

        ``asyncio.run`` runs the clean-up once. A callback that exits there left files open,
        receivers connected and the settings of the garbage collector changed.

        Args:
            rows: The session.
            loop_factory: Makes the loop; None makes that of the system.

        Raises:
            KeyboardInterrupt: The session was interrupted.
        """
        self._thread = threading.get_ident()
        with asyncio.Runner(loop_factory=loop_factory) as runner:
            try:
                runner.run(self._followed(rows))
            except (SystemExit, RuntimeError):
                _end_tasks(runner.get_loop())
                raise
            except asyncio.CancelledError:
                if self._is_interrupted:
                    raise KeyboardInterrupt from None
                raise
            except KeyboardInterrupt:
                if threading.current_thread() is threading.main_thread():
                    interrupt_sessions()  # Ctrl-C reaches this thread alone
                raise

    def interrupt(self) -> bool:
        """Cancel the session, as Ctrl-C does, from any thread.

        Returns:
            Whether it is the first time, and the session belongs to the calling thread.
        """
        first = not self._is_interrupted
        self._is_interrupted = True
        task = self._task  # after the flag: a session that begins meanwhile sees one of both
        if task is not None and first:
            with suppress(RuntimeError):  # its loop has just ended
                task.get_loop().call_soon_threadsafe(task.cancel)
        return first and task is not None and self._thread == threading.get_ident()

    async def _followed(self, rows: Coroutine[Any, Any, None]) -> None:
        self._task = asyncio.current_task()
        if self._is_interrupted:
            rows.close()
            raise asyncio.CancelledError
        _running[id(self)] = self
        try:
            await rows
        finally:
            del _running[id(self)]
            self._task = None


_running: dict[int, OwnLoop] = {}


def interrupt_sessions() -> bool:
    """Cancel all sessions of this process from a handler of signals, as Ctrl-C does.

    Returns:
        Whether the calling thread has one, and this is its first time.
    """
    own = [each.interrupt() for each in list(_running.values())]  # all of them
    return any(own)


async def in_thread(work: Callable[[], Result], on_cancel: Callable[[], object] = int) -> Result:
    """Do work in a thread; a cancellation is passed on and waits for its end.

    What the work writes belongs to a run, which is held for as long as it writes.

    Args:
        work: The work.
        on_cancel: Called when the caller is cancelled, to end the work sooner.
    """
    running = asyncio.get_running_loop().run_in_executor(None, copy_context().run, work)
    try:
        return await asyncio.shield(running)
    except asyncio.CancelledError:
        on_cancel()
        while not running.done():
            with suppress(asyncio.CancelledError):
                await asyncio.wait([running])
        if not running.cancelled():
            running.exception()  # the cancellation is raised
        raise


def _end_tasks(loop: asyncio.AbstractEventLoop) -> None:
    cancelled: set[asyncio.Task[Any]] = set()
    for _ in range(_MOST_INTERRUPTIONS):
        tasks = asyncio.all_tasks(loop)
        if not tasks:
            return
        for each in tasks - cancelled:
            each.cancel()
        cancelled |= tasks
        with suppress(SystemExit, RuntimeError):
            loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))
