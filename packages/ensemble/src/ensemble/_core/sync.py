"""Run a coroutine from a script, and close what it opened."""

import asyncio
from collections.abc import Callable, Coroutine
from contextvars import ContextVar
from typing import Any, Protocol, TypeVar

from .errors import RunningLoopError

Result = TypeVar("Result")


class Closable(Protocol):
    """Something with connections."""

    async def close(self) -> None:
        """Close them."""
        ...


_opened: ContextVar[list[Closable] | None] = ContextVar("ensemble_opened", default=None)


def close_at_end(client: Closable) -> None:
    """Close a client when the ``*_sync`` call that it was made in ends; its loop ends then too."""
    opened = _opened.get()
    if opened is not None:
        opened.append(client)


def run(name: str, make: Callable[[], Coroutine[Any, Any, Result]]) -> Result:
    """Run a coroutine to its end in a loop of its own.

    Raises:
        RunningLoopError: A loop is running already, as in a notebook.
    """
    if _loop_is_running():
        raise RunningLoopError(name)
    return asyncio.run(_closing(make))


def _loop_is_running() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True


async def _closing(make: Callable[[], Coroutine[Any, Any, Result]]) -> Result:
    opened: list[Closable] = []
    _opened.set(opened)  # in the context of this run alone
    try:
        return await make()
    finally:
        for client in opened:
            await client.close()
