"""Formats by name, files by extension, and errors with a remedy."""

from pathlib import Path
from typing import Any

import pytest

from reporter import (
    Code,
    FormatError,
    Paragraph,
    Report,
    Section,
    UnknownFormatError,
    extension,
    format_names,
    register_format,
    render,
    write,
)
from reporter._report.formats import _formats

REPORT = Report(title="Title", sections=[Section("One", [])])


def test_an_unknown_format_is_an_error_that_lists_the_known_ones() -> None:
    with pytest.raises(UnknownFormatError, match=r"html, markdown.*register_format"):
        render(REPORT, "word")


def test_a_misspelt_format_gets_the_nearest_name() -> None:
    with pytest.raises(UnknownFormatError, match="did you mean 'markdown'") as caught:
        render(REPORT, "markdwon")

    assert caught.value.name == "markdwon"
    assert caught.value.known == ("html", "markdown")


def test_the_ending_of_a_file_selects_its_format(tmp_path: Path) -> None:
    assert write(REPORT, tmp_path / "a.md").read_text().startswith("# Title")
    assert write(REPORT, tmp_path / "deep" / "a.html").read_text().startswith("<!DOCTYPE html>")
    with pytest.raises(UnknownFormatError, match="docx"):
        write(REPORT, tmp_path / "a.docx")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.md", "deep"]


def test_a_format_of_ones_own_is_used_like_the_others(tmp_path: Path) -> None:
    try:
        register_format("shout", lambda report: report.title.upper(), ".shout")

        assert render(REPORT, "shout") == "TITLE"
        assert write(REPORT, tmp_path / "a.shout").read_text() == "TITLE"
        assert "shout" in format_names()
        assert extension("shout") == ".shout"
        with pytest.raises(ValueError, match="name is taken"):
            register_format("shout", str, ".shout")
    finally:
        _formats.pop("shout")


def test_a_format_that_cannot_work_is_refused_when_it_is_added() -> None:
    before = format_names()

    with pytest.raises(FormatError, match="dot"):
        register_format("x", str, "x")
    with pytest.raises(FormatError, match="name is empty"):
        register_format("", str, ".x")
    with pytest.raises(FormatError, match=r"md.*name is taken"):
        register_format("md", str, ".x")

    assert format_names() == before


def test_the_error_of_a_renderer_that_returns_no_text_names_the_format() -> None:
    give_nothing: Any = lambda report: None  # noqa: E731  # what a user may pass by mistake
    try:
        register_format("broken", give_nothing, ".broken")

        with pytest.raises(FormatError, match=r"broken.*returned NoneType"):
            render(REPORT, "broken")
    finally:
        _formats.pop("broken")


def test_the_longest_ending_counts_in_any_case(tmp_path: Path) -> None:
    try:
        register_format("short", lambda report: "short", ".txt")
        register_format("long", lambda report: "long", ".report.txt")

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
