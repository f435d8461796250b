"""What a cached or simulated answer costs, next to SQLite alone and to a call of a function.

Run with ``python tests/benchmarks/bench_ensemble_cache.py``; prints medians of CPU time, gates
nothing.
"""

import asyncio
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

from ensemble import (
    Constant,
    Query,
    Response,
    ResponseCache,
    SamplingParameters,
    SimulatedModel,
    panel,
)

CALLS, RUNS = 2000, 7


@dataclass(frozen=True)
class Question:
    """A question with a known answer."""

    id: str
    input: str
    expected: str


QUESTIONS = [Question(str(number), f"{number} + 1?", str(number + 1)) for number in range(CALLS)]
SAMPLE = SamplingParameters()


class Instant:
    """Answers at once."""

    name = "instant"

    async def generate(self, query: Query, sampling: SamplingParameters) -> Response:
        return Response(text="4", model=self.name, cost_usd=0.001, latency_ms=0.0)


def report(what: str, work: Callable[[int], Awaitable[None]]) -> None:
    """The median CPU time of a call."""
    times = []
    for run in range(RUNS):
        start = time.process_time()
        asyncio.run(_run(work, run))
        times.append(time.process_time() - start)
    print(f"{what}: {statistics.median(times) / CALLS * 1e6:.1f} us a call")


async def _run(work: Callable[[int], Awaitable[None]], run: int) -> None:
    await work(run)


def cached(folder: Path) -> None:
    model = Instant()

    async def bare(_: int) -> None:
        for question in QUESTIONS:
            await model.generate(question, SAMPLE)

    async def rows(run: int) -> None:
        connection = sqlite3.connect(folder / f"bare{run}.sqlite", isolation_level=None)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute("CREATE TABLE answers (key TEXT PRIMARY KEY, text TEXT)")
        for question in QUESTIONS:
            connection.execute("INSERT INTO answers VALUES (?, ?)", (question.id, "4" * 300))
        connection.close()

    async def record(run: int) -> None:
        with ResponseCache(folder / f"answers{run}.sqlite") as cache:
            before = cache.wrap(model, version="bench")
            # Each question has a prompt of its own.
            for question in QUESTIONS:
                await before.generate(question.input, SAMPLE)

    async def replay(run: int) -> None:
        with ResponseCache(folder / f"answers{run}.sqlite") as cache:
            before = cache.wrap(model, version="bench", mode="replay_or_fail")
            for question in QUESTIONS:
                await before.generate(question.input, SAMPLE)

    report("a call of the model alone", bare)
    report("an insert into SQLite alone, one transaction each", rows)
    report("recorded: key, call and insert", record)
    report("given again: key and look-up", replay)


def simulated() -> None:
    quick = Constant(latency_ms=0)
    alone = SimulatedModel("alone", latency=quick)
    members = panel([0.8] * 5, rho=0.4, same_wrong=0.6, latency=quick)

    async def ask_alone(_: int) -> None:
        for question in QUESTIONS:
            await alone.generate(question, SAMPLE)

    async def ask_member(_: int) -> None:
        for place, question in enumerate(QUESTIONS):
            await members[place % 5].generate(question, SAMPLE)

    report("a simulated model", ask_alone)
    report("a member of a correlated panel of five", ask_member)
    start = time.process_time()
    panel([0.7 + number / 100 for number in range(14)], rho=0.4)
    print(f"14 models with 91 correlations are solved in {time.process_time() - start:.3f} s")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        cached(Path(folder))
    simulated()
