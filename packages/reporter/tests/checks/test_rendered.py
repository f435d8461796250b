"""A digit that was changed anywhere in a file of a report is named."""

import random
import re
from importlib.util import find_spec
from pathlib import Path

import pytest

from reporter import (
    Artifact,
    Cell,
    DataSet,
    Number,
    Paragraph,
    Point,
    Provenance,
    Report,
    Section,
    Table,
    check_file,
    check_report,
    check_text,
    render_files,
    write,
)
from reporter import IntervalFigure as Figure

NOTEBOOKS = ["jupyter"] if find_spec("nbformat") else []  # an extra
ENDINGS = {
    "csv": "csv",
    "html": "html",
    "ipynb": "jupyter",
    "json": "json",
    "md": "markdown",
    "tex": "latex",
    "typ": "typst",
}
REPORT = Report(
    title="Run 7",
    sections=[
        Section(
            "Results",
            [
                Paragraph(["Model gpt-4o-2024-08-06 has ", Number(value=0.9, name="a.b"), "."]),
                Table(columns=("item", "p"), rows=[("i17", "0.5"), ("i18", "0.25")], caption="1"),
                Figure(points=[Point(label="p50", value=0.4, low=0.3, high=0.6)]),
                Provenance([Artifact(path="rows2.csv", sha256="0a1b" * 16)]),
            ],
        )
    ],
    data=[DataSet("run", {"score": [1, 0, 1]})],
)


@pytest.mark.parametrize(
    "format", ["csv", "html", "json", *NOTEBOOKS, "latex", "latex-twocolumn", "markdown", "typst"]
)
def test_a_changed_digit_is_named_in_every_file_of_every_format(format: str) -> None:
    draws = random.Random(0)
    for name, content in render_files(REPORT, format).items():
        text = content.decode()
        kind = ENDINGS[name.rpartition(".")[2]]
        assert check_text(text, kind, report=REPORT) == (), name
        places = [match.start() for match in re.finditer(r"\d", text)]
        for at in draws.sample(places, min(8, len(places))):
            other = draws.choice([each for each in "0123456789" if each != text[at]])
            changed = text[:at] + other + text[at + 1 :]
            assert check_text(changed, kind, report=REPORT), (name, text[max(0, at - 30) : at + 9])


def test_the_finding_says_what_stands_there_and_what_the_report_has() -> None:
    text = REPORT.to_markdown().replace("i17", "i19")

    (finding,) = check_text(text, "markdown", report=REPORT)

    assert finding.kind == "changed digit"
    assert finding.message == "the report has i17, and here stands i19"
    assert "i19" in finding.context


def test_a_paper_with_a_table_of_the_report_has_its_own_numbers_checked(tmp_path: Path) -> None:
    write(REPORT, tmp_path / "r.tex")
    table = (tmp_path / "r_table_1.tex").read_text()
    paper = tmp_path / "paper.tex"
    paper.write_text("We found 0.7.\n" + "A line of prose.\n" * 40 + table)

    extra = [each.message for each in check_file(paper, report=REPORT)]

    assert "0.7 is not a number of the report at this place" in extra
    assert check_file(tmp_path / "r_table_1.tex", report=REPORT) == ()
    assert check_file(tmp_path / "r_values.tex", report=REPORT) == ()


def test_notes_that_latex_repeats_below_each_part_of_a_table_are_no_findings() -> None:
    rows = [(f"i{at}", Cell("1", ["Of 12 answers"])) for at in range(95)]
    table = Table(columns=("item", "n"), rows=rows, notes="Sampled 7 times")
    long = Table(columns=("item",), rows=[(f"i{at}",) for at in range(1_000)])

    report = Report(title="t", sections=[Section("s", [table, long])])

    assert [str(each) for each in check_report(report, ["latex", "markdown", "html"])] == []
