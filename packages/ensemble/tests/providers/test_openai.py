"""The client against a real server on loopback that behaves as badly as providers do."""

import asyncio
import json
from collections.abc import Callable
from typing import Any

import pytest

from ensemble import (
    AuthenticationError,
    BadRequestError,
    ConnectionFailedError,
    MalformedResponseError,
    OpenAIModel,
    Price,
    RateLimitError,
    Response,
    ServerError,
    ask,
    ask_sync,
    predict,
    predict_sync,
)


class Waits(list[float]):
    """Remembers how long it should have waited, and does not."""

    async def __call__(self, seconds: float) -> None:
        self.append(seconds)


def model(server: Any, waits: Waits | None = None, **options: Any) -> OpenAIModel:
    return OpenAIModel(
        "gpt-4o-mini",
        base_url=server.url,
        api_key="sk-secret",
        sleep=waits if waits is not None else Waits(),
        chance=lambda: 1.0,
        **options,
    )


async def answer(server: Any, waits: Waits | None = None, **options: Any) -> Response:
    async with model(server, waits, **options) as client:
        return await ask("2+2?", model=client, temperature=0.0, max_tokens=5, seed=7)


async def test_a_question_is_sent_as_chat_and_the_answer_is_read(server: Any) -> None:
    response = await answer(server)

    headers, body = server.requests[0]
    assert headers["authorization"] == "bearer sk-secret"
    assert body == {
        "model": "gpt-4o-mini",
        "messages": [{"role": "user", "content": "2+2?"}],
        "temperature": 0.0,
        "max_tokens": 5,
        "seed": 7,
    }
    assert (response.text, response.finish_reason, response.request_id) == ("4", "stop", "chat-1")
    assert response.model_version == "gpt-4o-mini-2024-07-18"
    assert response.cost_usd == pytest.approx(1000 * 0.15e-6 + 500 * 0.6e-6)
    assert response.latency_ms is not None
    assert response.source == "live"


async def test_of_a_question_only_the_prompt_leaves_the_house(
    server: Any, make_item: Callable[..., Any]
) -> None:
    async with model(server) as client:
        await predict(make_item(0, "2+2?", "the secret answer"), models=[client])

    assert "secret answer" not in json.dumps(server.requests[0][1])


async def test_a_busy_provider_is_asked_again_when_it_says(server: Any) -> None:
    server.script = [(429, "retry-after: 7\r\n"), (503, ""), server.good]
    waits = Waits()

    response = await answer(server, waits)

    assert (response.text, response.attempts) == ("4", 3)
    assert waits == [7.0, 1.0]


@pytest.mark.parametrize(
    ("status", "error", "tries"),
    [
        (400, BadRequestError, 1),
        (401, AuthenticationError, 1),
        (404, BadRequestError, 1),
        (429, RateLimitError, 4),
        (500, ServerError, 4),
        (529, ServerError, 4),
    ],
)
async def test_a_failure_has_its_class_and_is_repeated_only_where_that_may_help(
    server: Any, status: int, error: type[Exception], tries: int
) -> None:
    server.script = [(status, "")]

    with pytest.raises(error) as caught:
        await answer(server)

    assert len(server.requests) == tries
    assert caught.value.status == status  # type: ignore[attr-defined]  # of all model errors


async def test_no_try_begins_after_the_deadline(server: Any) -> None:
    server.script = [(429, "retry-after: 3600\r\n")]

    with pytest.raises(RateLimitError):
        await answer(server, deadline_ms=1000)

    assert len(server.requests) == 1


async def test_the_key_is_in_no_error_and_no_repr(server: Any) -> None:
    server.script = [(400, "")]
    client = model(server)

    with pytest.raises(BadRequestError) as caught:
        await ask("?", model=client)
    await client.close()

    assert "sk-secret" not in str(caught.value)
    assert "[key]" in str(caught.value)
    assert "sk-secret" not in repr(client)


async def test_keys_are_taken_out_before_a_long_message_is_cut(server: Any) -> None:
    server.script = [(400, "", "x" * 290 + "sk-secret and azure-key")]

    with pytest.raises(BadRequestError) as caught:
        await answer(server, headers={"api-key": "azure-key"})

    assert "sk-" not in str(caught.value)
    assert "azu" not in str(caught.value)


