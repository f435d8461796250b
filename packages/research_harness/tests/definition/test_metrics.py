"""Metrics are found by name; an unknown name is refused with the known ones."""

import pytest

from research_harness import Metric, UnknownMetricError, metric_names, register_metric
from research_harness._definition.metrics import _KNOWN, resolve_metrics


@pytest.mark.parametrize(
    ("name", "quantile"),
    [
        ("latency_p50", 0.5),
        ("latency_p99", 0.99),
        ("latency_p99.9", 0.999),
        ("latency_p99_9", 0.999),
    ],
)
def test_any_percentile_of_the_latency_has_a_name(name: str, quantile: float) -> None:
    (metric,) = resolve_metrics([name])

    assert metric.summary == "quantile"
    assert metric.quantile == pytest.approx(quantile)


@pytest.mark.parametrize("name", ["acuracy", "latency_p0", "latency_p100", "latency_pxx", ""])
def test_an_unknown_name_is_an_error_that_lists_the_known_ones(name: str) -> None:
    with pytest.raises(UnknownMetricError, match=r"accuracy.*register_metric") as caught:
        resolve_metrics([name])

    assert caught.value.name == name


def test_a_number_that_the_conditions_return_is_declared() -> None:
    (metric,) = resolve_metrics(["tokens"], returns=["tokens"])

    assert metric.column == "tokens"


def test_a_metric_of_ones_own_can_be_passed_or_registered() -> None:
    mine = Metric(name="words", column=lambda row: len(str(row.prediction).split()))
    try:
        register_metric("words", mine)

        assert resolve_metrics([mine]) == resolve_metrics(["words"]) == [mine]
        assert "words" in metric_names()
        with pytest.raises(ValueError, match="known already"):
            register_metric("words", mine)
    finally:
        _KNOWN.pop("words")
