"""Anomaly detectors."""

import random

import pytest

from telemetry_research import (
    UnknownDetectorError,
    data_quality,
    detect_anomalies,
    record,
    recording,
)
from telemetry_research._analysis.detectors import Method


@pytest.mark.parametrize("method", ["z", "modified_z", "iqr", "ewma", "cusum"])
def test_detectors_find_an_anomaly_and_their_false_positive_rate_is_low(method: Method) -> None:
    draw = random.Random(7)
    values = [draw.gauss(100, 5) for _ in range(200)]
    values[150] = 200.0
    if method == "cusum":
        values[150:] = [value + 10 for value in values[150:]]

    found = detect_anomalies(values, method)

    assert any(150 <= index <= 160 for index in found.indices)
    assert 0 <= found.false_positive_rate < 0.03
    assert len(detect_anomalies([], method).indices) == 0


def test_an_unknown_detector_is_an_error_with_the_nearest_name() -> None:
    with pytest.raises(UnknownDetectorError, match="did you mean 'modified_z'") as caught:
        detect_anomalies([1.0], "modifed_z")  # type: ignore[arg-type]  # misspelt

    assert "cusum" in caught.value.known


def test_the_ewma_chart_is_quiet_on_clean_values_and_finds_a_small_shift() -> None:
    draw = random.Random(1)
    alarms, delays = 0, []
    for _ in range(100):
        clean = [draw.gauss(0, 1) for _ in range(300)]
        alarms += bool(detect_anomalies(clean, "ewma", simulations=0).indices)
        shifted = [value + (number >= 150) for number, value in enumerate(clean)]
        found = detect_anomalies(shifted, "ewma", simulations=0).indices
        delays.append(next((n - 150 for n in found if n >= 150), 150))

    assert alarms <= 40
    assert sum(delays) / len(delays) < 25


SHAPES = {
    "exponential": lambda draw: draw.expovariate(0.01),
    "lognormal": lambda draw: draw.lognormvariate(5, 1),
    "normal": lambda draw: draw.gauss(100, 10),
}


@pytest.mark.slow
@pytest.mark.parametrize("method", ["z", "modified_z", "iqr", "ewma", "cusum"])
@pytest.mark.parametrize("shape", SHAPES)
def test_clean_latencies_raise_few_alarms_at_the_rate_that_is_given(
    method: Method, shape: str
) -> None:
    draw = random.Random(5)
    series = [[SHAPES[shape](draw) for _ in range(300)] for _ in range(60)]
    flagged = sum(len(detect_anomalies(each, method, simulations=0).indices) for each in series)
    given = detect_anomalies(series[0], method)

    assert flagged / (60 * 300) < 0.03
    assert given.scale == "log"
    assert flagged / (60 * 300) == pytest.approx(given.false_positive_rates[shape], abs=0.006)
    assert given.false_positive_rate == max(given.false_positive_rates.values())


def test_the_scale_can_be_chosen_and_is_linear_for_values_below_zero() -> None:
    values = [1.0, 2, 3, 2, 1, 2, 40]

    assert detect_anomalies(values, scale="linear", simulations=0).scale == "linear"
    assert detect_anomalies([-1.0, *values], simulations=0).scale == "linear"
    assert set(detect_anomalies([-1.0, *values], simulations=2).false_positive_rates) == {"normal"}
    with pytest.raises(ValueError, match="not positive"):
        detect_anomalies([0.0, 1.0], scale="log")
    with pytest.raises(ValueError, match="scale"):
        detect_anomalies([1.0], scale="cubic")  # type: ignore[arg-type]  # not a scale


def test_the_quality_report_counts_the_same_outliers() -> None:
    draw = random.Random(3)
    values = [*(draw.lognormvariate(17, 1) for _ in range(500)), 1.0, 10.0**14]
    with recording("one") as experiment:
        for value in values:
            record("a.stop", {"duration_ns": round(value)})

    same = detect_anomalies([round(value) for value in values], simulations=0)
    assert data_quality(experiment).outliers == {"custom": len(same.indices)}


@pytest.mark.parametrize("method", ["z", "modified_z", "iqr", "ewma", "cusum"])
@pytest.mark.parametrize("gap", [None, float("nan")])
def test_missing_values_are_passed_over_and_move_no_index(
    method: Method, gap: float | None
) -> None:
    values = [1.0, 2, 3] * 20
    values[-5] = 99
    whole = detect_anomalies(values, method, simulations=0).indices

    assert detect_anomalies([gap, *values], method, simulations=0).indices == tuple(
        n + 1 for n in whole
    )
