"""Finding experiments and their events, and the numbers that are made of them."""

import math
import random
import statistics

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telemetry_research import (
    CATALOGUE,
    LEVELS,
    Experiment,
    ExperimentNotFoundError,
    cleanup_experiment,
    event_info,
    get_experiment,
    list_experiments,
    record,
    recording,
    start_experiment,
    stop_experiment,
)
from telemetry_research._statistics import percentile, wilson


def captured() -> Experiment:
    with recording("sample", tags=["tag-a"], hypothesis="it works") as experiment:
        record("ensemble.predict.start", {}, {"models": ["a", "b"]})
        for number in range(10):
            record(
                "ensemble.model.stop",
                {"duration_ns": (number + 1) * 100_000_000, "cost_usd": 0.0055},
                {"model": f"m{number % 2}"},
            )
        record("ensemble.model.exception", {"duration_ns": 5}, {"error_type": "TimeoutError"})
        record("ensemble.model.exception", {}, {})
        record("ensemble.predict.stop", {"duration_ns": 10**9, "cost_usd": 0.055}, {})
    return experiment


def test_metrics_are_made_for_each_level_and_nothing_is_counted_twice() -> None:
    metrics = captured().metrics()

    predict, model = metrics.level("predict"), metrics.level("model")

    assert (predict.requests, predict.cost_usd) == (1, 0.055)
    assert (model.requests, model.succeeded, model.failed) == (12, 10, 2)
    assert model.cost_usd == pytest.approx(0.055)
    assert model.cost_per_request_usd == pytest.approx(0.0055)
    assert model.cost_by_model == pytest.approx({"m0": 0.0275, "m1": 0.0275})
    assert model.success_rate == pytest.approx(10 / 12)
    assert model.error_types == {"TimeoutError": 1, "unknown": 1}
    assert model.latency_ms["p50"] == pytest.approx(500)
    assert model.latency_ms["max"] == 1000
    assert "predict" in str(metrics)
    assert metrics.to_dict()["events"]["ensemble.model.stop"] == 10


def test_requests_per_failure_and_service_levels_follow_from_the_counts() -> None:
    with recording("thousand") as experiment:
        for number in range(1000):
            record("a.exception" if number < 13 else "a.stop", {"duration_ns": 1})
    with recording("none fails") as perfect:
        record("a.stop")

    level = experiment.metrics().level("custom")

    assert level.mtbf == pytest.approx(76.9, abs=0.05)
    assert [level.sla(target) for target in (0.98, 0.987, 0.99)] == [True, True, False]
    assert perfect.metrics().level("custom").mtbf is None
    assert perfect.metrics().level("custom").sla(0.9999) is True


def test_a_level_without_requests_is_an_error_that_lists_the_others() -> None:
    with pytest.raises(KeyError, match="predict, model"):
        captured().metrics().level("query")


@given(st.lists(st.floats(0, 1e9), min_size=1, max_size=50), st.floats(0, 1))
def test_a_percentile_lies_between_its_neighbours(values: list[float], share: float) -> None:
    values.sort()

    found = percentile(values, share)

    assert values[math.floor((len(values) - 1) * share)] <= found * (1 + 1e-12) + 1e-9
    assert percentile(values, 0) == values[0]
    assert percentile(values, 1) == values[-1]


def test_percentiles_agree_with_the_standard_library() -> None:
    numbers = random.Random(3)
    values = sorted(numbers.random() for _ in range(1000))

    quartiles = statistics.quantiles(values, n=4, method="inclusive")

    assert [percentile(values, share) for share in (0.25, 0.5, 0.75)] == pytest.approx(quartiles)


def test_the_interval_of_a_share_is_wilsons() -> None:
    """950 of 1,000: [.9347, .9619], as in the corrected table of the original's guide."""
    assert wilson(950, 1000) == pytest.approx((0.9347, 0.9619), abs=5e-5)
    assert wilson(20, 20)[1] == 1.0
    assert wilson(20, 20)[0] == pytest.approx(0.8389, abs=5e-5)


def test_events_are_found_by_name_success_and_time() -> None:
    experiment = captured()
    first = next(iter(experiment))

    assert len(experiment.events("ensemble.model.*")) == 12
    assert len(experiment.events(success=False)) == 2
    assert len(experiment.events(until_us=first.timestamp_us - 1)) == 0
    assert len(experiment.events(where=lambda event: event.model == "m1")) == 5


def test_an_experiment_is_found_by_id_and_tag_until_it_is_forgotten() -> None:
    experiment = captured()

    assert get_experiment(experiment.id) is experiment
    assert experiment in list_experiments(tag="tag-a")
    cleanup_experiment(experiment)
    with pytest.raises(ExperimentNotFoundError, match=experiment.id):
        get_experiment(experiment.id)


def test_an_experiment_needs_a_name() -> None:
    with pytest.raises(ValueError, match="name"):
        start_experiment("  ")


def test_status_and_duration_follow_the_experiment() -> None:
    experiment = start_experiment("one")
    running = experiment.status
    stop_experiment(experiment)

    assert (running, experiment.status) == ("running", "stopped")
    assert experiment.duration_ns == experiment.duration_ns > 0
    assert experiment.to_dict()["status"] == "stopped"


def test_every_catalogued_event_has_a_level_and_a_description() -> None:
    for name, info in CATALOGUE.items():
        assert info.level in LEVELS, name
        assert info.description

    assert event_info("no.such.event").level == "custom"
    assert event_info("mine.stop").counts
    assert not event_info("mine.start").counts
