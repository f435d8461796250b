"""Hedged requests of httpx whose connections are fewer than its callers.

Run: ``python tests/benchmarks/bench_hedging_contention.py [--seconds 60] [--requests 4000]``. The
service answers after exponential times, one in a hundred ten times as late; the same request takes
the same time in each arm. 20 connections are shared, and a part of the callers give up.

First over real sockets, to a server in a process of its own, in turns of each arm. 40 callers ask
again as soon as they have an answer: a closed loop. A plain httpx caller then takes the connection
that it has just given back, before the caller that was promised it wakes up: one half of the
callers have the connections, and the others wait until one gives up. "taking turns" is plain httpx
whose callers let the event loop go round once before they ask.

Then under simulated time, over the same pools: the closed loop, and open loops in which requests
come by chance, at the same times for each arm, at a share of what the connections can take.

Prints latencies, and what is left in the pools.
"""

import argparse
import asyncio
import contextlib
import math
import multiprocessing
import random
import time
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from typing import Any

import httpcore
import httpx

from hedging import HedgedTransport, Hedger, Policy, run_virtual

CALLERS, CONNECTIONS = 40, 20
TURN_S, GIVES_UP, GIVES_UP_S, MEAN_S, LATE = 5.0, 0.05, 0.02, 0.05, 0.01
_ANSWER = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok"


def takes_s(request: bytes) -> float:
    """How long a request takes: drawn by its path and the number of the attempt."""
    head = request.lower()
    attempt = b"x-attempt: 1" in head
    chance = random.Random(f"{head.split(b' ', 2)[1]!r} {attempt}")
    late = 10.0 if chance.random() < LATE else 1.0
    return late * chance.expovariate(1 / MEAN_S)


