"""Windows, comparisons, alerts, detectors and live metrics."""

import asyncio
import math
import random
import statistics

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telemetry_research import (
    Alert,
    AlertRule,
    Event,
    Experiment,
    Moments,
    NoDataError,
    QuantileSketch,
    StreamingMetrics,
    Window,
    compare_experiments,
    cost_above,
    data_quality,
    detect_anomalies,
    error_rate_above,
    latency_above,
    prometheus_endpoint,
    prometheus_text,
    record,
    recording,
    scope,
    watch,
)
from telemetry_research._statistics import percentile, percentile_interval, weighted_percentile
from telemetry_research._windows import measure_windows

MINUTE = 60_000_000


def event(number: int, **fields: object) -> Event:
    values: dict[str, object] = {
        "event_id": str(number),
        "name": "a.stop",
        "timestamp_us": number * MINUTE,
        "monotonic_ns": number,
        "sequence": number,
        "experiment_id": "x",
        "duration_ns": (number + 1) * 10_000_000,
        "cost_usd": 0.003,
        "success": True,
    }
    return Event(**{**values, **fields})  # type: ignore[arg-type]  # a mixed dict


def test_windows_agree_with_the_vectors_of_the_original() -> None:
    """Twenty events a minute apart, 5 and 10 minute windows; mean 30 and cost .015 of the first."""
    events = [event(number) for number in range(20)]

    five = measure_windows(events, 5 * MINUTE, 5 * MINUTE, None)
    ten = measure_windows(events, 10 * MINUTE, 5 * MINUTE, "custom")

    assert [(each.requests, each.mean_ms) for each in five] == [
        (5, 30),
        (5, 80),
        (5, 130),
        (5, 180),
    ]
    assert five[0].cost_usd == pytest.approx(0.015)
    assert [each.requests for each in ten] == [10, 10, 10, 5]
    assert len(measure_windows(events[:2], 60 * MINUTE, 60 * MINUTE, None)) == 1
    with pytest.raises(ValueError, match="positive"):
        measure_windows(events, 0, 1, None)


def test_a_window_is_the_last_events_or_a_stretch_of_time() -> None:
    events = [event(number) for number in range(20)]

    assert [each.sequence for each in Window.last_n(3).of(events)] == [17, 18, 19]
    assert len(Window.last(5, "minutes").of(events)) == 6
    assert len(Window.last(5, "minutes", now_us=10 * MINUTE).of(events)) == 6
    assert [e.sequence for e in Window.between(MINUTE, 3 * MINUTE).of(events)] == [1, 2, 3]
    with pytest.raises(ValueError, match="fortnights"):
        Window.last(1, "fortnights")
    with pytest.raises(ValueError, match="none"):
        Window.last_n(0)


@given(st.lists(st.floats(0.001, 1e6), min_size=2, max_size=60), st.integers(0, 60))
def test_merged_streams_equal_the_whole(values: list[float], cut: int) -> None:
    parts = [values[:cut], values[cut:]]
    moments, sketch = Moments(), QuantileSketch(0.01)
    for part in parts:
        own, sketched = Moments(), QuantileSketch(0.01)
        for value in part:
            own.add(value)
            sketched.add(value)
        moments.merge(own)
        sketch.merge(sketched)

    assert moments.mean == pytest.approx(statistics.fmean(values))
    assert moments.sd == pytest.approx(statistics.stdev(values), abs=1e-6 * max(values))
    for share in (0.0, 0.5, 0.99):
        exact = sorted(values)[math.floor(share * (len(values) - 1))]
        assert sketch.quantile(share) == pytest.approx(exact, rel=0.0101)


def test_live_metrics_equal_those_of_the_stored_events() -> None:
    live = StreamingMetrics()
    draw = random.Random(2)
    with recording("one") as experiment:
        experiment.subscribe(live)
        for number in range(500):
            name = "a.exception" if number % 9 == 0 else "a.stop"
            record(name, {"duration_ns": draw.randrange(1, 10**9), "cost_usd": 0.5})

    batch, found = experiment.metrics().level("custom"), live.to_dict()["levels"]["custom"]

    assert found["latency_ms"]["mean"] == pytest.approx(batch.latency_ms["mean"])
    assert found["latency_ms"]["sd"] == pytest.approx(batch.latency_ms["sd"])
    assert found["latency_ms"]["p95"] == pytest.approx(batch.latency_ms["p95"], rel=0.02)
    assert (found["succeeded"], found["failed"]) == (batch.succeeded, batch.failed)
    assert found["cost_usd"] == pytest.approx(batch.cost_usd)


def test_a_percentile_comes_with_an_exact_interval() -> None:
    """N = 100, median: ranks 40 and 61 (David and Nagaraja, table for the 95 % interval)."""
    assert percentile_interval([float(n) for n in range(1, 101)], 0.5) == (40, 61)
    assert percentile_interval([1.0, 2.0, 3.0], 0.99) is None


def test_intervals_of_percentiles_cover_the_truth() -> None:
    draw = random.Random(4)
    hits = 0
    for _ in range(300):
        found = percentile_interval(sorted(draw.random() for _ in range(80)), 0.9)
        hits += found is not None and found[0] <= 0.9 <= found[1]

    assert hits / 300 > 0.92


@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=30))
def test_equal_weights_change_no_percentile_beyond_its_neighbours(values: list[float]) -> None:
    values.sort()
    found = weighted_percentile(values, [2.0] * len(values), 0.5)

    assert found <= percentile(values, 0.5) + 1e-9 or found in values


