"""What a vote costs: CPU time over the bare calls, counting recorded votes, memory in flight.

Run with ``python tests/benchmarks/bench_voting_speed.py``; prints medians, gates nothing.
"""

import asyncio
import gc
import random
import statistics
import time
import tracemalloc
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

from ensemble import Query, Response, SamplingParameters, VoteTable, predict, predict_many

MEMBERS, PREDICTIONS, RUNS = 5, 400, 7
ITEMS, MODELS = 1000, 14
IN_FLIGHT = 10_000


class Instant:
    """Answers at once."""

    def __init__(self, name: str) -> None:
        self.name = name

    async def generate(self, query: Query, sampling: SamplingParameters) -> Response:
        return Response(text="4", model=self.name, cost_usd=0.0, latency_ms=0.0)


async def bare(models: list[Instant]) -> None:
    """The calls alone, in a task group, as anybody would write it."""
    settings = SamplingParameters()
    for _ in range(PREDICTIONS):
        async with asyncio.TaskGroup() as group:
            for model in models:
                group.create_task(model.generate("2+2?", settings))


async def voted(models: list[Instant], execution: Any) -> None:
    for _ in range(PREDICTIONS):
        await predict("2+2?", models=models, execution=execution)


def cpu_seconds(work: Callable[[], Awaitable[None]]) -> float:
    """The median CPU time of some runs."""
    times = []
    for _ in range(RUNS):
        start = time.process_time()
        asyncio.run(_run(work))
        times.append(time.process_time() - start)
    return statistics.median(times)


async def _run(work: Callable[[], Awaitable[None]]) -> None:
    await work()


def overhead() -> None:
    models = [Instant(f"m{place}") for place in range(MEMBERS)]
    floor = cpu_seconds(partial(bare, models))
    calls = PREDICTIONS * MEMBERS
    print(f"bare calls in a task group: {floor / calls * 1e6:.1f} us a call")
    for execution in ("parallel", "quorum", "sequential"):
        spent = cpu_seconds(partial(voted, models, execution))
        print(f"predict, {execution}: {(spent - floor) / calls * 1e6:.1f} us more a member of 5")


def aggregation() -> None:
    chance = random.Random(1)
    table = VoteTable(
        models=[f"m{place}" for place in range(MODELS)],
        votes=[[chance.choice("AAABCD") for _ in range(MODELS)] for _ in range(ITEMS)],
        gold=["A"] * ITEMS,
    )
    weights = {model: chance.random() for model in table.models}
    works: dict[str, Callable[[], object]] = {
        "plurality": table.winners,
        "weighted": partial(table.winners, weights=weights),
        "as rules": partial(table.decide, "majority"),
    }
    for name, work in works.items():
        times = []
        for _ in range(RUNS):
            start = time.process_time()
            work()
            times.append((time.process_time() - start) * 1000)
        print(f"{name} of {ITEMS} questions x {MODELS} models: {statistics.median(times):.1f} ms")


class Waiting(Instant):
    """Answers when the gate opens."""

    def __init__(self, name: str, gate: asyncio.Event) -> None:
        super().__init__(name)
        self.gate = gate

    async def generate(self, query: Query, sampling: SamplingParameters) -> Response:
        await self.gate.wait()
        return await super().generate(query, sampling)


async def in_flight() -> None:
    gate = asyncio.Event()
    model = Waiting("m", gate)
    before = len(asyncio.all_tasks())
    gc.collect()
    tracemalloc.start()
    running = asyncio.create_task(
        predict_many(["2+2?"] * IN_FLIGHT, models=[model], concurrency=IN_FLIGHT)
    )
    for _ in range(10):
        await asyncio.sleep(0)
    gc.collect()
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    gate.set()
    results = await running
    left = len(asyncio.all_tasks()) - before
    print(
        f"{len(results):,} predictions in flight: {held / IN_FLIGHT / 1024:.1f} KB each,"
        f" {left} tasks left"
    )


if __name__ == "__main__":
    overhead()
    aggregation()
    asyncio.run(in_flight())