async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answer the requests of one connection."""
    with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
        while True:
            await asyncio.sleep(takes_s(await reader.readuntil(b"\r\n\r\n")))
            writer.write(_ANSWER)
    writer.close()


def serve(ready: Connection) -> None:
    """The server's process."""

    async def main() -> None:
        server = await asyncio.start_server(answer, "127.0.0.1", 0)
        ready.send(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    asyncio.run(main())


@dataclass
class Arm:
    """One way of asking, and what it took; requests count up alike in each arm."""

    name: str
    client: httpx.AsyncClient
    url: str
    transport: Any
    takes_turns: bool = False
    latencies: list[float] = field(default_factory=list)
    asked: int = 0

    async def ask(self) -> None:
        """One request, which may be given up."""
        number, self.asked = self.asked, self.asked + 1
        limit = GIVES_UP_S if random.Random(number).random() < GIVES_UP else None
        begin = asyncio.get_running_loop().time()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(limit):
                if self.takes_turns:
                    await asyncio.sleep(0)
                await self.client.get(f"{self.url}{number}")
            self.latencies.append(asyncio.get_running_loop().time() - begin)

    def quantile(self, share: float) -> float:
        """A quantile in milliseconds."""
        return 1000 * sorted(self.latencies)[int(share * len(self.latencies))]


async def closed_loop(arm: Arm, *, end: float = math.inf, requests: float = math.inf) -> None:
    """Callers that ask again as soon as they have an answer."""

    async def caller() -> None:
        while time.perf_counter() < end and arm.asked < requests:
            await arm.ask()

    async with asyncio.TaskGroup() as group:
        for _ in range(CALLERS):
            group.create_task(caller())


async def open_loop(arm: Arm, requests: int, load: float) -> None:
    """Requests that come by chance, whatever the answers do."""
    chance = random.Random(1)
    rate = load * CONNECTIONS / (MEAN_S * (1 + 9 * LATE))
    async with asyncio.TaskGroup() as group:
        for _ in range(requests):
            await asyncio.sleep(chance.expovariate(rate))
            group.create_task(arm.ask())


class Reply(httpcore.AsyncNetworkStream):
    """A connection of the simulated network."""

    def __init__(self) -> None:
        self._written = b""
        self._due = 0.0

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ASYNC109  # theirs
        """A request is whole with its headers."""
        self._written += buffer
        if b"\r\n\r\n" in self._written:
            self._due = asyncio.get_running_loop().time() + takes_s(self._written)
            self._written = b""

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109  # theirs
        """The answer, when it is due."""
        await asyncio.sleep(self._due - asyncio.get_running_loop().time())
        return _ANSWER

    async def aclose(self) -> None:
        """Nothing is held."""

    def get_extra_info(self, info: str) -> object:
        """An idle connection has nothing to read."""
        return False if info == "is_readable" else None


class Network(httpcore.AsyncNetworkBackend):
    """Connects within half a millisecond of simulated time."""

    async def connect_tcp(self, *_: Any, **__: Any) -> Reply:
        """A new connection."""
        await asyncio.sleep(0.0005)
        return Reply()


def arms_of(url: str, hedger: Hedger, network: Network | None = None) -> list[Arm]:
    """The ways of asking, each with connections of its own."""
    limits = httpx.Limits(max_connections=CONNECTIONS, max_keepalive_connections=CONNECTIONS)
    arms = []
    for name in ("plain", "taking turns", "hedged"):
        pooled = httpx.AsyncHTTPTransport(limits=limits)
        if network is not None:
            pooled._pool._network_backend = network  # there is no public way
        transport: Any = HedgedTransport(hedger, transport=pooled) if name == "hedged" else pooled
        client = httpx.AsyncClient(transport=transport, timeout=None)  # noqa: S113  # callers give up
        arms.append(Arm(name, client, url, transport, takes_turns=name == "taking turns"))
    return arms


def pools_of(transport: Any) -> list[Any]:
    """Its connection pools; they have no public state."""
    hedged = isinstance(transport, HedgedTransport)
    return [each._pool for each in (transport._transports() if hedged else [transport])]


async def report(title: str, arms: list[Arm], hedger: Hedger, wait_s: float) -> None:
    """Print what the arms took, and what they leave."""
    await asyncio.sleep(wait_s)
    print(title)
    for arm in arms:
        ratios = [arm.quantile(share) / arms[0].quantile(share) for share in (0.5, 0.99)]
        mean = 1000 * sum(arm.latencies) / len(arm.latencies)
        pools = pools_of(arm.transport)
        print(
            f"  {arm.name:13}{len(arm.latencies):6} answers, mean {mean:6.1f},"
            f" P50 {arm.quantile(0.5):6.1f}, P99 {arm.quantile(0.99):7.1f} ms;"
            f" / plain: {ratios[0]:.3f}, {ratios[1]:.3f}; requests left in the pools:"
            f" {sum(len(each._requests) for each in pools)}"
        )
        await arm.client.aclose()
    print(f"  backups per request: {hedger.statistics().extra_requests:.2%}", flush=True)


async def over_sockets(url: str, seconds: float) -> None:
    """Alternate the arms of the closed loop."""
    hedger = Hedger(Policy(budget=0.05))
    arms = arms_of(url, hedger)
    for _ in range(max(1, round(seconds / TURN_S / len(arms)))):
        for arm in arms:
            end = time.perf_counter() + TURN_S
            await closed_loop(arm, end=end)
    await report("closed loop, real sockets", arms, hedger, wait_s=5)


async def simulated(requests: int, load: float | None) -> None:
    """The arms one after the other, each with a network of its own; closed without a load."""
    hedger = Hedger(Policy(budget=0.05))
    arms = arms_of("http://service/", hedger, Network())
    for arm in arms:
        if load is None:
            await closed_loop(arm, requests=requests)
        else:
            await open_loop(arm, requests, load)
    title = "closed loop" if load is None else f"open loop at {load:.0%}"
    await report(f"{title}, simulated", arms, hedger, wait_s=100)


def main() -> None:
    """Start the server and measure."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--requests", type=int, default=4000)
    options = parser.parse_args()
    for load in (None, 0.6, 0.8, 0.95):
        run_virtual(simulated, options.requests, load)
    here, there = multiprocessing.Pipe()
    server = multiprocessing.Process(target=serve, args=(there,), daemon=True)
    server.start()
    asyncio.run(over_sockets(f"http://127.0.0.1:{here.recv()}/", options.seconds))
    server.terminate()


if __name__ == "__main__":
    main()
