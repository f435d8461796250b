"""The scenarios TA2 to TA8: isolation, lifecycle, robustness, crashes, stores, windows, exports.

TA1, which needs the other libraries, is in ``tests/test_events.py`` of the repository.
"""

import asyncio
import json
import os
import subprocess
import sys
import textwrap
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pytest

from telemetry_research import (
    AlreadyPausedError,
    Anonymize,
    FileStore,
    MemoryStore,
    NotPausedError,
    NotRunningError,
    Recording,
    Store,
    Window,
    cleanup_experiment,
    continue_experiment,
    get_experiment,
    in_worker,
    open_experiment,
    record,
    recording,
    start_experiment,
    stop_experiment,
)
from telemetry_research._metrics.windows import measure_windows

from ..support import MINUTE, MINUTE_MS, ListStore, batch, emit_some, event


def with_secret(marker: str) -> None:
    record("secret.stop", {"duration_ns": 1}, {"marker": marker})


def experiment_of_a_worker(marker: str) -> int:
    """An experiment of its own in a process that ends without a stop."""
    inner = start_experiment(f"inner {marker}")
    with_secret("inner")
    return len(inner)


async def marked(marker: str, pool: ProcessPoolExecutor) -> Recording:
    async with recording(marker) as experiment:
        async with asyncio.TaskGroup() as group:
            for _ in range(5):
                group.create_task(asyncio.to_thread(with_secret, marker))
                group.create_task(asyncio.sleep(0)).add_done_callback(lambda _: None)
                with_secret(marker)
        loop = asyncio.get_running_loop()
        await loop.run_in_executor(pool, in_worker(experiment, with_secret), marker)
        with recording(f"nested {marker}") as nested:
            with_secret(f"nested {marker}")
        assert [e.attributes["marker"] for e in nested] == [f"nested {marker}"]
    return experiment


@pytest.mark.forks
@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
def test_ta2_eight_experiments_over_tasks_threads_and_processes_leak_and_lose_nothing() -> None:
    async def all_of_them(pool: ProcessPoolExecutor) -> list[Recording]:
        return await asyncio.gather(*(marked(f"m{number}", pool) for number in range(8)))

    with ProcessPoolExecutor(2, mp_context=get_context("fork")) as pool:
        found = asyncio.run(all_of_them(pool))
        assert pool.submit(experiment_of_a_worker, "x").result() == 1

    for number, experiment in enumerate(found):
        markers = [e.attributes["marker"] for e in experiment.events("secret.stop")]
        assert markers == [f"m{number}"] * 11


def test_ta3_transitions_pauses_durations_and_cleanup() -> None:
    experiment = start_experiment("life")
    with pytest.raises(NotPausedError):
        experiment.resume()
    record("a.stop")
    experiment.pause()
    with pytest.raises(AlreadyPausedError):
        experiment.pause()
    record("paused.stop")
    experiment.resume()
    record("b.stop")
    stop_experiment(experiment)
    ended = experiment.stopped_at
    stop_experiment(experiment)
    with pytest.raises(NotRunningError):
        experiment.pause()

    assert experiment.stopped_at == ended
    assert [e.name for e in experiment] == ["a.stop", "b.stop"]
    assert experiment.paused_events == 1
    assert experiment.duration_ms == pytest.approx(experiment.active_ms + experiment.paused_ms)
    cleanup_experiment(experiment, keep_data=True)
    assert get_experiment(experiment.id) is experiment
    cleanup_experiment(experiment)
    with pytest.raises(KeyError):
        get_experiment(experiment.id)


