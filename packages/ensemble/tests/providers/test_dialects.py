"""Three providers' interfaces against one server on loopback, well and badly behaved."""

import asyncio
import json
from typing import Any

import pytest

from ensemble import (
    AnthropicModel,
    AuthenticationError,
    BadRequestError,
    ConnectionFailedError,
    GeminiModel,
    MalformedResponseError,
    OpenAIModel,
    RateLimitError,
    Response,
    ServerError,
    ask,
)

KINDS: dict[str, Any] = {
    "openai": (OpenAIModel, "gpt-4o-mini"),
    "anthropic": (AnthropicModel, "claude-3-haiku-20240307"),
    "gemini": (GeminiModel, "gemini-2.0-flash"),
}


def good(dialect: str, text: str = "4") -> dict[str, Any]:
    """The same answer as each provider says it."""
    if dialect == "openai":
        return {
            "id": "r-1",
            "model": "version-1",
            "choices": [{"message": {"content": text}, "finish_reason": "stop"}],
            "usage": {"prompt_tokens": 10, "completion_tokens": 3},
        }
    if dialect == "anthropic":
        return {
            "id": "r-1",
            "model": "version-1",
            "content": [{"type": "thinking", "thinking": "?"}, {"type": "text", "text": text}],
            "stop_reason": "stop",
            "usage": {"input_tokens": 10, "output_tokens": 3},
        }
    parts = [{"text": "hm", "thought": True}, {"text": text}]
    return {
        "responseId": "r-1",
        "modelVersion": "version-1",
        "candidates": [{"content": {"parts": parts}, "finishReason": "stop"}],
        "usageMetadata": {
            "promptTokenCount": 10,
            "candidatesTokenCount": 2,
            "thoughtsTokenCount": 1,
        },
    }


@pytest.fixture(params=KINDS)
def dialect(request: pytest.FixtureRequest) -> str:
    return str(request.param)


async def no_wait(_: float) -> None:
    """Waits for nothing."""


async def answer(server: Any, dialect: str, prompt: Any = "2+2?", **options: Any) -> Response:
    kind, name = KINDS[dialect]
    options = {"api_key": "sk-secret", "sleep": no_wait, **options}
    async with kind(name, base_url=server.url, **options) as model:
        return await ask(prompt, model=model, temperature=0.5, max_tokens=5, seed=7)


async def test_all_dialects_give_the_same_response(server: Any, dialect: str) -> None:
    server.script = [good(dialect)]

    response = await answer(server, dialect)

    assert (response.text, response.finish_reason, response.request_id) == ("4", "stop", "r-1")
    assert (response.input_tokens, response.output_tokens) == (10, 3)
    assert response.model_version == "version-1"
    assert response.cost_usd is not None


TALK = [
    {"role": "system", "content": "Be brief."},
    {"role": "user", "content": "2+2?"},
    {"role": "assistant", "content": "4"},
    {"role": "user", "content": "Sure?"},
]


async def test_anthropic_is_asked_in_its_own_words(server: Any) -> None:
    server.script = [good("anthropic")]

    await answer(server, "anthropic", TALK)

    headers, body = server.requests[0]
    assert server.paths == ["/v1/messages"]
    assert (headers["x-api-key"], headers["anthropic-version"]) == ("sk-secret", "2023-06-01")
    assert body == {
        "model": "claude-3-haiku-20240307",
        "max_tokens": 5,
        "system": "Be brief.",
        "messages": TALK[1:],
        "temperature": 0.5,
    }


async def test_gemini_is_asked_in_its_own_words(server: Any) -> None:
    server.script = [good("gemini")]

    await answer(server, "gemini", TALK)

    headers, body = server.requests[0]
    assert server.paths == ["/v1/models/gemini-2.0-flash:generateContent"]
    assert headers["x-goog-api-key"] == "sk-secret"
    assert body == {
        "systemInstruction": {"parts": [{"text": "Be brief."}]},
        "contents": [
            {"role": "user", "parts": [{"text": "2+2?"}]},
            {"role": "model", "parts": [{"text": "4"}]},
            {"role": "user", "parts": [{"text": "Sure?"}]},
        ],
        "generationConfig": {"temperature": 0.5, "maxOutputTokens": 5, "seed": 7},
    }


