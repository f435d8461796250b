"""Measures of alert rules that are updated equal those that are computed again."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from telemetry_research._metrics.statistics import any_percentile
from telemetry_research._watching.running import RunningCost, RunningErrorRate, RunningQuantile

from ..support import event

EVENTS = st.lists(
    st.tuples(
        st.none() | st.integers(0, 1000),
        st.sampled_from([True, False, None]),
        st.sampled_from([1.0, 1.0, 0.25]),
    ),
    max_size=60,
)


@pytest.mark.slow
@settings(deadline=None)
@given(EVENTS, st.integers(1, 12), st.sampled_from([0.0, 0.5, 0.95, 1.0]))
def test_updated_measures_equal_computed_ones(
    given_events: list[tuple[int | None, bool | None, float]], last: int, quantile: float
) -> None:
    events = [
        event(n, duration_ns=duration, success=success, probability=probability, cost_usd=0.5)
        for n, (duration, success, probability) in enumerate(given_events)
    ]
    rate, latency, cost = RunningErrorRate(last), RunningQuantile(last, quantile), RunningCost(last)

    for number, one in enumerate(events, 1):
        latest = events[max(0, number - last) : number]
        judged = [(e.success is False, 1 / e.probability) for e in latest if e.success is not None]
        total = sum(weight for _, weight in judged)
        known = [e for e in latest if e.duration_ns is not None]
        durations = [(e.duration_ns or 0) / 1e6 for e in known]
        weights = [1 / e.probability for e in known]
        failed = sum(weight for bad, weight in judged if bad)
        found_rate, found_latency = rate.add(one), latency.add(one)
        assert found_rate == (pytest.approx(failed / total) if total else None)
        expected = any_percentile(durations, weights, quantile) if known else None
        assert found_latency == (None if expected is None else pytest.approx(expected))
        assert cost.add(one) == pytest.approx(sum(0.5 / e.probability for e in events[:number]))
