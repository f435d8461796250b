"""The event loop of a run, whose tasks end even where code of the experiment exits meanwhile."""

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any

_MOST_INTERRUPTIONS = 10_000  # a callback that exits and schedules itself again has no end


class _Session:
    """The session that runs in this process, for signals that end it."""

    def __init__(self) -> None:
        self.task: asyncio.Task[Any] | None = None
        self.is_interrupted = False


_session = _Session()


def run_in_own_loop(
    rows: Coroutine[Any, Any, None],
    loop_factory: Callable[[], asyncio.AbstractEventLoop] | None = None,
) -> None:
    """Run a session as ``asyncio.run`` does, to the end of its clean-up.

    ``asyncio.run`` runs the clean-up once. A callback that exits there left files open, receivers
    connected and the settings of the garbage collector changed.

    Args:
        rows: The session.
        loop_factory: Makes the loop; None makes that of the system.

    Raises:
        KeyboardInterrupt: ``interrupt_session`` has ended it.
    """
    with asyncio.Runner(loop_factory=loop_factory) as runner:
        try:
            runner.run(_followed(rows))
        except (SystemExit, RuntimeError):
            _end_tasks(runner.get_loop())
            raise
        except asyncio.CancelledError:
            if _session.is_interrupted:
                raise KeyboardInterrupt from None
            raise
        finally:
            _session.is_interrupted = False


def interrupt_session() -> bool:
    """Cancel the session from a handler of signals, as Ctrl-C does.

    Returns:
        Whether there was one, and this is the first time.
    """
    task = _session.task
    if task is None or _session.is_interrupted:
        return False
    _session.is_interrupted = True
    task.get_loop().call_soon_threadsafe(task.cancel)
    return True


async def _followed(rows: Coroutine[Any, Any, None]) -> None:
    _session.task = asyncio.current_task()
    try:
        await rows
    finally:
        _session.task = None


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
