"""Worker processes hand over their events."""

import os
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import pytest

from telemetry_research import (
    FileStore,
    Recording,
    Uniform,
    hand_over,
    in_worker,
    join_workers,
    open_experiment,
    record,
    recording,
    scope,
    start_experiment,
    stop_experiment,
)


@pytest.mark.slow
@pytest.mark.parametrize("method", ["spawn", pytest.param("fork", marks=pytest.mark.forks)])
@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
def test_worker_processes_hand_their_events_over(method: str) -> None:
    with recording("one") as first, scope(condition="c"):
        record("parent.start")
        work = in_worker(first, record)
        with (
            recording("two") as second,
            ProcessPoolExecutor(2, mp_context=get_context(method)) as pool,
        ):
            for number in range(30):
                marker = {"marker": f"m{number % 3}"}
                pool.submit(work, "worker.stop", {}, marker).result()
                pool.submit(in_worker(second, record), "other.stop").result()

    found = first.events("worker.stop", condition="c")
    assert len(found) == 30
    assert {event.attributes["marker"] for event in found} == {"m0", "m1", "m2"}
    assert os.getpid() not in {event.pid for event in found}
    assert {event.parent_id for event in found} == {first.events("parent.start")[0].span_id}
    assert [event.name for event in second] == ["other.stop"] * 30


def both(count: int) -> None:
    for number in range(count):
        record("keep.stop", {"duration_ns": number})
        record("debug.x")


def run_in_worker(experiment: Recording, count: int) -> None:
    with ProcessPoolExecutor(1, mp_context=get_context("fork")) as pool:
        pool.submit(in_worker(experiment, both), count).result()


@pytest.mark.forks
@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
def test_filters_and_sampling_hold_in_workers_and_are_counted() -> None:
    with recording("one", exclude=["debug.*"], sampling=Uniform(0.1)) as experiment:
        run_in_worker(experiment, 500)

    names = {event.name for event in experiment}
    assert names == {"keep.stop"}
    assert len(experiment) < 150
    assert len(experiment) + experiment.filtered_events == 1000
    assert 100 < experiment.metrics().level("custom").requests < 1500


@pytest.mark.forks
@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
def test_a_pause_holds_in_workers_and_is_counted() -> None:
    with recording("one") as experiment:
        experiment.pause()
        run_in_worker(experiment, 5)
        experiment.resume()

    assert len(experiment) == 0
    assert experiment.paused_events == 10


def test_a_filter_that_cannot_be_sent_is_refused() -> None:
    with (
        recording("one", where=lambda *_: True) as experiment,
        pytest.raises(TypeError, match="top of a module"),
    ):
        in_worker(experiment, both)


@pytest.mark.parametrize("kind", ["memory", "file"])
def test_a_worker_that_outlives_the_experiment_is_joined_later(kind: str, tmp_path: Path) -> None:
    store = None if kind == "memory" else FileStore(tmp_path / "events.arrows")
    experiment = start_experiment("one", store=store)
    record("mine.stop")
    with hand_over(experiment).capturing():
        record("worker.stop")
        stop_experiment(experiment)
        record("late.stop")
    before = len(experiment)

    joined = join_workers(experiment)

    assert (before, joined, len(experiment)) == (1, 2, 3)
    assert join_workers(experiment) == 0


def test_a_torn_file_of_a_worker_costs_only_itself(tmp_path: Path) -> None:
    path = tmp_path / "events.arrows"
    experiment = start_experiment("one", store=FileStore(path))
    record("mine.stop")
    folder = Path(hand_over(experiment).folder)
    (folder / "a.arrows").write_bytes(b"\xff\xff\xff\xff\x10")
    (folder / "b.arrows").write_bytes(b"")
    with hand_over(experiment).capturing():
        record("worker.stop")

    stop_experiment(experiment)

    assert len(open_experiment(path)) == 2
    assert experiment.handler_errors == 1
    assert "a.arrows" in experiment.last_error
