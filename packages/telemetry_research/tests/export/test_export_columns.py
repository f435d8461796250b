"""The columns of an export: colliding, derived and unknown ones, and those of transformers."""

import csv
import io
import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from telemetry_research import FileStore, Recording, record, recording
from telemetry_research._export.attribute_columns import attribute_columns
from telemetry_research._export.export import Format

FORMATS: tuple[Format, ...] = ("csv", "jsonl", "parquet")


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def one() -> Recording:
    with recording("one") as experiment:
        record("llm.request.stop", {"duration_ns": 2_000_000}, {"k": 1})
    return experiment


@pytest.mark.parametrize(
    "fields",
    [
        {"a.b": "plain", "a": {"b": "nested"}},
        {"a": {"b": "nested"}, "a.b": "plain"},
    ],
)
def test_a_nested_value_whose_name_is_taken_has_a_column_of_its_own(
    fields: dict[str, Any], tmp_path: Path
) -> None:
    with recording("taken") as experiment:
        record("x.stop", {}, fields)

    (row,) = rows_of(experiment.export(tmp_path / "e.csv"))

    assert row["attributes.a.b"] == "plain"
    assert row["attributes.a.b'"] == "nested"


@pytest.mark.parametrize("name", FORMATS)
def test_columns_that_events_derive_can_be_chosen(name: Format, tmp_path: Path) -> None:
    experiment = one()
    (event,) = experiment

    path = experiment.export(
        tmp_path / f"e.{name}", columns=["name", "event_id", "level", "latency_ms"]
    )

    if name == "parquet":
        (row,) = pq.read_table(path).to_pylist()
        assert [*row.values()] == [event.name, event.event_id, "model", 2.0]
    else:
        text = path.read_text(encoding="utf-8")
        for value in (event.event_id, "model", "2"):
            assert value in text.splitlines()[-1]


@pytest.mark.parametrize("name", FORMATS)
def test_a_column_that_no_event_has_is_refused_and_nothing_is_written(
    name: Format, tmp_path: Path
) -> None:
    with pytest.raises(ValueError, match="columns= has 'nme'"):
        one().export(tmp_path / f"e.{name}", columns=["name", "nme"])

    assert not any(tmp_path.iterdir())


@pytest.mark.parametrize("later", ["word", 5, 2.5, True, [1], {"a": 1}])
def test_a_transformer_may_give_a_column_other_types_in_other_batches(
    later: object, tmp_path: Path
) -> None:
    with recording("types", store=FileStore(tmp_path / "e.arrows")) as experiment:
        for kind in (None, later, 7):
            for _ in range(3):
                record("a.stop", {}, {"k": kind})
            experiment.flush()

    path = experiment.export(
        tmp_path / "e.parquet", transform=[lambda row: {**row, "k": row["attributes"].get("k")}]
    )

    found = pq.read_table(path)["k"].to_pylist()
    assert found[:3] == [None] * 3
    assert None not in found[3:]
    assert len(found) == 9


def test_a_transformer_may_mix_types_in_one_batch(tmp_path: Path) -> None:
    with recording("types") as experiment:
        for kind in (1, "word", {"a": 1}):
            record("a.stop", {}, {"k": kind})

    path = experiment.export(
        tmp_path / "e.parquet", transform=[lambda row: {**row, "k": row["attributes"]["k"]}]
    )

    assert pq.read_table(path)["k"].to_pylist() == ["1", "word", '{"a":1}']


@pytest.mark.parametrize("name", FORMATS)
def test_columns_after_a_transformer_may_be_its_own(name: Format, tmp_path: Path) -> None:
    path = one().export(
        tmp_path / f"e.{name}",
        columns=["name", "extra"],
        transform=[lambda row: {**row, "extra": "added"}],
    )

    assert b"added" in path.read_bytes()


