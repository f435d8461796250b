"""Archives and event files of others: checked before use, and refused with our error."""

import json
import os
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from telemetry_research import (
    DamagedFileError,
    FileStore,
    archive_experiment,
    continue_experiment,
    open_experiment,
    record,
    recording,
    restore_experiment,
)
from telemetry_research._experiment import archive
from telemetry_research._stores import frames


@pytest.fixture
def path(tmp_path: Path) -> Path:
    with recording("pilot") as experiment:
        for each in range(5):
            record("a.stop", {"duration_ns": each}, {"q": "hello"})
    return archive_experiment(experiment, tmp_path / "a.parquet")


def _described(path: Path, change: dict[str, Any]) -> None:
    table = pq.read_table(path)
    about = json.loads(table.schema.metadata[b"crucible_experiment"])
    about["description"] |= change
    metadata = {b"crucible_experiment": json.dumps(about).encode()}
    pq.write_table(table.replace_schema_metadata(metadata), path)


BAD = {
    "name": 5,
    "tags": "a",
    "metadata": [1],
    "started_at": "yesterday",
    "duration_ns": None,
    "paused_ns": "x",
    "sample_size": [],
    "id": None,
}


@pytest.mark.parametrize("name", BAD)
def test_a_description_with_a_value_of_another_type_is_refused(path: Path, name: str) -> None:
    _described(path, {name: BAD[name]})

    with pytest.raises(DamagedFileError, match="description"):
        restore_experiment(path)


@pytest.mark.parametrize("change", [{"name": " "}, {"name": ""}, {"sample_size": -1}], ids=str)
def test_a_value_that_no_experiment_has_is_refused(path: Path, change: dict[str, Any]) -> None:
    _described(path, change)

    with pytest.raises(DamagedFileError, match="description"):
        restore_experiment(path)


@pytest.mark.parametrize("content", [b"", b"PAR1", b"PAR1" + b"x" * 100 + b"PAR1"])
def test_what_is_not_an_archive_gives_our_error(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.parquet").write_bytes(content)

    with pytest.raises(DamagedFileError, match="not an archive"):
        restore_experiment(tmp_path / "a.parquet")


def test_an_archive_without_events_columns_gives_our_error(path: Path) -> None:
    metadata = pq.read_schema(path).metadata
    pq.write_table(pa.table({"x": [1]}).replace_schema_metadata(metadata), path)

    with pytest.raises(DamagedFileError, match="not an archive"):
        restore_experiment(path)


def test_a_small_archive_that_becomes_a_large_table_is_refused(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = pq.read_table(path)
    large = table.take([0] * 50_000)
    pq.write_table(large.replace_schema_metadata(table.schema.metadata), path)
    monkeypatch.setattr(archive, "_FREE_BYTES", 1 << 20)

    with pytest.raises(DamagedFileError, match="at most are read"):
        restore_experiment(path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes here")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.parquet")

    with pytest.raises(DamagedFileError, match="not a regular file"):
        restore_experiment(tmp_path / "a.parquet")


@pytest.mark.parametrize(
    "about",
    [
        *(b"{}", b"7", b"\xff", b'{"id": "a"}', b'{"id": 5, "name": []}'),
        b'{"id": "a", "tags": ' + b"[" * 3000 + b"]" * 3000 + b"}",
    ],
    ids=["empty", "number", "bytes", "id", "types", "deep"],
)
def test_an_event_file_with_another_description_is_refused(tmp_path: Path, about: bytes) -> None:
    """Its check sums and its hashes fit: who writes a file can compute them."""
    path = tmp_path / "a.arrows"
    with recording("x", store=FileStore(path)):
        record("a.stop")
    with path.open("rb") as file:
        found = list(frames.read_frames(file, path.stat().st_size))
    content, chain = frames.empty_head(), b""
    for each in found:
        assert isinstance(each, frames.Frame)
        payload = about if each.kind == "about" else each.payload
        chain = frames.chained(chain, each.kind, payload)
        content += frames.frame_bytes(each.kind, each.rows, payload, each.raw_size, chain)
    path.write_bytes(content)

    for read in (open_experiment, continue_experiment):
        with pytest.raises(DamagedFileError):
            read(path)
    assert path.read_bytes() == content
