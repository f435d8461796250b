"""What a hedger with its defaults does to a service that gets slower with its load.

Run: ``python tests/benchmarks/bench_hedging_load_aware.py [--seeds 3] [--requests 20000]``. The
real hedger under simulated time. P50 and P99 in units of those without hedging, on the same
requests.
"""

import argparse
import asyncio
import random
from collections.abc import Awaitable, Callable

from hedging import Hedger, Policy, run_virtual

SERVERS = 20
LOADS = (0.2, 0.5, 0.8, 0.9, 0.95)
Service = Callable[[float, random.Random], Awaitable[None]]


class Queues:
    """Servers with queues of their own, in seconds of work; chosen by chance."""

    def __init__(self, *, cancel_works: bool) -> None:
        self._cancel_works = cancel_works
        self._free = [0.0] * SERVERS
        self._locks = [asyncio.Lock() for _ in range(SERVERS)]

    async def serve(self, work: float, generator: random.Random) -> None:
        """Wait in the queue of a server, and be served."""
        server = generator.randrange(SERVERS)
        if self._cancel_works:
            async with self._locks[server]:
                await asyncio.sleep(work)
            return
        now = asyncio.get_running_loop().time()
        self._free[server] = max(self._free[server], now) + work
        await asyncio.sleep(self._free[server] - now)


class Shaper:
    """A provider that lets so many requests a second through, and holds the others back."""

    def __init__(self, per_second: float) -> None:
        self._gap = 1 / per_second
        self._free = 0.0

    async def serve(self, work: float, generator: random.Random) -> None:
        """Wait for the turn, and be served."""
        now = asyncio.get_running_loop().time()
        start = max(self._free, now)
        self._free = start + self._gap
        await asyncio.sleep(start - now + work)


def run(
    make: Callable[[], Service],
    work: Callable[[random.Random], float],
    gap: Callable[[random.Random], float],
    *,
    policy: Policy,
    requests: int,
    seed: int,
) -> tuple[list[float], Hedger]:
    """The latencies of requests, and their hedger."""
    hedger = Hedger(policy)
    latencies: list[float] = []
    arrivals, primaries, backups = (random.Random(f"{seed} {name}") for name in "apb")

    async def send(serve: Service, own: float, place: int) -> None:
        first = True

        async def call() -> None:
            nonlocal first
            if first:
                first = False
                await serve(own, random.Random(place))
            else:
                await serve(work(backups), backups)

        latencies.append((await hedger.request(call)).latency_ms)

    async def main() -> None:
        serve = make()
        async with asyncio.TaskGroup() as group:
            for _ in range(requests):
                group.create_task(send(serve, work(primaries), primaries.getrandbits(32)))
                await asyncio.sleep(gap(arrivals))

    run_virtual(main)
    return sorted(latencies), hedger


def compare(
    name: str,
    make: Callable[[], Service],
    work: Callable[[random.Random], float],
    gap: Callable[[random.Random], float],
    *,
    requests: int,
    seeds: int,
) -> None:
    """Print the ratios of one service."""
    for seed in range(1, seeds + 1):
        plain, _ = run(make, work, gap, policy=Policy(enabled=False), requests=requests, seed=seed)
        hedged, hedger = run(make, work, gap, policy=Policy(), requests=requests, seed=seed)
        p50, p99 = (
            hedged[int(share * requests)] / plain[int(share * requests)] for share in (0.5, 0.99)
        )
        extra = hedger.statistics().extra_requests
        print(f"{name:44} seed {seed}: P50 {p50:.3f} P99 {p99:.3f} extra {extra:.2%}", flush=True)


def exponential(generator: random.Random) -> float:
    """Seconds of work with a mean of 1."""
    return generator.expovariate(1)


def log_normal(generator: random.Random) -> float:
    """Seconds with a median of 0.8."""
    return generator.lognormvariate(-0.22, 0.6)


def arrivals(per_second: float, *, regular: bool = False) -> Callable[[random.Random], float]:
    """Seconds between two requests."""
    if regular:
        return lambda _: 1 / per_second
    return lambda generator: generator.expovariate(per_second)


def queues(*, cancel_works: bool) -> Callable[[], Service]:
    """Makes the servers anew."""
    return lambda: Queues(cancel_works=cancel_works).serve


def shaper(per_second: float) -> Callable[[], Service]:
    """Makes the provider anew."""
    return lambda: Shaper(per_second).serve


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--requests", type=int, default=20_000)
    parser.add_argument("--only", default="", help="part of the names to run")
    options = parser.parse_args()
    size, seeds = options.requests, options.seeds
    for load in LOADS:
        for works in (True, False):
            name = f"queues, load {load:.0%}, cancelling {'works' if works else 'ignored'}"
            if options.only in name:
                make, gap = queues(cancel_works=works), arrivals(load * SERVERS)
                compare(name, make, exponential, gap, requests=size, seeds=seeds)
    for regular in (True, False):
        for capacity in (20.5, 22.0):
            name = f"shaper {capacity}/s, 20/s {'regular' if regular else 'by chance'}"
            if options.only in name:
                gap = arrivals(20, regular=regular)
                compare(name, shaper(capacity), log_normal, gap, requests=size, seeds=seeds)


if __name__ == "__main__":
    main()
