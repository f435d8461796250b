"""The paired comparison of tails, and what the t-test makes of the same data."""

import pytest

from hedging import Adaptive, Budget, DataError, compare_tails
from hedging.simulation import (
    Bimodal,
    LogNormal,
    Regime,
    Rule,
    Sample,
    make_traffic,
    midpoints,
    simulate,
)

pytest.importorskip("numpy")


@pytest.mark.slow
def test_a_tail_that_is_cut_is_seen_and_the_t_test_hardly_sees_it() -> None:
    """The true reduction is known: the oracle's, for a bimodal service with 2 % slow requests."""
    distribution = Bimodal(slow_share=0.02)
    traffic = make_traffic([Regime(distribution=distribution, requests=10_000)], seed=5)
    sample = Sample(midpoints(distribution))
    rule = sample.best_rule(0.05)
    run = simulate(traffic, rule)

    result = compare_tails(
        traffic.primary_ms, run.latency_ms, extra_requests=run.extra_requests, resamples=400
    )

    truth = 1 - sample.hedged_quantile(0.99, rule) / sample.quantile(0.99)
    assert result.interval.low < truth < result.interval.high
    assert result.reduction <= result.bound
    assert -0.06 < result.log_change < 0
    assert all(result.criteria.values())
    assert "says nothing of the tail" in str(result)
    assert result.to_dict()["requests"] == 10_000


def test_without_a_difference_the_interval_holds_nothing() -> None:
    traffic = make_traffic([Regime(distribution=LogNormal(), requests=2000)], seed=1)

    result = compare_tails(
        traffic.primary_ms, traffic.primary_ms, extra_requests=0.0, resamples=100
    )

    assert (result.interval.low, result.reduction, result.interval.high) == (0.0, 0.0, 0.0)
    assert not result.criteria["reduced by 50 % or more"]
    assert "10,000 pairs would say more" in str(result)


def test_a_gain_that_is_too_small_does_not_meet_the_criteria() -> None:
    traffic = make_traffic([Regime(distribution=LogNormal(sigma=0.5), requests=5000)], seed=2)
    run = simulate(traffic, Adaptive(0.05), budget=Budget(0.05))

    result = compare_tails(
        traffic.primary_ms, run.latency_ms, extra_requests=run.extra_requests, resamples=200
    )

    assert result.criteria == {
        "reduced by 50 % or more": False,
        "less than 15 % extra": True,
        "interval above 25 %": False,
    }


def test_the_same_seed_gives_the_same_interval() -> None:
    traffic = make_traffic([Regime(distribution=LogNormal(), requests=1000)], seed=3)
    hedged = simulate(traffic, Rule(delay_ms=1500)).latency_ms

    first, second = (
        compare_tails(traffic.primary_ms, hedged, extra_requests=0.2, resamples=50, seed=7)
        for _ in range(2)
    )

    assert first == second


@pytest.mark.parametrize(
    ("baseline", "hedged", "message"),
    [([1.0] * 1000, [1.0] * 999, "same requests"), ([1.0] * 10, [1.0] * 10, "too few")],
)
def test_runs_that_cannot_be_compared_are_refused(
    baseline: list[float], hedged: list[float], message: str
) -> None:
    with pytest.raises(DataError, match=message):
        compare_tails(baseline, hedged, extra_requests=0.05)
