"""The parser reads malformed markup, with a warning for each piece of it."""

from collections import Counter

import pytest

from causal_trace import (
    EVENT_TYPES,
    WARNINGS,
    TraceParseError,
    build_causal_prompt,
    extract_code,
    parse,
    parse_events,
    parse_llm_output,
)

TIDY = """
I will cache tokens.
<event type="hypothesis_formed">
  <decision>Use a cache</decision>
  <alternatives>Redis (fast, volatile); a file; nothing</alternatives>
  <reasoning>Reads outnumber writes &amp; latency matters</reasoning>
  <confidence>0.85</confidence>
  <code_section>Cache.get</code_section>
  <spec_reference>section 2</spec_reference>
</event>
<event type="ambiguity_flagged">
  <decision>Expiry is not specified</decision>
  <reasoning>The text says "soon"</reasoning>
</event>
<code>
def get(key):
    return "<event type='x'>not an event</event>"
</code>
"""


def event(body: str, head: str = '<event type="decision_made">') -> str:
    return f"{head}<decision>d</decision><reasoning>r</reasoning>{body}</event>"


def test_a_well_formed_answer_becomes_its_decisions() -> None:
    chain = parse(TIDY, "cache", metadata={"model": "m"}, strict=True)

    first, second = chain
    assert first.type == "hypothesis_formed"
    assert first.category == "hypothesis formation"
    assert first.decision == "Use a cache"
    assert first.reasoning == "Reads outnumber writes & latency matters"
    assert first.alternatives == ("Redis (fast, volatile)", "a file", "nothing")
    assert first.confidence == 0.85
    assert (first.code_section, first.spec_reference) == ("Cache.get", "section 2")
    assert second.confidence is None
    assert second.code_section is None
    assert first.position is not None
    assert TIDY[first.position :].startswith('<event type="hypothesis_formed">')
    assert chain.metadata == {"model": "m"}


def test_events_inside_the_code_are_code() -> None:
    assert len(parse_events(TIDY).events) == 2
    assert (
        extract_code(TIDY) == "def get(key):\n    return \"<event type='x'>not an event</event>\""
    )


@pytest.mark.parametrize(
    "head",
    [
        "<event type='decision_made'>",
        "<event type=decision_made>",
        '<EVENT TYPE="decision_made">',
        '<event id="7" type="decision_made" note="a > b">',
        '< event  type = "decision_made" >',
        '<event data-type="synthesis" type="decision_made">',
    ],
)
def test_the_spelling_of_the_tag_does_not_matter(head: str) -> None:
    parsed = parse_events(event("", head))

    assert [each.type for each in parsed.events] == ["decision_made"]
    assert parsed.warnings == ()


def test_an_unclosed_event_does_not_swallow_the_next() -> None:
    text = (
        '<event type="hypothesis_formed"><decision>A</decision><reasoning>ra</reasoning>'
        '<event type="decision_made"><decision>B</decision><reasoning>rb</reasoning>'
        "<confidence>0.4</confidence></event>"
    )

    parsed = parse_events(text)

    assert [(each.decision, each.reasoning, each.confidence) for each in parsed.events] == [
        ("A", "ra", None),
        ("B", "rb", 0.4),
    ]
    assert "not closed before the next" in parsed.warnings[0].message


def test_an_unclosed_field_ends_where_the_next_begins() -> None:
    text = '<event type="decision_made"><decision>A <reasoning>because</reasoning></event>'

    parsed = parse_events(text)

    (found,) = parsed.events
    assert (found.decision, found.reasoning) == ("A", "because")
    assert "<decision> is not closed" in parsed.warnings[0].message


def test_an_event_that_ends_with_the_text_is_kept() -> None:
    parsed = parse_events('<event type="decision_made"><decision>A</decision><reasoning>b')

    (found,) = parsed.events
    assert found.reasoning == "b"
    assert len(parsed.warnings) == 2


def test_an_unknown_type_is_kept_with_a_warning() -> None:
    parsed = parse_events(event("", '<event type="vibe_checked">'))

    (found,) = parsed.events
    assert (found.type, found.category) == ("vibe_checked", "custom")
    assert "vibe_checked" in parsed.warnings[0].message


