"""A watcher costs the same whether it is fast, slow or gone."""

import asyncio
from typing import Any

from research_harness._dashboard.changes import Topic
from research_harness._dashboard.event_stream import EventStream

HEADERS = [(b"content-type", b"text/event-stream")]


class Watcher:
    """One end of a connection, which takes messages when it likes."""

    def __init__(self, topic: Topic, **options: Any) -> None:
        self.taken: list[bytes] = []
        self.ready = asyncio.Event()
        self.news = asyncio.Event()
        self.ready.set()
        self.waiting = 0
        self._gone = asyncio.Event()
        stream = EventStream(topic, headers=HEADERS, **options)
        self.task = asyncio.ensure_future(stream({}, self._receive, self._send))

    async def _receive(self) -> dict[str, Any]:
        await self._gone.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: Any) -> None:
        self.waiting += 1
        await self.ready.wait()
        self.waiting -= 1
        self.taken.append(message.get("body", b""))
        self.news.set()

    async def until(self, text: bytes) -> None:
        while text not in b"".join(self.taken):
            self.news.clear()
            await self.news.wait()

    async def leave(self) -> None:
        self._gone.set()
        await self.task


async def test_a_watcher_gets_the_state_then_changes_and_signs_of_life() -> None:
    topic = Topic()
    topic.publish({"rows": 1})
    watcher = Watcher(topic, heartbeat=0.01)

    await watcher.until(b'{"state":{"rows":1}')
    topic.publish({"rows": 2})
    await watcher.until(b'data: {"rows":2}')
    await watcher.until(b"event: beat")
    assert topic.watchers == 1
    await watcher.leave()

    assert topic.watchers == 0


async def test_a_watcher_that_comes_back_gets_what_it_missed() -> None:
    topic = Topic()
    topic.publish({"rows": 1})
    name, number = topic.place
    topic.publish({"rows": 2})
    watcher = Watcher(topic, last_id=f"{name}-{number}")

    await watcher.until(b'data: {"rows":2}')
    assert b"event: state" not in b"".join(watcher.taken)
    await watcher.leave()


async def test_a_slow_watcher_holds_one_message_and_misses_nothing() -> None:
    topic = Topic()
    topic.publish({"rows": 0, "text": ""})
    watcher = Watcher(topic, send_timeout=3_600.0)
    await watcher.until(b"event: state")
    watcher.ready.clear()

    for n in range(2_000):
        topic.publish({"rows": n, "text": "x" * 1_000})
        if n % 100 == 0:
            await asyncio.sleep(0)
    assert watcher.waiting <= 1
    watcher.ready.set()

    await watcher.until(b'"rows":1999')
    await watcher.leave()


async def test_a_watcher_that_takes_nothing_is_left() -> None:
    topic = Topic()
    topic.publish({"rows": 0})
    watcher = Watcher(topic, send_timeout=0.01)
    watcher.ready.clear()

    await watcher.task

    assert topic.watchers == 0
