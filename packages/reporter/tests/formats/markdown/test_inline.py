"""Emphasis comes out where it was put, whatever stands inside and around it."""

from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from reporter import (
    Bullets,
    Callout,
    InlineText,
    Paragraph,
    Report,
    Section,
    Table,
    TestLine,
    render,
)

markdown_it = pytest.importorskip("markdown_it", reason="markdown-it-py judges the Markdown")

STYLES = {"em": "emphasis", "strong": "strong"}
signs = st.text(alphabet="ab1 *_`[]()!<&#;-+=>~|\\.:/@w$\n€—\u200bé", max_size=8)
pieces = signs | st.builds(InlineText, signs, st.sampled_from(["emphasis", "strong", "code"]))


def parsed(text: str) -> list[Any]:
    tokens: list[Any] = markdown_it.MarkdownIt("gfm-like", {"linkify": False}).parse(text)
    return tokens


def styled(token: Any) -> list[tuple[str, str]]:
    """(style, sign) of every sign that is shown, spaces left out."""
    open_styles: list[str] = []
    found: list[tuple[str, str]] = []
    for child in token.children:
        if child.type.endswith("_open"):
            open_styles.append(STYLES[child.tag])
        elif child.type.endswith("_close"):
            open_styles.pop()
        else:
            style = "code" if child.type == "code_inline" else "".join(open_styles)
            found += [(style, sign) for sign in child.content if not sign.isspace()]
    return found


def meant(text: list[str | InlineText]) -> list[tuple[str, str]]:
    return [
        (piece.style if isinstance(piece, InlineText) else "", sign)
        for piece in text
        for sign in (piece.text if isinstance(piece, InlineText) else piece)
        if not sign.isspace()
    ]


@given(st.lists(pieces, max_size=6))
@example(["a", InlineText("(b)", "strong"), "c"])
@example([InlineText("a", "emphasis"), InlineText("b", "strong"), InlineText("c", "emphasis")])
@example(
    [
        InlineText("a", "strong"),
        InlineText("b", "strong"),
        InlineText("a", "code"),
        InlineText("`", "code"),
    ]
)
@example(["x", InlineText(" spaced ", "emphasis"), "y"])
@example([InlineText("a", "strong"), InlineText("(b)", "emphasis"), InlineText("c", "strong")])
@example([InlineText("(a)"), "b_c x_y", InlineText("(d)")])
@example(["www", ".example.org and [link]", "(target)"])
def test_every_sign_keeps_its_style(text: list[str | InlineText]) -> None:
    report = Report(title="t", sections=[Section("s", [Paragraph(text)])])

    runs = [styled(token) for token in parsed(render(report)) if token.type == "inline"]

    assert runs[2:] == ([meant(text)] if meant(text) else [])


@given(signs)
@example("C #")
@example("##")
@example("\\#")
def test_a_heading_shows_all_of_its_title(title: str) -> None:
    text = render(Report(title=title, sections=[Section(title, [])]))

    tokens = parsed(text)
    shown = [styled(token) for token in tokens if token.type == "inline"]

    assert sum(token.type == "heading_open" for token in tokens) == 2
    assert all(each == meant([title]) for each in shown)


@pytest.mark.parametrize("text", ["[x] done", "[ ] open", "- more", "1. more", "# head", "> quote"])
def test_the_begin_of_a_bullet_is_text(text: str) -> None:
    lines = render(Report(title="t", sections=[Section("s", [Bullets([text])])]))

    (bullet,) = (line for line in lines.splitlines() if line.startswith("- "))
    assert "\\" in bullet[:5]
    assert styled(parsed(lines)[-4]) == meant([text])


def test_a_test_line_is_a_sentence_with_what_it_rests_on() -> None:
    line = TestLine(
        label="b against a",
        sentence=["t(18) = 2.31, ", InlineText("p"), " = .033"],
        notes=["Welch's test: the spreads differ", "20 items"],
    )
    report = Report(title="t", sections=[Section("s", [line, Callout(text="x")])])

    assert (
        "**b against a:** t(18) = 2.31, *p* = .033\n\n"
        "- Welch's test: the spreads differ\n- 20 items\n\n> **Note:** x"
    ) in render(report)
    page = render(report, "html")
    assert "<strong>b against a:</strong> t(18) = 2.31, <em>p</em> = .033" in page
    assert page.count("<li>") == 2


def test_cells_are_not_escaped_more_than_they_need() -> None:
    table = Table(columns=("p", "cost"), rows=[("> .999", "-"), ("1. a", "#2")])

    text = render(Report(title="t", sections=[Section("s", [table])]))

    assert "| > .999 | - |\n| 1. a | #2 |" in text
