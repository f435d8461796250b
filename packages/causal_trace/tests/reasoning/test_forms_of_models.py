"""Forms in which models of many makers write their reasoning, whole and broken."""

import pytest

from causal_trace import TraceStream, parse_events, read_reasoning

# The text, its reasoning and its answer.
FORMS: dict[str, tuple[str, str, str]] = {
    "Granite": ("Here is my thought process:\nw\nHere is my response:\nA", "w", "A"),
    "Granite, short": ("Here's my thought process: w Here's my response: A", "w", "A"),
    "Granite, cut": ("Here is my thought process: w", "", "Here is my thought process: w"),
    "Granite, mentioned": (
        "I say: Here is my thought process: w Here is my response: A",
        "",
        "I say: Here is my thought process: w Here is my response: A",
    ),
    "Granite, markers inside": (
        "Here is my thought process: w <think>x Here is my response: A",
        "w <think>x",
        "A",
    ),
    "Apertus": ("<|inner_prefix|>w<|inner_suffix|>A", "w", "A"),
    "Apertus, closing only": ("w<|inner_suffix|>A", "w", "A"),
    "Gemma": ("<|channel>thought\nw<channel|>A", "w", "A"),
    "Gemma, never closed": ("<|channel>thought\nw", "w", ""),
    "gpt-oss, channel thinking": (
        "<|channel|>thinking<|message|>w<|end|><|channel|>final<|message|>A<|return|>",
        "w",
        "A",
    ),
    "gpt-oss, no start": (
        "<|channel|>analysis<|message|>w<|end|><|channel|>final<|message|>A",
        "w",
        "A",
    ),
    "gpt-oss, final before the end": (
        "<|channel|>analysis<|message|>w<|channel|>final<|message|>A",
        "w",
        "A",
    ),
    "gpt-oss, cut in its channel": ("<|channel|>anal", "", ""),
    "gpt-oss, a tool in analysis": (
        "<|channel|>analysis to=python<|message|>p()<|call|>",
        "p()",
        "",
    ),
    "gpt-oss, think inside": (
        "<|channel|>final<|message|><think>w</think>A<|return|>",
        "w",
        "A",
    ),
    "Qwen, a tool inside": (
        '<think>w <tool_call>{"name":"f"}</tool_call></think>A',
        'w <tool_call>{"name":"f"}</tool_call>',
        "A",
    ),
    "Qwen, not thinking": ("<think>\n\n</think>\n\nA", "", "A"),
    "DeepSeek, closing only": ("\nw\n</think>\n\nA", "w", "A"),
    "Magistral": ("[THINK]w[/THINK]A", "w", "A"),
    "Kimi, closing only": ("w\u25c1/think\u25b7A", "w", "A"),
    "Command, cut": ("<|START_THINKING|>w", "w", ""),
    "Chinese": (
        "\u9996\u5148\uff0c\u8003\u8651\n</think>\n\n\u7b54\u6848",
        "\u9996\u5148\uff0c\u8003\u8651",
        "\u7b54\u6848",
    ),
    "entities are text": ("&lt;think&gt;w&lt;/think&gt;A", "", "&lt;think&gt;w&lt;/think&gt;A"),
    "the tail of a tag lost": ("<think w</think>A", "<think w", "A"),
}


@pytest.mark.parametrize("name", FORMS)
def test_the_reasoning_of_a_form_is_read(name: str) -> None:
    text, reasoning, answer = FORMS[name]

    found = read_reasoning(text)

    assert found.reasoning == reasoning
    assert found.answer.strip() == answer


@pytest.mark.parametrize("name", FORMS)
def test_a_stream_split_at_each_character_reads_the_same(name: str) -> None:
    text, _, _ = FORMS[name]
    stream = TraceStream("c")
    for character in text:
        stream.feed(character)

    whole = [event.reasoning for event in parse_events(text).events]
    assert [event.reasoning for event in stream.finish()] == whole


@pytest.mark.parametrize("name", ["Granite", "Apertus", "Gemma", "Magistral"])
def test_a_whole_form_has_no_warning(name: str) -> None:
    assert read_reasoning(FORMS[name][0]).warnings == ()


def test_a_channel_that_harmony_does_not_have_has_a_warning() -> None:
    (warning,) = read_reasoning(FORMS["gpt-oss, channel thinking"][0]).warnings

    assert warning.code == "harmony_channel_reasoning"
