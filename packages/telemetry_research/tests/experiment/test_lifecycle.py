"""Every transition of an experiment, and what is stored."""

from pathlib import Path

import pytest

from telemetry_research import (
    AlreadyPausedError,
    NotPausedError,
    NotRunningError,
    StillRunningError,
    archive_experiment,
    cleanup_experiment,
    list_experiments,
    record,
    recording,
    restore_experiment,
    start_experiment,
    stop_experiment,
)


def test_a_paused_experiment_takes_nothing_and_counts_it() -> None:
    with recording("one") as experiment:
        record("a.stop")
        experiment.pause()
        paused = experiment.status
        record("b.stop")
        experiment.resume()
        record("c.stop")

    assert paused == "paused"
    assert [event.name for event in experiment] == ["a.stop", "c.stop"]
    assert (experiment.pause_count, experiment.paused_events) == (1, 1)
    assert 0 < experiment.paused_ms < experiment.duration_ms
    active_ms = experiment.duration_ms - experiment.paused_ms
    assert experiment.active_ms == pytest.approx(active_ms)


def test_every_invalid_transition_has_its_own_error(tmp_path: Path) -> None:
    experiment = start_experiment("one")
    with pytest.raises(NotPausedError):
        experiment.resume()
    experiment.pause()
    with pytest.raises(AlreadyPausedError):
        experiment.pause()
    with pytest.raises(StillRunningError):
        archive_experiment(experiment, tmp_path / "one.parquet")
    stop_experiment(experiment)
    with pytest.raises(NotRunningError):
        experiment.pause()
    with pytest.raises(NotRunningError) as found:
        experiment.resume()

    assert (found.value.experiment_id, found.value.status) == (experiment.id, "stopped")


def test_stopping_twice_changes_nothing() -> None:
    experiment = start_experiment("one")
    stop_experiment(experiment)
    first = (experiment.stopped_at, experiment.duration_ms)

    stop_experiment(experiment)

    assert (experiment.stopped_at, experiment.duration_ms) == first


def test_an_archive_restores_to_equal_results(tmp_path: Path) -> None:
    with recording("one", hypothesis="h", tags=["t"], metadata={"n": 1}) as experiment:
        for number in range(2000):
            record(
                "a.stop", {"duration_ns": number, "cost_usd": 0.1}, {"model": "m", "x": [number]}
            )
        record("a.exception", {}, {"error_type": "E"})
        experiment.pause()
        record("lost.stop")

    path = archive_experiment(experiment, tmp_path / "one.parquet")
    restored = restore_experiment(path)

    assert restored.description() == experiment.description()
    assert restored.rows() == experiment.rows()
    assert restored.metrics() == experiment.metrics()
    assert (experiment.status, restored.paused_events) == ("archived", 1)


def test_cleanup_can_keep_the_data() -> None:
    kept, gone = start_experiment("kept", tags=["c"]), start_experiment("gone", tags=["c"])
    cleanup_experiment(gone)
    cleanup_experiment(kept, keep_data=True)

    assert list_experiments(tag="c", status="stopped") == [kept]
