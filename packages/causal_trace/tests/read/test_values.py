"""Confidences and lists are read as models write them, and never made up."""

import pytest

from causal_trace import parse_events


def event(body: str, head: str = '<event type="decision_made">') -> str:
    return f"{head}<decision>d</decision><reasoning>r</reasoning>{body}</event>"


@pytest.mark.parametrize(
    ("text", "confidence", "warned"),
    [
        ("0.9", 0.9, False),
        (".9", 0.9, False),
        ("85%", 0.85, False),
        ("85 %", 0.85, False),
        ("8/10", 0.8, False),
        ("4 out of 5", 0.8, False),
        ("85 percent", 0.85, False),
        ("0,85", 0.85, False),
        ("~0.7", 0.7, False),
        ("0.9 (fairly sure)", 0.9, False),
        ("0.9 - as tested", 0.9, False),
        ("3/4", 0.75, False),
        ("8 of 10", 0.8, False),
        ("0.85 out of 1", 0.85, False),
        ("approx. 90%", 0.9, False),
        ("about 75 percent", 0.75, False),
        ("**0.8**", 0.8, False),
        ("80\u201390%", None, True),
        ("0.8 to 0.9", None, True),
        ("at least 90%", None, True),
        ("> 0.9", None, True),
        ("3/0", None, True),
        ("n/a", None, False),
        ("8", None, True),
        ("1.5", None, True),
        ("nan", None, True),
        ("0.5 or 0.6", None, True),
        ("1", 1.0, False),
        ("85", 0.85, True),
        ("high", None, True),
        ("-0.2", None, True),
        ("850", None, True),
        ("", None, False),
    ],
)
def test_a_confidence_is_read_as_written_or_left_out(
    text: str, confidence: float | None, warned: bool
) -> None:
    parsed = parse_events(event(f"<confidence>{text}</confidence>"))

    (found,) = parsed.events
    assert found.confidence == confidence
    assert bool(parsed.warnings) is warned


@pytest.mark.parametrize("rest", ["", "<reasoning>r <reason>a word</reason></reasoning>"])
def test_fields_by_the_names_that_json_events_may_have_are_read_where_the_usual_are_missing(
    rest: str,
) -> None:
    text = f"<choice>a &lt; b</choice>{rest}<Rationale>why</Rationale><options>a, b</options>"
    parsed = parse_events(
        f"<event type='decision_made'>{text}</event> <choice>not its own</choice>"
    )

    (found,) = parsed.events
    assert found.decision == "a < b"
    assert found.reasoning == ("r <reason>a word</reason>" if rest else "why")
    assert found.alternatives == ("a", "b")
    assert not parsed.warnings


@pytest.mark.parametrize(
    "body",
    [
        "<decision>d</decision>\n<code>\n<reason>x</reason>\n</code>",
        "<decision>a <reason>x</reason></decision>",
        "<reasoning>as in <choice>x</choice>, said often</reasoning>",
    ],
)
def test_such_names_inside_of_a_field_or_of_code_are_no_fields(body: str) -> None:
    (found,) = parse_events(f"<event type='decision_made'>{body}</event>").events

    assert "x" not in {found.decision, found.reasoning}


def test_a_missing_confidence_is_unknown_and_not_certain() -> None:
    (found,) = parse_events(event("")).events

    assert found.confidence is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a, b, c", ("a", "b", "c")),
        ("a; b, with comma", ("a", "b, with comma")),
        ("\n- a\n- b\n", ("a", "b")),
        ("\n1. a\n2. b, too\n", ("a", "b, too")),
        ("<alternative>a, b</alternative><alternative>c</alternative>", ("a, b", "c")),
        ("Redis (fast, volatile), ETS", ("Redis (fast, volatile)", "ETS")),
        ("\n- a\n  goes on\n- b\n", ("a goes on", "b")),
        ("\na,\nb, c,\nd\n", ("a", "b", "c", "d")),
        ("\na\nb, with comma\n", ("a", "b, with comma")),
        ("10,000 shards, 5 shards", ("10,000 shards", "5 shards")),
        ("A. Smith's way, another", ("A. Smith's way", "another")),
        ("None", ()),
        ("", ()),
        ('["A, B", "C"]', ("A, B", "C")),
        ("[A, 'B']", ("A", "B")),
        ("[1] A [2]", ("[1] A [2]",)),
        ("<ul><li>A</li> <li>B, b</li></ul>", ("A", "B, b")),
        ("1) A 2) B, b 3) C", ("A", "B, b", "C")),
        ("1. Use A", ("Use A",)),
    ],
)
def test_alternatives_are_read_as_a_list(text: str, expected: tuple[str, ...]) -> None:
    (found,) = parse_events(event(f"<alternatives>{text}</alternatives>")).events

    assert found.alternatives == expected
