"""A streamed answer carries its signatures back as one that came whole does."""

from typing import Any

import pytest

from ensemble import (
    AnthropicModel,
    GeminiModel,
    OpenAIModel,
    Price,
    Response,
    SamplingParameters,
    stream,
)

KEY: dict[str, Any] = {"api_key": "k", "price": Price()}


async def streamed(model: Any) -> Response:
    async with model:
        answer = stream("?", model=model)
        async for _ in answer:
            pass
    assert answer.response is not None
    return answer.response


def block(index: int, start: dict[str, Any], *deltas: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        {"type": "content_block_start", "index": index, "content_block": start},
        *({"type": "content_block_delta", "index": index, "delta": each} for each in deltas),
        {"type": "content_block_stop", "index": index},
    ]


async def test_thinking_of_anthropic_goes_back_with_its_signature(server: Any) -> None:
    server.script = [
        [
            {"type": "message_start", "message": {"id": "m", "usage": {"input_tokens": 3}}},
            *block(
                0,
                {"type": "thinking", "thinking": "", "signature": ""},
                {"type": "thinking_delta", "thinking": "Two "},
                {"type": "thinking_delta", "thinking": "and two."},
                {"type": "signature_delta", "signature": "c2ln"},
            ),
            *block(1, {"type": "redacted_thinking", "data": "ZGF0YQ=="}),
            *block(2, {"type": "text", "text": ""}, {"type": "text_delta", "text": "It is 4."}),
            *block(
                3,
                {"type": "tool_use", "id": "t1", "name": "add", "input": {}},
                {"type": "input_json_delta", "partial_json": '{"a": 2, '},
                {"type": "input_json_delta", "partial_json": '"b": 2}'},
            ),
            *block(4, {"type": "text", "text": ""}),
            {"type": "message_delta", "delta": {"stop_reason": "tool_use"}, "usage": {}},
            {"type": "message_stop"},
        ],
        {"content": [{"type": "text", "text": "4"}], "usage": {}},
    ]
    response = await streamed(AnthropicModel("claude-x", base_url=server.url, **KEY))
    asked = AnthropicModel("claude-x", api_key="k").asked(
        [{"role": "user", "content": "?"}, response.message()], SamplingParameters()
    )

    assert response.text == "It is 4."
    assert asked.body["messages"][1]["content"] == [
        {"type": "thinking", "thinking": "Two and two.", "signature": "c2ln"},
        {"type": "redacted_thinking", "data": "ZGF0YQ=="},
        {"type": "text", "text": "It is 4."},
        {"type": "tool_use", "id": "t1", "name": "add", "input": {"a": 2, "b": 2}},
    ]


async def test_signed_parts_of_gemini_go_back(server: Any) -> None:
    parts: list[list[dict[str, Any]]] = [
        [{"text": "Two and two.", "thought": True}],
        [{"functionCall": {"name": "add", "args": {"a": 2}}, "thoughtSignature": "c2ln"}],
        [{"text": "It is 4."}],
    ]
    events: list[Any] = [{"candidates": [{"content": {"parts": each}}]} for each in parts]
    events.append({"candidates": [{"finishReason": "STOP"}]})
    server.script = [events]

    response = await streamed(GeminiModel("gemini-x", base_url=server.url, **KEY))
    asked = GeminiModel("gemini-x", api_key="k").asked(
        [{"role": "user", "content": "?"}, response.message()], SamplingParameters()
    )

    assert response.text == "It is 4."
    assert asked.body["contents"][1]["parts"] == [part for each in parts for part in each]


async def test_details_of_reasoning_are_joined_by_their_index(server: Any) -> None:
    deltas: list[dict[str, Any]] = [
        {"reasoning_details": [{"type": "reasoning.text", "index": 0, "text": "Two "}]},
        {"reasoning_details": [{"type": "reasoning.text", "index": 0, "text": "and two."}]},
        {"reasoning_details": [{"type": "reasoning.text", "index": 0, "signature": "c2ln"}]},
        {"content": "4"},
    ]
    last = {"index": 0, "delta": {}, "finish_reason": "stop"}
    server.script = [
        [*({"choices": [{"delta": each}]} for each in deltas), {"choices": [last]}, "[DONE]"]
    ]

    response = await streamed(OpenAIModel("m", base_url=server.url, **KEY))
    asked = OpenAIModel("m", api_key="k").asked(
        [{"role": "user", "content": "?"}, response.message()], SamplingParameters()
    )

    assert response.reasoning == "Two and two."
    assert asked.body["messages"][1]["reasoning_details"] == [
        {"type": "reasoning.text", "index": 0, "text": "Two and two.", "signature": "c2ln"}
    ]


@pytest.mark.parametrize("kind", [AnthropicModel, GeminiModel, OpenAIModel])
async def test_an_answer_without_signatures_is_sent_back_as_text(server: Any, kind: Any) -> None:
    server.script = [
        {
            AnthropicModel: [
                {"type": "message_start", "message": {}},
                {"type": "content_block_delta", "delta": {"type": "text_delta", "text": "4"}},
                {"type": "message_stop"},
            ],
            GeminiModel: [
                {"candidates": [{"content": {"parts": [{"text": "4"}]}, "finishReason": "STOP"}]}
            ],
            OpenAIModel: [
                {"choices": [{"delta": {"content": "4"}, "finish_reason": "stop"}]},
                "[DONE]",
            ],
        }[kind]
    ]

    response = await streamed(kind("m", base_url=server.url, **KEY))

    assert response.native is None
    assert response.message()["content"] == "4"


THOUGHT = {"type": "thinking", "thinking": "Two and two.", "signature": "c2ln"}
REDACTED = {"type": "redacted_thinking", "data": "ZGF0YQ=="}


async def test_blocks_of_thinking_that_come_in_pieces_are_whole_and_go_back(server: Any) -> None:
    pieces = [
        {"thinking_blocks": [{"type": "thinking", "thinking": "Two "}]},
        {"thinking_blocks": [{"type": "thinking", "thinking": "and two.", "signature": None}]},
        {"thinking_blocks": [{"type": "thinking", "thinking": "", "signature": "c2ln"}]},
        {"thinking_blocks": [REDACTED]},
        {"content": "It is 4."},
    ]
    end = {"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}
    server.script = [[*({"choices": [{"index": 0, "delta": each}]} for each in pieces), end]]

    response = await streamed(OpenAIModel("m", base_url=server.url, **KEY))

    assert (response.reasoning, response.reasoning_kind) == ("Two and two.", "full")
    assert response.native is not None
    assert response.native["message"]["thinking_blocks"] == [THOUGHT, REDACTED]


def test_blocks_of_thinking_alone_are_reasoning_and_go_back() -> None:
    message = {"content": "It is 4.", "thinking_blocks": [THOUGHT, REDACTED]}
    model = OpenAIModel("m", **KEY)

    response = model.response_of({"choices": [{"finish_reason": "stop", "message": message}]})
    again = model.asked(
        [{"role": "user", "content": "?"}, response.message()], SamplingParameters()
    )

    assert (response.reasoning, response.reasoning_kind) == ("Two and two.", "full")
    assert again.body["messages"][1] == {"role": "assistant", **message}
