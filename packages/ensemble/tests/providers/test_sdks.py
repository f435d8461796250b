"""The providers' own libraries see the same answers from the same server as our clients do."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from ensemble import (
    AnthropicModel,
    AuthenticationError,
    BadRequestError,
    ConnectionFailedError,
    GeminiModel,
    Ledger,
    ModelError,
    OpenAIModel,
    Price,
    RateLimitError,
    Response,
    ServerError,
    ask,
    from_anthropic,
    from_google,
    from_litellm,
    from_openai,
    stream,
)

# Google's library derives a class that aiohttp does not want to be derived from.
pytestmark = pytest.mark.filterwarnings("ignore:Inheritance class:DeprecationWarning")

TALK = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "2+2?"}]
ANSWERS: dict[str, Any] = {
    "openai": {
        "id": "r-1",
        "object": "chat.completion",
        "created": 1,
        "model": "version-1",
        "choices": [
            {
                "index": 0,
                "message": {"role": "assistant", "content": "4"},
                "finish_reason": "stop",
            }
        ],
        "usage": {"prompt_tokens": 10, "completion_tokens": 3, "total_tokens": 13},
    },
    "anthropic": {
        "id": "r-1",
        "type": "message",
        "role": "assistant",
        "model": "version-1",
        "content": [{"type": "text", "text": "4"}],
        "stop_reason": "end_turn",
        "stop_sequence": None,
        "usage": {"input_tokens": 10, "output_tokens": 3},
    },
    "google": {
        "responseId": "r-1",
        "modelVersion": "version-1",
        "candidates": [
            {"content": {"role": "model", "parts": [{"text": "4"}]}, "finishReason": "STOP"}
        ],
        "usageMetadata": {"promptTokenCount": 10, "candidatesTokenCount": 3},
    },
}


PRICE = Price(input_per_million=1e6, output_per_million=1e6)


class Refused(Exception):  # noqa: N818  # as another library names it
    """The provider has refused the request."""

    status_code = 429


def ours(dialect: str, url: str) -> Any:
    kind: Any = {"openai": OpenAIModel, "anthropic": AnthropicModel, "google": GeminiModel}[dialect]
    return kind("gpt-4o-mini", base_url=url, api_key="k", max_retries=0)


@asynccontextmanager
async def theirs(dialect: str, url: str) -> AsyncIterator[Any]:
    root = url.removesuffix("/v1")
    if dialect == "openai":
        kind = pytest.importorskip("openai").AsyncOpenAI
        async with kind(base_url=url, api_key="k-secret", max_retries=0) as client:
            yield from_openai(client, "gpt-4o-mini")
    elif dialect == "anthropic":
        kind = pytest.importorskip("anthropic").AsyncAnthropic
        async with kind(base_url=root, api_key="k-secret", max_retries=0) as client:
            yield from_anthropic(client, "gpt-4o-mini")
    else:
        genai = pytest.importorskip("google.genai")
        options = {"base_url": root, "api_version": "v1"}
        client = genai.Client(api_key="k-secret", http_options=options)
        yield from_google(client, "gpt-4o-mini")
        await client.aio.aclose()


async def asked(model: Any) -> Response:
    return await ask(TALK, model=model, temperature=0.5, max_tokens=5)


@pytest.mark.slow
@pytest.mark.parametrize("dialect", ANSWERS)
async def test_the_official_client_and_ours_ask_and_see_the_same(server: Any, dialect: str) -> None:
    server.script = [ANSWERS[dialect]]

    async with theirs(dialect, server.url) as official:
        seen = await asked(official)
    async with ours(dialect, server.url) as model:
        own = await asked(model)

    for name in ("text", "input_tokens", "output_tokens", "finish_reason", "request_id"):
        assert getattr(seen, name) == getattr(own, name), name
    assert seen.model_version == own.model_version == "version-1"
    assert seen.cost_usd == own.cost_usd
    assert seen.price == own.price
    assert server.paths[0] == server.paths[1]
    sent, sent_by_us = (_without_empty(body) for _, body in server.requests)
    assert sent == sent_by_us


def _without_empty(body: Any) -> Any:
    """Google's library sends a role with the system's words, and writes numbers in its own way."""
    if isinstance(body, dict):
        return {
            name: _without_empty(value)
            for name, value in body.items()
            if value not in (None, {}) and not (name == "role" and "system" not in str(value))
        }
    return [_without_empty(each) for each in body] if isinstance(body, list) else body


@pytest.mark.slow
@pytest.mark.parametrize("dialect", ANSWERS)
@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, BadRequestError),
        (401, AuthenticationError),
        (429, RateLimitError),
        (503, ServerError),
    ],
)
async def test_failures_of_the_official_client_have_our_classes(
    server: Any, dialect: str, status: int, kind: type[Exception]
) -> None:
    server.script = [
        (status, "", '{"error": {"message": "no to k-secret", "code": 0, "status": "NO"}}')
    ]

    async with theirs(dialect, server.url) as official:
        with pytest.raises(kind) as caught:
            await asked(official)

    assert "k-secret" not in str(caught.value)


async def test_a_stream_of_the_official_client_stays_a_stream(server: Any) -> None:
    end = {"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}
    usage = {"choices": [], "usage": {"prompt_tokens": 5, "completion_tokens": 2}}
    texts = [{"choices": [{"index": 0, "delta": {"content": each}}]} for each in "42"]
    server.script = [[*texts, end, usage, "[DONE]"]]

    async with theirs("openai", server.url) as official:
        pieces = stream("?", model=official)
        found = [each async for each in pieces]

    assert server.requests[0][1]["stream"] is True
    assert found == ["4", "2"]
    assert pieces.response is not None
    assert (pieces.response.text, pieces.response.output_tokens) == ("42", 2)


@pytest.mark.parametrize("in_pieces", [False, True])
async def test_a_call_through_another_library_is_a_try_in_the_ledger(
    monkeypatch: pytest.MonkeyPatch, in_pieces: bool
) -> None:
    class LiteLLM:
        @staticmethod
        async def acompletion(**body: Any) -> Any:
            if not body.get("stream"):
                return ANSWERS["openai"]
            return _each({"choices": [_WHOLE], "usage": ANSWERS["openai"]["usage"]})

    monkeypatch.setitem(__import__("sys").modules, "litellm", LiteLLM)
    model = from_litellm("groq/m", price=PRICE)

    with Ledger() as ledger:
        if in_pieces:
            answer = stream("?", model=model)
            async for _ in answer:
                pass
            response = answer.response
        else:
            response = await ask("?", model=model)

    (booked,) = ledger.tries
    assert (booked.status, booked.provider, booked.input_tokens) == ("answered", "litellm", 10)
    assert response is not None
    assert ledger.cost_usd == response.cost_usd == 13.0
    assert response.tries == ledger.tries


_WHOLE = {"index": 0, "delta": {"content": "4"}, "finish_reason": "stop"}


async def _each(*events: Any) -> AsyncIterator[Any]:
    for event in events:
        yield event


@pytest.mark.parametrize(
    ("error", "cost_usd"), [(ValueError("?"), None), (Refused(), 0.0), (TimeoutError(), None)]
)
async def test_a_failure_of_another_library_costs_what_is_known(
    monkeypatch: pytest.MonkeyPatch, error: Exception, cost_usd: float | None
) -> None:
    class LiteLLM:
        @staticmethod
        async def acompletion(**_: Any) -> Any:
            raise error

    monkeypatch.setitem(__import__("sys").modules, "litellm", LiteLLM)

    with Ledger() as ledger, pytest.raises(ModelError) as caught:
        await ask("?", model=from_litellm("groq/m", price=PRICE))

    assert [(each.status, each.cost_usd) for each in ledger.tries] == [("failed", cost_usd)]
    assert caught.value.tries == ledger.tries


async def test_a_provider_that_is_not_there_is_one_kind_of_failure() -> None:
    async with theirs("openai", "http://127.0.0.1:9/v1") as official:
        with pytest.raises(ConnectionFailedError):
            await asked(official)


async def test_what_another_library_raises_for_itself_is_a_failure_of_the_model() -> None:
    class Broken:
        chat = None

    with pytest.raises(ModelError, match="AttributeError"):
        await asked(from_openai(Broken(), "m", price=PRICE))


def test_litellm_that_is_not_installed_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "litellm", None)

    with pytest.raises(ImportError, match=r"ensemble\[litellm\]"):
        from_litellm("groq/llama")


async def test_litellm_is_asked_with_its_options(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[dict[str, Any]] = []

    class LiteLLM:
        @staticmethod
        async def acompletion(**body: Any) -> Any:
            sent.append(body)
            return ANSWERS["openai"]

    monkeypatch.setitem(__import__("sys").modules, "litellm", LiteLLM)

    response = await asked(from_litellm("groq/gpt-4o-mini", price=Price(), api_base="http://here"))

    assert response.text == "4"
    assert sent[0]["model"] == "groq/gpt-4o-mini"
    assert sent[0]["api_base"] == "http://here"


@pytest.mark.slow
async def test_bedrock_and_vertex_are_asked_through_their_libraries(server: Any) -> None:
    anthropic = pytest.importorskip("anthropic")
    genai = pytest.importorskip("google.genai")
    credentials = pytest.importorskip("google.oauth2.credentials").Credentials("token")
    server.script = [ANSWERS["anthropic"], ANSWERS["google"]]

    async with anthropic.AsyncAnthropicBedrock(
        api_key="k-secret", base_url=server.url, aws_region="eu-west-1", max_retries=0
    ) as client:
        bedrock = await ask("2+2?", model=from_anthropic(client, "anthropic.claude-x", price=PRICE))
    options = {"base_url": server.url}
    client = genai.Client(
        vertexai=True, project="p", location="eu", credentials=credentials, http_options=options
    )
    vertex = await ask("2+2?", model=from_google(client, "gemini-x", price=PRICE))
    await client.aio.aclose()

    assert [bedrock.text, vertex.text] == ["4", "4"]
    assert [bedrock.output_tokens, vertex.output_tokens] == [3, 3]
    assert "/model/anthropic.claude-x/invoke" in server.paths[0]
    assert "projects/p/locations/eu" in server.paths[1]
