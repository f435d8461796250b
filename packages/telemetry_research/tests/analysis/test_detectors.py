"""Anomaly detectors."""

import random

import pytest

from telemetry_research import (
    UnknownDetectorError,
    detect_anomalies,
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
