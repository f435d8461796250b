"""Events that a model writes as JSON."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from causal_trace import (
    build_causal_prompt,
    causal_tool,
    extract_metadata,
    parse_events,
    parse_message,
    split_events_and_code,
    validate_events,
)

ONE = {"type": "decision_made", "decision": "d", "reasoning": "r", "confidence": "85%"}


@pytest.mark.parametrize(
    "text",
    [
        json.dumps(ONE),
        json.dumps([ONE]),
        json.dumps({"events": [ONE]}),
        f"Here:\n```json\n{json.dumps([ONE], indent=2)}\n```\nDone.",
        f"first {json.dumps(ONE)} then text",
    ],
)
def test_json_events_are_read_wherever_they_stand(text: str) -> None:
    (event,) = parse_events(text).events

    assert (event.decision, event.reasoning, event.confidence) == ("d", "r", 0.85)
    assert event.span is not None


def test_a_cut_list_keeps_the_events_before_the_cut() -> None:
    text = json.dumps({"events": [ONE, ONE, ONE]})[:-40]

    parsed = parse_events(text)

    assert len(parsed.events) == 2
    assert "json_malformed" in {each.code for each in parsed.warnings}


def test_other_names_and_lists_are_read() -> None:
    text = '{"event_type": "x", "choice": "c", "rationale": "r", "options": ["a, b", "c"]}'

    (event,) = parse_events(text).events

    assert (event.type, event.decision, event.reasoning) == ("x", "c", "r")
    assert event.alternatives == ("a, b", "c")


def test_json_without_events_is_text() -> None:
    assert parse_events('{"answer": 4}').events == ()


@given(st.text(alphabet='{}[]":, decision\\', max_size=200))
def test_any_text_near_json_is_read_without_failure(text: str) -> None:
    parse_events('{"decision":' + text)


def test_deep_nesting_is_a_warning() -> None:
    parsed = parse_events('{"decision":' * 5000)

    assert {each.code for each in parsed.warnings} <= {"json_malformed"}


@pytest.mark.parametrize("form", ["tags", "json"])
def test_the_example_in_the_prompt_is_read_as_one_event(form: str) -> None:
    (event,) = parse_events(build_causal_prompt("spec", form=form)).events  # type: ignore[arg-type]

    assert event.decision == "what you decide"
    assert event.type == "hypothesis_formed"


def test_calls_of_the_tool_are_events() -> None:
    name = causal_tool()["function"]["name"]
    call = {"id": "1", "function": {"name": name, "arguments": json.dumps({"events": [ONE]})}}

    chain = parse_message({"role": "assistant", "content": None, "tool_calls": [call]}, "c")

    assert [event.decision for event in chain] == ["d"]
    assert chain.events[0].evidence == "self_reported"
    assert causal_tool("anthropic")["name"] == name


def test_questions_about_the_text_of_an_answer() -> None:
    text = (
        "<!-- model: demo --><!-- timestamp: 2026-01-31 -->"
        "<event type='synthesis'><decision>d</decision><reasoning>r</reasoning></event>"
        "<code>c</code>"
    )

    assert validate_events(text).ok
    assert not validate_events(text.replace("</event>", "")).ok
    assert split_events_and_code(text)[0].startswith("<event")
    assert split_events_and_code(text)[1] == "c"
    assert extract_metadata(text) == {"model": "demo", "timestamp": "2026-01-31"}


def test_a_number_of_more_digits_than_python_reads_is_a_warning() -> None:
    parsed = parse_events(
        '{"type": "synthesis", "decision": "d", "confidence": ' + "9" * 5_000 + "}"
    )

    assert [each.decision for each in parsed.events] == ["d"]
    assert "confidence_malformed" in {each.code for each in parsed.warnings}


def test_a_key_that_is_null_does_not_hide_another_spelling_of_its_field() -> None:
    (event,) = parse_events('{"type": "synthesis", "decision": "d", "choice": null}').events

    assert event.decision == "d"


def test_json_inside_of_an_event_tag_is_read() -> None:
    parsed = parse_events('<event>{"type": "synthesis", "decision": "d"}</event>')

    assert [(each.type, each.decision) for each in parsed.events] == [("synthesis", "d")]
    assert "event_empty" in {each.code for each in parsed.warnings}
