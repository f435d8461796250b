"""Chat messages arrive whole, or are refused with the place."""

from typing import Any

import pytest

from ensemble import BadRequestError, SamplingParameters
from ensemble._core.queries import prompt_messages, rephrased
from ensemble._providers.anthropic import AnthropicModel
from ensemble._providers.gemini import GeminiModel
from ensemble._providers.openai import OpenAIModel

IMAGE = {"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}}
TOOLS: list[dict[str, Any]] = [
    {"role": "user", "content": "weather?"},
    {"role": "assistant", "content": None, "tool_calls": [{"id": "t1", "type": "function"}]},
    {"role": "tool", "tool_call_id": "t1", "content": "sunny"},
]


@pytest.mark.parametrize(
    "messages",
    [
        [{"role": "user", "content": [{"type": "text", "text": "What is this?"}, IMAGE]}],
        TOOLS,
        [{"role": "user", "name": "bob", "content": "hi"}],
        [{"role": "developer", "content": "be brief"}, {"role": "user", "content": ""}],
    ],
)
def test_openai_is_sent_what_was_given(messages: list[dict[str, Any]]) -> None:
    model = OpenAIModel("m", api_key="k")

    _, body = model.request_of(prompt_messages(messages), SamplingParameters())

    assert body["messages"] == messages


@pytest.mark.parametrize(
    ("message", "place"),
    [
        ({"role": "user", "content": None}, r"messages\[1\]: there is no content"),
        ({"role": "user"}, r"messages\[1\]: there is no content"),
        ({"role": "user", "content": 7}, r"messages\[1\]\.content: a int"),
        ({"role": "user", "content": ["x"]}, r"messages\[1\]\.content\[0\]"),
        ({"role": 3, "content": "x"}, r"messages\[1\]: the role"),
        ({"role": "user", "content": "x", "at": {1}}, r"messages\[1\]: it is not JSON"),
        ("hello", r"messages\[1\]: a str"),
    ],
)
def test_what_is_not_a_message_is_refused_with_its_place(message: Any, place: str) -> None:
    with pytest.raises(BadRequestError, match=place):
        prompt_messages([{"role": "user", "content": "hi"}, message])


@pytest.mark.parametrize("kind", [AnthropicModel, GeminiModel])
@pytest.mark.parametrize(
    ("messages", "place"),
    [
        ([{"role": "user", "content": [IMAGE]}], r"messages\[0\]\.content\[0\]: .*image_url"),
        (TOOLS, r"messages\[1\]: 'tool_calls' cannot be sent"),
        ([{"role": "user", "name": "bob", "content": "hi"}], r"messages\[0\]: 'name'"),
    ],
)
def test_what_a_dialect_cannot_send_is_refused(kind: Any, messages: Any, place: str) -> None:
    model = kind("m", api_key="k")

    with pytest.raises(BadRequestError, match=place):
        model.request_of(prompt_messages(messages), SamplingParameters())


@pytest.mark.parametrize("role", ["system", "developer"])
def test_the_text_of_the_system_has_its_own_field(role: str) -> None:
    parts = [{"type": "text", "text": "4"}, {"type": "text", "text": "2?"}]
    messages = prompt_messages(
        [{"role": role, "content": "be brief"}, {"role": "user", "content": parts}]
    )

    _, ours = AnthropicModel("m", api_key="k").request_of(messages, SamplingParameters())
    _, other = GeminiModel("m", api_key="k").request_of(messages, SamplingParameters())

    assert (ours["system"], ours["messages"]) == ("be brief", [{"role": "user", "content": "42?"}])
    assert other["systemInstruction"] == {"parts": [{"text": "be brief"}]}
    assert other["contents"] == [{"role": "user", "parts": [{"text": "42?"}]}]


def test_a_prompt_changes_among_images() -> None:
    messages: Any = [{"role": "user", "content": [{"type": "text", "text": "a?"}, IMAGE]}]

    changed: Any = rephrased(messages, str.upper)

    assert changed == [{"role": "user", "content": [{"type": "text", "text": "A?"}, IMAGE]}]
