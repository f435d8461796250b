"""The provider on this machine, and that the ledger of the client equals its accounts."""

import asyncio
import os
import random
from collections import defaultdict
from typing import Any

import pytest

from ensemble import (
    AnthropicModel,
    EnsembleError,
    GeminiModel,
    Ledger,
    Limits,
    OpenAIModel,
    OpenAIResponsesModel,
    Price,
    RateLimitError,
    Try,
    ask,
    stream,
)
from ensemble.testing import LoopbackProvider, Served, Troubles

KINDS: dict[str, Any] = {
    "openai": OpenAIModel,
    "responses": OpenAIResponsesModel,
    "anthropic": AnthropicModel,
    "gemini": GeminiModel,
}
PRICE = Price(input_per_million=3.0, output_per_million=15.0, cache_read_per_million=0.3)


async def no_wait(_: float) -> None:
    await asyncio.sleep(0)


def model_at(provider: LoopbackProvider, dialect: str, **options: Any) -> Any:
    options = {"price": PRICE, "api_key": "k", "sleep": no_wait, **options}
    return KINDS[dialect]("m", base_url=provider.url, **options)


@pytest.mark.parametrize("dialect", KINDS)
async def test_it_answers_in_each_interface_whole_and_in_pieces(dialect: str) -> None:
    async with LoopbackProvider() as provider, model_at(provider, dialect) as model:
        response = await ask("hello", model=model)
        answer = stream("hello again", model=model)
        pieces = [piece async for piece in answer]

    assert response.text == "You said: hello"
    assert len(pieces) == 2
    assert answer.text == "You said: hello again"
    assert [(each.dialect, each.prompt) for each in provider.served] == [
        (dialect, "hello"),
        (dialect, "hello again"),
    ]
    assert all(each.billed and each.delivered for each in provider.served)
    assert [response.output_tokens, getattr(answer.response, "output_tokens", None)] == [
        each.output_tokens for each in provider.served
    ]


async def test_it_refuses_with_the_pause_it_asks_for() -> None:
    troubles = Troubles(rates={"rate_limit": 1.0}, retry_after_ms=250.0)
    async with (
        LoopbackProvider(troubles=troubles) as provider,
        model_at(provider, "openai", max_retries=0) as model,
    ):
        with pytest.raises(RateLimitError) as caught:
            await ask("?", model=model)

    assert caught.value.retry_after_s == 0.25
    assert not provider.served[0].billed


async def test_it_serves_no_more_at_once_than_it_should() -> None:
    async with (
        LoopbackProvider(latency_ms=5.0, max_concurrency=3) as provider,
        model_at(provider, "openai", max_retries=50) as model,
    ):
        answers = await asyncio.gather(*(ask(f"{n}", model=model) for n in range(20)))

    assert len(answers) == 20
    assert sum(each.billed for each in provider.served) == 20


async def test_clients_of_one_model_and_key_have_their_limits_together() -> None:
    limits = Limits(max_concurrency=3)
    async with LoopbackProvider(latency_ms=5.0) as provider:
        clients = [model_at(provider, "openai", limits=limits) for _ in range(4)]
        other = model_at(provider, "openai", limits=limits, api_key="another")
        await asyncio.gather(*(ask(f"{n}", model=clients[n % 4]) for n in range(24)))
        together = provider.peak_concurrency
        await asyncio.gather(
            *(ask(f"{n}", model=clients[0]) for n in range(8)),
            *(ask(f"{n}", model=other) for n in range(8)),
        )
        for client in (*clients, other):
            await client.close()

    assert together <= 3
    assert provider.peak_concurrency <= 6


def test_rates_that_are_none_are_refused() -> None:
    with pytest.raises(ValueError, match="is not one of"):
        Troubles(rates={"flood": 0.1})  # type: ignore[dict-item]
    with pytest.raises(ValueError, match="together"):
        Troubles(rates={"cut": 0.6, "stall": 0.6})


ALL_TROUBLES = Troubles(
    rates={
        "rate_limit": 0.08,
        "overloaded": 0.05,
        "server_error": 0.05,
        "bad_request": 0.03,
        "cut": 0.05,
        "malformed": 0.03,
    }
)


async def tries_of(provider: LoopbackProvider, count: int, seed: int) -> list[Try]:
    """Ask until the provider has had this many requests; half in pieces, some given up."""
    chance = random.Random(seed)
    patient = Limits(max_failures=1_000_000)
    models = [
        model_at(provider, dialect, timeout_ms=60_000, limits=patient, max_retries=2)
        for dialect in KINDS
    ]

    async def one(number: int, kind: int, way: float) -> None:
        model, prompt = models[kind], f"question {number} " + "x" * (number % 50)
        try:
            if way < 0.1:
                async for _ in (pieces := stream(prompt, model=model)):
                    break
                await pieces.aclose()
            elif way < 0.5:
                async for _ in stream(prompt, model=model):
                    pass
            else:
                await ask(prompt, model=model)
        except EnsembleError:
            pass

    with Ledger() as ledger:
        number = 0
        while len(provider.served) < count:
            async with asyncio.TaskGroup() as group:
                for _ in range(100):
                    number += 1
                    group.create_task(one(number, chance.randrange(4), chance.random()))
    for model in models:
        await model.close()
    return list(ledger.tries)


def by_prompt(tries: list[Try], served: list[Served]) -> list[tuple[list[Try], list[Served]]]:
    found: dict[str, tuple[list[Try], list[Served]]] = defaultdict(lambda: ([], []))
    for each in tries:
        found[prompt_in(each.request)][0].append(each)
    for request in served:
        found[request.prompt][1].append(request)
    return list(found.values())


def prompt_in(body: Any) -> str:
    from ensemble._testing.forms import prompt_of  # noqa: PLC0415  # as the provider reads it

    return prompt_of(body)


def check_one(booked: Try, request: Served) -> None:
    """A try and the request that the provider had are one."""
    whole = PRICE.cost_usd(
        request.input_tokens,
        request.output_tokens,
        cache_read_tokens=request.cache_read_tokens,
    )
    if booked.status == "answered":
        assert request.trouble is None
        assert (booked.input_tokens, booked.cache_read_tokens, booked.output_tokens) == (
            request.input_tokens,
            request.cache_read_tokens,
            request.output_tokens,
        )
        assert (booked.reasoning_tokens or 0) == request.reasoning_tokens
        assert booked.cost_usd == pytest.approx(whole)
    elif request.billed:
        assert booked.cost_usd is None or booked.cost_usd == pytest.approx(whole)
    else:
        assert booked.cost_usd == 0.0
        assert booked.status == "failed"


async def test_the_ledger_equals_what_the_provider_served_to_the_token() -> None:
    """Over more tries with the variable ``CRUCIBLE_LEDGER_TRIES``, such as 10000."""
    count = int(os.environ.get("CRUCIBLE_LEDGER_TRIES", "800"))
    async with LoopbackProvider(troubles=ALL_TROUBLES, seed=5) as provider:
        tries = await tries_of(provider, count, seed=5)
        served = provider.served

    assert len(tries) == len(served)
    for ours, theirs in by_prompt(tries, served):
        for booked, request in zip(ours, theirs, strict=True):
            check_one(booked, request)
    statuses = {each.status for each in tries}
    assert statuses >= {"answered", "failed", "cancelled"}
    answered = [each for each in tries if each.status == "answered"]
    assert len(answered) > len(tries) / 2