async def test_azure_is_asked_at_the_deployment_with_its_own_key(server: Any) -> None:
    server.script = [good("openai")]

    async with OpenAIModel.azure(
        "gpt-4o", endpoint=server.url, api_version="v-1", api_key="azure-key"
    ) as model:
        await ask("2+2?", model=model)

    headers, _ = server.requests[0]
    assert server.paths == ["/v1/openai/deployments/gpt-4o/chat/completions?api-version=v-1"]
    assert headers["api-key"] == "azure-key"
    assert "authorization" not in headers


async def test_the_organisation_is_named(server: Any) -> None:
    server.script = [good("openai")]

    await answer(server, "openai", organization="org-1")

    assert server.requests[0][0]["openai-organization"] == "org-1"


async def test_a_prompt_that_gemini_blocks_is_refused(server: Any) -> None:
    server.script = [{"promptFeedback": {"blockReason": "SAFETY"}}]

    with pytest.raises(BadRequestError, match="SAFETY"):
        await answer(server, "gemini")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("step", "error", "tries"),
    [
        ((400, ""), BadRequestError, 1),
        ((403, ""), AuthenticationError, 1),
        ((429, "retry-after: 1\r\n"), RateLimitError, 3),
        ((503, ""), ServerError, 3),
        ("cut", ConnectionFailedError, 3),
        ("hang", ConnectionFailedError, 3),
        ("drip", ConnectionFailedError, 1),  # by the deadline: a live answer is not cut
        ("slow headers", ConnectionFailedError, 3),
        ("<html>", MalformedResponseError, 3),  # of a proxy, for a moment
        ("no JSON", MalformedResponseError, 1),
        ("[1]", MalformedResponseError, 1),
        ("{}", MalformedResponseError, 1),
        ("[" * 100_000, MalformedResponseError, 1),
    ],
)
async def test_every_failure_has_its_class_in_every_dialect(
    server: Any, dialect: str, step: Any, error: type[Exception], tries: int
) -> None:
    server.script = [step]
    limits = {"drip": {"deadline_ms": 200}, "hang": {"timeout_ms": 50}}
    limits["slow headers"] = limits["hang"]
    limit = limits.get(step, {}) if isinstance(step, str) else {}

    with pytest.raises(error):
        await answer(server, dialect, max_retries=2, **limit)

    assert len(server.requests) == tries


async def test_ten_megabytes_are_read_and_their_errors_kept_short(
    server: Any, dialect: str
) -> None:
    long = "x" * 10_000_000
    server.script = [good(dialect, long), (400, "", long)]

    response = await answer(server, dialect)
    with pytest.raises(BadRequestError) as caught:
        await answer(server, dialect)

    assert response.text == long
    assert len(str(caught.value)) < 1000


async def test_a_key_is_in_no_error(server: Any, dialect: str) -> None:
    server.script = [(400, "", "your key sk-secret is bad")]

    with pytest.raises(BadRequestError) as caught:
        await answer(server, dialect)

    assert "sk-secret" not in str(caught.value)


