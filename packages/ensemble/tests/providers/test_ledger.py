"""The ledger: every request to a provider is booked, whatever its end."""

import asyncio
import contextlib
import pickle
from collections.abc import Iterator
from typing import Any

import pytest

from ensemble import (
    AnthropicModel,
    Fallback,
    GeminiModel,
    HedgedModel,
    Ledger,
    ModelError,
    ModelTimeoutError,
    OpenAIModel,
    Price,
    ResponseCache,
    Try,
    ask,
    predict,
    stream,
)

from ..servers import GOOD_ANSWER, ScriptedServer

DOLLAR_A_TOKEN = Price(input_per_million=1e6, output_per_million=1e6)
BUSY = (503, "")
LATE_ERROR = {"error": {"message": "worker lost", "type": "server_error"}}


@contextlib.asynccontextmanager
async def serving(*steps: Any) -> Any:
    server = ScriptedServer()
    server.script = list(steps)
    listening = await asyncio.start_server(server.serve, "127.0.0.1", 0)
    server.url = f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}/v1"
    try:
        yield server
    finally:
        listening.close()


async def no_wait(_: float) -> None:
    await asyncio.sleep(0)


def model_at(server: ScriptedServer, **options: Any) -> OpenAIModel:
    options = {"price": DOLLAR_A_TOKEN, "api_key": "k", "sleep": no_wait, **options}
    return OpenAIModel("m", base_url=server.url, **options)


async def test_a_refused_try_costs_nothing_and_is_booked() -> None:
    async with serving(BUSY, BUSY, GOOD_ANSWER) as server, model_at(server) as model:
        with Ledger() as ledger:
            response = await ask("2+2?", model=model)

    assert [each.status for each in ledger] == ["failed", "failed", "answered"]
    assert [each.attempt for each in ledger] == [1, 2, 3]
    assert [each.cost_usd for each in ledger] == [0.0, 0.0, 1500.0]
    assert response.tries == ledger.tries
    assert (response.cost_usd, ledger.cost_complete) == (1500.0, True)
    assert ledger.tries[0].error_type == "OverloadedError"
    assert ledger.tries[2].request == server.requests[2][1]


async def test_a_try_that_was_silent_has_an_unknown_cost() -> None:
    async with serving("hang", GOOD_ANSWER) as server, model_at(server, timeout_ms=50) as model:
        response = await ask("2+2?", model=model)
        server.script = ["hang", GOOD_ANSWER]
        result = await predict("2+2?", models=[model])

    assert [each.status for each in response.tries] == ["timed_out", "answered"]
    assert (response.cost_usd, response.known_cost_usd) == (None, 1500.0)
    assert (result.cost_usd, result.cost_complete) == (1500.0, False)
    assert result.responses[0].known_cost_usd == 1500.0


@pytest.mark.parametrize(
    ("step", "cost"),
    [
        ("cut", None),
        (LATE_ERROR, None),
        ((504, ""), None),
        ((500, ""), 0.0),
        ((429, ""), 0.0),
        ({"choices": [], "usage": {"prompt_tokens": 3, "completion_tokens": 4}}, 7.0),
        ({"choices": "none"}, None),
    ],
    ids=["cut", "error in a 200", "gateway", "failed", "refused", "malformed", "no usage"],
)
async def test_what_a_provider_may_bill_is_never_nothing(step: Any, cost: float | None) -> None:
    async with serving(step) as server, model_at(server, max_retries=0) as model:
        with Ledger() as ledger, pytest.raises(ModelError) as caught:
            await ask("2+2?", model=model)

    assert [each.cost_usd for each in ledger] == [cost]
    assert caught.value.cost_usd == cost
    assert caught.value.tries == ledger.tries
    assert pickle.loads(pickle.dumps(caught.value)).tries == ledger.tries  # noqa: S301  # our own


async def test_a_server_that_is_not_there_bills_nothing() -> None:
    nowhere = ScriptedServer()
    nowhere.url = "http://127.0.0.1:9/v1"
    async with model_at(nowhere, max_retries=0) as model:
        with Ledger() as ledger, pytest.raises(ModelError):
            await ask("2+2?", model=model)

    assert (ledger.cost_usd, len(ledger)) == (0.0, 1)


async def test_a_time_limit_and_a_cancellation_are_booked_as_such() -> None:
    async with serving("hang") as server, model_at(server) as model:
        with Ledger() as ledger:
            with pytest.raises(ModelTimeoutError) as caught:
                await ask("2+2?", model=model, timeout_ms=100)
            server.asked.clear()
            task = asyncio.create_task(ask("2+2?", model=model))
            await server.asked.wait()
            under_way = ledger.tries[1]
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

    assert [each.status for each in ledger] == ["timed_out", "cancelled"]
    assert under_way.status == "under_way"
    assert under_way.cost_usd is None
    assert caught.value.tries[0].status == "timed_out"
    assert not ledger.cost_complete


async def test_a_hedge_that_lost_is_booked() -> None:
    pytest.importorskip("hedging")
    async with serving("hang", GOOD_ANSWER) as server, model_at(server) as model:
        with Ledger() as ledger:
            response = await ask("2+2?", model=HedgedModel(model, delay_ms=20))

    assert sorted(each.status for each in ledger) == ["answered", "lost_hedge"]
    assert (response.cost_usd, response.known_cost_usd) == (None, 1500.0)
    assert response.tries == ledger.tries


