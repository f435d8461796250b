"""Answers as JSON: parsed, checked against the schema, and carried back as messages."""

from typing import Any

import pytest

from ensemble import (
    AnthropicModel,
    BadRequestError,
    MalformedResponseError,
    OpenAIModel,
    Price,
    Response,
    SamplingParameters,
    ToolCall,
    ask,
    predict,
)

SCHEMA = {
    "type": "object",
    "properties": {"answer": {"type": "integer"}},
    "required": ["answer"],
}


async def test_an_answer_as_json_is_parsed() -> None:
    response = await ask("2+2?", model=lambda _: '{"answer": 4}', response_format="json")

    assert response.parsed == {"answer": 4}


@pytest.mark.parametrize("text", ["4", '{"answer": "four"}', "{}"])
async def test_an_answer_that_does_not_follow_the_schema_is_refused(text: str) -> None:
    pytest.importorskip("jsonschema")
    with pytest.raises(MalformedResponseError, match="does not follow the schema"):
        await ask("2+2?", model=lambda _: text, response_format=SCHEMA)


async def test_a_member_whose_answer_is_not_json_has_no_vote() -> None:
    models: Any = [lambda _: '{"answer": 4}', lambda _: "four"]

    result = await predict("2+2?", models=models, response_format="json", normalize="json")

    assert (result.successes, result.failures) == (1, 1)
    assert result.responses[1].error.startswith("the answer is not JSON")


async def test_a_schema_that_cannot_be_checked_is_refused_before_anything_is_asked() -> None:
    pytest.importorskip("jsonschema")
    with pytest.raises(ValueError, match="response_format: not a JSON schema"):
        await ask("?", model=lambda _: pytest.fail("asked"), response_format={"type": "nothing"})


async def test_an_option_that_does_not_exist_is_refused() -> None:
    with pytest.raises(TypeError, match="reasoning_efort"):
        await ask("?", model=lambda _: "4", reasoning_efort="low")  # type: ignore[call-arg]


def test_a_response_goes_back_as_a_message_with_its_calls() -> None:
    call = ToolCall(id="t1", name="sum", arguments={"a": 1}, arguments_text='{"a": 1}')
    response = Response(text="I add.", model="m", tool_calls=(call,))

    message = response.message()

    assert message["content"] == "I add."
    assert message["tool_calls"][0]["function"] == {"name": "sum", "arguments": '{"a": 1}'}


def test_a_call_of_a_custom_tool_goes_back_in_its_form_or_is_refused() -> None:
    call = ToolCall(id="t1", name="run", arguments=None, arguments_text="print(1)", kind="custom")
    message = Response(text="", model="m", tool_calls=(call,)).message()
    messages = [{"role": "user", "content": "?"}, message]

    _, body = OpenAIModel("m", api_key="k").request_of(messages, SamplingParameters())

    assert body["messages"][1]["tool_calls"] == [
        {"id": "t1", "type": "custom", "custom": {"name": "run", "input": "print(1)"}}
    ]
    with pytest.raises(BadRequestError, match="a custom tool has no form here"):
        AnthropicModel("m", api_key="k").request_of(messages, SamplingParameters())


def test_signed_reasoning_goes_back_to_its_own_interface_alone() -> None:
    blocks = [
        {"type": "thinking", "thinking": "2 and 2", "signature": "abc"},
        {"type": "text", "text": "4"},
    ]
    model = AnthropicModel("m", api_key="k", price=Price())
    response = model.response_of({"content": blocks, "stop_reason": "end_turn"})
    messages = [{"role": "user", "content": "?"}, response.message()]

    _, same = model.request_of(messages, SamplingParameters())
    _, other = OpenAIModel("m", api_key="k").request_of(messages, SamplingParameters())

    assert (response.reasoning, response.reasoning_kind) == ("2 and 2", "full")
    assert (response.finish_reason, response.provider_finish_reason) == ("stop", "end_turn")
    assert same["messages"][1]["content"] == blocks
    assert other["messages"][1] == {"role": "assistant", "content": "4"}
