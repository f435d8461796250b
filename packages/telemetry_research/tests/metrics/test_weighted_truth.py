"""Every reader of a sample counts each event with one over its probability."""

import math
import random
import statistics

import pytest

from telemetry_research import (
    Event,
    KeepErrors,
    Recording,
    Sampling,
    StreamingMetrics,
    Uniform,
    compare_experiments,
    cost_above,
    error_rate_above,
    latency_above,
    record,
    recording,
    watch,
)

COUNT, SEEDS = 3000, 12


def feed() -> None:
    draw = random.Random(3)
    for _ in range(COUNT):
        failed = draw.random() < 0.08
        record(
            f"llm.request.{'exception' if failed else 'stop'}",
            {"duration_ns": int(draw.lognormvariate(5, 1) * 1e6), "cost_usd": 0.002},
        )


def sampled(sampling: Sampling | None, seed: int = 0) -> tuple[Recording, StreamingMetrics]:
    live = StreamingMetrics()
    with recording("one", sampling=sampling, seed=seed) as experiment:
        experiment.subscribe(live)
        feed()
    return experiment, live


def readings(sampling: Sampling | None, seed: int = 0) -> dict[str, float]:
    experiment, live = sampled(sampling, seed)
    batch = experiment.metrics().level("model")
    (window,) = experiment.windowed_metrics(size_ms=1e9)
    levels = live.to_dict()["levels"]
    assert isinstance(levels, dict)
    streamed = levels["model"]
    return {
        "batch success": batch.succeeded,
        "window success": window.succeeded,
        "streamed success": streamed["succeeded"],
        "batch p95": batch.latency_ms["p95"],
        "window p95": window.p95_ms or math.nan,
        "streamed p95": streamed["latency_ms"]["p95"],
        "batch cost": batch.cost_usd or math.nan,
        "streamed cost": streamed["cost_usd"],
        "batch mean": batch.latency_ms["mean"],
        "window mean": window.mean_ms or math.nan,
        "streamed mean": streamed["latency_ms"]["mean"],
        "batch sd": batch.latency_ms["sd"],
        "streamed sd": streamed["latency_ms"]["sd"],
    }


@pytest.mark.slow
@pytest.mark.parametrize("sampling", [Uniform(0.2), KeepErrors(0.2, slow_ms=700)])
def test_all_readers_of_a_sample_agree_with_the_whole(sampling: Sampling) -> None:
    whole = readings(None)
    repeats = [readings(sampling, seed) for seed in range(SEEDS)]

    for name, value in whole.items():
        mean = statistics.fmean(each[name] for each in repeats)
        assert mean == pytest.approx(value, rel=0.08), name


@pytest.mark.parametrize("sampling", [Uniform(0.2), KeepErrors(0.2)])
def test_alerts_of_a_sample_are_those_of_the_whole(sampling: Sampling) -> None:
    def broken(chosen: Sampling | None) -> list[str]:
        rules = [
            error_rate_above(0.2, last=400, min_events=200),
            latency_above(20_000, last=400, min_events=200),
            cost_above(5.0),
        ]
        found: set[str] = set()
        with recording("one", sampling=chosen) as experiment:
            watch(experiment, rules, lambda alert: found.add(alert.rule))
            feed()
        return sorted(found)

    assert broken(None) == broken(sampling) == ["cost in USD"]


def test_equal_arms_differ_by_chance_only_when_one_is_sampled() -> None:
    pytest.importorskip("bench")
    whole, _ = sampled(None)
    p_values, missed = [], 0
    for seed in range(SEEDS):
        control, _ = sampled(KeepErrors(0.1), seed)
        (comparison,) = compare_experiments(control, whole, test=True)
        rate = comparison["success_rate"]
        assert rate.interval is not None
        p_values.append(rate.test.p_value)
        missed += not rate.interval[0] <= 0 <= rate.interval[1]

    assert min(p_values) > 0.001
    assert missed <= 1


def test_the_condition_of_the_experiment_stands_on_each_of_its_events() -> None:
    seen: list[Event] = []
    with recording("one", condition="baseline") as experiment:
        experiment.subscribe(seen.append)
        record("a.stop", {"duration_ns": 1})

    assert experiment.events()[0].condition == "baseline"
    assert seen[0].condition == "baseline"
    assert experiment.metrics(condition="baseline").events == {"a.stop": 1}


def test_a_request_of_unknown_cost_counts_with_the_mean_cost() -> None:
    with recording("one") as experiment:
        record("a.stop", {"cost_usd": 1.0})
        record("a.stop")
        record("a.exception", {"cost_usd": 2.0})

    assert experiment.metrics().level("custom").cost_per_success_usd == pytest.approx(2.25)


def test_span_ids_are_texts_in_frames() -> None:
    pytest.importorskip("pandas")
    with recording("one") as experiment:
        record("a.start")
        record("a.stop")
        record("point")

    assert experiment.frame()["span_id"].dropna().tolist() == [
        each.span_id for each in experiment if each.span_id
    ]
