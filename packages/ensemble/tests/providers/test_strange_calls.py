"""Tool calls whose name or number is of another kind are malformed answers."""

from typing import Any

import pytest

from ensemble import AnthropicModel, GeminiModel, MalformedResponseError, OpenAIModel, Price

PRICE = Price(input_per_million=1, output_per_million=1)
STRANGE: tuple[Any, ...] = (1e308, {"value": {}}, ["lookup"], True)


def openai(name: Any, number: Any = 0) -> dict[str, Any]:
    call = {"index": number, "id": "c", "function": {"name": name, "arguments": "{}"}}
    return {"choices": [{"message": {"content": "", "tool_calls": [call]}}]}


def anthropic(name: Any) -> dict[str, Any]:
    return {"content": [{"type": "tool_use", "id": "c", "name": name, "input": {"a": 1}}]}


def gemini(name: Any) -> dict[str, Any]:
    part = {"functionCall": {"name": name, "args": {}}}
    return {"candidates": [{"content": {"parts": [part]}}]}


ANSWERS: dict[str, tuple[Any, Any]] = {
    "OpenAI": (OpenAIModel, openai),
    "Anthropic": (AnthropicModel, anthropic),
    "Gemini": (GeminiModel, gemini),
}


@pytest.mark.parametrize("provider", ANSWERS)
def test_the_name_of_a_call_is_a_text(provider: str) -> None:
    kind, answer = ANSWERS[provider]
    model = kind("m", price=PRICE, api_key="k", base_url="http://127.0.0.1:9")

    assert model.response_of(answer("lookup")).tool_calls[0].name == "lookup"
    for name in STRANGE:
        with pytest.raises(MalformedResponseError, match="tool call"):
            model.response_of(answer(name))


def test_the_number_of_a_call_can_be_compared() -> None:
    model = OpenAIModel("m", api_key="k", base_url="http://127.0.0.1:9")

    with pytest.raises(MalformedResponseError, match="tool call"):
        model.response_of(openai("lookup", {"a": 1}))
