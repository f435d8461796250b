"""Formats by name, files by ending, and errors that say what to do."""

from pathlib import Path
from typing import Any

import pytest

from reporter import (
    Callout,
    Code,
    FormatError,
    IntervalFigure,
    Paragraph,
    Point,
    Report,
    ReportError,
    Section,
    Table,
    UnknownFormatError,
    extension,
    formats,
    register,
    render,
    write,
)
from reporter._report.formats import _formats

REPORT = Report(title="Title", sections=[Section("One", [])])


def test_an_unknown_format_is_an_error_that_lists_the_known_ones() -> None:
    with pytest.raises(UnknownFormatError, match=r"html, markdown.*register"):
        render(REPORT, "word")


def test_the_ending_of_a_file_selects_its_format(tmp_path: Path) -> None:
    assert write(REPORT, tmp_path / "a.md").read_text().startswith("# Title")
    assert write(REPORT, tmp_path / "deep" / "a.html").read_text().startswith("<!DOCTYPE html>")
    with pytest.raises(UnknownFormatError, match="docx"):
        write(REPORT, tmp_path / "a.docx")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.md", "deep"]


def test_a_format_of_ones_own_is_used_like_the_others(tmp_path: Path) -> None:
    try:
        register("shout", lambda report: report.title.upper(), ".shout")

        assert render(REPORT, "shout") == "TITLE"
        assert write(REPORT, tmp_path / "a.shout").read_text() == "TITLE"
        assert "shout" in formats()
        assert extension("shout") == ".shout"
        with pytest.raises(ValueError, match="known already"):
            register("shout", str, ".shout")
    finally:
        _formats.pop("shout")


def test_a_format_that_cannot_work_is_refused_when_it_is_added() -> None:
    before = formats()

    with pytest.raises(FormatError, match="dot"):
        register("x", str, "x")
    with pytest.raises(FormatError, match="needs a name"):
        register("", str, ".x")
    with pytest.raises(FormatError, match=r"md.*known already"):
        register("md", str, ".x")

    assert formats() == before


def test_a_format_that_gives_no_text_is_named() -> None:
    give_nothing: Any = lambda report: None  # noqa: E731  # what a user may pass by mistake
    try:
        register("broken", give_nothing, ".broken")

        with pytest.raises(FormatError, match=r"broken.*gave NoneType"):
            render(REPORT, "broken")
    finally:
        _formats.pop("broken")


def test_the_longest_ending_counts_in_any_case(tmp_path: Path) -> None:
    try:
        register("short", lambda report: "short", ".txt")
        register("long", lambda report: "long", ".report.txt")

        assert write(REPORT, tmp_path / "a.report.txt").read_text() == "long"
        assert write(REPORT, tmp_path / "a.TXT").read_text() == "short"
        assert write(REPORT, tmp_path / "a.HTM").read_text().startswith("<!DOCTYPE")
    finally:
        _formats.pop("short")
        _formats.pop("long")


def test_a_file_that_cannot_be_written_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "a.md").mkdir()

    with pytest.raises(OSError, match=r"a\.md"):
        write(REPORT, tmp_path / "a.md")

    assert [path.name for path in tmp_path.iterdir()] == ["a.md"]


def test_half_a_surrogate_pair_and_control_characters_can_be_written(tmp_path: Path) -> None:
    text = "a\ud83d b\x1b[31m c\x00"
    report = Report(title=text, sections=[Section(text, [Paragraph(text), Code(text)])])

    for name in ("a.md", "a.html"):
        written = write(report, tmp_path / name).read_text(encoding="utf-8")

        assert "\ufffd" in written
        assert "\x1b" not in written
        assert "\x00" not in written


def test_a_table_whose_rows_do_not_fit_is_refused_with_the_row() -> None:
    with pytest.raises(ReportError, match="row 2 has 1 cells, not 2"):
        Table(columns=("a", "b"), rows=[("1", "2"), ("3",)], caption="T")
    with pytest.raises(ReportError, match="align"):
        Table(columns=("a", "b"), rows=[], align=("left",))


def test_a_callout_has_a_known_kind() -> None:
    with pytest.raises(ReportError, match="note, warning, result"):
        Callout(text="x", kind="loud")


def test_a_figure_needs_finite_numbers() -> None:
    with pytest.raises(ReportError, match="nothing to show"):
        IntervalFigure(points=[])
    with pytest.raises(ReportError, match="not finite"):
        IntervalFigure(points=[Point(label="a", value=float("nan"))])


def test_columns_of_numbers_stand_to_the_right() -> None:
    table = Table(
        columns=("name", "p", "cost", "missing", "text"),
        rows=[("a", "< .001", "$1.50", "-", "1 or so"), ("b", "0.2", "$20", "3", "none")],
    )

    assert table.alignment == ("left", "right", "right", "right", "left")
