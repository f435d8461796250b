"""Costs that are known after the request has its result."""

from typing import Any, cast

import pytest

from telemetry_research import (
    Alert,
    Recording,
    StreamingMetrics,
    compare_experiments,
    cost_above,
    event_info,
    prometheus_text,
    record,
    recording,
    watch,
)

MS = 10**6


def emit_requests(streamed: int, extra: float = 0.0) -> None:
    """Three plain requests for $0.25 each, and streamed ones for $0.50 each."""
    for number in range(3):
        ids = {"request_id": f"plain-{number}"}
        record("hedging.request.stop", {"duration_ns": 4 * MS, "cost_usd": 0.25}, ids)
    for number in range(streamed):
        ids = {"request_id": f"streamed-{number}"}
        record("hedging.request.stop", {"duration_ns": 8 * MS, "cost_usd": None}, ids)
        costs = {"cost_usd": 0.5 + extra, "cost_factor": 1.0, "extra_usd": extra}
        record("hedging.stream.stop", costs, ids)


def recorded(streamed: int = 2, extra: float = 0.0) -> Recording:
    with recording("costs") as experiment:
        emit_requests(streamed, extra)
    return experiment


def test_the_final_cost_of_a_stream_counts_for_its_request() -> None:
    (level,) = recorded().metrics().levels

    assert (level.events, level.requests, level.succeeded) == (5, 5, 5)
    assert level.cost_usd == pytest.approx(1.75)
    assert level.cost_known == 5
    assert level.cost_per_request_usd == pytest.approx(0.35)
    assert level.latency_ms["count"] == 5


def test_a_stream_without_a_cost_leaves_it_unknown() -> None:
    with recording("unknown") as experiment:
        record("hedging.request.stop", {"duration_ns": MS, "cost_usd": None})
        record("hedging.stream.stop", {"cost_usd": None, "cost_factor": 1.0, "extra_usd": 0.0})
    (level,) = experiment.metrics().levels

    assert (level.requests, level.cost_usd, level.cost_known) == (1, None, 0)


def test_a_failed_request_whose_streams_were_billed_costs_what_they_cost() -> None:
    with recording("failed") as experiment:
        record("hedging.request.exception", {"duration_ns": MS}, {"error_type": "TimeoutError"})
        record("hedging.stream.stop", {"cost_usd": 0.5, "cost_factor": 1.0, "extra_usd": 0.0})
    (level,) = experiment.metrics().levels

    assert (level.requests, level.failed, level.cost_usd) == (1, 1, 0.5)


def test_windows_have_the_costs_of_streams() -> None:
    windows = recorded().windowed_metrics(size_ms=60_000)

    assert sum(window.requests for window in windows) == 5
    assert sum(window.cost_usd or 0 for window in windows) == pytest.approx(1.75)


def test_prometheus_totals_have_the_costs_of_streams() -> None:
    with recording("running") as experiment:
        emit_requests(1)
        first = prometheus_text([experiment])
        emit_requests(1)
        second = prometheus_text([experiment])

    labels = f'{{experiment="running",id="{experiment.id}",level="request"'
    assert f"crucible_cost_usd_total{labels}}} 1.25\n" in first
    assert f"crucible_cost_usd_total{labels}}} 2.5\n" in second
    assert f'crucible_requests_total{labels},outcome="success"}} 8\n' in second


def test_streaming_metrics_have_the_costs_of_streams() -> None:
    experiment, streaming = recorded(), StreamingMetrics()
    for event in experiment.events():
        streaming(event)
    found = cast("Any", streaming.to_dict())["levels"]["request"]

    assert found["cost_usd"] == pytest.approx(1.75)
    assert (found["succeeded"], found["latency_ms"]["count"]) == (5, 5.0)


def test_comparisons_have_the_costs_of_streams() -> None:
    (found,) = compare_experiments(recorded(), recorded(extra=0.25))[:1]
    costs = {each.metric: each for each in found.differences}

    assert costs["cost_usd"].control == pytest.approx(0.35)
    assert costs["cost_usd"].treatment == pytest.approx(0.45)
    assert costs["latency_ms"].difference == 0
    assert costs["success_rate"].difference == 0


def test_the_limit_on_costs_sees_the_costs_of_streams() -> None:
    alerts: list[Alert] = []
    with recording("watched") as experiment:
        watch(experiment, [cost_above(1.0, event_level="request")], alerts.append)
        emit_requests(1)

    assert [alert.value for alert in alerts] == [pytest.approx(1.25)]


def test_the_end_of_streams_is_not_a_request() -> None:
    info = event_info("hedging.stream.stop")

    assert (info.counts, info.settles_cost) == (False, True)
    assert not event_info("hedging.request.stop").settles_cost
