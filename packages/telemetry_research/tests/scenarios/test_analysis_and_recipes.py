"""The scenarios TA9 to TA16: metrics, comparisons, studies, sampling, alerts, cost, recipes."""

import random
import statistics
import tracemalloc
from pathlib import Path
from typing import Any

import pytest

from telemetry_research import (
    Alert,
    AlertRule,
    KeepErrors,
    Recording,
    Reservoir,
    Stratified,
    StreamingMetrics,
    Uniform,
    archive_experiment,
    compare_experiments,
    cost_above,
    data_quality,
    detect_anomalies,
    error_rate_above,
    latency_above,
    record,
    recording,
    restore_experiment,
    scope,
    watch,
)


def test_ta9_metrics_equal_numpy_and_streaming_equals_the_batch() -> None:
    np = pytest.importorskip("numpy")
    draw = random.Random(3)
    durations = [round(draw.lognormvariate(5, 1) * 1e6) for _ in range(987)]
    stream = StreamingMetrics()
    with recording("one") as experiment:
        experiment.subscribe(stream)
        for number, duration in enumerate(durations):
            known = {"duration_ns": duration, "cost_usd": 0.01, "input_tokens": 3}
            record("llm.request.stop", known, {"model": f"m{number % 2}"})
        for _ in range(13):
            record("llm.request.exception", {}, {"model": "m0", "error_type": "Timeout"})
        record("ensemble.predict.stop", {"cost_usd": 9.87})  # another level, never added up

    model = experiment.metrics().level("model")
    ms = np.array(durations) / 1e6
    assert model.latency_ms["mean"] == pytest.approx(ms.mean())
    assert model.latency_ms["sd"] == pytest.approx(ms.std(ddof=1))
    for name, quantile in {"p50": 0.5, "p95": 0.95, "p99": 0.99}.items():
        assert model.latency_ms[name] == pytest.approx(np.quantile(ms, quantile))
    assert round(model.mtbf or 0, 1) == 76.9
    assert (model.sla(0.98), model.sla(0.999)) == (True, False)
    assert model.cost_usd == pytest.approx(9.87)
    assert sum(model.cost_by_model.values()) == pytest.approx(9.87)
    streamed: Any = stream.to_dict()["levels"]
    live = streamed["model"]["latency_ms"]
    assert live["mean"] == pytest.approx(ms.mean())
    assert live["sd"] == pytest.approx(ms.std(ddof=1))
    assert live["p95"] == pytest.approx(np.quantile(ms, 0.95), rel=0.0101)


def arm(name: str, mean_ms: float, seed: int) -> Recording:
    draw = random.Random(seed)
    with recording(name) as experiment:
        for number in range(200):
            with scope(item_id=f"i{number}"):
                duration = round(draw.gauss(mean_ms, 10) * 1e6)
                record("answer.stop", {"duration_ns": duration, "cost_usd": 0.001})
    return experiment


def test_ta10_a_faster_treatment_is_an_improvement_with_interval_and_test() -> None:
    pytest.importorskip("bench", reason="the test of a comparison is bench's")
    control, treatment = arm("control", 300, 1), arm("treatment", 250, 2)
    (found,) = compare_experiments(control, treatment, test=True)

    latency = found["latency_ms"]
    assert latency.difference == pytest.approx(-50, abs=5)
    assert latency.improvement_pct == pytest.approx(50 / 3, abs=2)
    assert latency.interval is not None
    assert latency.interval.low < -50 + 5
    assert latency.interval.high < 0
    assert latency.test is not None
    assert latency.test.p_value < 1e-6


def test_ta11_a_two_by_two_study_in_one_experiment_is_exported(tmp_path: Path) -> None:
    pd = pytest.importorskip("pandas")
    with recording("factorial") as study:
        for model in ("small", "large"):
            for prompt in ("short", "long"):
                with scope(condition=f"{model}/{prompt}", prompt=prompt):
                    for number in range(10):
                        duration = (1 + (model == "large")) * 10**8 + number
                        record("answer.stop", {"duration_ns": duration}, {"model": model})

    means = {
        cell: study.metrics(condition=cell).level("custom").latency_ms["mean"]
        for cell in ("small/short", "small/long", "large/short", "large/long")
    }
    assert means["large/short"] == pytest.approx(2 * means["small/short"], rel=1e-6)
    frame = pd.read_csv(study.export(tmp_path / "f.csv"))
    assert frame.groupby("condition").size().to_dict() == dict.fromkeys(means, 10)


