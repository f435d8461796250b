"""Markdown shows every text as it is, wherever it stands."""

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reporter import (
    Bullets,
    Callout,
    Code,
    InlineText,
    IntervalFigure,
    KeyValues,
    Paragraph,
    Point,
    Report,
    Section,
    Table,
    render,
)

markdown_it = pytest.importorskip("markdown_it", reason="markdown-it-py judges the Markdown")


def parse(text: str) -> list[Any]:
    parser = markdown_it.MarkdownIt("gfm-like", {"linkify": False}).enable("table")
    tokens: list[Any] = parser.parse(text)
    return tokens


def shown(text: str) -> list[str]:
    """The plain text of every inline run, as a reader sees it."""
    found = []
    for token in parse(text):
        if token.type == "inline":
            kinds = {child.type for child in token.children}
            assert kinds <= {
                "text",
                "code_inline",
                "strong_open",
                "strong_close",
                "em_open",
                "em_close",
            }
            found.append("".join(child.content for child in token.children))
    return found


def flattened(text: str) -> str:
    line = re.sub(r"[\s\x00-\x1f\x7f\x85\u2028\u2029]+", " ", text).strip()
    return re.sub(r"[\x80-\x9f\ufffe\uffff]", "\ufffd", line)


def test_a_hostile_text_is_shown_in_a_paragraph_a_list_and_a_table(hostile: str) -> None:
    report = Report(
        title="t",
        sections=[
            Section(
                "s",
                [
                    Paragraph(hostile),
                    Bullets([hostile, "plain"]),
                    Table(columns=("a", hostile), rows=[(hostile, "1"), ("x", hostile)]),
                ],
            )
        ],
    )

    text = render(report)
    runs = shown(text)

    expected = flattened(hostile)
    count = 5 if expected else 0
    assert runs.count(expected) >= count
    rows = [token for token in parse(text) if token.type == "tr_open"]
    assert len(rows) == 3


@given(st.lists(st.lists(st.text(max_size=20), min_size=3, max_size=3), min_size=1, max_size=4))
def test_no_cell_breaks_a_table(rows: list[list[str]]) -> None:
    text = render(
        Report(title="t", sections=[Section("s", [Table(columns=("a", "b", "c"), rows=rows)])])
    )

    tokens = parse(text)

    assert sum(token.type == "tr_open" for token in tokens) == len(rows) + 1
    assert sum(token.type == "td_open" for token in tokens) == 3 * len(rows)


@given(st.text(max_size=60))
def test_any_paragraph_is_shown_as_it_is(text: str) -> None:
    report = Report(title="t", sections=[Section("s", [Paragraph(["before ", text, " after"])])])

    runs = shown(render(report))

    assert flattened("before " + text + " after") == flattened(runs[-1])


@given(st.text(max_size=40))
def test_any_code_span_and_code_block_holds_its_text(text: str) -> None:
    plain = re.sub(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ufffe\uffff]", "", text)
    report = Report(
        title="t",
        sections=[Section("s", [Paragraph([InlineText(plain, "code")]), Code(plain, "sh")])],
    )

    fences = [token for token in parse(render(report)) if token.type == "fence"]

    assert [token.content for token in fences] == [plain + "\n"]


def test_a_banner_stands_above_everything_but_the_title() -> None:
    text = render(
        Report(title="T", banner="SIMULATED: nothing is real", sections=[Section("s", [])])
    )

    assert text.startswith("# T\n\n> **SIMULATED: nothing is real**\n")


def test_the_whole_model_has_a_form() -> None:
    report = Report(
        title="Title",
        subtitle="Below",
        authors=("A", "B"),
        date="2026-01-01",
        sections=[
            Section(
                "One",
                [
                    Paragraph(
                        ["plain ", InlineText("strong", "strong"), " and ", InlineText("soft")]
                    ),
                    KeyValues([("seed", "42")]),
                    Callout(text="careful", kind="warning"),
                    Section("Inner", [Bullets(["x"])]),
                    Table(
                        columns=("name", "value"),
                        rows=[("a", "1.5"), ("b", "-")],
                        caption="Values",
                        notes="of something",
                    ),
                    IntervalFigure(points=[Point(label="a", value=1.0, low=0.5, high=1.5)]),
                ],
            )
        ],
    )

    text = render(report, "md")

    assert "plain **strong** and *soft*" in text
    assert "A, B (2026-01-01)" in text
    assert "> **Warning:** careful" in text
    assert "### Inner" in text
    assert "| :--- | ---: |" in text
    assert "| a | 1 | 0.5 | 1.5 |" in text
    assert text.endswith("\n")
    assert not text.endswith("\n\n")
