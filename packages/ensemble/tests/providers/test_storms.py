"""Runs of many questions against a provider that refuses, fails and is slow, in simulated time."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from typing import Any

import pytest

from ensemble import (
    EnsembleResult,
    Limits,
    ModelError,
    OpenAIModel,
    RateLimitError,
    ServerError,
    ask,
    predict_many,
)
from ensemble._providers.provider import Connection
from ensemble._transport.limits import Gate

Run = Callable[..., Any]
Behave = Callable[[Mapping[str, Any]], Any]
GOOD = {
    "model": "m",
    "choices": [{"finish_reason": "stop", "message": {"content": "4"}}],
    "usage": {"prompt_tokens": 100, "completion_tokens": 10},
}


class FakeClient:
    """In place of the connections: answers as a function of the body says."""

    closed = False

    def __init__(self, behave: Behave) -> None:
        self.behave = behave

    async def post(self, path: str, body: Any, *, limit: Any) -> tuple[Any, dict[str, str]]:
        return await self.behave(body), {}

    def body_error(self, data: Any) -> None:
        return None


class FakeModel(OpenAIModel):
    """A model of the library without sockets."""

    def __init__(self, behave: Behave, **options: Any) -> None:
        super().__init__("gpt-4o-mini", base_url="http://x/v1", api_key="k", **options)
        self.behave = behave
        self.connection: Any = None

    def _connected(self) -> Any:
        if self.connection is None:
            gate = Gate(self._limits, self._gate_state)
            self.connection = Connection(FakeClient(self.behave), gate)  # type: ignore[arg-type]
        return self.connection


class Busy:
    """Serves so many at once and answers 429 beyond, after a round trip of 100 ms."""

    def __init__(self, latency_s: float, capacity: int, retry_after_s: float | None = None) -> None:
        self.latency_s, self.capacity, self.retry_after_s = latency_s, capacity, retry_after_s
        self.inside = self.requests = self.waiting = 0

    @asynccontextmanager
    async def served(self) -> AsyncIterator[None]:
        self.inside += 1
        try:
            yield
        finally:
            self.inside -= 1

    async def __call__(self, body: Any) -> Any:
        self.requests += 1
        await asyncio.sleep(0.1)
        if self.inside >= self.capacity:
            raise RateLimitError("slow down", status=429, retry_after_s=self.retry_after_s)
        async with self.served():
            await asyncio.sleep(self.latency_s)
        return GOOD


@pytest.mark.slow
@pytest.mark.parametrize(
    ("latency_s", "capacity", "n", "most", "retry_after_s"),
    [
        (1.0, 200, 1000, 1000, None),
        (1.0, 200, 1000, 1000, 2.0),
        (5.0, 500, 5000, 1000, None),
        (1.0, 200, 5000, 250, None),
        (1.0, 200, 1000, 200, None),
        (2.0, 20, 200, 1000, None),
        (0.5, 50, 1000, 1000, None),
        (0.5, 100, 2000, 1000, 1.0),
        (3.0, 30, 300, 1000, None),
    ],
)
def test_a_storm_of_429_loses_nothing_and_takes_half_more_than_the_ideal_time(
    in_simulated_time: Run,
    *,
    latency_s: float,
    capacity: int,
    n: int,
    most: int,
    retry_after_s: float | None,
) -> None:
    async def storm() -> tuple[float, int]:
        busy = Busy(latency_s, capacity, retry_after_s)
        model = FakeModel(busy, limits=Limits(max_concurrency=most))
        await asyncio.gather(*(ask(str(i), model=model) for i in range(n)))
        return asyncio.get_running_loop().time(), busy.requests

    took_s, _ = in_simulated_time(storm())

    assert took_s <= 1.5 * latency_s * n / capacity


def test_who_was_told_to_wait_comes_back_to_as_many_as_the_provider_serves(
    in_simulated_time: Run,
) -> None:
    """Each refusal costs the pause that the provider asks for: 800, and then hardly any."""

    async def storm() -> tuple[float, int]:
        busy = Busy(1.0, 200, retry_after_s=5.0)
        model = FakeModel(busy)
        await asyncio.gather(*(ask(str(i), model=model) for i in range(1000)))
        return asyncio.get_running_loop().time(), busy.requests

    took_s, requests = in_simulated_time(storm())

    assert requests - 1000 <= 800 + 60
    assert took_s <= 5.0 + 5.0 + 5 * 1.1


@pytest.mark.slow
@pytest.mark.parametrize("outage_s", [0.1, 1.0, 20.0, 100.0])
@pytest.mark.parametrize("concurrency", [10, 100, 1000])
def test_an_outage_loses_no_question(
    in_simulated_time: Run, outage_s: float, concurrency: int
) -> None:
    async def behave(body: Any) -> Any:
        if 1.0 <= asyncio.get_running_loop().time() < 1.0 + outage_s:
            raise ServerError("bad gateway", status=503)
        await asyncio.sleep(0.5)
        return GOOD

    async def ask_all() -> int:
        model = FakeModel(behave)
        results = await predict_many(
            [str(i) for i in range(2000)], models=[model], concurrency=concurrency
        )
        return sum(isinstance(each, EnsembleResult) for each in results)

    assert in_simulated_time(ask_all()) == 2000


@pytest.mark.slow
def test_fifty_failures_in_a_run_lose_no_question(in_simulated_time: Run) -> None:
    asked = 0

    async def behave(body: Any) -> Any:
        nonlocal asked
        asked += 1
        if 500 <= asked < 550:
            raise ServerError("bad gateway", status=503)
        await asyncio.sleep(0.01)
        return GOOD

    async def ask_all() -> int:
        model = FakeModel(behave)
        results = await predict_many([str(i) for i in range(1500)], models=[model], concurrency=100)
        return sum(isinstance(each, EnsembleResult) for each in results)

    assert in_simulated_time(ask_all()) == 1500


def test_a_provider_that_stays_down_is_given_up(in_simulated_time: Run) -> None:
    async def behave(body: Any) -> Any:
        raise ServerError("down", status=503)

    async def ask_all() -> tuple[int, float]:
        model = FakeModel(behave)
        found = await asyncio.gather(
            *(ask(str(i), model=model) for i in range(200)), return_exceptions=True
        )
        return sum(
            isinstance(each, ModelError) for each in found
        ), asyncio.get_running_loop().time()

    failed, took_s = in_simulated_time(ask_all())

    assert failed == 200
    assert took_s < 300


def test_the_deadline_holds_in_the_queue(in_simulated_time: Run) -> None:
    async def behave(body: Any) -> Any:
        return GOOD

    async def one(model: FakeModel, i: int) -> float:
        with suppress(ModelError):
            await ask(str(i), model=model)
        return asyncio.get_running_loop().time()

    async def ask_all() -> list[float]:
        model = FakeModel(behave, deadline_ms=2000, limits=Limits(requests_per_minute=600))
        return list(await asyncio.gather(*(one(model, i) for i in range(60))))

    assert max(in_simulated_time(ask_all())) <= 2.0 + 1e-6
