"""Hedged requests of httpx whose connections are fewer than its callers, over real sockets.

Run: ``python tests/benchmarks/bench_hedging_contention.py [--seconds 60]``. A server in a process
of its own answers after exponential times, one in a hundred ten times as late. 40 callers share 20
connections; turns of plain and of hedged requests alternate, so that both meet the same machine.
A part of the callers give up after a while. Prints latencies, and what is left in the pools.
"""

import argparse
import asyncio
import contextlib
import multiprocessing
import random
import time
from multiprocessing.connection import Connection
from typing import Any

import httpx

from hedging import HedgedTransport, Hedger, Policy

CALLERS, CONNECTIONS = 40, 20
TURN_S, GIVES_UP = 5.0, 0.05
_ANSWER = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok"


async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answer the requests of one connection."""
    with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
        while True:
            await reader.readuntil(b"\r\n\r\n")
            late = 10.0 if random.random() < 0.01 else 1.0
            await asyncio.sleep(late * random.expovariate(1 / 0.05))
            writer.write(_ANSWER)
    writer.close()


def serve(ready: Connection) -> None:
    """The server's process."""

    async def main() -> None:
        server = await asyncio.start_server(answer, "127.0.0.1", 0)
        ready.send(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    asyncio.run(main())


async def turn(client: httpx.AsyncClient, url: str, latencies: list[float]) -> None:
    """Ask for some seconds from all callers."""
    end = time.perf_counter() + TURN_S

    async def caller(number: int) -> None:
        chance = random.Random(number)
        while (begin := time.perf_counter()) < end:
            with contextlib.suppress(TimeoutError):
                limit = 0.02 if chance.random() < GIVES_UP else None
                async with asyncio.timeout(limit):
                    await client.get(url)
                latencies.append(time.perf_counter() - begin)

    async with asyncio.TaskGroup() as group:
        for number in range(CALLERS):
            group.create_task(caller(number))


def quantile(values: list[float], share: float) -> float:
    """A quantile in milliseconds."""
    return 1000 * sorted(values)[int(share * len(values))]


async def measure(url: str, seconds: float) -> None:
    """Alternate plain and hedged requests, and print what they took."""
    limits = httpx.Limits(max_connections=CONNECTIONS, max_keepalive_connections=CONNECTIONS)
    plain = httpx.AsyncHTTPTransport(limits=limits)
    hedger = Hedger(Policy(budget=0.05))
    hedged = HedgedTransport(hedger, transport=httpx.AsyncHTTPTransport(limits=limits))
    found: dict[str, list[float]] = {"plain": [], "hedged": []}
    transports: dict[str, Any] = {"plain": plain, "hedged": hedged}
    clients = {
        name: httpx.AsyncClient(transport=each, timeout=None)  # noqa: S113  # callers have limits
        for name, each in transports.items()
    }
    for _ in range(max(1, round(seconds / TURN_S / 2))):
        for name, client in clients.items():
            await turn(client, url, found[name])
    for name, values in found.items():
        p50, p99 = quantile(values, 0.5), quantile(values, 0.99)
        print(f"{name:7} {len(values):6} answers, P50 {p50:6.1f} ms, P99 {p99:7.1f} ms")
    ratios = [
        quantile(found["hedged"], share) / quantile(found["plain"], share) for share in (0.5, 0.99)
    ]
    print("hedged / plain: P50 {:.3f}, P99 {:.3f}".format(*ratios))
    print(f"backups per request: {hedger.statistics().extra_requests:.2%}")
    await asyncio.sleep(1)
    for each in hedged._transports():  # the pools have no public state
        print("left:", each._pool)
    for client in clients.values():
        await client.aclose()


def main() -> None:
    """Start the server and measure."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=60)
    options = parser.parse_args()
    here, there = multiprocessing.Pipe()
    server = multiprocessing.Process(target=serve, args=(there,), daemon=True)
    server.start()
    asyncio.run(measure(f"http://127.0.0.1:{here.recv()}/", options.seconds))
    server.terminate()


if __name__ == "__main__":
    main()
