"""The values of a report are checked when they are made, and do not change afterwards."""

import json
from typing import Any

import pytest

from reporter import (
    Bullets,
    Callout,
    Code,
    Curve,
    EcdfFigure,
    InlineText,
    IntervalFigure,
    KeyValues,
    LineFigure,
    Paragraph,
    Point,
    Report,
    ReportError,
    Sample,
    Section,
    Table,
    TestLine,
    render,
)

POINT = Point(label="a", value=1.0)


@pytest.mark.parametrize(
    ("kind", "options", "message"),
    [
        (Table, {"columns": ("a",), "rows": [(3.5,)]}, "row 1, entry 1: expected text"),
        (Table, {"columns": ("a", "b"), "rows": ["ab"]}, "row 1: expected a list or tuple"),
        (Table, {"columns": (), "rows": []}, "columns is empty"),
        (Table, {"columns": ("a",), "rows": [], "align": ("middle",)}, "unknown align 'middle'"),
        (Bullets, {"items": "text"}, "bullets: expected a list"),
        (Paragraph, {"text": [3.5]}, "paragraph: expected text, got float"),
        (Paragraph, {"text": None}, "paragraph: expected a list"),
        (InlineText, {"text": "x", "style": "loud"}, "emphasis, strong, code"),
        (Code, {"text": 3.5}, "code: expected text"),
        (KeyValues, {"pairs": [("a", "b", "c")]}, r"expected \(name, value\)"),
        (KeyValues, {"pairs": {"a": "b"}}, "expected a list or tuple, got dict"),
        (Section, {"title": "s", "blocks": ["text"]}, "entry 1 is str, not a block.*Paragraph"),
        (Section, {"title": "s", "blocks": Paragraph("x")}, "blocks: expected a list"),
        (Report, {"title": "t", "authors": "Jane"}, "authors: expected a list"),
        (
            Report,
            {"title": "t", "sections": [Paragraph("x")]},
            "is Paragraph, not a Section",
        ),
        (Report, {"title": "t", "banner": True}, "banner: expected text"),
        (Point, {"label": "a", "value": "1"}, "point 'a': expected a number"),
        (Point, {"label": "a", "value": float("inf")}, "not finite"),
        (Point, {"label": "a", "value": -(10**5000)}, "not finite"),
        (Point, {"label": "a", "value": 1.0, "low": 0.5}, "one end only"),
        (Point, {"label": "a", "value": 1.0, "low": 2.0, "high": 0.0}, "low is 2 and high is 0"),
        (IntervalFigure, {"points": ["text"]}, "expected Point values"),
        (IntervalFigure, {"points": [POINT], "reference": float("nan")}, "reference"),
        (Curve, {"label": "a", "x": [1.0], "y": [1.0, 2.0]}, "x has 1 numbers and y has 2"),
        (Curve, {"label": "a", "x": [], "y": []}, "at least one number"),
        (LineFigure, {"curves": []}, "at least one Curve"),
        (LineFigure, {"curves": [Curve(label="a", x=[1], y=[1])] * 9}, "at most 8"),
        (EcdfFigure, {"samples": [Sample(label="a", values=[0.0])], "log": True}, "above zero"),
        (EcdfFigure, {"samples": [POINT]}, "expected Sample values, got Point"),
    ],
)
def test_a_mistake_is_named_where_it_is_made(
    kind: Any, options: dict[str, Any], message: str
) -> None:
    with pytest.raises(ReportError, match=message):
        kind(**options)


def test_a_report_does_not_change_with_the_lists_it_was_made_from() -> None:
    rows, cells = [["1"]], ["1"]
    rows[0] = cells
    table = Table(columns=["a"], rows=rows)
    blocks: list[Paragraph | Table] = [table, Paragraph(["x", InlineText("y")])]
    report = Report(title="t", sections=[Section("s", blocks)])
    before = render(report)

    cells.append("2")
    rows.append(["3"])
    blocks.clear()

    assert render(report) == before
    assert hash(report.sections[0]) == hash(
        Section("s", (table, Paragraph(("x", InlineText("y")))))
    )


def test_a_report_as_plain_values_is_json_and_says_what_each_block_is() -> None:
    report = Report(
        title="t",
        sections=[
            Section("s", [Paragraph(["a", InlineText("b")]), IntervalFigure(points=[POINT])])
        ],
        metadata={"tags": {"x"}, "nan": float("nan")},
    )

    values = json.loads(json.dumps(report.to_dict(), allow_nan=False))

    first, second = values["sections"][0]["blocks"]
    assert first == {
        "type": "Paragraph",
        "text": ["a", {"type": "InlineText", "text": "b", "style": "emphasis"}],
    }
    assert second["points"][0]["value"] == 1.0
    assert values["metadata"] == {"tags": ["x"], "nan": "nan"}


def test_a_table_whose_rows_do_not_fit_is_refused_with_the_row() -> None:
    with pytest.raises(ReportError, match="row 2 has 1 cells, not 2"):
        Table(columns=("a", "b"), rows=[("1", "2"), ("3",)], caption="T")
    with pytest.raises(ReportError, match="align"):
        Table(columns=("a", "b"), rows=[], align=("left",))


def test_every_part_of_a_report_becomes_plain_values() -> None:
    parts = [
        InlineText("a"),
        Paragraph("a"),
        Bullets(["a"]),
        KeyValues([("a", "b")]),
        Code("a"),
        Callout(text="a"),
        TestLine(sentence="a"),
        Table(columns=("a",), rows=[]),
        POINT,
        IntervalFigure(points=[POINT]),
        Sample(label="a", values=[1.0]),
        Section("s", []),
        Report(title="t"),
    ]

    for part in parts:
        assert part.to_dict()["type"] == type(part).__name__
        assert json.dumps(part.to_dict(), allow_nan=False)


def test_a_callout_has_a_known_kind() -> None:
    with pytest.raises(ReportError, match="note, warning, result"):
        Callout(text="x", kind="loud")  # type: ignore[arg-type]  # seen by a type checker too


def test_a_figure_needs_finite_numbers() -> None:
    with pytest.raises(ReportError, match="points is empty"):
        IntervalFigure(points=[])
    with pytest.raises(ReportError, match="not finite"):
        IntervalFigure(points=[Point(label="a", value=float("nan"))])


def test_columns_of_numbers_stand_to_the_right() -> None:
    table = Table(
        columns=("name", "p", "cost", "missing", "text"),
        rows=[("a", "< .001", "$1.50", "-", "1 or so"), ("b", "0.2", "$20", "3", "none")],
    )

    assert table.alignment == ("left", "right", "right", "right", "left")
