"""How a hedger finds out that its load makes a service slower."""

import asyncio
import random
from collections.abc import Callable

from hedging import Hedged, Hedger, Policy, run_virtual
from hedging._learning.load import LoadSensitivity

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