def test_cdata_comments_and_entities_are_resolved() -> None:
    text = (
        '<event type="decision_made"><decision><![CDATA[a < b && c]]></decision>'
        "<reasoning>x<!-- <event type='synthesis'> hidden --> &lt;y&gt;</reasoning></event>"
    )

    parsed = parse_events(text, strict=True)

    (found,) = parsed.events
    assert (found.decision, found.reasoning) == ("a < b && c", "x <y>")


def test_events_in_a_fence_are_events_and_the_fence_is_not_code() -> None:
    parsed = parse_events(f"```xml\n{event('')}\n```\n\n```python\nprint(1)\n```\n")

    assert len(parsed.events) == 1
    assert parsed.code == ("print(1)",)


def test_an_empty_tag_with_attributes_is_an_event() -> None:
    parsed = parse_events('<event type="decision_made" decision="A" reasoning="b"/>')

    (found,) = parsed.events
    assert (found.decision, found.reasoning) == ("A", "b")


def test_an_event_without_anything_is_left_out_with_a_warning() -> None:
    parsed = parse_events('<event type="decision_made"></event>')

    assert parsed.events == ()
    assert "left out" in parsed.warnings[-1].message


def test_strict_parsing_refuses_malformed_markup() -> None:
    with pytest.raises(TraceParseError, match="at character 0: unknown type"):
        parse_events(event("", '<event type="vibe_checked">'), strict=True)


def test_warnings_are_stored_with_the_chain() -> None:
    chain = parse_llm_output("<decision>loose</decision>", "loose")

    assert len(chain) == 0
    assert "outside an event" in chain.metadata["parse_warnings"][0]


def test_the_prompt_asks_for_what_the_parser_reads() -> None:
    prompt = build_causal_prompt("Sort {numbers}.")

    parsed = parse_events(prompt)

    assert "Sort {numbers}." in prompt
    assert parsed.events[0].alternatives == ("what else you considered", "separated by semicolons")
    assert all(name in EVENT_TYPES for name in ("task_decomposed", "confidence_updated"))


@pytest.mark.parametrize("given", ["Decision Made", "decision-made", "DECISION_MADE"])
def test_a_known_type_is_known_in_any_spelling(given: str) -> None:
    parsed = parse_events(event("", f'<event type="{given}">'))

    assert parsed.events[0].type == "decision_made"
    assert [each.code for each in parsed.warnings] == ["type_spelling"]


def test_every_warning_has_a_position_and_a_remedy() -> None:
    text = (
        "</event><decision>x</decision>"
        "<event><confidence>high</confidence><decision>a<event type='vibe'><reasoning>r"
    )

    warnings = parse_events(text).warnings

    assert {each.code for each in warnings} == {
        "stray_closing",
        "outside_event",
        "field_not_closed",
        "event_not_closed",
        "type_missing",
        "field_missing",
        "confidence_malformed",
        "type_unknown",
        "event_cut",
    }
    assert {each.code for each in warnings} <= set(WARNINGS)
    assert all(each.remedy and "{" not in each.message + each.remedy for each in warnings)
    assert [each.position for each in warnings] == sorted(each.position for each in warnings)


def test_the_error_of_strict_parsing_lists_the_first_five_warnings_with_their_remedies() -> None:
    with pytest.raises(TraceParseError, match=r"ask for it in the prompt.*and 95 more") as caught:
        parse_events(
            '<event type="decision_made"><decision>d</decision></event>' * 100, strict=True
        )

    assert len(caught.value.warnings) == 100


def test_more_than_a_thousand_faults_of_a_kind_are_counted() -> None:
    text = "</decision>" * 1234 + "<event type='synthesis'><decision>d"

    warnings = parse_events(text).warnings

    counts = Counter(each.code for each in warnings)
    assert (counts["stray_closing"], counts["event_cut"]) == (1000, 1)
    (more,) = (each for each in warnings if each.code == "more_of_a_kind")
    assert str(more) == (
        "at character 11000: 234 more warnings 'stray_closing' from here on are not listed"
    )
    assert [each.position for each in warnings] == sorted(each.position for each in warnings)
