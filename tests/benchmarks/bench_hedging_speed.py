"""CPU per call without a backup, of the tracker, of imports; and many calls at once.

Run: ``python tests/benchmarks/bench_hedging_speed.py``. Least of some repeats, CPU time.
"""

import asyncio
import contextlib
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from statistics import median
from typing import Any

import httpx

from hedging import (
    Adaptive,
    Fixed,
    HedgedTransport,
    Hedger,
    Percentile,
    Policy,
    lingering,
    request,
)

CALLS = 5_000
REPEATS = 5


async def quick() -> int:
    """A call that answers at once."""
    return 1


async def bare() -> None:
    """The least that notices a late answer."""
    await asyncio.wait({asyncio.ensure_future(quick())}, timeout=1)


async def least() -> int:
    """The least race: one task, one future, one timer."""
    loop = asyncio.get_running_loop()
    decided: asyncio.Future[int] = loop.create_future()

    async def attempt() -> None:
        decided.set_result(await quick())

    timer = loop.call_later(1, decided.cancel)
    task = loop.create_task(attempt())
    try:
        return await decided
    finally:
        timer.cancel()
        await task


async def over_http(transport: Any) -> float:
    """Microseconds for one call of httpx through a transport."""
    async with httpx.AsyncClient(transport=transport) as client:
        return await cpu(lambda: client.get("http://a.test/x"), calls=500)


async def over_connection(hedger: Hedger) -> tuple[float, float]:
    """Microseconds for a call over a connection to a server here: of httpx, and hedged."""
    connections: set[asyncio.StreamWriter] = set()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connections.add(writer)
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            while await reader.readuntil(b"\r\n\r\n"):
                writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok")

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/x"
    transports: list[Any] = [httpx.AsyncHTTPTransport(), HedgedTransport(hedger)]
    clients = [httpx.AsyncClient(transport=each) for each in transports]
    found: list[list[float]] = [[], []]
    for _ in range(9):  # in turn, so that both meet the same machine
        for client, times in zip(clients, found, strict=True):
            begin = time.process_time()
            for _ in range(300):
                await client.get(url)
            times.append((time.process_time() - begin) / 300 * 1e6)
    for client in clients:
        await client.aclose()
    for writer in connections:
        writer.close()
    server.close()
    return median(found[0]), median(found[1])


def service(_: httpx.Request) -> httpx.Response:
    """Stands for the network."""
    return httpx.Response(200)


async def cpu(call: Callable[[], Awaitable[object]], *, calls: int = CALLS) -> float:
    """Microseconds for one call."""
    best = float("inf")
    for _ in range(REPEATS):
        begin = time.process_time()
        for _ in range(calls):
            await call()
        best = min(best, time.process_time() - begin)
    return best / calls * 1e6


def tracker(strategy: Adaptive | Percentile, count: int = 200_000) -> float:
    """Microseconds to learn from one request."""
    for _ in range(100):
        strategy.record(1.0)
    begin = time.process_time()
    for number in range(count):
        strategy.record(1.0 + number % 7)
        if isinstance(strategy, Adaptive):
            strategy.observe(1.0, number % 20 == 0)
    return (time.process_time() - begin) / count * 1e6


async def crowd(hedger: Hedger, requests: int = 10_000) -> tuple[int, int]:
    """Many requests at once that all get a backup; backups sent, tasks left behind."""

    async def slow() -> None:
        await asyncio.sleep(0.5)

    results = await asyncio.gather(*[hedger.request(slow) for _ in range(requests)])
    await asyncio.sleep(0)
    return sum(result.hedged for result in results), len(asyncio.all_tasks()) - 1 + lingering()


def import_seconds(module: str) -> float:
    """CPU seconds of an import in a new process, without the start of Python."""
    code = f"import time; t = time.process_time(); import {module}; print(time.process_time() - t)"
    command = [sys.executable, "-c", code]
    return min(float(subprocess.check_output(command)) for _ in range(7))


async def main() -> None:
    """Print the figures."""
    fixed = Hedger(Policy(budget=0.05), strategy=Fixed(1000))
    learned = Hedger(Policy(budget=0.05))
    print(f"bare task with a time limit   {await cpu(bare):6.1f} us")
    print(f"least race                    {await cpu(least):6.1f} us")
    print(f"Hedger, fixed delay           {await cpu(lambda: fixed.request(quick)):6.1f} us")
    print(f"Hedger, adaptive              {await cpu(lambda: learned.request(quick)):6.1f} us")
    print(f"request, learned delay        {await cpu(lambda: request(quick, key='cpu')):6.1f} us")
    print(f"httpx                         {await over_http(httpx.MockTransport(service)):6.1f} us")
    hedged = HedgedTransport(learned, transport=httpx.MockTransport(service))
    print(f"httpx, HedgedTransport        {await over_http(hedged):6.1f} us")
    plain, through = await over_connection(Hedger(Policy(budget=0.05), strategy=Fixed(1000)))
    print(f"httpx over a connection       {plain:6.1f} us")
    print(f"the same, HedgedTransport     {through:6.1f} us, {through / plain:.2f} times")
    print(f"Adaptive, one request         {tracker(Adaptive()):6.2f} us")
    print(f"Percentile, one request       {tracker(Percentile()):6.2f} us")
    backups, left = await crowd(Hedger(Policy(budget=None), strategy=Fixed(100)))
    print(f"10,000 at once: {backups} backups, {left} tasks left behind")
    print(f"import asyncio                {import_seconds('asyncio'):6.3f} s")
    print(f"import hedging                {import_seconds('hedging'):6.3f} s")


if __name__ == "__main__":
    asyncio.run(main())
