"""Anomaly detectors."""

import random

import pytest

from telemetry_research import (
    detect_anomalies,
)


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
