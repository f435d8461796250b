"""A file of others takes no more memory than one of its size may."""

import gzip
import io
import json
import os
from pathlib import Path
from typing import get_args

import pytest

from dataset_manager import (
    DatasetError,
    DatasetFileError,
    Item,
    ResultStore,
    evaluate,
    load_sync,
    read_log,
)
from dataset_manager._core import bounds
from dataset_manager._data.dataset import Dataset
from dataset_manager._logs.log import LogFormat

ROWS = {
    "a.csv.gz": b"q,a\n" * 5000,
    "a.tsv.gz": b"q\ta\n" * 5000,
    "a.jsonl.gz": b"{}\n" * 5000,
    "b.jsonl.gz": b"\n" * 5000,
    "a.json.gz": b"[" + b'{"a":1},' * 5000 + b"1]",
    "b.json.gz": b" \n" * 5000 + b"[]",
}


@pytest.mark.parametrize("name", ROWS)
def test_rows_and_values_that_were_packed_small_are_counted(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bounds, "_FREE_VALUES", 1000)
    head = {"csv": b"question,answer\n", "tsv": b"question\tanswer\n"}.get(name[2:5], b"")
    (tmp_path / name).write_bytes(gzip.compress(head + ROWS[name]))

    with pytest.raises(DatasetFileError, match=r"more values than|no records|no fields|not JSON"):
        load_sync(tmp_path / name, allow_empty=True)


def test_a_text_with_one_long_character_counts_four_times(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bounds, "_FREE_BYTES", 10_000)
    for letter, refused in (("a", False), ("\N{GRINNING FACE}", True)):
        content = json.dumps([{"question": letter + "a" * 4000, "answer": "b"}], ensure_ascii=False)
        (tmp_path / "a.json.gz").write_bytes(gzip.compress(content.encode()))
        if refused:
            with pytest.raises(DatasetFileError, match="as a text"):
                load_sync(tmp_path / "a.json.gz")
        else:
            assert len(load_sync(tmp_path / "a.json.gz")) == 1


@pytest.mark.parametrize("written", [False, True], ids=["any", "written"])
def test_a_table_is_counted_before_it_is_read(
    written: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pa = pytest.importorskip("pyarrow", reason="reading Parquet needs the extra arrow")
    pq = pytest.importorskip("pyarrow.parquet")
    monkeypatch.setattr(bounds, "_FREE_ROWS", 1000)
    path = tmp_path / "a.parquet"
    Dataset(
        [Item(id="a", input="q", expected="4")], name="d", version="1", scorer="exact_match"
    ).to_parquet(path)
    table = pq.read_table(path).take(pa.array([0] * 200_000))
    pq.write_table(table if written else table.replace_schema_metadata({}), path)

    with pytest.raises(DatasetFileError, match="200,000 rows"):
        load_sync(path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes here")
@pytest.mark.parametrize("name", ["a.parquet", "a.eval", "a.jsonl.gz", "a.json.zip", "a.csv"])
def test_a_pipe_is_not_waited_for(name: str, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / name)

    for read in (load_sync, read_log):
        with pytest.raises((DatasetError, ValueError)):
            read(tmp_path / name)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes here")
@pytest.mark.parametrize("format", get_args(LogFormat))
@pytest.mark.parametrize("ending", ["json", "jsonl", "eval"])
def test_a_pipe_that_is_said_to_be_a_log_is_not_waited_for(
    format: LogFormat, ending: str, tmp_path: Path
) -> None:
    os.mkfifo(tmp_path / f"a.{ending}")

    with pytest.raises((DatasetError, ValueError)):
        read_log(tmp_path / f"a.{ending}", format=format)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes here")
def test_a_pipe_beside_a_log_is_not_waited_for(tmp_path: Path) -> None:
    sample = {
        "doc_id": 0, "doc": {"question": "q"}, "target": "4", "arguments": [["q", {}]],
        "resps": [["4"]], "filtered_resps": ["4"], "exact_match": 1.0,
    }  # fmt: skip
    path = tmp_path / "samples_t_2026-01-01T00-00-00.jsonl"
    path.write_text(json.dumps(sample) + "\n")
    os.mkfifo(tmp_path / "results_2026-01-01T00-00-00.json")

    assert len(read_log(path).rows) == 1


@pytest.fixture
def store(tmp_path: Path) -> ResultStore:
    items = [Item(id=each, input="q", expected="4") for each in ("a", "b")]
    data = Dataset(items, name="d", version="1", scorer="exact_match")
    found = ResultStore(tmp_path)
    found.save(evaluate(["4", "5"], dataset=data, model_name="m"), id="r")
    return found


BAD: list[tuple[str, object]] = [
    ("model_name", 5),
    ("metrics", {"accuracy": "high"}),
    ("metrics", []),
    ("items", []),
    ("layers", [1]),
    ("left_out", "x"),
    ("items.correct", "yes"),
    ("items.score", "1"),
    ("items.score", float("inf")),
    ("items.outcome", {}),
    ("items.id", 7),
    ("items.confidence", "sure"),
]


@pytest.mark.parametrize(("name", "value"), BAD, ids=[f"{n}-{b[0]}" for n, b in enumerate(BAD)])
def test_a_stored_result_with_a_value_of_another_type_is_refused(
    store: ResultStore, name: str, value: object
) -> None:
    path = store.folder / "r.json"
    content = json.loads(path.read_text())
    holder = content["items"][0] if "." in name else content
    holder[name.removeprefix("items.")] = value
    path.write_text(json.dumps(content))

    with pytest.raises(DatasetFileError, match="not a stored result"):
        store.load("r")


@pytest.mark.parametrize(
    ("name", "value"),
    [("accuracy", "high"), ("saved_at", "today"), ("total", 1.5), ("metrics", 3), ("id", None)],
)
def test_a_summary_with_a_value_of_another_type_is_refused(
    store: ResultStore, name: str, value: object
) -> None:
    path = store.folder / "r.summary.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {name: value}))

    with pytest.raises(DatasetFileError, match="not a stored result"):
        store.query()


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes here")
def test_a_pipe_in_a_store_of_results_is_not_waited_for(store: ResultStore) -> None:
    (store.folder / "r.json").unlink()
    os.mkfifo(store.folder / "r.json")

    with pytest.raises(DatasetFileError, match="pipe"):
        store.load("r")


def test_a_stream_that_is_packed_in_a_stream_is_not_unpacked_twice(tmp_path: Path) -> None:
    inner = io.BytesIO()
    with gzip.GzipFile(fileobj=inner, mode="wb") as file:
        file.write(b"{}\n" * 1000)
    (tmp_path / "a.jsonl.gz").write_bytes(gzip.compress(inner.getvalue()))

    with pytest.raises(DatasetFileError):
        load_sync(tmp_path / "a.jsonl.gz")


def test_a_sparse_file_of_ten_gigabytes_is_no_log(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    with path.open("wb") as file:
        file.truncate(10 << 30)

    with pytest.raises(DatasetFileError, match="1,073,741,824 at most are read"):
        read_log(path, format="inspect")
