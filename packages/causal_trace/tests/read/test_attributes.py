"""What a model writes into the tag of an event counts, too."""

import pytest

from causal_trace import parse, parse_events


def event(body: str, head: str = '<event type="decision_made">') -> str:
    return f"{head}<decision>d</decision><reasoning>r</reasoning>{body}</event>"


def test_attributes_of_an_event_are_used_whether_it_is_empty_or_not() -> None:
    parsed = parse_events(
        '<event type="decision_made" confidence="0.9" timestamp="2026-01-31T12:00:00Z"'
        ' stage_id="plan" model="m &amp; n"><decision>d</decision><reasoning>r</reasoning></event>',
        strict=True,
    )

    (found,) = parsed.events
    assert (found.confidence, found.stage_id) == (0.9, "plan")
    assert found.timestamp == "2026-01-31T12:00:00Z"
    assert found.metadata == {"attributes": {"model": "m & n"}}


def test_ids_that_a_model_writes_become_unique_and_references_follow() -> None:
    text = (
        event("", '<event type="decision_made" id="1">')
        + event("", '<event type="decision_made" id="2" parent_id="1" depends_on="1, 3">')
        + event("", '<event type="decision_made" id="3" parent_id="9">')
    )

    first = parse_events(text)
    second = parse_events(text)

    one, two, three = first.events
    assert (two.parent_id, two.depends_on) == (one.id, (one.id, three.id))
    assert (two.metadata["stated_id"], three.metadata["stated_parent_id"]) == ("2", "9")
    assert three.parent_id is None
    assert [each.code for each in first.warnings] == ["reference_unknown"]
    assert not {each.id for each in first.events} & {each.id for each in second.events}


def test_an_id_that_is_used_twice_means_the_first_event() -> None:
    head = '<event type="decision_made" id="a">'
    parsed = parse_events(
        event("", head) + event("", head) + event("", head.replace('id="a"', 'parent_id="a"'))
    )

    one, two, three = parsed.events
    assert three.parent_id == one.id != two.id
    assert [each.code for each in parsed.warnings] == ["id_twice"]


def test_the_same_answer_with_the_same_id_and_time_is_the_same_chain() -> None:
    text = event("") + event("")

    first, second = (
        parse(text, "c", id="row-7", timestamp="2026-01-31T12:00:00Z") for _ in range(2)
    )

    assert first == second
    assert first.created_at == "2026-01-31T12:00:00Z"
    assert first.statistics()["duration_seconds"] == 0
    with pytest.raises(ValueError, match="yesterday"):
        parse(text, "c", timestamp="yesterday")


def test_an_impossible_time_is_left_out_with_a_warning() -> None:
    parsed = parse_events(event("", '<event type="decision_made" timestamp="noon">'))

    assert [each.code for each in parsed.warnings] == ["time_malformed"]
    assert parsed.events[0].timestamp.startswith("20")


def test_a_field_whose_value_is_blank_is_an_empty_event() -> None:
    parsed = parse_events('<event type="synthesis"><decision value=" "/></event>')

    assert parsed.events == ()
    assert [each.code for each in parsed.warnings] == ["event_empty"]


def test_an_attribute_in_curly_quotes_is_read_without_them() -> None:
    text = "<event type=\u201cdecision made\u201d id=\u2018a\u2019><decision>d</decision></event>"
    (event,) = parse_events(text).events

    assert event.type == "decision_made"
    assert event.metadata["stated_id"] == "a"
