"""Every store gives back the same events; what was flushed survives process and server."""

import os
import random
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

import pytest

from telemetry_research import (
    DamagedFileError,
    ExperimentNotFoundError,
    FileStore,
    MemoryStore,
    PostgresStore,
    Recording,
    Store,
    StoreError,
    continue_experiment,
    open_experiment,
    record,
    recording,
)

from ..support import ListStore, emit_some


class Server(Protocol):
    dsn: str

    def start(self) -> None: ...

    def kill(self) -> None: ...


@pytest.fixture(params=["memory", "file", "postgres", "custom"])
def make_store(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[], Store]:
    if request.param == "postgres":
        server: Server = request.getfixturevalue("postgres")
        return lambda: PostgresStore(server.dsn)
    made: dict[str, Callable[[], Store]] = {
        "memory": MemoryStore,
        "file": lambda: FileStore(tmp_path / "events.arrows"),
        "custom": ListStore,
    }
    return made[request.param]


def test_every_store_gives_the_same_events_and_metrics(make_store: Callable[[], Store]) -> None:
    with recording("reference") as reference:
        emit_some()
    with recording("one", store=make_store()) as experiment:
        emit_some()

    def plain(each: Recording) -> list[Any]:
        volatile = {"event_id", "experiment_id", "source", "timestamp_us", "monotonic_ns"}
        volatile |= {"span_id", "parent_id"}
        return [{k: v for k, v in row.items() if k not in volatile} for row in each.rows()]

    assert plain(experiment) == plain(reference)
    assert experiment.metrics().to_dict() == reference.metrics().to_dict()
    assert experiment.table().schema == reference.table().schema


def test_events_can_be_read_while_they_are_captured(make_store: Callable[[], Store]) -> None:
    with recording("one", store=make_store()) as experiment:
        record("a.stop")
        first = len(experiment)
        record("b.stop")

        assert (first, len(experiment)) == (1, 2)


def test_a_file_is_continued_under_its_id(tmp_path: Path) -> None:
    path = tmp_path / "events.arrows"
    with recording("one", hypothesis="h", tags=["t"], store=FileStore(path)) as first:
        emit_some(10)
    with continue_experiment(path) as second:
        record("more.stop")

    found = open_experiment(path)

    assert first.id == second.id == found.id
    assert (found.name, found.hypothesis, found.tags, found.status) == (
        "one",
        "h",
        ("t",),
        "stopped",
    )
    assert len(found) == 12
    assert len({event.event_id for event in found}) == 12


def test_a_file_of_another_experiment_is_not_written_to(tmp_path: Path) -> None:
    path = tmp_path / "events.arrows"
    with recording("one", store=FileStore(path)):
        record("a.stop")

    with (
        pytest.raises(DamagedFileError, match="holds experiment"),
        recording("two", store=FileStore(path)),
    ):
        pass


def test_a_changed_file_is_detected(tmp_path: Path) -> None:
    path = tmp_path / "events.arrows"
    with recording("one", store=FileStore(path)):
        emit_some()
    data = bytearray(path.read_bytes())
    found = []
    for index in range(len(data) // 2, len(data) - 200, max(1, len(data) // 40)):
        changed = bytearray(data)
        changed[index] ^= 0x55
        path.write_bytes(changed)
        try:
            found.append(len(open_experiment(path)))
        except DamagedFileError:
            found.append(-1)

    assert -1 in found
    assert set(found) <= {-1, 51}  # a changed padding byte changes no event


KILLED = """
import sys
from telemetry_research import FileStore, continue_experiment, record, recording
path, number = sys.argv[1], int(sys.argv[2])
block = (continue_experiment(path, flush_interval_ms=20) if number else
         recording("killed", store=FileStore(path), flush_interval_ms=20))
with block as experiment:
    for each in range(100_000):
        record("work.stop", {"duration_ns": each}, {"round": number})
        if each % 1000 == 999:
            experiment.flush()
            print(each + 1, flush=True)
"""


def killed_round(path: Path, number: int, after_lines: int) -> int:
    """One session, killed after a number of acknowledged thousands; returns that number."""
    command = [sys.executable, "-c", KILLED, str(path), str(number)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        for _ in range(after_lines):
            process.stdout.readline()
        os.kill(process.pid, signal.SIGKILL)
        lines = process.stdout.read().split()
    return max([after_lines * 1000, *(int(line) for line in lines)])


@pytest.mark.slow
def test_a_killed_process_loses_nothing_that_was_flushed(tmp_path: Path) -> None:
    path = tmp_path / "events.arrows"
    draw = random.Random(5)

    acknowledged = [killed_round(path, number, draw.randrange(1, 6)) for number in range(3)]

    found = open_experiment(path)
    table: Any = found.table()
    counts: dict[str, int] = {}
    for text in table["attributes"].to_pylist():
        counts[text] = counts.get(text, 0) + 1
    assert len(counts) == 3
    for number, least in enumerate(acknowledged):
        assert counts[f'{{"round":{number}}}'] >= least
    assert len({event.event_id for event in found}) == len(table)


def test_a_restarted_server_gets_every_event_once(postgres: Server) -> None:
    with recording("one", store=PostgresStore(postgres.dsn), flush_interval_ms=20) as experiment:
        for number in range(3000):
            record("work.stop", {"duration_ns": number})
        experiment.flush()
        postgres.kill()
        for number in range(3000, 6000):
            record("work.stop", {"duration_ns": number})
        with pytest.raises(StoreError):
            experiment.flush()
        postgres.start()

    store = PostgresStore(postgres.dsn)
    found = open_experiment(store, experiment.id)
    durations: Any = found.table()["duration_ns"].to_pylist()

    assert sorted(durations) == list(range(6000))
    assert store.verify() == 6000
    store.close()


def test_the_same_batch_twice_is_kept_once(postgres: Server) -> None:
    class Twice(PostgresStore):
        def write(self, chunks: Any) -> None:
            super().write(chunks)
            super().write(chunks)

    with recording("one", store=Twice(postgres.dsn)) as experiment:
        emit_some(20)

    assert len(experiment) == 21
    experiment.store.close()


def test_a_database_is_continued_and_an_unknown_experiment_is_an_error(postgres: Server) -> None:
    with recording("one", store=PostgresStore(postgres.dsn)) as first:
        record("a.stop")
    with continue_experiment(PostgresStore(postgres.dsn), first.id) as second:
        record("b.stop")

    assert [event.name for event in second.events("*.stop")] in (
        ["a.stop", "b.stop"],
        ["b.stop", "a.stop"],
    )
    second.store.close()
    store = PostgresStore(postgres.dsn)
    with pytest.raises(ExperimentNotFoundError):
        open_experiment(store, "missing")
    store.close()


def test_an_edit_in_the_database_is_detected(postgres: Server) -> None:
    store = PostgresStore(postgres.dsn)
    with recording("one", store=store) as experiment:
        emit_some(5)
    before = store.verify()

    store.prune(experiment.events()[2].timestamp_us + 1)

    assert before == 6
    with pytest.raises(DamagedFileError, match="not those written"):
        store.verify()
    store.close()


def test_the_oldest_events_go_when_memory_is_capped() -> None:
    with recording("one", store=MemoryStore(max_events=2048)) as experiment:
        for number in range(5000):
            record("a.stop", {"duration_ns": number})

    kept = experiment.table()["duration_ns"].to_pylist()
    assert kept[-1] == 4999
    assert len(kept) <= 2048
    assert experiment.dropped_events == 5000 - len(kept)
