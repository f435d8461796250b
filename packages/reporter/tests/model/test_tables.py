"""Tables with heads over columns, groups of rows, footnotes and numbers."""

from typing import Any

import pytest

from reporter import Cell, ColumnSpan, Number, ReportError, RowGroup, Table
from reporter._model.layout import table_layout

TABLE = Table(
    columns=("Model", Cell("Value", ["Exact match"]), Cell("p", ["Holm", "Exact match"])),
    rows=[
        ("a", Number(value=0.9, unit="share"), Number(value=0.03, unit="p")),
        (Cell("b", ["Old version"]), Cell("-", strong=True), "-"),
    ],
    spans=[[ColumnSpan("", 1), ColumnSpan("Accuracy", 2)]],
    groups=[RowGroup("Small", 1), RowGroup("Large", 1)],
)


def test_footnotes_get_letters_in_reading_order_and_equal_texts_share_one() -> None:
    layout = table_layout(TABLE)

    assert layout.footnotes == (("a", "Exact match"), ("b", "Holm"), ("c", "Old version"))
    assert [head.marks for head in layout.heads] == ["", "a", "b,a"]


def test_rows_stand_in_their_groups() -> None:
    layout = table_layout(TABLE)

    assert [(group.label, len(group.rows)) for group in layout.groups] == [
        ("Small", 1),
        ("Large", 1),
    ]
    assert [cell.text for cell in layout.groups[0].rows[0]] == ["a", "90.0 %", ".030"]
    assert [cell.align for cell in layout.heads] == ["left", "right", "right"]


def test_after_the_last_letter_come_two_letters() -> None:
    table = Table(columns=("x",), rows=[(Cell("1", [f"note {n}"]),) for n in range(60)])

    marks = [mark for mark, _ in table_layout(table).footnotes]

    assert len(set(marks)) == 60
    assert marks[24:27] == ["z", "aa", "ab"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"spans": [[ColumnSpan("x", 2)]]}, "cover 2, not 3"),
        ({"spans": [["x"]]}, "expected ColumnSpan values, got str"),
        ({"groups": [RowGroup("x", 1)]}, "cover 1, not 2"),
        ({"rows": [("a", 0.9, "x")]}, "row 1, entry 2: expected text.*number_text"),
    ],
)
def test_parts_that_do_not_fit_are_refused(options: dict[str, Any], message: str) -> None:
    values = {"columns": ("a", "b", "c"), "rows": [("1", "2", "3")] * 2} | options

    with pytest.raises(ReportError, match=message):
        Table(**values)
    with pytest.raises(ReportError, match="from 1 on"):
        ColumnSpan("x", 0)
    with pytest.raises(ReportError, match="footnote is empty"):
        Cell("x", [" "])
