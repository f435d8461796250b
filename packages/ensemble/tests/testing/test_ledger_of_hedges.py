"""The ledger equals the provider's accounts with hedging, caches, retries, streams and breaks."""

import asyncio
import os
import random
from collections import defaultdict
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from ensemble import (
    AnthropicModel,
    EnsembleError,
    Fallback,
    GeminiModel,
    HedgedModel,
    Ledger,
    Limits,
    OpenAIModel,
    OpenAIResponsesModel,
    Price,
    Response,
    ResponseCache,
    Try,
    Variant,
    ask,
    stream,
)
from ensemble._testing.forms import prompt_of
from ensemble.testing import LoopbackProvider, Served, Troubles

pytest.importorskip("hedging")

PRICE = Price(input_per_million=3.0, output_per_million=15.0, cache_read_per_million=0.3)
TROUBLES = Troubles(
    rates={
        "rate_limit": 0.05,
        "overloaded": 0.04,
        "server_error": 0.04,
        "bad_request": 0.03,
        "cut": 0.05,
        "malformed": 0.03,
    }
)
AT_ONCE = 60


async def no_wait(_: float) -> None:
    await asyncio.sleep(0)


def clients(url: str) -> list[Any]:
    kinds: list[Any] = [OpenAIModel, OpenAIResponsesModel, AnthropicModel, GeminiModel]
    return [
        kind(
            kind.__name__,
            base_url=url,
            api_key="k",
            price=PRICE,
            max_retries=2,
            limits=Limits(max_failures=1_000_000),
            sleep=no_wait,
        )
        for kind in kinds
    ]


def around(models: list[Any], cache: ResponseCache) -> list[Any]:
    """Each client in every kind of coat that a program may put around it."""
    made = []
    for model, other in zip(models, models[1:] + models[:1], strict=True):
        hedged = HedgedModel(model, delay_ms=1.0, budget=None)
        made += [
            model,
            hedged,
            HedgedModel(model, backup=other, delay_ms=1.0, budget=None),
            cache.wrap(model, version="1"),
            cache.wrap(hedged, version="2"),
            Fallback(Variant(hedged, f"{model.name} first"), cache.wrap(other, version="3")),
        ]
    return made


async def one(model: Any, prompt: str, way: float) -> Response | None:
    """Ask whole or in pieces; some leave early, and some are cancelled at once or later."""
    if way < 0.1:
        pieces = stream(prompt, model=model)
        async for _ in pieces:
            break
        await pieces.aclose()
        return None
    if way < 0.4:
        pieces = stream(prompt, model=model)
        async for _ in pieces:
            pass
        return pieces.response
    return await ask(prompt, model=model)


async def asked_often(
    provider: LoopbackProvider, cache: ResponseCache, count: int, seed: int
) -> tuple[list[Try], list[Response]]:
    """Ask until the provider has had this many requests."""
    chance = random.Random(seed)
    models = clients(provider.url)
    wrapped = around(models, cache)
    responses: list[Response] = []

    async def try_it(number: int) -> None:
        model, prompt = chance.choice(wrapped), f"question {number} " + "x" * (number % 50)
        patience_s = chance.choice((0.0, 0.002, None, None, None, None))
        with suppress(EnsembleError, TimeoutError):
            async with asyncio.timeout(patience_s):
                response = await one(model, prompt, chance.random())
            if response is not None:
                responses.append(response)

    with Ledger() as ledger:
        begun = 0
        while len(provider.served) < count:
            async with asyncio.TaskGroup() as group:
                for _ in range(AT_ONCE):
                    begun += 1
                    # Some questions are asked again, so that the cache has answers.
                    again = begun if chance.random() < 0.6 else chance.randrange(begun)
                    group.create_task(try_it(again))
    for model in models:
        await model.close()
    return list(ledger.tries), responses


def tokens_of(booked: Try | Served) -> tuple[int | None, ...]:
    return (
        booked.input_tokens,
        booked.cache_read_tokens,
        booked.output_tokens,
        booked.reasoning_tokens or 0,
    )


def billed_usd(request: Served) -> float:
    cost_usd = PRICE.cost_usd(
        request.input_tokens,
        request.output_tokens,
        cache_read_tokens=request.cache_read_tokens,
    )
    assert cost_usd is not None
    return cost_usd


def check_answered(tries: Iterable[Try], served: list[Served]) -> None:
    """Each answer that is booked is one that was served, to the token, and none is booked twice."""
    numbers = []
    for each in tries:
        if each.status == "answered":
            assert each.request_id is not None
            number = int(each.request_id.rpartition("-")[2])
            numbers.append(number)
            assert served[number].trouble is None
            assert tokens_of(each) == tokens_of(served[number])
            assert each.cost_usd == pytest.approx(billed_usd(served[number]))
    assert len(set(numbers)) == len(numbers)


def check_one_prompt(tries: list[Try], served: list[Served]) -> None:
    """No request is missing in the ledger, and none that is billed is booked as free."""
    unserved = len(tries) - len(served)
    given_up = [each for each in tries if each.status in ("cancelled", "lost_hedge", "timed_out")]
    assert 0 <= unserved <= len(given_up)
    free = [each for each in tries if each.cost_usd == 0.0]
    assert len(free) <= sum(not each.billed for each in served)
    bills = {round(billed_usd(each), 12) for each in served if each.billed}
    assert all(round(each.cost_usd, 12) in bills for each in tries if each.cost_usd)


@pytest.mark.slow
async def test_the_ledger_equals_the_accounts_whatever_is_around_the_clients(
    tmp_path: Path,
) -> None:
    """Over more tries with the variable ``CRUCIBLE_LEDGER_TRIES``, such as 10000."""
    count = int(os.environ.get("CRUCIBLE_LEDGER_TRIES", "2000"))
    latency = random.Random(3)
    provider = LoopbackProvider(
        troubles=TROUBLES, latency_ms=lambda: latency.choice((0, 0, 0, 3)), seed=5
    )
    with ResponseCache(tmp_path / "answers.sqlite") as cache:
        async with provider:
            tries, responses = await asked_often(provider, cache, count, seed=5)

    assert all(each.status != "under_way" for each in tries)
    check_answered(tries, provider.served)
    found: dict[str, tuple[list[Try], list[Served]]] = defaultdict(lambda: ([], []))
    for each in tries:
        found[prompt_of(each.request)][0].append(each)
    for request in provider.served:
        found[request.prompt][1].append(request)
    for ours, theirs in found.values():
        check_one_prompt(ours, theirs)
    assert {each.status for each in tries} >= {"answered", "failed", "cancelled", "lost_hedge"}
    for response in responses:
        check_response(response)
    assert {True, False} == {response.cached for response in responses}


def check_response(response: Response) -> None:
    """What a response costs is what its tries cost; one from the cache has none.

    That of a hedge that lost is unknown to the model around it even where nothing was sent.
    """
    if response.cached:
        assert (response.tries, response.cost_usd) == ((), 0.0)
        return
    costs = [each.cost_usd for each in response.tries]
    assert costs
    if None in costs:
        assert response.cost_usd is None
    elif response.cost_usd is not None or len(costs) == response.attempts == 1:
        assert response.cost_usd == pytest.approx(sum(cost or 0.0 for cost in costs))
