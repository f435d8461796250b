"""Typst shows every text as it is, and makes a tagged PDF of the same bytes each time."""

import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reporter import (
    Dot,
    MissingExtraError,
    Paragraph,
    Report,
    ScatterFigure,
    Section,
    Table,
    render_files,
    write,
)
from reporter._formats.typst.text import exact_string, string


@given(st.text(max_size=50))
def test_a_string_ends_where_it_ends(text: str) -> None:
    for made in (string(text), exact_string(text)):
        inner = made[1:-1].replace("\\\\", "").replace('\\"', "")
        assert made[0] == made[-1] == '"'
        assert '"' not in inner
        assert "\n" not in inner


@pytest.mark.parametrize("name", ["pdf", "pdf-twocolumn"])
def test_the_pdf_is_tagged_and_has_the_same_bytes_each_time(rich: Report, name: str) -> None:
    pytest.importorskip("typst")

    first, second = (render_files(rich, name)["report.pdf"] for _ in range(2))

    assert first == second
    assert first.startswith(b"%PDF-")
    assert b"/StructTreeRoot" in first or b"/MarkInfo" in first


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="needs pdftotext (poppler-utils)")
def test_hostile_texts_are_shown_and_not_run(hostile_texts: list[str], tmp_path: Path) -> None:
    pytest.importorskip("typst")
    blocks = [
        block
        for text in hostile_texts
        for block in (
            Paragraph(text),
            Table(columns=(text,), rows=[(text,)], caption=text, notes=text, label=text),
        )
    ]
    report = Report(title="t", sections=[Section("s", blocks)])

    path = write(report, tmp_path / "h.pdf")

    text = subprocess.run(["pdftotext", path, "-"], capture_output=True, check=True).stdout.decode()
    assert '#read("/etc/passwd")' in text
    assert "*stars* _lines_ `ticks`" in " ".join(text.split())


def test_without_typst_the_error_names_the_extra(
    rich: Report, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(__import__("sys").modules, "typst", None)

    with pytest.raises(MissingExtraError, match=r"crucible-framework-reporter\[typst\]"):
        render_files(rich, "pdf")


def test_hostile_texts_in_figures_become_a_pdf(hostile_texts: list[str]) -> None:
    pytest.importorskip("typst")
    figures = [
        ScatterFigure(dots=[Dot(label=text, x=1, y=2)], x_axis=text, caption=text)
        for text in hostile_texts
    ]

    files = render_files(Report(title="t", sections=[Section("s", figures)]), "pdf")

    assert files["report.pdf"].startswith(b"%PDF-")
