"""What stands in one piece of a text changes nothing in the next, and long texts are read alike."""

import gc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from causal_trace import TraceParseError, parse_events
from causal_trace._read.collection import PausedCollection

words = st.text(alphabet="ab `'\"&>\u00e9\u202e\n", max_size=12)
fields = st.builds(
    "<{0}>{1}</{0}>".format,
    st.sampled_from(["decision", "reasoning", "alternatives", "confidence", "code_section"]),
    words,
)
heads = st.sampled_from(
    ['<event type="decision_made">', "<event type='x' id=\"a\">", '<event type="synthesis" >']
)
events = st.builds(
    "{}{}<decision>d</decision>{}</event>\n".format,
    heads,
    words,
    st.lists(fields, max_size=4).map("".join),
)
pieces = st.lists(events | words.map("<think>x{}</think>\n".format), max_size=4).map("".join)


def _values(text: str, shift: int = 0) -> list[tuple[object, ...]]:
    return [
        (
            *(each.type, each.decision, each.reasoning, each.alternatives, each.confidence),
            *(each.code_section, each.evidence),
            *((each.position or 0) + shift, (each.end or 0) + shift),
        )
        for each in parse_events(text).events
    ]


@given(pieces, pieces)
def test_events_of_two_texts_are_those_of_the_first_and_then_of_the_second(
    first: str, second: str
) -> None:
    assert _values(first + second) == _values(first) + _values(second, len(first))


def test_a_field_that_is_closed_plainly_is_read_as_one_that_is_not() -> None:
    plain = '<event type="x"><decision> a &amp; b </decision>{}<decision>c</decision></event>'
    other = plain.replace("</decision>", "</ decision >").replace("</event>", "</event >")

    for between in ("", " \n", "text", "`"):
        first, second = (parse_events(each.replace("{}", between)) for each in (plain, other))
        assert first.events[0].decision == second.events[0].decision == "c"
        assert [each.code for each in first.warnings] == [each.code for each in second.warnings]
        assert {each.code for each in first.warnings} == {
            *("field_twice", "field_missing", "type_unknown")
        }


@pytest.mark.parametrize("enabled", [True, False])
def test_the_garbage_collector_is_after_a_long_text_as_it_was(enabled: bool) -> None:
    text = "<event " * 10_000
    was = gc.isenabled()
    try:
        (gc.enable if enabled else gc.disable)()
        parse_events(text)
        after = gc.isenabled()
        with pytest.raises(TraceParseError):
            parse_events(text, strict=True)
        assert after is gc.isenabled() is enabled
    finally:
        (gc.enable if was else gc.disable)()


def test_the_garbage_collector_is_paused_until_the_last_reader_ends() -> None:
    paused = PausedCollection()
    was = gc.isenabled()
    gc.enable()
    try:
        with paused:
            with paused:
                assert not gc.isenabled()
            assert not gc.isenabled()
        assert gc.isenabled()
        with paused:
            paused.after_fork()
            assert gc.isenabled()
            paused.__enter__()  # the child has no reader inside but this one
    finally:
        (gc.enable if was else gc.disable)()
