"""What families of models take: the table, and what is sent by it."""

import warnings
from typing import Any

import pytest

from ensemble import (
    PRICES,
    AnthropicModel,
    BadRequestError,
    Capabilities,
    GeminiModel,
    OpenAIModel,
    OpenAIResponsesModel,
    SamplingParameters,
    capabilities_names,
    find_capabilities,
    register_capabilities,
)
from ensemble._catalogue import capabilities as table
from ensemble._providers.forms import requests


@pytest.fixture(autouse=True)
def _each_test_is_warned_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(requests, "_warned", set())


def sent(model: Any, **parameters: Any) -> dict[str, Any]:
    body: dict[str, Any] = model.asked("2+2?", SamplingParameters(**parameters)).body
    return body


def model_of(name: str, **options: Any) -> Any:
    kind: Any = OpenAIModel
    if name.startswith("claude"):
        kind = AnthropicModel
    if name.startswith("gemini"):
        kind = GeminiModel
    return kind(name, api_key="k", **options)


def test_every_listed_model_of_the_three_providers_has_a_family() -> None:
    names = [name for name in PRICES if name.startswith(("gpt-", "o1", "o3", "claude-", "gemini-"))]
    moving = ("gemini-flash", "gemini-pro", "claude-opus-4-0")

    unknown = [name for name in names if find_capabilities(name).family is None]

    assert [name for name in unknown if not name.startswith(moving)] == []


@pytest.mark.parametrize(
    ("name", "family"),
    [
        ("o4-mini-2025-04-16", "o-series"),
        ("gpt-5-mini", "gpt-5"),
        ("gpt-5-chat-latest", "gpt-5-chat"),
        ("gpt-5.1", "gpt-5.1"),
        ("gpt-4o-2024-08-06", "gpt-4o"),
        ("ft:gpt-4o-mini-2024-07-18", "gpt-4o"),
        ("openai/gpt-oss-120b", "gpt-oss"),
        ("claude-opus-4-1-20250805", "claude-opus-4"),
        ("claude-sonnet-4-5-20250929", "claude-4"),
        ("claude-opus-4-5", "claude-opus-4.5"),
        ("claude-opus-4-8", "claude-4.7 and later"),
        ("gemini-2.5-flash-lite", "gemini-2.5-flash"),
        ("llama-3.1-8b", None),
    ],
)
def test_a_name_has_the_family_of_its_model(name: str, family: str | None) -> None:
    assert find_capabilities(name).family == family


@pytest.mark.parametrize("name", ["o1", "o3", "gpt-5", "gpt-5.2", "gpt-5-nano-2025-08-07"])
def test_a_reasoning_model_gets_its_own_limit_and_no_temperature(name: str) -> None:
    model, parameters = model_of(name), SamplingParameters(temperature=0.0, max_tokens=500)
    with pytest.warns(UserWarning, match=r"takes no temperature: it is not sent") as caught:
        asked = model.asked("2+2?", parameters)

    assert asked.body["max_completion_tokens"] == 500
    assert {"max_tokens", "temperature"} & asked.body.keys() == set()
    assert asked.left_out == ("temperature",)
    assert len(caught) == 1


def test_an_unknown_model_is_sent_all_that_is_given() -> None:
    body = sent(model_of("llama-3"), temperature=0.0, max_tokens=5, reasoning_effort="low")

    assert (body["temperature"], body["max_tokens"], body["reasoning_effort"]) == (0.0, 5, "low")


@pytest.mark.parametrize(
    ("name", "parameters", "text"),
    [
        ("gpt-4o", {"reasoning_effort": "low"}, "does not take 'low', it takes none at all"),
        ("gpt-5", {"reasoning_effort": "xhigh"}, "minimal, low, medium, high"),
        ("gpt-5", {"reasoning_tokens": 500}, "pass reasoning_effort="),
        ("claude-3-7-sonnet", {"reasoning_effort": "low"}, "pass reasoning_tokens="),
        ("claude-3-7-sonnet", {"reasoning_tokens": 5}, "takes 1024 to 64000 tokens, not 5"),
        ("o3", {"stop": "END"}, "takes no stop"),
        ("o3", {"logprobs": True}, "gives no log-probabilities"),
    ],
)
def test_what_changes_the_request_is_refused(
    name: str, parameters: dict[str, Any], text: str
) -> None:
    with pytest.raises(BadRequestError, match=text):
        sent(model_of(name), **parameters)


