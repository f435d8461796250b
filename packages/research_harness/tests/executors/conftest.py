"""Workers in this process, which can be ended at any point."""

import asyncio
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self

import pytest

from research_harness import Condition, Experiment, Outcome, WorkerEndedError, WorkerSession
from research_harness._engine.journal import Journal
from research_harness._executors.messages import Begin, for_worker

FILES = ("config.json", "dataset.jsonl", "results.csv", "results.parquet", "analysis.json")
ITEMS = [{"id": f"q{n}", "input": f"{n} + 1?", "expected": n + 1} for n in range(40)]


async def right(item: Any) -> Outcome:
    await asyncio.sleep(0)
    return Outcome(prediction=int(item.input.split()[0]) + 1, latency_ms=5.0, cost_usd=0.25)


class Sums(Experiment):
    """Forty sums, which one condition answers."""

    name = "Sums"
    dataset = ITEMS
    scorer = "number"
    metrics = ("accuracy",)
    concurrency = 6
    formats = ()
    loop_block_ms = None

    def all_conditions(self) -> Any:
        return (Condition(name="right", function=right),)


def files_of(folder: Path) -> dict[str, bytes]:
    return {name: (folder / name).read_bytes() for name in FILES}


def indexes(folder: Path) -> list[int]:
    return [row.index for row in Journal(folder / "checkpoints" / "journal.jsonl")]


class FakeLink:
    """A connection to a session in this process; only bytes pass."""

    def __init__(self, owner: "FakeExecutor", *, alone: bool) -> None:
        self._owner = owner
        self._spared = alone and not owner.kills_alone
        self._ended = asyncio.Event()
        self._renewed = asyncio.Event()
        self.session = WorkerSession()

    async def send(self, data: bytes) -> None:
        self._owner.sent.append(data)
        self._maybe_end("before it took something")
        begun = [each for each in for_worker(data) if isinstance(each, Begin)]
        if begun and self._owner.forgets():
            before, self.session = self.session, WorkerSession()  # it knows nothing
            self._renewed.set()
            await before.abandon()
        self.session.take(data)
        if any(map(self._owner.ends_its_worker, begun)):
            await asyncio.sleep(0)
            self._end()
        self._maybe_end("after it took rows" if begun else "after it took something")

    async def receive(self) -> bytes:
        while True:
            self._renewed.clear()
            giving = asyncio.ensure_future(self.session.give())
            others = [asyncio.ensure_future(x.wait()) for x in (self._ended, self._renewed)]
            try:
                await asyncio.wait({giving, *others}, return_when=asyncio.FIRST_COMPLETED)
                self._maybe_end("before its answer was taken")
                if giving.done() and not self._renewed.is_set():
                    return giving.result()
            finally:
                for each in (giving, *others):
                    each.cancel()

    async def kill(self) -> None:
        self._ended.set()
        await self.session.abandon()

    def _maybe_end(self, point: str) -> None:
        if self._ended.is_set():
            raise WorkerEndedError("it was ended before")
        if not self._spared and self._owner.kills(point):
            self._end()
            raise WorkerEndedError(f"it was ended {point}")

    def _end(self) -> None:
        self._owner.ended += 1
        self._ended.set()


class FakeExecutor:
    """Workers in this process."""

    name = "fake workers"

    def __init__(
        self,
        workers: int = 2,
        *,
        kills: Callable[[str], bool] = lambda point: False,
        ends_its_worker: Callable[[Begin], bool] = lambda begin: False,
        forgets: Callable[[], bool] = lambda: False,
        kills_alone: bool = True,
    ) -> None:
        self.kills_alone = kills_alone
        self.workers = workers
        self.kills = kills
        self.ends_its_worker = ends_its_worker
        self.forgets = forgets
        self.links: list[FakeLink] = []
        self.sent: list[bytes] = []
        self.alone = 0
        self.ended = 0

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        for link in self.links:
            await link.kill()

    async def start(self, *, alone: bool) -> FakeLink:
        link = FakeLink(self, alone=alone)
        self.links = [*self.links[-8:], link]
        self.alone += alone
        return link


@pytest.fixture
def fake_executor(monkeypatch: pytest.MonkeyPatch) -> type[FakeExecutor]:
    """The class of executors whose workers live in this process."""
    pytest.importorskip("cloudpickle", reason="the extra ray is not installed")
    monkeypatch.setattr(sys, "meta_path", list(sys.meta_path))
    return FakeExecutor
