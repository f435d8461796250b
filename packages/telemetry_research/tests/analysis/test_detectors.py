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
