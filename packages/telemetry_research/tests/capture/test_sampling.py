"""Filters and samplings, and the metrics of what they keep."""

import math

import pytest

from telemetry_research import (
    KeepErrors,
    Reservoir,
    Stratified,
    Uniform,
    record,
    recording,
)


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


def test_a_reservoir_keeps_exactly_its_size_and_counts_stay_unbiased() -> None:
    with recording("one", sampling=Reservoir(50, seed=3)) as experiment:
        for number in range(1000):
            record("a.stop", {"duration_ns": number})

    assert len(experiment) == 50
    assert {event.probability for event in experiment} == {0.05}
    assert experiment.metrics().level("custom").requests == pytest.approx(1000)
    assert max(event.duration_ns or 0 for event in experiment) > 500


def test_each_stratum_has_its_own_rate() -> None:
    rates = Stratified({"a.*": 0.5, "b.*": 1.0}, otherwise=0.1)
    with recording("one", sampling=rates) as experiment:
        for _ in range(100):
            record("a.stop")
            record("b.stop")

    assert len(experiment.events("b.*")) == 100
    assert 25 < len(experiment.events("a.*")) < 75
    with pytest.raises(ValueError, match="not in"):
        Uniform(0)
