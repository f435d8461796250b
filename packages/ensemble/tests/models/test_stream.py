"""Answers read while they are written, from three providers and from models that cannot do that."""

import asyncio
from collections.abc import Callable
from typing import Any

import blinker
import pytest

from ensemble import (
    AnthropicModel,
    ConnectionFailedError,
    GeminiModel,
    MalformedResponseError,
    ModelTimeoutError,
    OpenAIModel,
    RateLimitError,
    Response,
    ServerError,
    SimulatedModel,
    stream,
)

KINDS: dict[str, Any] = {
    "openai": (OpenAIModel, "gpt-4o-mini"),
    "anthropic": (AnthropicModel, "claude-3-haiku-20240307"),
    "gemini": (GeminiModel, "gemini-2.0-flash"),
}


def pieces(dialect: str, *texts: str) -> list[Any]:
    """The same answer in pieces as each provider sends it."""
    if dialect == "openai":
        about = {"id": "r-1", "model": "version-1"}
        parts = [{**about, "choices": [{"delta": {"content": text}}]} for text in texts]
        last = {**about, "choices": [{"delta": {}, "finish_reason": "stop"}]}
        usage = {**about, "choices": [], "usage": {"prompt_tokens": 10, "completion_tokens": 3}}
        return [*parts, last, usage, "[DONE]"]
    if dialect == "anthropic":
        message = {"id": "r-1", "model": "version-1", "usage": {"input_tokens": 10}}
        deltas = [{"type": "text_delta", "text": text} for text in texts]
        return [
            {"type": "message_start", "message": message},
            {"type": "content_block_start", "index": 0},
            {"type": "ping"},
            {"type": "content_block_delta", "delta": {"type": "thinking_delta", "thinking": "?"}},
            *({"type": "content_block_delta", "delta": delta} for delta in deltas),
            {
                "type": "message_delta",
                "delta": {"stop_reason": "stop"},
                "usage": {"output_tokens": 3},
            },
            {"type": "message_stop"},
        ]
    about = {"responseId": "r-1", "modelVersion": "version-1"}
    parts = [{**about, "candidates": [{"content": {"parts": [{"text": text}]}}]} for text in texts]
    parts[-1]["candidates"][0]["finishReason"] = "stop"  # type: ignore[index]  # made above
    tokens = {"promptTokenCount": 10, "candidatesTokenCount": 3}
    return [*parts, {**about, "usageMetadata": tokens}]


@pytest.fixture(params=KINDS)
def dialect(request: pytest.FixtureRequest) -> str:
    return str(request.param)


async def no_wait(_: float) -> None:
    """Waits for nothing."""


def client(server: Any, dialect: str, **options: Any) -> Any:
    kind, name = KINDS[dialect]
    return kind(name, base_url=server.url, api_key="sk-secret", sleep=no_wait, **options)


async def test_all_dialects_give_the_same_pieces_and_the_same_response(
    server: Any, dialect: str
) -> None:
    server.script = [pieces(dialect, "four", "", " it is")]

    async with client(server, dialect) as model:
        answer = stream("2+2?", model=model)
        texts = [text async for text in answer]

    response = answer.response
    assert texts == ["four", " it is"]
    assert answer.text == "four it is"
    assert response is not None
    assert (response.text, response.finish_reason, response.request_id) == (
        "four it is",
        "stop",
        "r-1",
    )
    assert (response.input_tokens, response.output_tokens) == (10, 3)
    assert response.model_version == "version-1"
    assert response.cost_usd is not None
    assert response.latency_ms is not None
    assert response.time_to_first_token_ms is not None
    assert 0 < response.time_to_first_token_ms <= response.latency_ms


async def test_each_provider_is_asked_for_pieces_in_its_own_words(
    server: Any, dialect: str
) -> None:
    server.script = [pieces(dialect, "4")]

    async with client(server, dialect) as model:
        async for _ in stream("2+2?", model=model, max_tokens=5):
            pass

    asked = server.paths[0] + str(server.requests[0][1].get("stream"))
    assert (
        asked
        == {
            "openai": "/v1/chat/completionsTrue",
            "anthropic": "/v1/messagesTrue",
            "gemini": "/v1/models/gemini-2.0-flash:streamGenerateContent?alt=sseNone",
        }[dialect]
    )


async def test_a_busy_provider_is_asked_again_before_the_first_piece(
    server: Any, dialect: str
) -> None:
    server.script = [(429, "retry-after: 1\r\n"), pieces(dialect, "4")]

    async with client(server, dialect) as model:
        answer = stream("2+2?", model=model)
        texts = [text async for text in answer]

    assert texts == ["4"]
    assert answer.response is not None
    assert answer.response.attempts == 2


async def test_a_provider_that_stays_busy_is_an_error(server: Any, dialect: str) -> None:
    server.script = [(429, "")]

    async with client(server, dialect, max_retries=1) as model:
        with pytest.raises(RateLimitError):
            await anext(stream("2+2?", model=model))

    assert len(server.requests) == 2


