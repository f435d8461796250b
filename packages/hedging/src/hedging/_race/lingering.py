"""Attempts that outlive their request: they ignore their cancellation, or were left to finish."""

import asyncio
from collections.abc import Iterable
from typing import Any

# The event loop keeps only weak references to tasks.
_lingering: set[asyncio.Future[Any]] = set()


def runs_here(task: "asyncio.Task[Any] | None") -> bool:
    """Whether this code runs in a task; not when its event loop is gone and it is only closed.

    Args:
        task: The task; None for one that has started at once, before it is known.
    """
    try:
        running = asyncio.current_task()
    except RuntimeError:  # no running loop
        return False
    return running is not None and task in (None, running)


def keep_until_done(tasks: Iterable[asyncio.Future[Any]]) -> None:
    """Hold on to attempts until they end; the race they belong to drops their result."""
    for task in tasks:
        _lingering.add(task)
        task.add_done_callback(_lingering.discard)


def lingering() -> int:
    """The number of attempts that still run after their request has returned.

    Returns:
        Those of this process that ignore their cancellation, or were left to finish.
    """
    return len(_lingering)