@pytest.mark.parametrize("usage", [None, [1], {"prompt_tokens": "n/a"}, {"prompt_tokens": -1}])
async def test_tokens_that_are_not_reported_make_the_cost_unknown(server: Any, usage: Any) -> None:
    server.script = [{**server.good, "usage": usage, "id": 7}]

    response = await answer(server)

    assert (response.text, response.cost_usd, response.input_tokens) == ("4", None, None)
    assert response.request_id is None


@pytest.mark.parametrize(
    "body", ["[" * 100_000, '{"choices": []}', '{"choices": [{"message": null}]}', "[]"]
)
async def test_an_answer_that_is_none_is_malformed(server: Any, body: str) -> None:
    server.script = [body]

    with pytest.raises(MalformedResponseError):
        await answer(server)

    assert len(server.requests) == 1


async def test_an_empty_content_is_an_empty_answer(server: Any) -> None:
    server.script = [{**server.good, "choices": [{"message": {"content": None}}]}]

    assert (await answer(server)).text == ""


async def test_a_cut_connection_is_tried_again(server: Any) -> None:
    server.script = ["cut", server.good]

    response = await answer(server)

    assert (response.text, response.attempts) == ("4", 2)


async def test_a_provider_that_is_not_there_is_an_error(server: Any) -> None:
    client = OpenAIModel("m", base_url="http://127.0.0.1:9/v1", api_key="", max_retries=0)

    with pytest.raises(ConnectionFailedError):
        await ask("?", model=client)
    await client.close()


async def test_a_stalled_provider_is_given_up(server: Any) -> None:
    server.script = ["hang"]

    with pytest.raises(ConnectionFailedError, match="no answer in time"):
        await answer(server, timeout_ms=30, max_retries=0)


async def test_an_answer_without_an_end_is_given_up_at_the_deadline(server: Any) -> None:
    server.script = ["drip"]

    with pytest.raises(ConnectionFailedError, match="no answer in time"):
        await answer(server, deadline_ms=200, max_retries=0)


async def test_a_date_to_wait_for_counts_from_the_date_of_the_answer(server: Any) -> None:
    date, later = "Mon, 23 Nov 2026 10:00:00 GMT", "Mon, 23 Nov 2026 10:00:09 GMT"
    server.script = [(429, f"date: {date}\r\nretry-after: {later}\r\n"), server.good]
    waits = Waits()

    await answer(server, waits)

    assert waits == [9.0]


async def test_cancelling_closes_the_connection(server: Any) -> None:
    server.script = ["hang"]
    async with model(server) as client:
        task = asyncio.create_task(ask("?", model=client))
        async with asyncio.timeout(60):
            await server.asked.wait()

        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

        async with asyncio.timeout(60):
            await server.gone.wait()


@pytest.mark.parametrize("given", ["", " "])
async def test_without_a_key_it_is_said_where_to_put_one(
    given: str, server: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", given)

    with pytest.raises(AuthenticationError, match="set OPENAI_API_KEY"):
        await ask("?", model=OpenAIModel("gpt-4o", base_url=server.url))


async def test_the_price_of_ones_own_goes_before_the_table(server: Any) -> None:
    response = await answer(
        server, price=Price(input_per_million=1.0, output_per_million=1.0), name="mine"
    )

    assert response.cost_usd == pytest.approx(1500e-6)
    assert response.model == "mine"


@pytest.mark.parametrize("url", ["localhost:8000/v1", "ftp://host", "https://"])
def test_an_address_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="base_url"):
        OpenAIModel("m", base_url=url)


def test_a_script_may_ask_again_and_again(url_of_good_server: str) -> None:
    client = OpenAIModel("gpt-4o-mini", base_url=url_of_good_server, api_key="k")

    results = [predict_sync("2+2?", models=[client, client]) for _ in range(3)]
    single = ask_sync("2+2?", model=client)

    assert [result.answer for result in results] == ["4", "4", "4"]
    assert single.text == "4"


async def test_a_closed_client_opens_again(server: Any) -> None:
    client = model(server)
    await ask("?", model=client)
    await client.close()

    async with client:
        assert (await ask("?", model=client)).text == "4"


def test_the_address_may_stand_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", "http://localhost:11434/v1")

    assert OpenAIModel("m").base_url == "http://localhost:11434/v1"
    assert OpenAIModel("m", base_url="http://other/v1").base_url == "http://other/v1"
