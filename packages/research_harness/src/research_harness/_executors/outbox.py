"""Messages that wait to be sent together."""

import asyncio
import threading
from collections import deque
from typing import Generic, TypeVar

Message = TypeVar("Message")
_MAX_TOGETHER = 256


class Outbox(Generic[Message]):
    """Takes messages from any thread, and gives them together to the loop it is made in."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._thread = threading.get_ident()
        self._waiting: deque[Message] = deque()
        self._filled = asyncio.Event()

    def put(self, message: Message) -> None:
        """Have a message sent after those before it."""
        self._waiting.append(message)
        if threading.get_ident() == self._thread:
            self._filled.set()
        else:
            self._loop.call_soon_threadsafe(self._filled.set)

    async def take(self) -> list[Message]:
        """Wait for messages; those that come in the same turn of the loop go with them."""
        await self._filled.wait()
        await asyncio.sleep(0)
        count = min(len(self._waiting), _MAX_TOGETHER)
        found = [self._waiting.popleft() for _ in range(count)]
        if not self._waiting:
            self._filled.clear()
            if self._waiting:  # another thread came between
                self._filled.set()
        return found
