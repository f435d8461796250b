"""Events as files, without losing a column or a character."""

import csv
import json
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from telemetry_research import (
    Anonymize,
    NoDataError,
    Recording,
    UnknownExportFormatError,
    record,
    recording,
)

from ..support import unhurried


def mixed() -> Recording:
    with recording("mixed") as experiment:
        record("a.stop", {"duration_ns": 1}, {"text": 'line\nbreak, "quotes" and ünïcode'})
        record("b.stop", {"cost_usd": 0.1}, {"nested": {"deep": {"x": 1}}, "list": [1, "two"]})
        record("c.exception", {}, {"error_type": "E", "only_here": None})
    return experiment


def test_csv_has_the_columns_of_all_events_and_not_only_of_the_first(tmp_path: Path) -> None:
    path = mixed().export(tmp_path / "events.csv")

    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))

    assert [row["name"] for row in rows] == ["a.stop", "b.stop", "c.exception"]
    assert rows[0]["attributes.text"] == 'line\nbreak, "quotes" and ünïcode'
    assert rows[1]["attributes.nested.deep.x"] == "1"
    assert rows[1]["attributes.list"] == '[1,"two"]'
    assert rows[0]["cost_usd"] == ""
    assert rows[0]["latency_ms"] == "0.000001"


def test_json_lines_hold_every_event_as_it_is(tmp_path: Path) -> None:
    experiment = mixed()

    path = experiment.export(tmp_path / "events.jsonl")

    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    assert lines == [json.loads(json.dumps(event.to_dict())) for event in experiment]


def test_parquet_holds_typed_columns(tmp_path: Path) -> None:
    experiment = mixed()

    table = pq.read_table(experiment.export(tmp_path / "events.parquet"))

    assert table.num_rows == 3
    assert table["duration_ns"].to_pylist() == [1, None, None]
    assert table["cost_usd"].to_pylist() == [None, 0.1, None]
    assert table["success"].to_pylist() == [True, True, False]
    assert table["name"].to_pylist() == ["a.stop", "b.stop", "c.exception"]
    assert json.loads(table["attributes"][1].as_py()) == {
        "nested": {"deep": {"x": 1}},
        "list": [1, "two"],
    }
    assert set(table["experiment_id"].to_pylist()) == {experiment.id}


json_like = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@pytest.mark.slow
@unhurried
@given(metadata=st.dictionaries(st.text(min_size=1), json_like, max_size=4))
def test_any_metadata_comes_back_from_the_table(metadata: dict[str, Any]) -> None:
    metadata = {
        key: value
        for key, value in metadata.items()
        if key not in ("success", "model", "error_type")
    }
    with recording("any") as experiment:
        record("a.note", {}, metadata)

    table = experiment.table()

    assert json.loads(table["attributes"][0].as_py()) == metadata
    assert next(iter(experiment)).attributes == metadata


def test_an_empty_experiment_has_a_table_and_no_export(tmp_path: Path) -> None:
    with recording("empty") as experiment:
        pass

    assert experiment.table().num_rows == 0
    with pytest.raises(NoDataError, match="no events"):
        experiment.export(tmp_path / "events.csv")


def test_an_unknown_format_is_an_error_that_lists_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(UnknownExportFormatError, match="csv, jsonl, parquet"):
        mixed().export(tmp_path / "events.xlsx")


def test_an_export_replaces_an_older_one_and_leaves_nothing_else(tmp_path: Path) -> None:
    experiment = mixed()
    experiment.export(tmp_path / "events.csv")

    experiment.export(tmp_path / "events.csv")

    assert [path.name for path in tmp_path.iterdir()] == ["events.csv"]


def test_columns_and_transformers_shape_an_export(tmp_path: Path) -> None:
    def shorten(row: dict[str, Any]) -> dict[str, Any] | None:
        return None if row["name"] == "c.exception" else {**row, "name": row["name"][0]}

    for ending in ("csv", "jsonl", "parquet"):
        path = mixed().export(
            tmp_path / f"events.{ending}",
            columns=["name", "attributes.nested.deep.x"],
            transform=[shorten],
        )
        if ending == "csv":
            assert path.read_text() == '"name","attributes.nested.deep.x"\n"a",\n"b","1"\n'
        elif ending == "jsonl":
            assert [json.loads(line)["name"] for line in path.read_text().splitlines()] == [
                "a",
                "b",
            ]
        else:
            assert pq.read_table(path)["name"].to_pylist() == ["a", "b"]


def test_an_anonymised_export_contains_no_secret(tmp_path: Path) -> None:
    long = "Alice wrote a long text about her secret illness"
    with recording("one") as experiment:
        for user in ("alice", "bob", "alice"):
            about = {"user_id": user, "session": "s1", "said": [long], "nested": {"user_id": user}}
            record("a.stop", {"duration_ns": 7}, about)
    hide = Anonymize(hash=["user_id", "thread"], drop=["session"], key="k")

    for ending in ("csv", "jsonl", "parquet"):
        path = experiment.export(tmp_path / f"events.{ending}", anonymize=hide)
        assert not [
            word for word in (b"alice", b"bob", b"illness", b"s1") if word in path.read_bytes()
        ]

    rows = [json.loads(line) for line in (tmp_path / "events.jsonl").read_text().splitlines()]
    users = [row["attributes"]["user_id"] for row in rows]
    assert users[0] == users[2] != users[1]
    assert rows[0]["duration_ns"] == 7
    with pytest.raises(ValueError, match="secret"):
        Anonymize(key="")


def test_parquet_is_partitioned_by_experiment_on_request(tmp_path: Path) -> None:
    experiment = mixed()

    folder = experiment.export(tmp_path / "events", "parquet", partition=True)

    assert pq.read_table(folder / f"experiment_id={experiment.id}" / "events.parquet").num_rows == 3
    with pytest.raises(UnknownExportFormatError):
        experiment.export(tmp_path / "events", "csv", partition=True)


def test_numbers_without_a_json_form_are_marked() -> None:
    with recording("one") as experiment:
        record("a.stop", {"score": float("nan")}, {"deep": {"x": [float("inf"), None]}})

    (event,) = experiment
    assert event.attributes == {
        "score": {"repr": "nan"},
        "deep": {"x": [{"repr": "inf"}, None]},
    }


def test_sql_and_pandas_see_the_same_events() -> None:
    pytest.importorskip("duckdb")
    pytest.importorskip("pandas")
    with recording("one") as experiment:
        for number in range(3000):
            record("a.stop", {"duration_ns": number}, {"model": f"m{number % 2}", "n": number})

    query = "SELECT model, count(*) AS n, max((attributes->>'$.n')::int) AS top FROM events"
    rows = experiment.sql(f"{query} GROUP BY model ORDER BY model").to_pylist()
    frame = experiment.frame()

    assert rows == [
        {"model": "m0", "n": 1500, "top": 2998},
        {"model": "m1", "n": 1500, "top": 2999},
    ]
    assert frame["duration_ns"].sum() == sum(range(3000))
    assert frame["attributes"][7] == {"n": 7}
