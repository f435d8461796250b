"""A run of 2,000 real HTTP requests of 50 ms, 1,000 in flight, next to aiohttp alone.

    uv run python tests/benchmarks/bench_harness_http.py [series]

The provider runs in a process of its own on this machine and answers each request after 50 ms. Four
ways ask it in turn: aiohttp alone; ``ask`` of ``ensemble`` alone; the rows of a run, with journal,
log of responses and events; and a whole run with plan, analysis and report. Each has its own
connections, which it opens within its time. The medians of several series are printed, and
the shares of aiohttp's rate, each taken within its series.

A process needs a file descriptor for each connection: `ulimit -n` must be above 1,100.
"""

import asyncio
import multiprocessing
import os
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

from bench_ensemble_clients import BODY, serve

from dataset_manager import Dataset, Item
from ensemble import OpenAIModel, Response, ask
from research_harness import Experiment, condition, run_sync
from research_harness._artifacts.folder import create_folder
from research_harness._plan.preparation import prepare
from research_harness._run.job import run_rows_only
from research_harness._run.session import write_start

CALLS, AT_ONCE, DELAY_S = 2_000, 1_000, 0.05
SERIES = 9


class Cost(NamedTuple):
    """What the requests took: seconds of wall time, and seconds of CPU."""

    wall: float
    cpu: float


async def together(call: Callable[[int], Any]) -> None:
    """Make all calls, as many at once as are to be in flight."""
    numbers = iter(range(CALLS))

    async def worker() -> None:
        for number in numbers:
            await call(number)

    await asyncio.gather(*(worker() for _ in range(AT_ONCE)))


def question(number: int) -> str:
    """A question that no other row asks."""
    return f"{number}: 2+2?"


async def aiohttp_alone(url: str) -> None:
    """The floor."""
    library = import_module("aiohttp")
    async with library.ClientSession(connector=library.TCPConnector(limit=0)) as session:

        async def call(number: int) -> None:
            body = {**BODY, "messages": [{"role": "user", "content": question(number)}]}
            async with session.post(f"{url}/chat/completions", json=body) as answer:
                found = await answer.json()
                assert found["choices"][0]["message"]["content"] == "4"

        await together(call)


async def ensemble_alone(url: str) -> None:
    """The client of the models."""
    async with OpenAIModel("gpt-4o-mini", base_url=url, api_key="k") as model:

        async def call(number: int) -> None:
            assert (await ask(question(number), model=model)).text == "4"

        await together(call)


def experiment_of(url: str) -> type[Experiment]:
    """One condition that asks the provider once for each item."""
    model = OpenAIModel("gpt-4o-mini", base_url=url, api_key="k")
    items = [Item(f"i{number}", question(number), "4") for number in range(CALLS)]

    class OverHttp(Experiment):
        """One request a row."""

        name = "over http"
        metrics = ("accuracy", "cost_per_query", "latency_p50")
        concurrency = AT_ONCE
        dataset = Dataset(items, name="questions")

        async def teardown(self) -> None:
            """Close the connections."""
            await model.close()

        @condition
        async def answer(self, item: Item) -> Response:
            """Ask the provider."""
            return await ask(item, model=model)

    return OverHttp


def timed(work: Callable[[], object]) -> Cost:
    """The time of some work in this process."""
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    return Cost(time.perf_counter() - wall, time.process_time() - cpu)


def rows_only(url: str) -> Cost:
    """The rows of a run, without its plan, analysis and report."""
    with tempfile.TemporaryDirectory() as temporary:
        prepared = prepare(experiment_of(url))
        folder = create_folder(Path(temporary), name="http", run_id=None, overwrite=False)
        write_start(prepared, folder, None)
        return timed(lambda: run_rows_only(prepared, folder))


def whole_run(url: str) -> Cost:
    """A run from its plan to its report."""
    with tempfile.TemporaryDirectory() as temporary:
        experiment = experiment_of(url)

        def run() -> None:
            result = run_sync(experiment, output_dir=temporary)
            assert result.complete
            assert not result.failures

        return timed(run)


WAYS: dict[str, Callable[[str], Cost]] = {
    "aiohttp alone": lambda url: timed(lambda: asyncio.run(aiohttp_alone(url))),
    "ensemble alone": lambda url: timed(lambda: asyncio.run(ensemble_alone(url))),
    "rows of a run": rows_only,
    "whole run": whole_run,
}


def main(series: int) -> None:
    """Print the medians and the shares."""
    if resource.getrlimit(resource.RLIMIT_NOFILE)[0] < AT_ONCE + 100:
        raise SystemExit(f"{AT_ONCE} connections need more file descriptors: ulimit -n 4096")
    receive, send = multiprocessing.Pipe(duplex=False)
    server = multiprocessing.get_context("spawn").Process(
        target=serve, args=(send, DELAY_S), daemon=True
    )
    server.start()
    url = f"http://127.0.0.1:{receive.recv()}/v1"
    for way in WAYS.values():
        way(url)  # what a process loads once is not counted
    found: dict[str, list[Cost]] = {name: [] for name in WAYS}
    for _ in range(series):
        for name, way in WAYS.items():
            found[name].append(way(url))
    server.kill()
    floor = found["aiohttp alone"]
    print(f"medians of {series} series, load {os.getloadavg()[0]:.0f}")
    for name, costs in found.items():
        rate = statistics.median(CALLS / each.wall for each in costs)
        cpu = statistics.median(each.cpu / CALLS * 1e6 for each in costs)
        print(
            f"{name:15} {rate:6.0f} requests/s {shares(floor, costs, 0)}"
            f" {cpu:6.0f} us CPU {shares(floor, costs, 1)}"
        )


def shares(floor: list[Cost], costs: list[Cost], which: int) -> str:
    """The share of aiohttp's rate, in its series: the median, the least and the greatest."""
    found = [least[which] / each[which] for least, each in zip(floor, costs, strict=True)]
    return f"{statistics.median(found):.2f} ({min(found):.2f} to {max(found):.2f})"


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else SERIES)
