"""Large plain files read as columns have the values of the rows."""

import csv
import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from dataset_manager import read_log, read_log_columns

pa = pytest.importorskip("pyarrow", reason="columns need pyarrow")
pq = pytest.importorskip("pyarrow.parquet", reason="columns need pyarrow")

ROWS = [
    {
        "id": f"item, {k}",
        "question": f"Which\n“number” is {k}? " + "x" * 90,
        "prediction": f"{k},5",
        "score": (True, False, 0.5)[k % 3] if k % 2 else 1,
        "model": "ab"[k % 2],
        "cost_usd": k / 100,
        "latency_s": 0.25,
        "topic": f"t{k % 7}",
    }
    for k in range(10_000)
]


def as_csv(path: Path, rows: Sequence[Mapping[str, Any]]) -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


def as_jsonl(path: Path, rows: Sequence[Mapping[str, Any]]) -> Path:
    plain = [{**row, "score": float(row["score"])} for row in rows]
    path.write_text("".join(json.dumps(row) + "\n" for row in plain), encoding="utf-8")
    return path


def as_parquet(path: Path, rows: Sequence[Mapping[str, Any]]) -> Path:
    pq.write_table(
        pa.Table.from_pylist([{**row, "score": float(row["score"])} for row in rows]),
        path,
        compression="none",
        use_dictionary=False,
    )
    return path


@pytest.mark.slow
@pytest.mark.parametrize(
    ("write", "ending"), [(as_csv, "csv"), (as_jsonl, "jsonl"), (as_parquet, "parquet")]
)
def test_columns_have_the_values_of_the_rows(
    tmp_path: Path, write: Callable[[Path, Sequence[Mapping[str, Any]]], Path], ending: str
) -> None:
    path = write(tmp_path / f"log.{ending}", ROWS)

    columns, rows = read_log_columns(path), read_log(path).rows

    assert columns is not None
    found = columns.to_dict()["columns"]
    for name, field in (("id", "id"), ("input", "input"), ("model", "model")):
        assert found[name] == [getattr(row, field) for row in rows]
    assert found["prediction"] == [str(row.prediction) for row in rows]
    assert found["score"] == [row.score for row in rows]
    assert found["cost_usd"] == pytest.approx([row.cost_usd for row in rows])
    assert found["latency_ms"] == [row.latency_ms for row in rows]
    assert columns.metadata["topic"].to_pylist() == [row.metadata["topic"] for row in rows]
    assert (columns.name, len(columns)) == ("log", len(rows))


def broken(path: Path) -> Path:
    as_csv(path, ROWS)
    with path.open("a", encoding="utf-8") as file:
        file.write("one,cell,too,few\n")
    return path


def nested(path: Path) -> Path:
    text = "".join(json.dumps({**row, "choices": ["a", "b"]}) + "\n" for row in ROWS)
    path.write_text(text, encoding="utf-8")
    return path


def programs(path: Path) -> Path:
    row = {"task_id": "HumanEval/0", "completion": "x" * 200, "result": "passed", "passed": True}
    path.write_text((json.dumps(row) + "\n") * 10_000, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("make", "name"),
    [
        (broken, "broken.csv"),
        (nested, "nested.jsonl"),
        (programs, "programs.jsonl"),
        (lambda path: as_csv(path, ROWS[:10]), "small.csv"),
    ],
    ids=["broken", "nested", "of another tool", "small"],
)
def test_what_has_to_be_read_row_by_row_gives_none(
    tmp_path: Path, make: Callable[[Path], Path], name: str
) -> None:
    assert read_log_columns(make(tmp_path / name)) is None


def test_an_unknown_field_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="answered_by"):
        read_log_columns(as_csv(tmp_path / "log.csv", ROWS), fields={"answered_by": "model"})
