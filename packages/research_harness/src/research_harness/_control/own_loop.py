"""The event loop of a run, whose tasks end even where code of the experiment exits meanwhile."""

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any

_MOST_INTERRUPTIONS = 10_000  # a callback that exits and schedules itself again has no end


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
    """
    with asyncio.Runner(loop_factory=loop_factory) as runner:
        try:
            runner.run(rows)
        except (SystemExit, RuntimeError):
            _end_tasks(runner.get_loop())
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
