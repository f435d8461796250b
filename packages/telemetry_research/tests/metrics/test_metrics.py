"""Metrics of each level, with intervals, tables and JSON."""

import json

import pytest

from telemetry_research import (
    UnknownLevelError,
    record,
    recording,
)

from ..support import captured


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
    assert metrics.events["ensemble.model.stop"] == 10


def test_requests_per_failure_and_service_levels_follow_from_the_counts() -> None:
    with recording("thousand") as experiment:
        for number in range(1000):
            record("a.exception" if number < 13 else "a.stop", {"duration_ns": 1})
    with recording("all succeed") as perfect:
        record("a.stop")

    level = experiment.metrics().level("custom")

    assert level.mtbf == pytest.approx(76.9, abs=0.05)
    assert [level.sla(target) for target in (0.98, 0.987, 0.99)] == [True, True, False]
    assert perfect.metrics().level("custom").mtbf is None
    assert perfect.metrics().level("custom").sla(0.9999) is True


def test_a_level_without_requests_is_an_error_that_lists_the_others() -> None:
    with pytest.raises(UnknownLevelError, match="predict, model") as caught:
        captured().metrics().level("query")

    assert isinstance(caught.value, KeyError)
    assert caught.value.name == "query"


def test_the_level_of_intervals_is_a_choice_with_its_method() -> None:
    wide = captured().metrics(level=0.99).level("model")
    narrow = captured().metrics(level=0.8).level("model")

    assert wide.success_interval is not None
    assert narrow.success_interval is not None
    assert (wide.success_interval.level, wide.success_interval.method) == (0.99, "Wilson score")
    assert wide.success_interval.low < narrow.success_interval.low
    assert wide.success_interval.high > narrow.success_interval.high
    with pytest.raises(ValueError, match=r"level=95 is not in \(0, 1\)"):
        captured().metrics(level=95)


def test_metrics_are_tables_with_escaped_cells_and_json() -> None:
    metrics = captured().metrics()

    assert metrics.to_markdown().startswith("| level | requests |")
    assert "<td>predict</td>" in metrics._repr_html_()
    assert json.loads(metrics.to_json())["levels"][0]["level"] == "predict"


def test_a_sum_of_only_some_costs_is_shown_as_a_lower_bound() -> None:
    with recording("part") as experiment:
        record("a.stop", {"cost_usd": 0.00000024})
        record("a.stop", {})

    assert "≥ $0.000000240 (1 of 2 known)" in str(experiment.metrics())


def test_the_repr_of_metrics_is_one_line_with_a_part_for_each_level() -> None:
    shown = repr(captured().metrics())

    assert shown.startswith("<Metrics of 14 events; predict: requests 1, success 100.0%, mean")
    assert "; model: requests 12, success 83.3%, mean ms 500.0, " in shown
    assert "\n" not in shown
    with recording("empty") as empty:
        pass
    assert repr(empty.metrics()) == "<Metrics of 0 events; no requests>"
