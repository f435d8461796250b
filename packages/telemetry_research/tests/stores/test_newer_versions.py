"""Stores of a newer version of this library are refused, as they are; nothing is lost."""

from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from telemetry_research import (
    DamagedFileError,
    FileStore,
    PostgresStore,
    StoreError,
    continue_experiment,
    open_experiment,
    record,
    recording,
    start_experiment,
    stop_experiment,
)
from telemetry_research._core.chunk import schema
from telemetry_research._stores import file as file_store
from telemetry_research._stores.frames import MAGIC

from ..conftest import Server
from .test_postgres_use import query


def with_a_column(batch: Any) -> Any:
    return batch.append_column("new", pa.nulls(batch.num_rows, pa.int64()))


def with_a_version(batch: Any) -> Any:
    names = list(schema().names)
    renamed = batch.rename_columns([*names[:-1], "values"])
    return renamed.replace_schema_metadata({"schema_version": "2"})


def written(path: Path, change: Any, monkeypatch: pytest.MonkeyPatch) -> bytes:
    packed = file_store._packed
    with monkeypatch.context() as patch:
        patch.setattr(file_store, "_packed", lambda batch: packed(change(batch)))
        with recording("newer", store=FileStore(path)):
            record("a.stop")
    return path.read_bytes()


@pytest.mark.parametrize("change", [with_a_column, with_a_version])
@pytest.mark.parametrize("damaged", ["error", "skip"])
def test_a_file_with_newer_events_is_refused_and_stays(
    change: Any, damaged: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "e.arrows"
    before = written(path, change, monkeypatch)

    with pytest.raises(DamagedFileError, match=r"newer version of this library .*update it"):
        open_experiment(path, damaged=damaged)
    with pytest.raises(DamagedFileError, match="newer version of this library"):
        continue_experiment(path).__enter__()
    with pytest.raises(DamagedFileError, match="newer version of this library"):
        recording("other", store=FileStore(path, damaged=damaged)).__enter__()

    assert path.read_bytes() == before


@pytest.mark.parametrize("frames", [b"", b"\0" * 240 + b"other frames"])
def test_a_file_of_a_newer_format_is_refused_and_stays(frames: bytes, tmp_path: Path) -> None:
    path = tmp_path / "e.arrows"
    path.write_bytes(MAGIC[:-1] + b"3" + frames)
    before = path.read_bytes()

    for use in (open_experiment, lambda path: recording("x", store=FileStore(path)).__enter__()):
        with pytest.raises(DamagedFileError, match="of the format CRUCIBLE-EVENTS3"):
            use(path)

    assert path.read_bytes() == before


def test_a_flipped_version_of_the_head_costs_nothing(tmp_path: Path) -> None:
    path = tmp_path / "e.arrows"
    with recording("one", store=FileStore(path)):
        record("a.stop")
    path.write_bytes(MAGIC[:-1] + b"3" + path.read_bytes()[len(MAGIC) :])

    assert len(open_experiment(path)) == 1


def test_tables_that_become_newer_while_recording_take_nothing_and_nothing_is_lost(
    postgres: Server,
) -> None:
    store = PostgresStore(postgres.dsn)
    experiment = start_experiment("meanwhile", store=store, stop_timeout_ms=100)
    record("a.stop")
    experiment.flush()
    query(postgres, "INSERT INTO crucible_schema VALUES (99)")
    try:
        record("b.stop")
        with pytest.raises(StoreError, match=r"version 99.*update it"):
            experiment.flush()
        assert "version 99" in str(experiment)
        with pytest.raises(StoreError, match="version 99"):
            stop_experiment(experiment)
        with pytest.raises(StoreError, match="version 99"):
            open_experiment(PostgresStore(postgres.dsn), experiment.id)
    finally:
        query(postgres, "DELETE FROM crucible_schema WHERE version = 99")
    experiment.flush()

    found = open_experiment(PostgresStore(postgres.dsn), experiment.id)
    assert [event.name for event in found] == ["a.stop", "b.stop"]
    store.close()