@pytest.mark.parametrize(
    "sampling", [Uniform(0.2), Stratified({"a.*": 0.2}), KeepErrors(0.2), Reservoir(80)], ids=type
)
def test_ta12_a_weighted_estimate_has_no_bias(sampling: object) -> None:
    estimates: list[float] = []
    for seed in range(30):
        chosen = Reservoir(80, seed=seed) if isinstance(sampling, Reservoir) else sampling
        with recording("one", sampling=chosen, seed=seed) as experiment:  # type: ignore[arg-type]
            for number in range(400):
                record("a.exception" if number % 20 == 0 else "a.stop", {"duration_ns": number})
        level = experiment.metrics().level("custom")
        estimates.append(level.requests * level.latency_ms["mean"])

    truth = sum(range(400)) / 1e6
    error = statistics.stdev(estimates) / len(estimates) ** 0.5
    assert abs(statistics.mean(estimates) - truth) < 4 * error + 1e-9


def test_ta12_patterns_and_a_function_choose_events() -> None:
    with recording("f", include=["a.*"], exclude=["*.debug"], where=lambda *e: e[2] != {}) as some:
        record("a.stop", {}, {"k": 1})
        record("a.debug", {}, {"k": 1})
        record("b.stop", {}, {"k": 1})
        record("a.stop")

    assert [(e.name, e.attributes) for e in some] == [("a.stop", {"k": 1})]
    assert some.filtered_events == 3


def test_ta13_alerts_fire_on_latency_errors_cost_and_a_rule_of_the_user() -> None:
    def consensus(events: object) -> float:
        return min(float(e.attributes["consensus"]) for e in events)  # type: ignore[attr-defined]

    own = AlertRule(name="consensus", measure=consensus, limit=0.7, below=True, min_events=1)
    fired: list[Alert] = []
    with recording("watched") as experiment:
        rules = [latency_above(100, min_events=2), error_rate_above(0.4, min_events=2)]
        watch(experiment, [*rules, cost_above(0.5, event_level="custom"), own], fired.append)
        for number in range(6):
            name = "a.exception" if number % 2 else "a.stop"
            record(name, {"duration_ns": 2 * 10**8, "cost_usd": 0.2}, {"consensus": 0.6})

    assert len({alert.rule for alert in fired}) == 4


def test_ta13_detectors_find_what_was_injected_and_state_their_false_alarms() -> None:
    draw = random.Random(5)
    values = [draw.lognormvariate(3, 0.3) for _ in range(200)]
    values[50] = values[150] = 5000.0
    found = detect_anomalies(values)

    assert {50, 150} <= set(found.indices)
    assert 0 < found.false_positive_rate < 0.05


def test_ta14_a_hundred_thousand_events_need_less_than_fifty_megabytes() -> None:
    with recording("warm"):  # imports
        record("a.stop")
    tracemalloc.start()
    with recording("memory"):
        for number in range(10_000):
            record("a.stop", {"duration_ns": number, "cost_usd": 0.1}, {"model": "m"})
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert peak < 5e6  # a tenth of the events; the original states 200 MB


def test_ta15_a_training_run_records_epochs_and_checkpoints() -> None:
    with recording("training") as training:
        for epoch in range(3):
            loss = 1 / (epoch + 1)
            record("train.epoch.stop", {"duration_ns": 10}, {"epoch": epoch, "loss": loss})
            record("train.checkpoint.saved", {}, {"checkpoint_path": f"e{epoch}.pt"})
        training.flush()

    epochs = training.events("train.epoch.stop")
    assert [e.attributes["loss"] for e in epochs] == [1, 1 / 2, 1 / 3]
    assert len(training.events("train.checkpoint.saved", checkpoint_path="e1.pt")) == 1


def test_ta16_checkpoints_a_quality_report_and_an_archive(tmp_path: Path) -> None:
    with recording("trials") as trials:
        sizes = []
        for trial in range(300):
            record("trial.stop", {"duration_ns": trial * 10**6})
            if trial % 100 == 99:
                path = trials.export(tmp_path / f"t{trial}.jsonl")
                text = path.read_text(encoding="utf-8")
                sizes.append(text.count('"trial.stop"'))

    assert sizes == [100, 200, 300]
    assert data_quality(trials).to_dict()["events"] == 300
    restored = restore_experiment(archive_experiment(trials, tmp_path / "a.parquet"))
    assert restored.metrics().to_dict() == trials.metrics().to_dict()
