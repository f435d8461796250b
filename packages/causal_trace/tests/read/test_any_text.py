"""The parser reads any text in linear time, and reads back what is well formed."""

import time
from html import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from causal_trace import parse_events


@pytest.mark.parametrize(
    "text",
    [
        "<" + " " * 100_000,
        "```a\n" * 20_000,
        "<code>" * 20_000,
        "<![CDATA[" * 50_000,
        "<!--" * 20_000 + "-->" + "<!--" * 20_000,
        '<event x="' * 20_000,
        "<event " + "a" * 200_000,
        "<decision>" * 20_000,
        '<event type="decision_made"><reasoning>' + "<decision>" * 20_000 + "</reasoning>",
        '<event type="decision_made"><decision>' + "<!--" * 20_000 + "</decision></event>",
        '<event type="decision_made"><decision>d</decision><alternatives>' + "(," * 50_000,
    ],
    ids=range(11),
)
def test_no_text_takes_long_to_read(text: str) -> None:
    """A quadratic reader would need minutes of CPU time for some of these."""
    begin = time.process_time()

    parsed = parse_events(text)

    assert time.process_time() - begin < 5
    assert len(parsed.events) <= 1


fragments = st.sampled_from(
    [
        '<event type="decision_made">',
        "<event",
        "</event>",
        "<decision>",
        "</decision>",
        "<reasoning>",
        "<confidence>0.5",
        "<alternatives>",
        "<alternative>",
        "<code>",
        "</code>",
        "<![CDATA[",
        "]]>",
        "<!--",
        "-->",
        '"',
        "'",
        "text",
        "\n",
        "&amp;",
        "```\n",
    ]
)


@given(st.lists(fragments | st.text(max_size=5), max_size=25))
def test_the_parser_raises_for_no_text(parts: list[str]) -> None:
    text = "".join(parts)

    parsed = parse_events(text)

    for found in parsed.events:
        assert found.confidence is None or 0 <= found.confidence <= 1
        assert found.position is not None
        assert text[found.position] == "<"


@given(
    st.lists(
        st.tuples(
            st.text(alphabet="abc <>&\"'é\n", min_size=1).filter(str.strip),
            st.floats(0, 1).map(lambda value: round(value, 3)),
        ),
        min_size=1,
        max_size=5,
    )
)
def test_well_formed_events_are_read_back(entries: list[tuple[str, float]]) -> None:
    text = "\n".join(
        f'<event type="decision_made"><decision>{escape(decision)}</decision>'
        f"<reasoning>r</reasoning><confidence>{confidence}</confidence></event>"
        for decision, confidence in entries
    )

    parsed = parse_events(text, strict=True)

    assert [(each.decision, each.confidence) for each in parsed.events] == [
        (decision.strip(), confidence) for decision, confidence in entries
    ]
