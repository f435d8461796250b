"""Outputs as models of many makers write them, whole, cut, and with markers that are lost."""

import pytest

from causal_trace import TraceStream, parse_events, read_reasoning

from .outputs import OUTPUTS


@pytest.mark.parametrize("name", OUTPUTS)
def test_an_output_gives_its_reasoning_answer_and_warnings(name: str) -> None:
    text, reasoning, answer, codes = OUTPUTS[name]

    found = read_reasoning(text)

    assert (found.reasoning, found.answer.strip()) == (reasoning, answer)
    assert tuple(dict.fromkeys(each.code for each in found.warnings)) == codes


@pytest.mark.parametrize("name", OUTPUTS)
def test_a_stream_split_at_each_character_reads_the_same(name: str) -> None:
    text, *_ = OUTPUTS[name]
    stream = TraceStream("c")
    for character in text:
        stream.feed(character)

    whole = [event.reasoning for event in parse_events(text).events]
    assert [event.reasoning for event in stream.finish()] == whole


@pytest.mark.parametrize(
    "text",
    [
        "<think>I open with <answer> and close it later, so A",
        "<think>w\n```\n<answer>\n```\nv",
        "<think>the <response> element holds it",
    ],
)
def test_a_tag_of_an_answer_that_is_mentioned_in_reasoning_does_not_end_it(text: str) -> None:
    (warning,) = read_reasoning(text).warnings

    assert warning.code == "reasoning_not_closed"


@pytest.mark.parametrize("text", ["[unused1] a [unused18]", "a <|end|> b", "the </think in it"])
def test_what_only_resembles_a_marker_is_text(text: str) -> None:
    found = read_reasoning(text)

    assert (found.answer, found.warnings) == (text, ())
