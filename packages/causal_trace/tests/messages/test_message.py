"""Native reasoning of each provider, apart from the answer and from each other."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from causal_trace import InvalidTraceError, parse_message, read_message

ANTHROPIC: dict[str, Any] = {
    "type": "message",
    "content": [
        {"type": "thinking", "thinking": "weigh", "signature": "sig"},
        {"type": "redacted_thinking", "data": "xyz"},
        {"type": "tool_use", "id": "t1", "name": "look", "input": {"q": 1}},
        {"type": "text", "text": "<event type='synthesis'><decision>d</decision></event>"},
    ],
}
RESPONSES: dict[str, Any] = {
    "output": [
        {"type": "reasoning", "id": "rs_1", "summary": [{"type": "summary_text", "text": "short"}],
         "encrypted_content": "gAAA"},
        {"type": "reasoning", "id": "rs_2", "summary": [], "encrypted_content": "gBBB"},
        {"type": "message", "content": [{"type": "output_text", "text": "A"}]},
    ]
}  # fmt: skip
OPENROUTER: dict[str, Any] = {
    "choices": [
        {
            "message": {
                "content": "A",
                "reasoning": "weigh",
                "reasoning_details": [
                    {"type": "reasoning.text", "text": "weigh", "signature": "s"},
                    {"type": "reasoning.summary", "summary": "short"},
                    {"type": "reasoning.encrypted", "data": "x"},
                ],
            }
        }
    ]
}
GEMINI: dict[str, Any] = {
    "candidates": [
        {
            "content": {
                "parts": [
                    {"text": "weigh", "thought": True},
                    {"functionCall": {"name": "f", "args": {}}, "thoughtSignature": "sig"},
                    {"text": "A"},
                ]
            }
        }
    ]
}


@pytest.mark.parametrize(
    ("payload", "kinds"),
    [
        (ANTHROPIC, ["reasoning", "redacted", "tool_call", "text"]),
        (RESPONSES, ["summary", "redacted", "text"]),
        (OPENROUTER, ["reasoning", "summary", "redacted", "text"]),
        (GEMINI, ["summary", "tool_call", "text"]),
        ({"reasoning_content": "w", "content": "A"}, ["reasoning", "text"]),
        ({"reasoning": "w", "content": "A"}, ["reasoning", "text"]),
        ({"role": "assistant", "content": "A"}, ["text"]),
        (
            {"role": "assistant", "content": [
                {"type": "thinking", "thinking": [{"type": "text", "text": "w"}]}],
             "tool_calls": []},
            ["reasoning"],
        ),
    ],
)  # fmt: skip
def test_each_part_has_its_kind_in_the_order_of_the_provider(
    payload: dict[str, Any], kinds: list[str]
) -> None:
    form: Any = "chat_completions" if "tool_calls" in payload else None
    assert [part.kind for part in read_message(payload, form=form)] == kinds


def test_signatures_and_encrypted_reasoning_are_kept() -> None:
    thinking, redacted, *_ = parse_message(ANTHROPIC, "c")

    assert thinking.evidence == "native_reasoning"
    assert thinking.metadata["signature"] == "sig"
    assert redacted.evidence == "redacted"
    assert redacted.metadata["encrypted"] == "xyz"
    assert parse_message(GEMINI, "c").events[1].metadata["signature"] == "sig"


def test_a_summary_is_never_counted_as_reasoning() -> None:
    counts = parse_message(RESPONSES, "c").statistics()["evidence_counts"]

    assert (counts["summary"], counts["native_reasoning"], counts["redacted"]) == (1, 0, 1)


def test_the_same_message_gives_the_same_chain() -> None:
    made = [parse_message(ANTHROPIC, "c", id="x", timestamp="2026-01-31") for _ in range(2)]

    assert made[0] == made[1]
    assert len({event.id for event in made[0]}) == len(made[0])


@pytest.mark.parametrize("payload", [{}, {"id": 1}, [], "text", None])
def test_an_unknown_form_is_refused(payload: Any) -> None:
    with pytest.raises(InvalidTraceError):
        read_message(payload)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(
        st.sampled_from(
            ["type", "content", "text", "thinking", "output", "summary", "parts", "candidates",
             "choices", "message", "reasoning_details", "tool_calls", "function", "data", "args"]
        ),
        inner,
        max_size=4,
    ),
    max_leaves=20,
)  # fmt: skip


@given(_JSON)
@pytest.mark.parametrize("form", ["anthropic", "openai_responses", "chat_completions", "gemini"])
def test_any_payload_gives_parts_or_a_refusal(form: Any, payload: Any) -> None:
    if isinstance(payload, dict):
        parse_message(payload, "c", form=form)


@pytest.mark.parametrize("place", ["message", "provider_specific_fields"])
def test_blocks_of_litellm_keep_signatures_and_redacted_reasoning(place: str) -> None:
    """LiteLLM repeats the text of Anthropic's blocks in ``reasoning_content``."""
    blocks = {
        "thinking_blocks": [
            {"type": "thinking", "thinking": "weigh", "signature": "Eq"},
            {"type": "redacted_thinking", "data": "Em"},
        ]
    }
    message: dict[str, Any] = {
        "role": "assistant",
        "content": "A",
        "reasoning_content": "weigh",
    }
    message.update(blocks if place == "message" else {place: blocks})

    parts = read_message({"choices": [{"message": message}]})

    assert [(each.kind, each.text) for each in parts] == [
        ("reasoning", "weigh"),
        ("redacted", ""),
        ("text", "A"),
    ]
    assert parts[0].signature == "Eq"


def test_reasoning_of_ollama_is_read() -> None:
    message = {"role": "assistant", "content": "A", "thinking": "weigh"}

    for payload in ({"model": "m", "message": message, "done": True}, message):
        parts = read_message(payload)
        assert [(each.kind, each.text) for each in parts] == [("reasoning", "weigh"), ("text", "A")]
