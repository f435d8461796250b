"""Every transition of an experiment, and what is kept when some events are let go."""

import math
from pathlib import Path

import pytest

from telemetry_research import (
    AlreadyPausedError,
    Experiment,
    KeepErrors,
    NotPausedError,
    NotRunningError,
    Reservoir,
    StillRunningError,
    Stratified,
    Uniform,
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
    assert 0 < experiment.paused_ns < experiment.duration_ns
    assert experiment.active_ns == experiment.duration_ns - experiment.paused_ns


def test_every_wrong_transition_has_an_error_of_its_own(tmp_path: Path) -> None:
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
    first = (experiment.stopped_at, experiment.duration_ns)

    stop_experiment(experiment)

    assert (experiment.stopped_at, experiment.duration_ns) == first


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


def test_unscoped_events_are_taken_only_when_asked_for() -> None:
    stop_experiment(start_experiment("none"))
    experiment = Experiment("all", take_unscoped=True)
    experiment.begin()
    record("a.stop")
    experiment.end()
    record("b.stop")

    assert [event.name for event in experiment] == ["a.stop"]


def test_spans_join_start_and_stop_and_what_is_between() -> None:
    with recording("one") as experiment:
        record("ensemble.predict.start")
        record("ensemble.model.start")
        record("ensemble.model.stop")
        record("ensemble.vote.complete")
        record("ensemble.predict.stop")
        record("ensemble.predict.stop")

    outer, inner, ended, vote, done, other = experiment
    assert outer.span_id == vote.span_id == done.span_id
    assert inner.span_id == ended.span_id != outer.span_id
    assert inner.parent_id == outer.span_id
    assert other.span_id not in {outer.span_id, inner.span_id, None}
    assert (outer.parent_id, other.parent_id) == (None, None)


def test_patterns_and_functions_choose_what_is_kept() -> None:
    with recording("one", include=["a.*", "b.*"], exclude=["*.start"]) as patterns:
        for name in ("a.start", "a.stop", "b.stop", "c.stop"):
            record(name)
    with recording("two", where=lambda name, numbers, about: about.get("n") == 1) as function:
        record("a.stop", {}, {"n": 1})
        record("a.stop", {}, {"n": 2})

    assert [event.name for event in patterns] == ["a.stop", "b.stop"]
    assert patterns.filtered_events == 2
    assert len(function) == 1


def test_a_sample_is_reweighted_without_bias() -> None:
    """Over 60 seeds the mean of the estimates lies within three standard errors of the truth."""
    totals, costs = [], []
    for seed in range(60):
        with recording("one", sampling=KeepErrors(0.2, slow_ms=90), seed=seed) as experiment:
            for number in range(200):
                failed = number % 20 == 0
                name = "a.exception" if failed else "a.stop"
                record(name, {"duration_ns": number % 100 * 10**6, "cost_usd": 0.01 * (number % 7)})
        found = experiment.metrics().level("custom")
        totals.append(found.requests)
        costs.append(found.cost_usd or 0)
        assert found.failed == 10

    def off(values: list[float], truth: float) -> float:
        mean = sum(values) / len(values)
        variance = sum((value - mean) ** 2 for value in values) / (len(values) - 1)
        return abs(mean - truth) / math.sqrt(variance / len(values))

    assert off(totals, 200) < 3
    assert off(costs, sum(0.01 * (number % 7) for number in range(200))) < 3


def test_the_same_seed_keeps_the_same_events() -> None:
    def kept(seed: int) -> list[int | None]:
        with recording("one", sampling=Uniform(0.3), seed=seed) as experiment:
            for number in range(200):
                record("a.stop", {"duration_ns": number})
        return [event.duration_ns for event in experiment]

    assert kept(1) == kept(1) != kept(2)


def test_a_reservoir_keeps_exactly_so_many_and_counts_stay_right() -> None:
    with recording("one", sampling=Reservoir(50, seed=3)) as experiment:
        for number in range(1000):
            record("a.stop", {"duration_ns": number})

    assert len(experiment) == 50
    assert {event.probability for event in experiment} == {0.05}
    assert experiment.metrics().level("custom").requests == pytest.approx(1000)
    assert max(event.duration_ns or 0 for event in experiment) > 500


def test_strata_have_rates_of_their_own() -> None:
    rates = Stratified({"a.*": 0.5, "b.*": 1.0}, otherwise=0.1)
    with recording("one", sampling=rates) as experiment:
        for _ in range(100):
            record("a.stop")
            record("b.stop")

    assert len(experiment.events("b.*")) == 100
    assert 25 < len(experiment.events("a.*")) < 75
    with pytest.raises(ValueError, match="probability"):
        Uniform(0)