@pytest.mark.parametrize(
    ("values", "cells"),
    [
        (["2026-01-02 03:04:05", "x"], ["2026-01-02 03:04:05", "x"]),
        (["2026-01-02", "2026-01-03T04:05:06Z"], ["2026-01-02", "2026-01-03T04:05:06Z"]),
        ([1, "1"], ["1", "1"]),
        ([2**53 + 1, 0.5], [str(2**53 + 1), "0.5"]),
        ([2**64 - 1, 1], [str(2**64 - 1), "1"]),
        ([True, None], ["true", ""]),
        ([1e300, 0.1], ["1e300", "0.1"]),
        ([[1, "a"], {"b": "=1"}], ['[1,"a"]', ""]),
        (["", 'a,b\n"c"\u2028'], ["", 'a,b\n"c"\u2028']),
    ],
)
@pytest.mark.parametrize("others", [0, 100], ids=["few", "many"])
def test_csv_cells_are_the_texts_of_the_attributes(
    others: int, values: list[Any], cells: list[str], tmp_path: Path
) -> None:
    with recording("cells") as experiment:
        for value in values:
            record("x.stop", {}, {"value": value})
        for number in range(others):  # so many are read another way
            record("x.stop", {}, {"other": number})

    rows = rows_of(experiment.export(tmp_path / "e.csv"))

    assert [row["attributes.value"] for row in rows[: len(values)]] == cells


@given(
    st.lists(
        st.one_of(
            st.floats(allow_nan=False, allow_infinity=False),
            st.integers(-(2**63), 2**63 - 1),
            st.none(),
        ),
        min_size=33,
        max_size=60,
    )
)
@settings(deadline=None, max_examples=30, derandomize=True)
def test_csv_cells_of_numbers_read_back_as_equal_numbers(values: list[float | None]) -> None:
    texts = pa.array([json.dumps({"k": each, "n": n}) for n, each in enumerate(values)])

    column = attribute_columns(texts).get("k", pa.nulls(len(values)))
    written = io.BytesIO()
    pa_csv.write_csv(pa.table({"k": column}), written, pa_csv.WriteOptions(include_header=False))
    cells = [each.strip('"') for each in written.getvalue().decode().splitlines()]

    assert [json.loads(each) if each else None for each in cells] == values


def test_numbers_and_truth_values_of_attributes_are_written_as_such(tmp_path: Path) -> None:
    with recording("typed") as experiment:
        for number in range(100):
            record("x.stop", {}, {"n": -number, "share": number / 8, "ok": number > 5, "t": "=1"})

    lines = experiment.export(tmp_path / "e.csv").read_text().splitlines()

    assert lines[0].endswith('"attributes.n","attributes.ok","attributes.share","attributes.t"')
    assert lines[100].endswith(""",-99,true,12.375,"'=1\"""")


def test_an_attribute_that_changes_its_type_late_is_one_column(tmp_path: Path) -> None:
    with recording("typed") as experiment:
        for number in range(10_000):
            record("x.stop", {}, {"n": number, "v": number if number < 9000 else f"v{number}"})

    rows = rows_of(experiment.export(tmp_path / "e.csv"))

    assert [row["attributes.v"] for row in rows] == [
        str(n) if n < 9000 else f"v{n}" for n in range(10_000)
    ]


@pytest.mark.parametrize("odd", ['{"a":{}}', '{"a":\n1}', '{"a":"}"}', '{"a":1}\r', '{"a":[[1]]}'])
def test_attributes_that_are_not_plain_lines_are_read_one_by_one(odd: str) -> None:
    texts = pa.array(['{"a":1}'] * 50 + [odd] + ['{"a":2}'] * 50)

    columns = attribute_columns(texts)

    (name,) = columns
    assert [columns[name][n].as_py() for n in (0, 49, 51, 100)] in (
        ["1", "1", "2", "2"],
        [1, 1, 2, 2],
    )


def test_csv_has_the_attributes_of_events_that_come_late(tmp_path: Path) -> None:
    with recording("late", store=FileStore(tmp_path / "e.arrows")) as experiment:
        record("x.stop", {}, {"first": 1})
        experiment.flush()
        record("x.stop", {}, {"late": "=2", "nested": {"a": 3}})

    rows = rows_of(experiment.export(tmp_path / "e.csv"))

    names = ["attributes.first", "attributes.late", "attributes.nested.a"]
    assert [[row[name] for name in names] for row in rows] == [["1", "", ""], ["", "'=2", "3"]]
    assert sorted(each.name for each in tmp_path.iterdir()) == ["e.arrows", "e.csv"]
