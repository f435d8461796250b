"""The event loop: the one that is running, or one of its own for the functions of scripts."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from .errors import NoEventLoopError, RunningLoopError

Result = TypeVar("Result")


def running_loop() -> asyncio.AbstractEventLoop:
    """The event loop of asyncio that is running.

    Raises:
        NoEventLoopError: No such loop is running, such as under trio.
    """
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        raise NoEventLoopError from None


def run_to_end(
    start: Callable[[], Coroutine[Any, Any, Result]], *, name: str, instead: str
) -> Result:
    """Run a coroutine in an event loop of its own.

    Args:
        start: Makes the coroutine; only called when no event loop is running.
        name: The function that was called.
        instead: The expression to use inside an event loop.

    Raises:
        RunningLoopError: An event loop is running in this thread.
    """
    if _is_running():
        raise RunningLoopError(name, instead)
    return asyncio.run(start())


def _is_running() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True
