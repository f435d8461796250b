"""Whatever is in a file: it comes back the same, or the error is one of this library."""

import gzip
import json
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dataset_manager import (
    Dataset,
    DatasetError,
    DatasetFileError,
    InvalidItemsError,
    load_sync,
    read_log,
)

NAMES = (
    *("id", "input", "question", "query", "prompt", "text", "expected", "answer", "label"),
    *("choices", "metadata", "prediction", "output", "score", "epoch", "latency_ms", "model"),
    *("doc_id", "doc", "resps", "eval", "samples", "results", "target", "arguments", "vars"),
)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(NAMES) | st.text(max_size=3), inner, max_size=4)
    ),
    max_leaves=8,
)
records = st.dictionaries(st.sampled_from(NAMES), values, max_size=8)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("any")


@pytest.mark.slow
@given(st.lists(records, max_size=4))
@example([{"question": "a", "answer": 1e400}])
@example([{"input": {"choices": None}, "expected": None}])
def test_any_json_lines_that_load_come_back_the_same(
    folder: Path, rows: list[dict[str, Any]]
) -> None:
    path = folder / "d.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    try:
        data = load_sync(path)
    except (DatasetFileError, InvalidItemsError):
        return

    again = Dataset.from_file(data.to_jsonl(folder / "again.jsonl.gz"))

    assert again.content_hash == data.content_hash
    assert again.column("metadata") == data.column("metadata")
    assert str(data.card())


@pytest.mark.slow
@given(
    st.binary(max_size=200)
    | st.text(max_size=200).map(lambda text: text.encode("utf-8", "replace"))
)
def test_any_bytes_give_a_data_set_or_an_error_that_names_the_file(
    folder: Path, content: bytes
) -> None:
    for name in ("d.jsonl", "d.json", "d.csv", "d.tsv", "d.csv.gz", "d.json.gz", "d.eval"):
        path = folder / name
        path.write_bytes(gzip.compress(content) if name == "d.json.gz" else content)
        said = message_of(read_log if name == "d.eval" else load_sync, path)
        assert said is None or str(path) in said


@given(values)
@example({"eval": 1})
@example({"eval": {}, "samples": [{"id": 1, "input": [], "scores": {"a": 1}}]})
@example({"results": {"results": [{"vars": [1]}]}})
def test_any_json_is_a_log_or_an_error_that_names_the_file(folder: Path, content: Any) -> None:
    path = folder / "log.json"
    path.write_text(json.dumps(content))
    lines = folder / "log.jsonl"
    lines.write_text(json.dumps(content) + "\n")

    cases: Any = ((path, None), (lines, None), (path, "inspect"), (lines, "lm-eval"))
    for each, kind in cases:
        said = message_of(partial(read_log, format=kind), each)
        assert said is None or str(each) in said


def message_of(read: Callable[[Path], Any], path: Path) -> str | None:
    """The message of an error of this library; None without an error."""
    try:
        str(read(path))
    except DatasetError as error:
        return str(error)
    return None
