"""Attempts that outlive their request: they ignore their cancellation, or were left to finish."""

import asyncio
from collections.abc import Iterable
from typing import Any

# The event loop keeps only weak references to tasks.
_lingering: set[asyncio.Future[Any]] = set()


def keep_until_done(tasks: Iterable[asyncio.Future[Any]]) -> None:
    """Hold on to attempts until they end; what they give is dropped by the race they belong to."""
    for task in tasks:
        _lingering.add(task)
        task.add_done_callback(_lingering.discard)


def lingering() -> int:
    """How many attempts of this process are still running after their request has returned."""
    return len(_lingering)
