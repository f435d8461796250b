"""Those who wait for room, in any event loop of any thread."""

import asyncio
from contextlib import suppress


class Waiters:
    """Those who wait; all are woken together and look again.

    Its methods are called with the lock of what is waited for.
    """

    def __init__(self) -> None:
        self._waiting: list[tuple[asyncio.AbstractEventLoop, asyncio.Future[None]]] = []

    def add(self) -> "asyncio.Future[None]":
        """A future of the running event loop that is done at the next ``wake``."""
        loop = asyncio.get_running_loop()
        waiter: asyncio.Future[None] = loop.create_future()
        self._waiting.append((loop, waiter))
        return waiter

    def wake(self) -> None:
        """Have all that wait look again."""
        waiting, self._waiting = self._waiting, []
        for loop, waiter in waiting:
            with suppress(RuntimeError):  # its loop is closed, and nothing waits in it any more
                loop.call_soon_threadsafe(_done, waiter)


def _done(waiter: "asyncio.Future[None]") -> None:
    if not waiter.done():
        waiter.set_result(None)