async def test_a_hedged_attempt_that_was_refused_costs_nothing() -> None:
    pytest.importorskip("hedging")
    async with serving((400, ""), GOOD_ANSWER) as server, model_at(server) as model:
        response = await ask("2+2?", model=HedgedModel(model, delay_ms=20))

    assert response.cost_usd == 1500.0


async def test_members_that_were_no_longer_needed_are_booked_in_the_result() -> None:
    async with serving(GOOD_ANSWER) as quick, serving("hang") as slow:
        models = [model_at(quick, name="a"), model_at(quick, name="b"), model_at(slow, name="c")]
        result = await predict("2+2?", models=models, execution="quorum")
        for model in models:
            await model.close()

    assert [each.status for record in result.responses for each in record.tries] == [
        *("answered", "answered", "cancelled"),
    ]
    assert (result.cost_usd, result.cost_complete) == (3000.0, False)


async def test_a_fallback_carries_the_tries_of_the_model_that_failed() -> None:
    async with serving("cut") as broken, serving(GOOD_ANSWER) as good:
        first, second = model_at(broken, max_retries=0), model_at(good)
        response = await ask("2+2?", model=Fallback(first, second))
        await first.close()
        await second.close()

    assert [each.status for each in response.tries] == ["failed", "answered"]
    assert (response.cost_usd, response.known_cost_usd) == (None, 1500.0)


async def test_an_answer_of_a_cache_is_no_request(tmp_path: Any) -> None:
    async with serving(GOOD_ANSWER) as server, model_at(server) as model:
        with ResponseCache(tmp_path / "answers.sqlite") as cache:
            cached = cache.wrap(model)
            first = await ask("2+2?", model=cached)
            with Ledger() as ledger:
                again = await ask("2+2?", model=cached)

    assert (first.cost_usd, again.cost_usd) == (1500.0, 0.0)
    assert (ledger.tries, again.tries) == ((), ())
    assert again.original_cost_usd == 1500.0


def pieces(*texts: str) -> Iterator[dict[str, Any]]:
    for text in texts:
        yield {"choices": [{"index": 0, "delta": {"content": text}}]}


async def test_a_stream_is_booked_to_its_end_or_where_it_broke() -> None:
    end = {"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}
    usage = {"choices": [], "usage": {"prompt_tokens": 5, "completion_tokens": 2}}
    whole = [*pieces("4", "2"), end, usage, "[DONE]"]
    async with serving(whole, [*pieces("4"), "cut"]) as server, model_at(server) as model:
        with Ledger() as ledger:
            answer = stream("?", model=model)
            assert [each async for each in answer] == ["4", "2"]
            with pytest.raises(ModelError):
                async for _ in stream("?", model=model):
                    pass
            server.script = [[*pieces("4"), "hang"]]
            stopped = stream("?", model=model)
            async for _ in stopped:
                break
            await stopped.aclose()

    assert answer.response is not None
    assert answer.response.cost_usd == 7.0
    assert [each.status for each in ledger] == ["answered", "failed", "cancelled"]
    assert [each.cost_usd for each in ledger] == [7.0, None, None]


@pytest.mark.parametrize(
    ("kind", "answer", "booked"),
    [
        (
            OpenAIModel,
            {
                **GOOD_ANSWER,
                "usage": {
                    "prompt_tokens": 100,
                    "prompt_tokens_details": {"cached_tokens": 60},
                    "completion_tokens": 30,
                    "completion_tokens_details": {"reasoning_tokens": 20},
                },
            },
            (40, 60, None, 30, 20),
        ),
        (
            AnthropicModel,
            {
                "content": [{"type": "text", "text": "4"}],
                "usage": {
                    "input_tokens": 10,
                    "cache_read_input_tokens": 60,
                    "cache_creation_input_tokens": 30,
                    "output_tokens": 7,
                },
            },
            (10, 60, 30, 7, None),
        ),
        (
            GeminiModel,
            {
                "candidates": [{"content": {"parts": [{"text": "4"}]}, "finishReason": "STOP"}],
                "usageMetadata": {
                    "promptTokenCount": 100,
                    "cachedContentTokenCount": 60,
                    "candidatesTokenCount": 3,
                    "thoughtsTokenCount": 20,
                },
            },
            (40, 60, None, 23, 20),
        ),
    ],
    ids=["openai", "anthropic", "gemini"],
)
async def test_tokens_are_told_apart(
    kind: Any, answer: Any, booked: tuple[int | None, ...]
) -> None:
    async with serving(answer) as server:
        model = kind("m", base_url=server.url, api_key="k", price=DOLLAR_A_TOKEN)
        async with model:
            response = await ask("2+2?", model=model)

    found: Try = response.tries[0]
    assert booked == (
        found.fresh_tokens,
        found.cache_read_tokens,
        found.cache_write_tokens,
        found.output_tokens,
        found.reasoning_tokens,
    )
    assert response.reasoning_tokens == found.reasoning_tokens


def test_a_try_and_a_ledger_have_plain_values() -> None:
    assert Try(model="m").to_dict()["status"] == "under_way"
    assert Ledger().to_dict() == {"tries": [], "known_cost_usd": 0.0, "cost_complete": True}
    assert str(Ledger()) == "0 requests, $0"
