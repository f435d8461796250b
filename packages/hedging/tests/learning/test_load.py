"""How a hedger finds out that its load makes a service slower."""

import asyncio
import heapq
import random
from collections.abc import Callable

import pytest

from hedging import Hedged, Hedger, Policy, run_virtual
from hedging._learning.load import LoadSensitivity, StartedTogether

Service = Callable[[int, float], float]


def fed(latency_ms: Callable[[random.Random, int], float], requests: int = 4000) -> LoadSensitivity:
    """After requests that end in the order they start, with 0 to 40 others."""
    generator, load = random.Random(1), LoadSensitivity()
    for _ in range(requests):
        others = round(generator.gauss(20, 5))
        load.end(load.begin(), others, latency_ms(generator, others))
    return load


def test_latencies_that_do_not_grow_with_the_requests_do_not_limit_backups() -> None:
    load = fed(lambda generator, _: 100 * generator.lognormvariate(0, 0.8))

    assert load.waiting == 0
    assert load.rate > 0.1


def test_latencies_that_grow_with_the_requests_limit_backups() -> None:
    load = fed(lambda generator, others: generator.expovariate(1 / (20 + 4 * others)))

    assert 0.5 < load.waiting < 0.95  # 80 of 100 ms
    assert load.rate < 0.01
    assert sum(load.allows() for _ in range(100)) <= 2


def test_a_service_that_slows_down_by_itself_does_not_limit_backups_for_long() -> None:
    """Twice as slow for one half of the time: more requests run, and are not the cause."""
    generator, load = random.Random(1), LoadSensitivity()
    for number in range(12_000):
        level = 1 + number // 2000 % 2
        others = round(generator.gauss(20 * level, 4))
        load.end(load.begin(), others, level * generator.lognormvariate(0, 0.3))

    assert load.rate > 0.05


def open_service(draw: Callable[[random.Random], float], seed: int) -> list[float]:
    """The rates that requests find which come by chance, 20 at once, and do not wait for others."""
    generator, load = random.Random(seed), LoadSensitivity()
    mean = sum(draw(generator) for _ in range(20_000)) / 20_000
    running: list[tuple[float, int, StartedTogether, int, float]] = []
    rates, now = [], 0.0
    for number in range(8000):
        now += generator.expovariate(20 / mean)
        while running and running[0][0] <= now:
            load.end(*heapq.heappop(running)[2:])
        others, latency = len(running), draw(generator)
        heapq.heappush(running, (now + latency, number, load.begin(), others, latency))
        if generator.random() < 0.03:
            load.allows()
        rates.append(load.rate)
    return rates


@pytest.mark.slow
def test_services_without_queues_are_hardly_ever_taken_for_busy_ones() -> None:
    services: list[Callable[[random.Random], float]] = [
        lambda generator: generator.lognormvariate(0, 0.3),
        lambda generator: generator.lognormvariate(0, 1.2),
        lambda generator: generator.paretovariate(1.6),
        lambda generator: generator.choice((0.4, 1.0, 1.4, 1.6, 3.2)) * generator.uniform(0.8, 1.2),
        lambda generator: generator.choice((0.6, 0.6, 1.7)) * generator.lognormvariate(0, 0.1),
    ]

    rates = [
        rate for draw in services for seed in range(8) for rate in open_service(draw, seed)[1500:]
    ]

    assert sum(rate < 0.05 for rate in rates) / len(rates) < 0.03


def test_failed_requests_count_as_ended_and_give_no_latency() -> None:
    load = LoadSensitivity()

    for _ in range(1000):
        load.end(load.begin(), 3, None)

    assert load.waiting == 0


def traffic(service: Service, policy: Policy, requests: int) -> tuple[list[float], Hedger]:
    """Latencies of requests every 50 ms."""
    hedger = Hedger(policy)
    results: list[Hedged[None]] = []

    async def send(number: int) -> None:
        async def call() -> None:
            await asyncio.sleep(service(number, asyncio.get_running_loop().time()))

        results.append(await hedger.request(call))

    async def main() -> None:
        async with asyncio.TaskGroup() as group:
            for number in range(requests):
                group.create_task(send(number))
                await asyncio.sleep(0.05)

    run_virtual(main)
    return sorted(result.latency_ms for result in results), hedger


def queues(load: float) -> Service:
    """20 servers with queues that work off what was cancelled."""
    generator, free = random.Random(7), [0.0] * 20

    def service(_: int, now: float) -> float:
        server = generator.randrange(20)
        free[server] = max(free[server], now) + generator.expovariate(1) * load
        return free[server] - now

    return service


def test_a_busy_service_that_ignores_cancelling_is_hardly_made_slower() -> None:
    plain, _ = traffic(queues(0.8), Policy(enabled=False), 6000)
    latencies, hedger = traffic(queues(0.8), Policy(), 6000)

    assert latencies[3000] < 1.05 * plain[3000]
    assert latencies[5940] < 1.05 * plain[5940]
    assert hedger.statistics().suppressed["load"] > 0


def test_load_is_the_users_affair_when_asked_for() -> None:
    _, hedger = traffic(queues(0.8), Policy(load_aware=False), 2000)

    assert "load" not in hedger.statistics().suppressed


def test_requests_one_after_the_other_are_never_limited_by_their_load() -> None:
    hedger, generator = Hedger(Policy()), random.Random(1)

    async def call() -> None:
        await asyncio.sleep(generator.lognormvariate(0, 0.8))

    async def main() -> None:
        for _ in range(2000):
            await hedger.request(call)

    run_virtual(main)

    assert "load" not in hedger.statistics().suppressed
    assert hedger.statistics().extra_requests > 0.045