@pytest.mark.parametrize("end", ["cut", "stop"])
async def test_what_was_written_before_a_cut_is_kept(server: Any, dialect: str, end: str) -> None:
    begun = pieces(dialect, "one", "two", "three")
    cut = next(place for place, piece in enumerate(begun) if "two" in str(piece)) + 1
    server.script = [[*begun[:cut], *(["cut"] if end == "cut" else [])]]

    async with client(server, dialect) as model:
        answer = stream("count", model=model)
        with pytest.raises(ConnectionFailedError):
            async for _ in answer:
                pass

    assert answer.text == "onetwo"
    assert answer.response is None
    assert len(server.requests) == 1


async def test_a_piece_that_is_no_json_is_malformed_and_shows_no_key(
    server: Any, dialect: str
) -> None:
    server.script = [["{sk-secret"]]

    async with client(server, dialect) as model:
        with pytest.raises(MalformedResponseError) as caught:
            await anext(stream("?", model=model))

    assert "sk-secret" not in str(caught.value)


async def test_an_error_among_the_pieces_ends_the_stream(server: Any, dialect: str) -> None:
    broken = {"type": "error", "error": {"message": "overloaded"}}
    server.script = [[*pieces(dialect, "a", "b")[:1], broken]]

    async with client(server, dialect) as model:
        with pytest.raises(ServerError, match="overloaded"):
            async for _ in stream("?", model=model):
                pass


async def test_a_stream_that_is_left_closes_its_connection(server: Any, dialect: str) -> None:
    begun = pieces(dialect, "one", "two")
    first = next(place for place, piece in enumerate(begun) if "one" in str(piece)) + 1
    server.script = [[*begun[:first], "hang"]]

    async with client(server, dialect) as model:
        answer = stream("?", model=model)
        assert await anext(answer) == "one"
        await answer.aclose()
        async with asyncio.timeout(60):
            await server.gone.wait()


@pytest.mark.slow
async def test_a_stream_that_stalls_runs_into_its_time_limit(server: Any, dialect: str) -> None:
    begun = pieces(dialect, "one", "two")
    first = next(place for place, piece in enumerate(begun) if "one" in str(piece)) + 1
    server.script = [[*begun[:first], "hang"]]

    async with client(server, dialect) as model:
        answer = stream("?", model=model, timeout_ms=1000)
        with pytest.raises(ModelTimeoutError):
            async for _ in answer:
                pass
        async with asyncio.timeout(60):
            await server.gone.wait()

    assert answer.text == "one"


async def test_a_model_that_cannot_write_piece_by_piece_gives_one(
    make_item: Callable[..., Any],
) -> None:
    simulated = stream(make_item(), model=SimulatedModel("s", accuracy=1.0, seed=1))

    async def shout(query: Any) -> str:
        return str(query).upper()

    plain = stream("yes", model=shout)

    assert [text async for text in simulated] == ["4"]
    assert [text async for text in plain] == ["YES"]
    assert simulated.response is not None
    assert simulated.response.source == "simulated"
    assert simulated.response.time_to_first_token_ms is None


async def test_the_events_tell_of_the_first_token(server: Any) -> None:
    server.script = [pieces("openai", "4")]
    heard: list[tuple[str, dict[str, Any]]] = []

    def listen(name: str, **event: Any) -> None:
        heard.append((name, event["measurements"]))

    with blinker.signal("crucible").connected_to(listen):
        async with client(server, "openai") as model:
            async for _ in stream("2+2?", model=model):
                pass

    names = [name for name, _ in heard]
    assert names == ["ensemble.model.start", "ensemble.model.stop"]
    assert heard[1][1]["time_to_first_token_ms"] > 0


async def test_a_stream_can_be_hedged_until_its_first_token(server: Any) -> None:
    hedging = pytest.importorskip("hedging")
    server.script = [pieces("openai", "4", "!")]

    async with (
        client(server, "openai") as model,
        hedging.Hedger().stream(lambda: stream("2+2?", model=model)) as (result, texts),
    ):
        read = [text async for text in texts]

    assert read == ["4", "!"]
    assert not result.hedged


def test_a_response_without_pieces_has_no_time_to_the_first() -> None:
    assert Response(text="4", model="m").to_dict()["time_to_first_token_ms"] is None


async def test_log_probabilities_of_all_pieces_are_kept(server: Any) -> None:
    parts = pieces("openai", "4", "!")
    for part, token in zip(parts, "4!", strict=False):
        part["choices"][0]["logprobs"] = {"content": [{"token": token, "logprob": -0.25}]}
    server.script = [parts]

    async with client(server, "openai") as model:
        answer = stream("2+2?", model=model, logprobs=True)
        assert [text async for text in answer] == ["4", "!"]

    assert answer.response is not None
    assert answer.response.logprobs == (("4", -0.25), ("!", -0.25))
