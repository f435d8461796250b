"""Every number of a report is found in every format, and a changed one is named."""

import json
import random
import re
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reporter import (
    Bullets,
    Callout,
    Cell,
    Code,
    Dot,
    InlineText,
    Interval,
    KeyValues,
    MatrixFigure,
    Number,
    PairedFigure,
    Paragraph,
    Reference,
    References,
    Report,
    RowGroup,
    ScatterFigure,
    Section,
    Table,
    TestLine,
    UnknownFormatError,
    Verdict,
    check_file,
    check_report,
    check_text,
    extension,
    render,
    write,
)
from reporter.__main__ import main

NOTEBOOKS = ["jupyter"] if find_spec("nbformat") else []  # an extra
FORMATS = ["html", *NOTEBOOKS, "latex", "latex-twocolumn", "markdown", "typst"]
UNITS = st.sampled_from(["number", "share", "points", "usd", "usd_per_query", "ms"])


def test_a_report_with_every_block_has_the_same_numbers_in_every_format(rich: Report) -> None:
    assert [str(finding) for finding in check_report(rich)] == []


@pytest.mark.parametrize("format", FORMATS)
def test_hostile_texts_in_every_block_hide_no_number(hostile_texts: list[str], format: str) -> None:
    report = Report(title="t", sections=[hostile_section(text) for text in hostile_texts])

    assert [str(finding) for finding in check_report(report, [format])] == []


def hostile_section(text: str) -> Section:
    """A section with the text in every kind of block, among numbers that are repeated often."""
    table = Table(
        columns=(text, "x"),
        rows=[(text, "1"), (Cell(text, [text]), "2")],
        caption=text,
        notes=text,
        groups=[RowGroup(text, 2)],
    )
    blocks: list[Any] = [
        *(Paragraph(text), Paragraph([InlineText(text, "code"), " 1"]), Code(text, "python")),
        *(Bullets([text, "2"]), KeyValues([(text, "1")]), Callout(text=text), table),
        TestLine(label=text, sentence=[text, InlineText(text, "strong")], notes=[text]),
        Verdict(claim=text, verdict="SUPPORTED", reason=text),
        References([Reference(key="k", text=text, url="https://example.org/1?x=2")]),
        ScatterFigure(dots=[Dot(label=text, x=1, y=2)], x_axis=text, y_axis=text, caption=text),
        MatrixFigure(rows=[text], columns=[text], values=[[1]], caption=text),
        PairedFigure(before=[1], after=[2], labels=(text, text), axis=text, caption=text),
    ]
    return Section(text, blocks)


@settings(max_examples=40)
@given(
    st.lists(
        st.tuples(st.floats(-1e6, 1e6), st.floats(0, 1e3), st.floats(0, 1), UNITS),
        min_size=1,
        max_size=4,
    )
)
def test_any_numbers_are_read_back_from_every_format(
    rows: list[tuple[float, float, float, str]],
) -> None:
    numbers = [
        Number(
            value=value,
            unit=unit,  # type: ignore[arg-type]  # drawn from the units
            interval=Interval(low=value - half, high=value + half),
            p=p,
        )
        for value, half, p, unit in rows
    ]
    table = Table(
        columns=("a", "b", "c"), rows=[(each, each.as_interval, each.as_p) for each in numbers]
    )
    texts = [Paragraph(["It is ", each.as_full, "."]) for each in numbers]
    report = Report(title="t", sections=[Section("s", [table, *texts])])

    assert [str(finding) for finding in check_report(report)] == []


@pytest.mark.parametrize("format", FORMATS)
def test_one_changed_digit_is_named(rich: Report, format: str) -> None:
    text = render(rich, format)
    changed = text.replace("91.2", "91.7", 1)
    assert changed != text

    found = check_text(changed, format, report=rich)

    assert [each.kind for each in found] == ["missing number", "extra number"]
    assert "91.2" in found[0].message
    assert "91.7" in found[1].message


def test_any_changed_digit_of_a_table_is_named(rich: Report) -> None:
    text = render(rich, "latex")
    start = text.index(r"\begin{tabular}")
    digits = [
        match.start()
        for match in re.finditer(r"(?<=[\d.])\d", text)
        if start < match.start() < text.index(r"\end{tabular}")
    ]

    for at in random.Random(0).sample(digits, 12):
        other = "5" if text[at] != "5" else "6"
        changed = text[:at] + other + text[at + 1 :]
        assert check_text(changed, "latex", report=rich), changed[at - 20 : at + 20]


def test_two_exchanged_cells_are_named(rich: Report) -> None:
    text = render(rich, "markdown")

    changed = text.replace("91.2 %", "@").replace("94.3 %", "91.2 %").replace("@", "94.3 %")

    assert check_text(changed, "markdown", report=rich)


def test_a_number_that_was_added_or_taken_away_is_named(rich: Report) -> None:
    text = render(rich, "markdown")

    (added,) = check_text(text + "\nAnd 17.5 more.\n", "markdown", report=rich)
    (gone,) = check_text(text.replace("| 812.3 ms", "| fast"), "markdown", report=rich)

    assert (added.kind, gone.kind) == ("extra number", "missing number")


def test_a_file_is_checked_by_its_extension(rich: Report, tmp_path: Path) -> None:
    for name in FORMATS:
        path = tmp_path / f"a{extension(name)}"
        assert check_file(write(rich, path, name), report=rich) == ()
    with pytest.raises(UnknownFormatError, match="docx"):
        check_file(tmp_path / "a.docx")


def test_the_command_line_checks_and_renders(
    rich: Report, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    saved, made = tmp_path / "r.json", tmp_path / "r.tex"
    saved.write_text(json.dumps(rich.to_dict()))

    assert main(["render", str(saved), str(made)]) == 0
    assert main(["check", str(made), "--report", str(saved)]) == 0
    made.write_text(made.read_text().replace("91.2", "91.3", 1))
    assert main(["check", str(made), "--report", str(saved)]) == 1
    assert "91.3 is not a number of the report" in capsys.readouterr().out
    assert main(["check", str(tmp_path / "none.md")]) == 2
    assert "none.md" in capsys.readouterr().err
