"""Malformed reasoning is read without loss, and each shape has its warning."""

import itertools

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from causal_trace import WARNINGS, TraceParseError, parse_events, read_reasoning

from .shapes import MARKERS, SHAPES


def _filled(text: str, marker: str) -> str:
    opening, closing = MARKERS[marker]
    return text.replace("{o}", opening).replace("{c}", closing)


def test_there_are_at_least_two_hundred_malformed_outputs() -> None:
    assert len(MARKERS) * len(SHAPES) >= 200


@pytest.mark.parametrize("marker", MARKERS)
@pytest.mark.parametrize("shape", SHAPES)
def test_a_malformed_shape_gives_its_reasoning_answer_and_warning(shape: str, marker: str) -> None:
    text, reasoning, answer, code = SHAPES[shape]

    found = read_reasoning(_filled(text, marker))

    assert found.reasoning == _filled(reasoning, marker)
    assert found.answer.strip() == _filled(answer, marker)
    codes = {warning.code for warning in found.warnings}
    assert code in codes if code else not codes


HARMONY = {
    "plain": (
        "<|channel|>analysis<|message|>weigh<|end|><|start|>assistant<|channel|>final<|message|>A<|return|>",
        ("weigh", "A", None),
    ),
    "final not ended": (
        "<|channel|>analysis<|message|>weigh<|end|><|start|>assistant<|channel|>final<|message|>A",
        ("weigh", "A", None),
    ),
    "analysis cut": ("<|channel|>analysis<|message|>weigh", ("weigh", "", "harmony_not_ended")),
    "analysis not ended": (
        "<|channel|>analysis<|message|>weigh<|start|>assistant<|channel|>final<|message|>A<|return|>",
        ("weigh", "A", "harmony_not_ended"),
    ),
    "commentary is neither": (
        "<|channel|>commentary to=functions.f <|constrain|>json<|message|>{}<|call|>",
        ("", "", None),
    ),
    "leaked, its text in small letters": (
        "analysiswe need A.assistantfinalA",
        ("we need A.", "A", "harmony_leaked"),
    ),
    "leaked": ("analysisWe need A.assistantfinalA", ("We need A.", "A", "harmony_leaked")),
    "unknown channel": (
        "<|channel|>draft<|message|>x<|end|>",
        ("", "x", "harmony_channel"),
    ),
    "two analyses": (
        (
            "<|channel|>analysis<|message|>a<|end|><|channel|>analysis<|message|>b<|end|>"
            "<|channel|>final<|message|>A<|return|>"
        ),
        ("a\nb", "A", None),
    ),
    "header cut": (
        "<|channel|>analysis<|message|>a<|end|><|channel|>fin",
        ("a", "", "harmony_cut"),
    ),
    "text after the end": (
        "<|channel|>final<|message|>A<|return|> and more",
        ("", "A and more", "harmony_outside"),
    ),
}


@pytest.mark.parametrize("name", HARMONY)
def test_harmony_channels_are_told_apart(name: str) -> None:
    text, (reasoning, answer, code) = HARMONY[name]

    found = read_reasoning(text)

    assert (found.reasoning, found.answer) == (reasoning, answer)
    codes = [warning.code for warning in found.warnings]
    assert codes == ([code] if code else [])


def test_the_word_analysis_at_the_beginning_is_not_a_channel() -> None:
    assert read_reasoning("analysis of the case: A").answer == "analysis of the case: A"


@pytest.mark.parametrize("text", ["weigh</think>A", "<think>w", "analysisAassistantfinalB"])
def test_malformed_reasoning_is_an_error_when_strict(text: str) -> None:
    with pytest.raises(TraceParseError):
        read_reasoning(text, strict=True)
    with pytest.raises(TraceParseError):
        parse_events(text, strict=True)


PIECES = [
    "<think>", "</think>", "[THINK]", "[/THINK]", "`", '"', "```\n", "\n", "word ", "<|channel|>",
    "analysis", "<|message|>", "<|end|>", "<|start|>", "final", "assistantfinal",
    "{", '"decision":',
    "<event type='x'>", "</event>", "<decision>", "</decision>", "<code>", "</code>", "<![CDATA[",
    "<!--", "\ud800", "\u2028", "}", "[", "1,",
]  # fmt: skip


@example("<|channel|>analysis<|message|>a<|message|>b")  # a second message without a head
@given(st.lists(st.sampled_from(PIECES), max_size=40).map("".join))
def test_every_character_is_reasoning_answer_or_markup_and_spans_do_not_overlap(text: str) -> None:
    found = read_reasoning(text)

    spans = sorted([*found.answer_spans, *((b.start, b.end) for b in found.blocks)])
    for (_, end), (begin, _) in itertools.pairwise(spans):
        assert end <= begin
    assert found.answer == "".join(text[a:b] for a, b in found.answer_spans)
    for block in found.blocks:
        assert block.text == text[block.content_start : block.content_end].strip()
    assert all(0 <= w.position <= len(text) and w.code in WARNINGS for w in found.warnings)


@given(st.lists(st.sampled_from(PIECES), max_size=40).map("".join))
def test_no_event_takes_text_from_outside_its_span(text: str) -> None:
    parsed = parse_events(text)

    spans = [each.span for each in parsed.events if each.evidence == "self_reported" and each.span]
    for (_, end), (begin, _) in itertools.pairwise(spans):
        assert end <= begin
    for event in parsed.events:
        assert event.span is not None
        begin, end = event.span
        if "&" not in text and "<!" not in text and event.evidence == "self_reported":
            assert not event.decision or event.decision in text[begin:end]


