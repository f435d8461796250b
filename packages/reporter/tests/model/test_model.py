"""A mistake in a report is named where it is made, and what is made does not change."""

import json
from typing import Any

import pytest

from reporter import (
    Bullets,
    Code,
    Curve,
    EcdfFigure,
    IntervalFigure,
    KeyValues,
    LineFigure,
    Paragraph,
    Point,
    Report,
    ReportError,
    Sample,
    Section,
    Span,
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
        (Table, {"columns": (), "rows": []}, "no columns"),
        (Table, {"columns": ("a",), "rows": [], "align": ("middle",)}, "unknown align 'middle'"),
        (Bullets, {"items": "text"}, "bullets: expected a list"),
        (Paragraph, {"text": [3.5]}, "paragraph: expected text, got float"),
        (Paragraph, {"text": None}, "paragraph: expected a list"),
        (Span, {"text": "x", "style": "loud"}, "emphasis, strong, code"),
        (Code, {"text": 3.5}, "code: expected text"),
        (KeyValues, {"pairs": [("a", "b", "c")]}, r"expected \(name, value\)"),
        (KeyValues, {"pairs": {"a": "b"}}, "expected a list or tuple, got dict"),
        (Section, {"title": "s", "blocks": ["text"]}, "entry 1 is no block but str .*Paragraph"),
        (Section, {"title": "s", "blocks": Paragraph("x")}, "blocks: expected a list"),
        (Report, {"title": "t", "authors": "Jane"}, "authors: expected a list"),
        (Report, {"title": "t", "sections": [Paragraph("x")]}, "part 1 is no Section"),
        (Report, {"title": "t", "banner": True}, "banner: expected text"),
        (Point, {"label": "a", "value": "1"}, "point 'a': expected a number"),
        (Point, {"label": "a", "value": float("inf")}, "not finite"),
        (Point, {"label": "a", "value": -(10**5000)}, "not finite"),
        (Point, {"label": "a", "value": 1.0, "low": 0.5}, "two ends"),
        (Point, {"label": "a", "value": 1.0, "low": 2.0, "high": 0.0}, "before it begins"),
        (IntervalFigure, {"points": ["text"]}, "expected Point values"),
        (IntervalFigure, {"points": [POINT], "reference": float("nan")}, "reference"),
        (Curve, {"label": "a", "x": [1.0], "y": [1.0, 2.0]}, "x has 1 numbers and y has 2"),
        (Curve, {"label": "a", "x": [], "y": []}, "nothing to show"),
        (LineFigure, {"curves": []}, "nothing to show"),
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
    blocks: list[Paragraph | Table] = [table, Paragraph(["x", Span("y")])]
    report = Report(title="t", sections=[Section("s", blocks)])
    before = render(report)

    cells.append("2")
    rows.append(["3"])
    blocks.clear()

    assert render(report) == before
    assert hash(report.sections[0]) == hash(Section("s", (table, Paragraph(("x", Span("y"))))))


def test_a_report_as_plain_values_is_json_and_says_what_each_block_is() -> None:
    report = Report(
        title="t",
        sections=[Section("s", [Paragraph(["a", Span("b")]), IntervalFigure(points=[POINT])])],
        metadata={"tags": {"x"}, "nan": float("nan")},
    )

    values = json.loads(json.dumps(report.to_dict(), allow_nan=False))

    first, second = values["sections"][0]["blocks"]
    assert first == {
        "kind": "Paragraph",
        "text": ["a", {"kind": "Span", "text": "b", "style": "emphasis"}],
    }
    assert second["points"][0]["value"] == 1.0
    assert values["metadata"] == {"tags": ["x"], "nan": "nan"}


def test_a_report_prints_as_markdown() -> None:
    report = Report(title="T", sections=[Section("s", [TestLine(sentence="p = .5")])])

    assert str(report) == render(report, "markdown")
