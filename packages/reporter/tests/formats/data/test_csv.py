"""CSV of the numbers, tables, figures and data, which no spreadsheet runs."""

import csv
import io

import pytest

from reporter import DataSet, Report, Section, Table, render, render_files


def rows(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode())))


def test_every_table_and_figure_is_a_file(rich: Report) -> None:
    files = render_files(rich, "csv", stem="r")

    assert list(files) == [
        *("r.csv", "r_table_1.csv"),
        *("r_figure_1.csv", "r_figure_2.csv", "r_figure_3.csv"),
    ]
    assert rows(files["r_table_1.csv"])[0] == [
        *("Group", "Model", "Quality: Accuracy", "Quality: Interval"),
        *("Resources: Latency", "Resources: Cost"),
    ]
    gain = rows(files["r.csv"])[1]
    assert gain == [
        "accuracy.gain",
        "+3.1 pp",
        "0.031",
        "points",
        "0.012",
        "0.05",
        "0.95",
        "0.0016",
        "higher",
    ]


@pytest.mark.parametrize("text", ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1", "+a"])
def test_a_text_that_a_spreadsheet_would_run_is_quoted(text: str) -> None:
    table = Table(columns=("x",), rows=[(text,)])
    report = Report(title="t", data=[DataSet("d", {"x": [text]})], sections=[Section("s", [table])])
    files = render_files(report, "csv")

    for name in ("report_table_1.csv", "report_data_d.csv"):
        assert rows(files[name])[1][0].startswith("'")


@pytest.mark.parametrize(
    "text",
    ["-", "-3.1", "+3.1 pp", "[-1, 2]", "-$0.12", "+3.1 pp [-1.2 pp, +5 pp]", "-∞ ms", "a=b"],
)
def test_numbers_keep_their_signs(text: str) -> None:
    table = Table(columns=("x",), rows=[(text,)])

    files = render_files(Report(title="t", sections=[Section("s", [table])]), "csv")

    assert rows(files["report_table_1.csv"])[1] == [text]


def test_json_is_a_format(rich: Report) -> None:
    assert render(rich, "json") == rich.to_json()
