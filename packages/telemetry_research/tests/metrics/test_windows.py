"""Metrics by time window."""

import pytest

from telemetry_research._metrics.windows import measure_windows

from ..support import MINUTE_MS, batch, event


def test_windows_agree_with_the_vectors_of_crucible_telemetry() -> None:
    """Twenty events a minute apart, 5 and 10 minute windows; mean 30 and cost .015 of the first."""
    events = [batch([event(number) for number in range(20)])]

    five = measure_windows(events, 5 * MINUTE_MS, 5 * MINUTE_MS, None)
    ten = measure_windows(events, 10 * MINUTE_MS, 5 * MINUTE_MS, "custom")

    assert [(each.requests, each.mean_ms) for each in five] == [
        (5, 30),
        (5, 80),
        (5, 130),
        (5, 180),
    ]
    assert five[0].cost_usd == pytest.approx(0.015)
    assert [each.requests for each in ten] == [10, 10, 10, 5]
    assert len(measure_windows([events[0].slice(0, 2)], 60 * MINUTE_MS, 60 * MINUTE_MS, None)) == 1
    with pytest.raises(ValueError, match="positive"):
        measure_windows(events, 0, 1, None)
