"""The parser reads any text in linear time, and reads back what is well formed."""

import time
from html import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from causal_trace import TraceStream, chain_from_dict, parse, parse_events, read_reasoning


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
        '<event type="decision_made"><decision>d</decision><alternatives>' + "(" * 1_000_000,
        '<event type="decision_made"><decision>d</decision><alternatives>- a' + "\na" * 500_000,
    ],
    ids=range(13),
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


markers = st.sampled_from(
    [
        *("<think>", "</think>", "[THINK]", "[/THINK]", "\u25c1think\u25b7", "\u25c1/think\u25b7"),
        *("<seed:think>", "</thinking>", "<scratchpad>", "analysis", "assistantfinal", "final"),
        *("<|start|>assistant", "<|channel|>analysis", "<|channel|>final", "<|message|>"),
        *("<|end|>", "<|return|>", "```", "~~~\n", "`", "<event type='x'>", "</event>", "</code>"),
        *(
            "<decision>",
            "</decision>",
            '{"type":"x","decision":"d"}',
            "<![CDATA[",
            "-->",
            "\n",
            " a ",
        ),
        *("\u202e", "\ud83d", "\x00", "&#55555;"),
    ]
)


@given(st.lists(markers | st.text(max_size=3), max_size=30))
def test_reasoning_of_any_form_is_read_without_an_error(parts: list[str]) -> None:
    text = "".join(parts)

    found = read_reasoning(text)
    chain = parse(text, "c", id="c", timestamp="2027-01-01T00:00:00Z")
    stream = TraceStream("c", id="c")
    for piece in parts:
        stream.feed(piece)

    assert all(0 <= each.start <= each.content_start <= each.content_end for each in found.blocks)
    assert all(0 <= each.position <= len(text) for each in found.warnings)
    assert chain_from_dict(chain.to_dict()) == chain
    spans = [(each.type, each.position, each.end) for each in chain]
    assert [(each.type, each.position, each.end) for each in stream.finish()] == spans
    for _, position, end in spans:
        assert position is None or 0 <= position <= (end or position) <= len(text)


@pytest.mark.parametrize(
    ("text", "reasoning", "answer"),
    [
        ("analysis: weigh.assistantfinal[42]", ": weigh.", "[42]"),
        ("analysisWeigh.assistantfinal", "Weigh.", ""),
        ("analysis weigh assistantfinal\u00c9tude", "weigh", "\u00c9tude"),
        ("analysis[ assistantfinal~ x", "[", "~ x"),
        ("analysis of it is assistantfinally done", "", "analysis of it is assistantfinally done"),
    ],
)
def test_channels_without_their_tokens_are_read_before_any_sign(
    text: str, reasoning: str, answer: str
) -> None:
    found = read_reasoning(text)

    assert (found.reasoning, found.answer) == (reasoning, answer)