def test_ta4_faulty_handlers_and_values_are_counted_and_the_export_succeeds(tmp_path: Path) -> None:
    def faulty(_: Any) -> None:
        raise RuntimeError("handler")

    with recording("robust") as experiment:
        experiment.subscribe(faulty)
        record("a.stop", {"duration_ns": "long", "cost_usd": object()})
        record("b.stop", {}, {"huge": "x" * 1_000_000, "object": object, "many": [1] * 10_000})
        record("c.stop", {"duration_ns": 5})

    assert experiment.handler_errors == 3
    assert experiment.events("a.stop")[0].attributes["malformed"] == ["duration_ns", "cost_usd"]
    lines = experiment.export(tmp_path / "e.jsonl").read_text(encoding="utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    events = [row for row in rows if row.get("name", "").endswith(".stop")]
    assert [row["name"] for row in events] == ["a.stop", "b.stop", "c.stop"]
    assert events[1]["attributes"]["object"] == {"repr": "<class 'object'>"}


WRITER = """
    import os, signal, sys
    from telemetry_research import FileStore, record, recording

    with recording("k", store=FileStore(sys.argv[1]), experiment_id="feedfacefeedface") as kept:
        for number in range(1000):
            record("a.stop", {"duration_ns": number})
        kept.flush()
        record("lost.stop")
        os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="SIGKILL is of POSIX")
def test_ta5_a_killed_run_keeps_what_was_flushed_and_resumes_under_its_id(tmp_path: Path) -> None:
    path = tmp_path / "k.arrows"
    subprocess.run([sys.executable, "-c", textwrap.dedent(WRITER), str(path)], check=False)

    with continue_experiment(path) as again:
        record("a.stop", {"duration_ns": 1000})

    assert again.id == "feedfacefeedface"
    durations = [e.duration_ns for e in open_experiment(path).events("a.stop")]
    assert durations == list(range(1001))


def results(store: Store) -> dict[str, Any]:
    with recording("same", store=store) as experiment:
        emit_some(40)
    metrics = experiment.metrics().to_dict()
    return {
        "names": [e.name for e in experiment],
        "found": len(experiment.events("ensemble.model.stop", condition="a", model="m1")),
        "last": [e.duration_ns for e in experiment.events(window=Window.last_n(3))],
        "levels": metrics["levels"],
    }


def test_ta6_every_store_gives_the_same_answers(tmp_path: Path) -> None:
    memory = results(MemoryStore())

    assert results(FileStore(tmp_path / "e.arrows")) == memory
    assert results(ListStore()) == memory  # the recipe of a store of the user's


@pytest.mark.parametrize(
    ("size", "step", "windows", "mean", "cost"), [(5, 5, 4, 30.0, 0.015), (10, 5, 4, 55.0, 0.03)]
)
def test_ta7_windows_of_twenty_events_a_minute_apart(
    size: int, step: int, windows: int, mean: float, cost: float
) -> None:
    twenty = [batch([event(number) for number in range(20)])]
    found = measure_windows(iter(twenty), size * MINUTE_MS, step * MINUTE_MS, "custom")

    assert len(found) == windows
    assert found[0].mean_ms == pytest.approx(mean)
    assert found[0].cost_usd == pytest.approx(cost)
    short = measure_windows(iter(twenty), 100 * MINUTE_MS, 100 * MINUTE_MS, "custom")
    assert [window.requests for window in short] == [20]


def test_ta7_a_window_selects_by_number_by_time_and_between_two_times() -> None:
    twenty = [event(number) for number in range(20)]

    assert [e.sequence for e in Window.last_n(2).of(twenty)] == [18, 19]
    last = Window.last(5, "minutes", now_us=19 * MINUTE).of(twenty)
    assert [e.sequence for e in last] == [14, 15, 16, 17, 18, 19]
    between = Window.between(2 * MINUTE, 4 * MINUTE).of(twenty)
    assert [e.sequence for e in between] == [2, 3, 4]
    with pytest.raises(ValueError, match="n=0"):
        Window.last_n(0)


@pytest.mark.parametrize("ending", ["csv", "jsonl", "parquet"])
def test_ta8_an_export_holds_what_the_store_holds(tmp_path: Path, ending: str) -> None:
    pd = pytest.importorskip("pandas")
    with recording("trip") as experiment:
        emit_some(30)
        record("odd.stop", {}, {"text": 'a,b\n"c"', "none": None, "nested": {"ü": [1, {"x": 2}]}})
    path = experiment.export(tmp_path / f"e.{ending}")
    if ending == "jsonl":
        lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        rows = [line for line in lines if "name" in line and "sequence" in line]
        assert rows == json.loads(json.dumps(list(experiment.rows())))
        return
    read = pd.read_csv if ending == "csv" else pd.read_parquet
    frame, table = read(path), experiment.frame()
    assert list(frame["name"]) == list(table["name"])
    assert list(frame["duration_ns"].dropna()) == list(table["duration_ns"].dropna())
    assert len(frame) == 32


def test_ta8_an_anonymised_export_hides_ids_and_texts(tmp_path: Path) -> None:
    secret = "the prompt of alice " * 5
    with recording("private") as experiment:
        record("a.stop", {}, {"user_id": "alice", "session_id": "s-secret", "prompt": secret})
    hidden = Anonymize(hash=["user_id"], drop=["session_id"], key="k")
    for ending in ("csv", "jsonl", "parquet"):
        path = experiment.export(tmp_path / f"e.{ending}", anonymize=hidden)
        content = path.read_bytes()
        assert b"alice" not in content
        assert b"s-secret" not in content
