"""Formats by name, files by extension, and errors with a remedy."""

import sys
from collections.abc import Mapping
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any

import pytest

from reporter import (
    Code,
    FormatError,
    MissingExtraError,
    Paragraph,
    Report,
    Section,
    UnknownFormatError,
    check_format,
    extension,
    format_names,
    register_format,
    render,
    render_files,
    write,
)
from reporter._report.registry import _add_plugin, _formats

REPORT = Report(title="Title", sections=[Section("One", [])])


def test_an_unknown_format_is_an_error_that_lists_the_known_ones() -> None:
    with pytest.raises(UnknownFormatError, match=r"html.*markdown.*register_format"):
        render(REPORT, "word")


def test_a_misspelt_format_gets_the_nearest_name() -> None:
    with pytest.raises(UnknownFormatError, match="did you mean 'markdown'") as caught:
        render(REPORT, "markdwon")

    assert caught.value.name == "markdwon"
    assert {"html", "markdown"} <= set(caught.value.known)


@pytest.mark.parametrize(
    ("name", "package", "extra"),
    [
        ("ipynb", "nbformat", "jupyter"),
        ("pdf", "typst", "typst"),
        ("pdf-twocolumn", "typst", "typst"),
    ],
)
def test_a_format_without_its_extra_is_found_before_it_is_written(
    name: str, package: str, extra: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setitem(sys.modules, package, None)

    check_format("markdown")
    with pytest.raises(MissingExtraError, match=rf"pip install 'crucible.*reporter\[{extra}\]'"):
        check_format(name)
    with pytest.raises(MissingExtraError, match=rf"{package} is not installed"):
        write(REPORT, tmp_path / "a", name)
    with pytest.raises(UnknownFormatError, match="did you mean 'jupyter'"):
        check_format("jupiter")


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


class Pages:
    """A renderer of several files."""

    def files(self, report: Report, stem: str) -> Mapping[str, str | bytes]:
        return {f"{stem}.pages": report.title, f"{stem}_1.png": b"\x89PNG"}


def test_a_format_may_have_several_files(tmp_path: Path) -> None:
    try:
        register_format("pages", Pages(), ".pages")

        assert render_files(REPORT, "pages", stem="a") == {
            "a.pages": b"Title",
            "a_1.png": b"\x89PNG",
        }
        assert render(REPORT, "pages") == "Title"
        assert write(REPORT, tmp_path / "b.pages") == tmp_path / "b.pages"
        assert (tmp_path / "b_1.png").read_bytes() == b"\x89PNG"
    finally:
        _formats.pop("pages")


@pytest.mark.parametrize("name", ["../x", "a/b", "a\\b", "", ".."])
def test_a_renderer_cannot_write_outside_of_the_folder(tmp_path: Path, name: str) -> None:
    class Escaping:
        def files(self, report: Report, stem: str) -> Mapping[str, str | bytes]:
            return {f"{stem}.esc": "x", name: "y"}

    try:
        register_format("escaping", Escaping(), ".esc")

        with pytest.raises(FormatError, match="without folders"):
            write(REPORT, tmp_path / "in" / "a.esc")
    finally:
        _formats.pop("escaping")
    assert not list(tmp_path.iterdir())


def test_bytes_are_written_and_are_not_text(tmp_path: Path) -> None:
    try:
        register_format("raw", lambda report: b"\xff\xfe", ".raw")

        assert write(REPORT, tmp_path / "a.raw").read_bytes() == b"\xff\xfe"
        with pytest.raises(FormatError, match="not text"):
            render(REPORT, "raw")
    finally:
        _formats.pop("raw")


PLUGIN = (lambda report: report.title, ".plug")


def test_a_package_adds_a_format_through_an_entry_point() -> None:
    try:
        _add_plugin(EntryPoint("plug", f"{__name__}:PLUGIN", "crucible_reporter.formats"))

        assert render(REPORT, "plug") == "Title"
    finally:
        _formats.pop("plug", None)


def test_a_broken_entry_point_is_named_and_harms_no_other_format() -> None:
    point = EntryPoint("broken", "no_such_module:x", "crucible_reporter.formats")

    with pytest.warns(RuntimeWarning, match=r"broken.*no_such_module"):
        _add_plugin(point)

    assert "broken" not in format_names()
    assert render(REPORT, "markdown")


def test_a_text_cannot_reorder_the_text_around_it() -> None:
    text = "a\u202eb\u2066c"
    report = Report(title=text, sections=[Section(text, [Paragraph(text), Code(text)])])

    for name in ("markdown", "html", "latex", "typst"):
        assert not set(render(report, name)) & {"\u202e", "\u2066"}