@pytest.mark.parametrize("name", ["GOOGLE_API_KEY", "GEMINI_API_KEY"])
async def test_gemini_takes_its_key_under_both_names(
    server: Any, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    for each in GeminiModel.KEYS:
        monkeypatch.delenv(each, raising=False)
    monkeypatch.setenv(name, "from-outside")
    server.script = [good("gemini")]

    await answer(server, "gemini", api_key=None)

    assert server.requests[0][0]["x-goog-api-key"] == "from-outside"


async def test_a_key_may_stand_in_a_file(
    server: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    monkeypatch.delenv("ANTHROPIC_API_KEY", raising=False)
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".env").write_text(
        '# keys\nOTHER=1 # one\nexport ANTHROPIC_API_KEY="in-the-file" # mine\n'
    )
    server.script = [good("anthropic")]

    await answer(server, "anthropic", api_key=None)

    assert server.requests[0][0]["x-api-key"] == "in-the-file"


async def test_any_text_can_be_asked(server: Any, dialect: str) -> None:
    server.script = [good(dialect)]

    await answer(server, dialect, "é 数 \ud83d \x00")

    assert r"\xe9 \u6570 \ud83d \x00" in ascii(server.requests[0][1])


LOGPROBS = {
    "openai": {"logprobs": {"content": [{"token": "4", "logprob": -0.5, "bytes": [52]}]}},
    "gemini": {"logprobsResult": {"chosenCandidates": [{"token": "4", "logProbability": -0.5}]}},
}


@pytest.mark.parametrize("dialect", LOGPROBS)
async def test_log_probabilities_are_given_where_they_are_asked_for(
    server: Any, dialect: str
) -> None:
    answered = good(dialect)
    answered["choices" if dialect == "openai" else "candidates"][0] |= LOGPROBS[dialect]
    server.script = [answered, good(dialect)]

    kind, name = KINDS[dialect]
    async with kind(name, base_url=server.url, api_key="k") as model:
        asked = await ask("2+2?", model=model, logprobs=True)
        plain = await ask("2+2?", model=model)

    assert asked.logprobs == (("4", -0.5),)
    assert plain.logprobs is None
    assert "logprobs" in str(server.requests[0][1]).lower()
    assert "logprobs" not in str(server.requests[1][1]).lower()


async def test_log_probabilities_that_a_provider_does_not_have_are_refused(server: Any) -> None:
    async with AnthropicModel("claude-3-haiku", base_url=server.url, api_key="k") as model:
        with pytest.raises(BadRequestError, match="no log-probabilities"):
            await ask("2+2?", model=model, logprobs=True)

    assert not server.requests


async def test_a_caller_who_leaves_closes_the_connection(server: Any, dialect: str) -> None:
    server.script = ["hang"]
    kind, name = KINDS[dialect]

    async with kind(name, base_url=server.url, api_key="k") as model:
        asking = asyncio.ensure_future(ask("2+2?", model=model))
        await server.asked.wait()
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking
        async with asyncio.timeout(60):
            await server.gone.wait()


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("retry-after: 2", 2.0),
        ("retry-after-ms: 1500", 1.5),
        ("x-ratelimit-remaining-tokens: 0\r\nx-ratelimit-reset-tokens: 1m6s", 66.0),
    ],
)
async def test_the_time_that_a_provider_names_is_waited_for(
    server: Any, dialect: str, header: str, seconds: float
) -> None:
    waits: list[float] = []

    async def wait(pause: float) -> None:
        waits.append(pause)

    server.script = [(429, f"{header}\r\n"), good(dialect)]

    response = await answer(server, dialect, sleep=wait, chance=lambda: 0.0)

    assert response.attempts == 2
    assert waits == [pytest.approx(seconds)]


async def test_a_page_of_a_proxy_is_asked_again(server: Any, dialect: str) -> None:
    server.script = ["<html>starting</html>", good(dialect)]

    response = await answer(server, dialect)

    assert (response.text, response.attempts) == ("4", 2)
    assert response.cost_usd is None  # the first may have been billed


@pytest.mark.parametrize("encoding", ["utf-8", "iso-8859-1"])
async def test_letters_are_read_whatever_encoding_is_announced(server: Any, encoding: str) -> None:
    body = json.dumps(good("openai", "é"), ensure_ascii=False).encode(encoding)
    head = b"HTTP/1.1 200 X\r\ncontent-type: application/json; charset=iso-8859-1\r\n"
    server.script = [(head + b"content-length: %d\r\n\r\n" % len(body) + body)]

    assert (await answer(server, "openai")).text == "é"
