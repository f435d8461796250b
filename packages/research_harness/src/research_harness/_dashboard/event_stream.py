"""A response that sends a topic's events as server-sent events, at the watcher's own speed."""

import asyncio
import time
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from .changes import Topic, encode, place_of

_Message = MutableMapping[str, Any]
_Receive = Callable[[], Awaitable[_Message]]
_Send = Callable[[_Message], Awaitable[None]]

HEARTBEAT_SECONDS = 2.0
# Between two sends to a watcher; with it there are at most ten a second.
PAUSE_SECONDS = 0.1
SEND_SECONDS = 20.0


class EventStream:
    """Sends a topic until the watcher is gone.

    There is no queue for a watcher. It is at a place of the topic's log, and what it has not taken
    is sent together when it is ready again.

    Args:
        topic: What is watched.
        last_id: The id of the last event that the watcher has; empty for none.
        headers: The headers of the response.
        heartbeat: Seconds between two signs of life.
        send_timeout: After so many seconds without taking anything a watcher counts as gone.
        closing: Set when the server ends, so that it need not wait for its watchers.
    """

    def __init__(
        self,
        topic: Topic,
        *,
        last_id: str = "",
        headers: list[tuple[bytes, bytes]],
        heartbeat: float = HEARTBEAT_SECONDS,
        send_timeout: float = SEND_SECONDS,
        closing: asyncio.Event | None = None,
    ) -> None:
        self._topic = topic
        self._place = place_of(last_id)
        self._headers = headers
        self._heartbeat = heartbeat
        self._send_timeout = send_timeout
        self._closing = closing or asyncio.Event()

    async def __call__(self, _scope: _Message, receive: _Receive, send: _Send) -> None:
        """Answer one request."""
        self._topic.watchers += 1
        work = (self._send_all(send), _until_gone(receive), self._closing.wait())
        tasks = [asyncio.ensure_future(each) for each in work]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self._topic.watchers -= 1
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        if self._closing.is_set():
            async with asyncio.timeout(self._send_timeout):
                await send({"type": "http.response.body", "body": b""})

    async def _send_all(self, send: _Send) -> None:
        start = {"type": "http.response.start", "status": 200, "headers": self._headers}
        await self._taken(send, start)
        place = self._place
        while True:
            events, place = self._topic.since(place)
            for part in (*events, self._beat()):
                await self._taken(send, _body(part))
            await asyncio.sleep(PAUSE_SECONDS)
            while not await self._topic.change(place, self._heartbeat):
                await self._taken(send, _body(self._beat()))

    async def _taken(self, send: _Send, message: _Message) -> None:
        """Send a message; a watcher that does not take it in time is left."""
        async with asyncio.timeout(self._send_timeout):
            await send(message)

    def _beat(self) -> bytes:
        beat = {"time": round(time.time(), 3), "watchers": self._topic.watchers}
        return b"event: beat\ndata: " + encode(beat) + b"\n\n"


def _body(data: bytes) -> _Message:
    return {"type": "http.response.body", "body": data, "more_body": True}


async def _until_gone(receive: _Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