def test_events_in_reasoning_and_in_the_answer_do_not_run_into_each_other() -> None:
    text = (
        "<think>first <event type='hypothesis_formed'><decision>a</think>"
        "<event type='decision_made'><decision>b</decision></event>"
    )

    native, inside, outside = parse_events(text).events

    assert native.evidence == "native_reasoning"
    assert (inside.decision, inside.metadata["in_reasoning"]) == ("a", True)
    assert (outside.decision, "in_reasoning" in outside.metadata) == ("b", False)
    assert text[slice(*(outside.span or ()))].startswith("<event type='decision_made'>")


def test_code_in_reasoning_is_not_the_code_of_the_answer() -> None:
    parsed = parse_events("<think><code>draft</code></think><code>final</code>")

    assert parsed.code == ("final",)
    assert parsed.answer == "<code>final</code>"


def test_markers_inside_an_event_are_mentions() -> None:
    text = "<event type='synthesis'><decision>use <think> tags</decision></event>Answer"

    parsed = parse_events(text)

    assert [each.decision for each in parsed.events] == ["use <think> tags"]
    assert [each.code for each in parsed.warnings if "tag" in each.code] == ["reasoning_tag_event"]


OPENING = ("reasoning", "analysis", "rationale", "thought_process", "inner_monologue")


@pytest.mark.parametrize("name", [*OPENING, "chain_of_thought", "internal_reasoning", "REASONING"])
def test_a_tag_that_answers_use_too_is_reasoning_where_it_opens_the_text(name: str) -> None:
    found = read_reasoning(f"\n<{name}>weigh A</{name}>\nAnswer A")

    assert (found.reasoning, found.answer.strip()) == ("weigh A", "Answer A")
    assert [each.form for each in found.blocks] == [name.lower()]
    assert not found.warnings


@pytest.mark.parametrize(
    "text",
    [
        "Answer A.\n<reasoning>because</reasoning>",
        "```xml\n<reasoning>x</reasoning>\n```\nAnswer A",
        "`<reasoning>x</reasoning>` is a tag",
        "<event type='synthesis'><decision>a</decision><reasoning>b</reasoning></event>",
        "<answer>A</answer><analysis>b</analysis>",
        "<reasoningless>a</reasoningless>",
        "<analysis/>A",
    ],
)
def test_such_a_tag_anywhere_else_is_a_part_of_the_answer(text: str) -> None:
    found = read_reasoning(text)

    assert (found.reasoning, found.answer) == ("", text)


def test_the_field_of_an_event_behind_opening_reasoning_stays_with_its_event() -> None:
    native, stated = parse_events(
        "<reasoning>weigh A</reasoning>"
        "<event type='decision_made'><decision>A</decision><reasoning>short</reasoning>"
    ).events

    assert (native.evidence, native.reasoning) == ("native_reasoning", "weigh A")
    assert (stated.decision, stated.reasoning) == ("A", "short")


@pytest.mark.parametrize(
    ("text", "reasoning", "answer", "code"),
    [
        ("<analysis>weigh A", "weigh A", "", "reasoning_not_closed"),
        ("<analysis>a <analysis>b</analysis> c</analysis>A", None, "A", "reasoning_nested"),
        ("<analysis>a `</analysis>` b</analysis>A", None, "A", "reasoning_tag_quoted"),
        ("<analysis>a\n```\n</analysis>\n```\nb</analysis>A", None, "A", "reasoning_tag_fence"),
        ("<analysis>a <think>b</think> c</analysis>A", None, "A", "reasoning_nested"),
        ("<analysis>a</think>A", "a", "A", "reasoning_closing_differs"),
        ("<analysis></analysis>A", "", "A", "reasoning_empty"),
    ],
)
def test_malformed_reasoning_that_opens_the_text_has_its_warning(
    text: str, reasoning: str | None, answer: str, code: str
) -> None:
    found = read_reasoning(text)

    inside = text.removeprefix("<analysis>").rpartition("</analysis>")[0]
    assert (found.reasoning, found.answer) == (inside if reasoning is None else reasoning, answer)
    assert code in [each.code for each in found.warnings]


@pytest.mark.parametrize(
    ("text", "closing", "opening"),
    [
        ("<think>a[/THINK]A", "[/THINK]", "<think>"),
        ("[THINK]a</think>A", "</think>", "[THINK]"),
        ("\u25c1think\u25b7a</think>A", "</think>", "\u25c1think\u25b7"),
    ],
)
def test_markers_of_one_name_and_two_forms_are_crossed(
    text: str, closing: str, opening: str
) -> None:
    found = read_reasoning(text)

    assert (found.reasoning, found.answer) == ("a", "A")
    (warning,) = found.warnings
    assert warning.code == "reasoning_closing_differs"
    assert warning.message == f"{closing} closes {opening}"


@pytest.mark.parametrize(
    ("text", "blocks", "codes"),
    [
        ("<think>a</think><|start|>assistant{f}", ["<think>a</think>"], []),
        ("<think>a{f}", ["<think>a"], ["reasoning_not_closed"]),
        (
            "<think>a</think><|channel|>analysis<|message|>b<|end|><|start|>assistant{f}",
            ["<think>a</think>", "<|channel|>analysis<|message|>b"],
            [],
        ),
        ("a</think>{f}", ["a</think>"], ["reasoning_opening_missing"]),
        ("<|channel|>final<|message|><think>a</think>A<|return|>", ["<think>a</think>"], []),
    ],
)
def test_markers_beside_channels_and_in_the_final_one_are_reasoning(
    text: str, blocks: list[str], codes: list[str]
) -> None:
    text = text.replace("{f}", "<|channel|>final<|message|>A<|return|>")

    found = read_reasoning(text)

    assert found.answer == "A"
    assert [text[each.start : each.end] for each in found.blocks] == blocks
    assert [each.code for each in found.warnings] == codes
