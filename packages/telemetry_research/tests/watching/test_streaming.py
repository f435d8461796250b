"""Live metrics."""

import random
import statistics
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telemetry_research import (
    Moments,
    QuantileSketch,
    StreamingMetrics,
    record,
    recording,
)
from telemetry_research._metrics.statistics import percentile

from ..support import unhurried


@unhurried
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
        exact = percentile(sorted(values), share)
        assert sketch.quantile(share) == pytest.approx(exact, rel=0.0101)


def test_live_metrics_equal_those_of_the_stored_events() -> None:
    live = StreamingMetrics()
    draw = random.Random(2)
    with recording("one") as experiment:
        experiment.subscribe(live)
        for number in range(500):
            name = "a.exception" if number % 9 == 0 else "a.stop"
            record(name, {"duration_ns": draw.randrange(1, 10**9), "cost_usd": 0.5})

    batch, found = experiment.metrics().level("custom"), _level(live)

    assert found["latency_ms"]["mean"] == pytest.approx(batch.latency_ms["mean"])
    assert found["latency_ms"]["sd"] == pytest.approx(batch.latency_ms["sd"])
    assert found["latency_ms"]["p95"] == pytest.approx(batch.latency_ms["p95"], rel=0.02)
    assert (found["succeeded"], found["failed"]) == (batch.succeeded, batch.failed)
    assert found["cost_usd"] == pytest.approx(batch.cost_usd)


def _level(live: StreamingMetrics) -> Any:
    levels: Any = live.to_dict()["levels"]
    return levels["custom"]
