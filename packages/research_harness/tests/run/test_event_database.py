"""The events of a run in a database beside the file."""

import random
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from research_harness._artifacts.folder import RunFolder
from research_harness._core.files import write_json
from research_harness._run.event_database import DSN_VARIABLE, BothStores, with_database
from telemetry_research import FileStore, record, recording


class Database:
    """Keeps events by their number, as PostgreSQL does, and fails now and then."""

    background = True
    dropped_events = 0

    def __init__(self, fails: Any) -> None:
        self.events: dict[tuple[str, int], str] = {}
        self.written = 0
        self._fails = fails

    def open(self, experiment: Mapping[str, Any]) -> None:
        self.experiment = experiment["id"]

    def write(self, chunks: Sequence[Any]) -> None:
        for chunk in chunks:
            if self._fails():
                raise OSError("the connection was lost")
            names = chunk.table.column("name").to_pylist()
            self.written += len(names)
            for number, name in enumerate(names, start=chunk.first):
                self.events[chunk.source.name, number] = name

    def batches(self) -> Iterator[Any]:
        return iter(())

    def close(self) -> None:
        pass


def test_a_database_that_fails_gets_every_event_and_the_file_has_each_once(tmp_path: Path) -> None:
    chance = random.Random(5)
    database = Database(lambda: chance.random() < 0.4)
    file = FileStore(tmp_path / "events.arrows")
    with recording("run", store=BothStores(file, database), flush_interval_ms=1.0) as recorded:
        for number in range(3000):
            record("model.stop", {"duration_ns": number})

    assert len(database.events) == 3000
    assert sum(batch.num_rows for batch in recorded.batches()) == 3000


def test_all_sessions_of_a_run_are_one_experiment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("asyncpg")
    monkeypatch.setenv(DSN_VARIABLE, "postgresql://user@127.0.0.1:1/none")
    folder = RunFolder(tmp_path)
    folder.state.parent.mkdir(parents=True, exist_ok=True)
    write_json(folder.state, {})
    stores = [with_database(FileStore(tmp_path / f"{n}.arrows"), folder) for n in range(2)]

    assert stores[0][1] == stores[1][1]
    assert "postgresql" not in folder.state.read_text()


def test_without_an_address_there_is_only_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(DSN_VARIABLE, raising=False)
    file = FileStore(tmp_path / "events.arrows")

    assert with_database(file, RunFolder(tmp_path)) == (file, None)