def arm(name: str, slow: int, failures: int) -> Experiment:
    draw = random.Random(name)
    with recording(name) as experiment:
        for number in range(200):
            ending = "exception" if number < failures else "stop"
            record(
                f"a.{ending}",
                {"duration_ns": slow + draw.randrange(10**8), "cost_usd": slow / 1e10},
            )
    return experiment


def test_different_arms_show_their_difference_and_better_is_positive() -> None:
    control, treatment = arm("control", 2 * 10**8, 20), arm("treatment", 10**8, 5)

    (found,) = compare_experiments(control, treatment)

    latency, cost, success = found["latency_ms"], found["cost_usd"], found["success_rate"]
    assert latency.difference == pytest.approx(-100, abs=10)
    assert latency.interval is not None
    assert latency.interval[0] < -100 < latency.interval[1]
    assert (latency.improvement_pct or 0) > 30
    assert cost.improvement_pct == pytest.approx(50)
    assert success.difference == pytest.approx(0.075)
    assert (success.improvement_pct or 0) > 0
    assert "treatment minus control" in str(found)
    with recording("empty") as empty:
        pass
    with pytest.raises(NoDataError):
        compare_experiments(control, empty)


def test_bench_adds_its_tests() -> None:
    pytest.importorskip("bench")

    (found,) = compare_experiments(
        arm("control", 2 * 10**8, 20), arm("treatment", 10**8, 5), test=True
    )

    assert found["latency_ms"].test.p_value < 1e-6
    assert found["latency_ms"].test.estimate == pytest.approx(found["latency_ms"].difference)
    assert found["success_rate"].test.p_value < 0.05


def test_alerts_fire_once_until_the_rule_holds_again() -> None:
    alerts: list[Alert] = []
    low = AlertRule(
        name="consensus",
        measure=lambda events: events[-1].attributes.get("consensus"),
        limit=0.7,
        below=True,
        at_least=1,
    )
    rules = [
        latency_above(100, last=10, at_least=5),
        error_rate_above(0.5, last=10, at_least=5),
        cost_above(1.0, level="custom"),
        low,
    ]
    with recording("one") as experiment:
        stop = watch(experiment, rules, alerts.append)
        for number in range(30):
            slow = 10 <= number < 20
            name = "a.exception" if slow else "a.stop"
            about = {"consensus": 0.5 if number == 3 else 0.9}
            record(name, {"duration_ns": 5 * 10**8 if slow else 10**7, "cost_usd": 0.06}, about)
        stop()
        record("a.exception", {"duration_ns": 10**12})

    assert [alert.rule for alert in alerts].count("consensus") == 1
    assert {alert.rule for alert in alerts} == {
        "latency p95 in ms",
        "error rate",
        "cost in USD",
        "consensus",
    }
    assert "limit is" in str(alerts[0])


def test_an_observer_that_raises_is_counted_and_breaks_nothing() -> None:
    with recording("one") as experiment:
        experiment.subscribe(lambda event: 1 / 0)
        record("a.stop")

    assert (len(experiment), experiment.handler_errors) == (1, 1)


@pytest.mark.parametrize("method", ["z", "modified_z", "iqr", "ewma", "cusum"])
def test_detectors_find_what_was_put_in_and_say_how_often_they_cry_wolf(method: str) -> None:
    draw = random.Random(7)
    values = [draw.gauss(100, 5) for _ in range(200)]
    values[150] = 200.0
    if method == "cusum":
        values[150:] = [value + 10 for value in values[150:]]

    found = detect_anomalies(values, method)

    assert any(150 <= place <= 160 for place in found.places)
    assert 0 <= found.false_positive_rate < 0.03
    assert len(detect_anomalies([], method).places) == 0


def test_an_unknown_detector_is_an_error() -> None:
    with pytest.raises(ValueError, match="modified_z"):
        detect_anomalies([1.0], "magic")


def test_the_quality_report_tells_what_is_missing() -> None:
    with recording("one") as experiment:
        with scope(item_id="i"):
            record("ensemble.model.start")
            record("ensemble.model.stop", {"duration_ns": 5})
        record("ensemble.model.start")
        record("odd.stop", {"duration_ns": "soon"})

    found = data_quality(experiment)

    assert (found.events, found.requests, found.unfinished, found.malformed) == (4, 2, 1, 1)
    assert (found.without_cost, found.without_duration, found.without_item) == (1, 1, 1)
    assert found.unknown_names == {"odd.stop": 1}
    assert found.score == 0.5
    assert "malformed 1" in str(found)


async def test_prometheus_reads_the_metrics() -> None:
    async with recording('with "quotes"') as experiment, prometheus_endpoint() as address:
        record("a.stop", {"duration_ns": 5 * 10**6, "cost_usd": 0.5})
        host, port = address.removeprefix("http://").removesuffix("/metrics").split(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        writer.write(b"GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n")
        answer = (await reader.read()).decode()
        writer.close()

    assert answer.startswith("HTTP/1.1 200 OK")
    labels = f'experiment="with \\"quotes\\"",id="{experiment.id}",level="custom"'
    assert f'crucible_requests_total{{{labels},outcome="success"}} 1\n' in answer
    assert f'crucible_latency_ms{{{labels},quantile="0.5"}} 5.0\n' in answer
    assert f"crucible_cost_usd_total{{{labels}}} 0.5\n" in prometheus_text([experiment])
