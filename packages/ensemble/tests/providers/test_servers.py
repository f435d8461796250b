"""Providers and servers by name, tokens in place of keys, and models in other processes."""

import pickle
from typing import Any

import pytest

from ensemble import AuthenticationError, ModelError, OpenAIModel, ask, named_model

from ..servers import ScriptedServer

NEEDED = {
    "openrouter/meta-llama/llama-3-8b": ("openrouter.ai", "OPENROUTER_API_KEY"),
    "deepseek/deepseek-chat": ("api.deepseek.com", "DEEPSEEK_API_KEY"),
    "groq/llama-3.1-8b-instant": ("api.groq.com", "GROQ_API_KEY"),
    "bedrock/openai.gpt-oss-20b": (
        "bedrock-runtime.us-east-1.amazonaws.com",
        "AWS_BEARER_TOKEN_BEDROCK",
    ),
}


@pytest.fixture(autouse=True)
def _no_keys_but_openais(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION", "OLLAMA_HOST"):
        monkeypatch.delenv(name, raising=False)
    for _, key in NEEDED.values():
        monkeypatch.delenv(key, raising=False)
    monkeypatch.setenv("OPENAI_API_KEY", "sk-of-openai")
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/v1")


@pytest.mark.parametrize("name", NEEDED)
async def test_a_provider_has_its_own_address_and_key(name: str) -> None:
    host, key = NEEDED[name]
    model = named_model(name)

    assert model.provider == host
    assert model.model == name.partition("/")[2]
    with pytest.raises(AuthenticationError, match=f"set {key}"):
        await ask("?", model=model)


def test_a_server_on_this_machine_needs_no_key_and_costs_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    model: Any = named_model("ollama/llama3.2:1b")
    monkeypatch.setenv("OLLAMA_HOST", "10.0.0.7:4711")

    assert (model.base_url, model.model) == ("http://127.0.0.1:11434/v1", "llama3.2:1b")
    assert model.price().cost_usd(None, None) == 0.0
    assert named_model("ollama/m").base_url == "http://10.0.0.7:4711/v1"


async def test_a_token_is_asked_for_with_every_request(server: ScriptedServer) -> None:
    tokens = iter(["first-token-1", "second-token-2"])

    async def token() -> str:
        return next(tokens)

    async with OpenAIModel("gpt-4o", base_url=server.url, auth=token) as model:
        await ask("?", model=model)
        await ask("?", model=model)

    sent = [headers["authorization"] for headers, _ in server.requests]
    assert sent == ["bearer first-token-1", "bearer second-token-2"]


async def test_a_token_stands_in_no_error(server: ScriptedServer) -> None:
    server.script = [(400, "", "you sent first-token-1")]
    async with OpenAIModel("gpt-4o", base_url=server.url, auth=lambda: "first-token-1") as model:
        with pytest.raises(ModelError) as caught:
            await ask("?", model=model)

    assert "first-token-1" not in repr(caught.value)


async def test_an_object_of_httpx_signs_the_body(server: ScriptedServer) -> None:
    httpx = pytest.importorskip("httpx")

    class Signs(httpx.Auth):  # type: ignore[misc, name-defined]
        requires_request_body = True

        def auth_flow(self, request: Any) -> Any:
            request.headers["x-signature"] = f"of-{len(request.content)}-bytes"
            yield request

    async with OpenAIModel("gpt-4o", base_url=server.url, auth=Signs()) as model:
        await ask("?", model=model)

    headers, _ = server.requests[0]
    assert headers["x-signature"] == f"of-{headers['content-length']}-bytes"


async def test_a_model_crosses_a_process_border_without_its_key(server: ScriptedServer) -> None:
    async with OpenAIModel(
        "gpt-4o", base_url=server.url, api_key="sk-secret-1", headers={"x-api-key": "sk-secret-2"}
    ) as model:
        await ask("?", model=model)
        pickled = pickle.dumps(model)

    again = pickle.loads(pickled)  # noqa: S301  # made here

    assert b"sk-secret" not in pickled
    assert (again.model, again.base_url) == (model.model, model.base_url)
    async with again:  # the key of the environment
        await ask("?", model=again)
    assert server.requests[-1][0]["authorization"] == "bearer sk-of-openai"