def test_reasoning_has_the_form_of_each_interface() -> None:
    thinking = sent(model_of("claude-sonnet-4-5"), reasoning_tokens=2000, temperature=0.5)
    adaptive = sent(model_of("claude-opus-4-8"), reasoning_effort="high")
    budget = sent(model_of("gemini-2.5-pro"), reasoning_tokens=200)
    level = sent(model_of("gemini-3-pro-preview"), reasoning_effort="low")
    effort = sent(OpenAIResponsesModel("gpt-5", api_key="k"), reasoning_effort="low")

    assert thinking["thinking"] == {"type": "enabled", "budget_tokens": 2000}
    assert thinking["max_tokens"] == 4096 + 2000
    assert "temperature" not in thinking
    assert adaptive["thinking"] == {"type": "adaptive"}
    assert adaptive["output_config"] == {"effort": "high"}
    assert budget["generationConfig"]["thinkingConfig"]["thinkingBudget"] == 200
    assert level["generationConfig"]["thinkingConfig"]["thinkingLevel"] == "low"
    assert effort["reasoning"] == {"effort": "low", "summary": "auto"}


def test_your_own_table_goes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table, "_own", {})
    monkeypatch.setattr(table, "_found", {})
    register_capabilities(r"gpt-4o.*", Capabilities(family="mine", sampling=False))

    assert find_capabilities("gpt-4o-mini").family == "mine"
    assert {"mine", "gpt-5", "o-series"} <= set(capabilities_names())
    with pytest.raises(ValueError, match="is taken; pass replace=True"):
        register_capabilities(r"gpt-4o.*", Capabilities())
    with pytest.raises(ValueError, match="not a regular expression"):
        register_capabilities("(", Capabilities())
    one = model_of("gpt-5", capabilities=Capabilities(family="given"))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert sent(one, temperature=0.0)["temperature"] == 0.0


TOOL = {"name": "sum", "description": "adds", "parameters": {"type": "object"}}
SCHEMA = {"type": "object", "properties": {"answer": {"type": "integer"}}}


@pytest.mark.parametrize("name", ["llama-3", "claude-x", "gemini-x"])
def test_system_and_extra_are_sent(name: str) -> None:
    body = sent(model_of(name), system="be brief", extra={"top_k": 3, "metadata": {"user": "u"}})

    assert "be brief" in str(body)
    assert (body["top_k"], body["metadata"]) == (3, {"user": "u"})


def test_extra_is_merged_into_objects_of_the_body() -> None:
    body = sent(
        model_of("gemini-x"), temperature=0.5, extra={"generationConfig": {"candidateCount": 1}}
    )

    assert body["generationConfig"] == {"temperature": 0.5, "candidateCount": 1}


def test_tools_and_schemas_have_the_form_of_each_interface() -> None:
    parameters: Any = {"tools": [TOOL], "tool_choice": "sum", "response_format": SCHEMA}
    chat = sent(model_of("llama-3"), **parameters)
    messages = sent(model_of("claude-x"), **parameters)
    gemini = sent(model_of("gemini-x"), **parameters)
    responses = sent(OpenAIResponsesModel("m", api_key="k"), **parameters)

    assert chat["tools"] == [{"type": "function", "function": TOOL}]
    assert chat["tool_choice"] == {"type": "function", "function": {"name": "sum"}}
    assert chat["response_format"]["json_schema"]["schema"] == SCHEMA
    assert messages["tools"][0]["input_schema"] == {"type": "object"}
    assert messages["tool_choice"] == {"type": "tool", "name": "sum"}
    assert messages["output_config"]["format"]["schema"] == SCHEMA
    assert gemini["tools"] == [{"functionDeclarations": [TOOL]}]
    assert gemini["toolConfig"]["functionCallingConfig"]["allowedFunctionNames"] == ["sum"]
    assert gemini["generationConfig"]["responseJsonSchema"] == SCHEMA
    assert responses["tools"][0]["name"] == "sum"
    assert responses["text"]["format"]["schema"] == SCHEMA


def test_a_tool_without_a_name_is_refused() -> None:
    with pytest.raises(BadRequestError, match=r"tools\[0\]: a tool needs a name"):
        sent(model_of("llama-3"), tools=[{"description": "adds"}])
