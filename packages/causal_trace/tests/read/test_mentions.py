"""Tags that are mentioned, forgotten or left open do not swallow what follows."""

import pytest

from causal_trace import extract_code, parse_events


def event(body: str, head: str = '<event type="decision_made">') -> str:
    return f"{head}<decision>d</decision><reasoning>r</reasoning>{body}</event>"


@pytest.mark.parametrize(
    "reasoning",
    [
        "a <decision> tree wins",
        "the <event> tag",
        "use <code>dict</code> here",
        "use <code> here",
        "`<alternatives>` is a tag",
        "one <alternative> only",
    ],
)
def test_a_tag_that_is_only_mentioned_in_a_sentence_stays_there(reasoning: str) -> None:
    parsed = parse_events(
        f'<event type="decision_made"><decision>d</decision><reasoning>{reasoning}</reasoning>'
        "<confidence>0.5</confidence></event>\n<code>\nx = 1\n</code>",
        strict=True,
    )

    (found,) = parsed.events
    assert (found.decision, found.reasoning, found.confidence) == ("d", reasoning, 0.5)
    assert parsed.code == ("x = 1",)


def test_a_field_that_is_closed_inside_another_was_meant_as_a_field() -> None:
    parsed = parse_events(
        '<event type="decision_made"><reasoning>r <decision>d</decision></reasoning></event>'
    )

    (found,) = parsed.events
    assert (found.decision, found.reasoning) == ("d", "r")
    assert [each.code for each in parsed.warnings] == ["field_not_closed", "stray_closing"]


def test_tags_in_backticks_are_words() -> None:
    parsed = parse_events(
        f"I write `<event>` and `</event>` and `<code>`.\n{event('')}", strict=True
    )

    assert len(parsed.events) == 1


def test_a_mention_in_a_field_that_is_not_closed_stays_there_too() -> None:
    parsed = parse_events('<event type="decision_made"><decision>the <event> tag</event>')

    assert [each.decision for each in parsed.events] == ["the <event> tag"]


def test_a_mention_of_the_code_tag_does_not_swallow_the_events() -> None:
    parsed = parse_events(f"I use the <code> tag.\n{event('')}\n<code>\nx = 1\n</code>")

    assert len(parsed.events) == 1
    assert parsed.code == ("x = 1",)
    assert [each.code for each in parsed.warnings] == ["code_mentioned"]


def test_code_that_is_not_closed_ends_before_the_next_event() -> None:
    parsed = parse_events(f"<code>\nx = 1\n{event('')}\n<code>\ny = 2")

    assert len(parsed.events) == 1
    assert parsed.code == ("x = 1", "y = 2")
    assert [each.code for each in parsed.warnings] == ["code_not_closed"] * 2


@pytest.mark.parametrize("opening", ["<!-- ", "<![CDATA["])
def test_a_comment_that_is_not_closed_hides_nothing(opening: str) -> None:
    parsed = parse_events(f"Begin with {opening}\n{event('')}")

    assert len(parsed.events) == 1
    assert [each.code for each in parsed.warnings] == ["comment_not_closed"]


def test_a_comment_inside_the_code_belongs_to_the_code() -> None:
    parsed = parse_events(f"<code>\n<!-- open\n</code>\n{event('')}", strict=True)

    assert parsed.code == ("<!-- open",)
    assert len(parsed.events) == 1


def test_a_quote_that_is_not_closed_does_not_swallow_the_next_tag() -> None:
    parsed = parse_events(
        '<event type="decision_made><decision>say "yes"</decision><reasoning>r</reasoning></event>'
    )

    (found,) = parsed.events
    assert (found.type, found.decision) == ("decision_made", 'say "yes"')


def test_fences_around_all_of_the_code_are_removed_and_others_are_code() -> None:
    wrapped = "<code>\n```python\nx = 1\n```\n</code>"
    inside = '<code>\ntext = """\n```\nx\n```\n"""\ny = 2\n</code>'

    assert extract_code(wrapped) == "x = 1"
    assert extract_code(inside) == 'text = """\n```\nx\n```\n"""\ny = 2'
    assert extract_code("~~~~py\n```\n~~~\n~~~~\n```\nz") == "```\n~~~\n\nz"
