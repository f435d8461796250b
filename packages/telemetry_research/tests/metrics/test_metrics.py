"""Finding experiments and their events, and the numbers that are made of them."""

import pytest

from telemetry_research import (
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
