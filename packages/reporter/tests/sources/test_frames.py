"""Tables from dictionaries, records and frames of other libraries, without knowing them."""

from typing import Any

import pytest

from reporter import Number, ReportError, table_from

COLUMNS: dict[str, list[Any]] = {"model": ["a", "b"], "accuracy": [0.912, None], "n": [10, 20]}


def texts(data: Any) -> list[list[str]]:
    table = table_from(data, units={"accuracy": "share"}, heads={"n": "Items"}, caption="C")
    assert table.columns == ("model", "accuracy", "Items")
    return [[each if isinstance(each, str) else str(each) for each in row] for row in table.rows]


EXPECTED = [["a", "91.2 %", "10"], ["b", "-", "20"]]


def test_columns_and_records_give_the_same_table() -> None:
    records = [{"model": "a", "accuracy": 0.912, "n": 10}, {"model": "b", "n": 20}]

    assert texts(COLUMNS) == texts(records) == EXPECTED


def test_a_frame_of_pandas_gives_the_same_table() -> None:
    pandas = pytest.importorskip("pandas")

    assert texts(pandas.DataFrame(COLUMNS)) == EXPECTED
    frame = pandas.DataFrame({"x": pandas.array([1, None], dtype="Int64")})
    assert [str(row[0]) for row in table_from(frame).rows] == ["1", "-"]


def test_a_table_of_arrow_gives_the_same_table() -> None:
    pyarrow = pytest.importorskip("pyarrow")

    assert texts(pyarrow.table(COLUMNS)) == EXPECTED


def test_values_of_every_kind_have_a_text() -> None:
    table = table_from({"x": [True, 1.5, float("nan"), float("inf"), "t", Number(value=2)]})

    assert [str(row[0]) for row in table.rows] == ["yes", "1.500", "-", "∞", "t", "2"]


@pytest.mark.parametrize(
    ("data", "options", "message"),
    [
        ({"a": [1], "b": []}, {}, "different lengths"),
        ({}, {}, "no columns"),
        ([], {}, "list has no columns"),
        (3, {}, "int has no columns"),
        ({"a": [1]}, {"units": {"b": "ms"}}, "no column 'b'; known: a"),
    ],
)
def test_data_that_do_not_fit_are_refused(data: Any, options: Any, message: str) -> None:
    with pytest.raises(ReportError, match=message):
        table_from(data, **options)
