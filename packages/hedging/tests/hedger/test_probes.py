"""Second copies that shadow mode sends to measure how alike copies are."""

import asyncio
import random
from collections.abc import AsyncIterator
from math import log
from statistics import correlation

import pytest

from hedging import Hedger, Policy, PolicyError, analyze, lingering, run_virtual

SHADOW = Policy(shadow=True, budget=1.0, probes=1.0)


class Service:
    """Copies of a request have a common part and one of their own, or fail."""

    def __init__(self, alike: float, *, fails: float = 0.0) -> None:
        self._random = random.Random(3)
        self._alike, self._fails = alike, fails
        self._common: dict[int, float] = {}
        self.calls = 0

    def one(self, number: int) -> "Call":
        """The calls of one request."""
        self._common[number] = self._random.gauss(0, 1)
        return Call(self, number)

    async def answer(self, number: int) -> str:
        self.calls += 1
        own = self._random.gauss(0, 1)
        both = self._alike**0.5 * self._common[number] + (1 - self._alike) ** 0.5 * own
        await asyncio.sleep(2 ** (both))
        if self._random.random() < self._fails:
            raise ValueError("bad")
        return "4"


class Call:
    """One request of a service."""

    def __init__(self, service: Service, number: int) -> None:
        self._service, self._number = service, number

    async def __call__(self) -> str:
        return await self._service.answer(self._number)


def probed(service: Service, policy: Policy = SHADOW, requests: int = 400) -> Hedger:
    hedger = Hedger(policy, cost=lambda _: 0.01)

    async def main() -> None:
        for number in range(requests):
            await asyncio.gather(hedger.request(service.one(number)), return_exceptions=True)
        await asyncio.sleep(1000)

    run_virtual(main)
    return hedger


def test_probes_show_how_alike_copies_are() -> None:
    found = []
    for alike in (0.0, 0.9):
        copies = probed(Service(alike)).copies()
        first, second = zip(*copies, strict=True)
        found.append(correlation([*map(log, first)], [*map(log, second)]))

    assert abs(found[0]) < 0.15
    assert found[1] == pytest.approx(0.9, abs=0.05)


def test_a_forecast_takes_the_pairs_of_probes() -> None:
    copies = probed(Service(0.5), requests=210).copies()

    evidence = analyze([first for first, _ in copies], copies=copies).evidence

    assert evidence is not None
    assert evidence.pairs == 210


def test_probes_and_retries_are_booked_as_the_service_counts_them() -> None:
    service = Service(0.5, fails=0.2)
    hedger = probed(service, requests=200)
    counted = hedger.statistics()

    assert counted.attempts == service.calls
    assert 80 < len(hedger.copies()) < 200
    assert counted.hedges == counted.attempts - 200
    assert hedger.in_flight == (0, 0)
    assert lingering() == 0


def test_the_budget_pays_for_probes() -> None:
    service = Service(0.5)
    probed(service, Policy(shadow=True, budget=0.05, probes=1.0), requests=400)

    assert 400 < service.calls <= 400 * 1.05 + 1


def test_a_dollar_limit_stops_probes_whose_cost_is_not_known() -> None:
    service = Service(0.5)
    hedger = Hedger(Policy(shadow=True, budget=1.0, probes=1.0, max_extra_usd=1.0))

    async def main() -> None:
        for number in range(50):
            await hedger.request(service.one(number))
        await asyncio.sleep(1000)

    run_virtual(main)

    assert service.calls == 51


def test_a_probe_that_outlives_its_loop_is_booked_as_cancelled() -> None:
    hedger = Hedger(SHADOW)
    waits = iter((0.0, 1e9))

    async def call() -> None:
        await asyncio.sleep(next(waits))

    asyncio.run(hedger.request(call))

    assert hedger.in_flight == (0, 0)
    assert hedger.statistics().cancelled == 1
    assert hedger.copies() == ()


def test_requests_that_may_not_be_sent_twice_and_streams_get_no_probe() -> None:
    service = Service(0.5)
    hedger = Hedger(SHADOW)

    async def chunks() -> AsyncIterator[str]:
        yield "4"

    async def main() -> None:
        await hedger.request(service.one(1), idempotent=False)
        async with hedger.stream(chunks) as (_, answer):
            assert [chunk async for chunk in answer] == ["4"]

    run_virtual(main)

    assert service.calls == 1
    assert hedger.statistics().hedges == 0


def test_probes_belong_to_shadow_mode() -> None:
    with pytest.raises(PolicyError, match="shadow=True"):
        Policy(probes=0.1)
    assert Policy.from_text({"shadow": "true", "probes": "0.1"}).probes == 0.1
