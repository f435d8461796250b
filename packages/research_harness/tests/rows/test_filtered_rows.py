"""Rows of a Parquet file are chosen by some columns before the others are read."""

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from research_harness._rows import parquet_files
from research_harness._rows.parquet_files import filtered_rows

HITS = (3, 4, 57, 58, 99)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    table = pa.table(
        {
            "number": list(range(100)),
            "key": ["hit" if n in HITS else f"other {n}" for n in range(100)],
            "text": [f"text {n}" for n in range(100)],
        }
    )
    pq.write_table(table, tmp_path / "rows.parquet", row_group_size=25)
    return tmp_path / "rows.parquet"


@pytest.mark.parametrize("at_once", [1, 2, 7, 1_000])
def test_all_rows_that_fit_are_found_in_their_order(
    path: Path, monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    monkeypatch.setattr(parquet_files, "rows_at_once", lambda *_: at_once)

    found = filtered_rows(path, ["text", "number"], pc.field("key") == "hit", by=["key"], most=99)

    assert found.column_names == ["text", "number"]
    assert found["number"].to_pylist() == list(HITS)
    assert found["text"].to_pylist() == [f"text {n}" for n in HITS]


def test_no_batch_is_read_after_enough_rows(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parquet_files, "rows_at_once", lambda *_: 5)

    found = filtered_rows(path, ["number"], pc.field("key") == "hit", by=["key"], most=2)

    assert found["number"].to_pylist() == [3, 4]


def test_a_group_without_a_row_that_fits_is_not_unpacked(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[tuple[int, list[str]]] = []
    iter_batches: Any = pq.ParquetFile.iter_batches

    def noted(self: Any, *given: Any, **options: Any) -> Any:
        read.append((options["row_groups"][0], options["columns"]))
        return iter_batches(self, *given, **options)

    monkeypatch.setattr(pq.ParquetFile, "iter_batches", noted)
    filtered_rows(path, ["text"], pc.field("key") == "hit", by=["key"], most=99)

    assert [group for group, columns in read if "text" in columns] == [0, 2, 3]
    assert [group for group, columns in read if columns == ["key"]] == [0, 1, 2, 3]


def test_no_row_that_fits_gives_an_empty_table(path: Path) -> None:
    found = filtered_rows(path, ["text"], pc.field("key") == "none", by=["key"], most=99)

    assert (found.num_rows, found.column_names) == (0, ["text"])
