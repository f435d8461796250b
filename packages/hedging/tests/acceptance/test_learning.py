"""The scenarios HA1, HA6 to HA9: what the delays learn, and what that gains."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from statistics import quantiles

import pytest

from hedging import (
    Adaptive,
    Budget,
    ExponentialBackoff,
    Hedger,
    Multipliers,
    Percentile,
    Policy,
    Thompson,
    Workload,
    WorkloadAware,
    compare_tails,
    run_virtual,
)
from hedging.simulation import LogNormal, Pareto, Regime, Scaled, make_traffic, simulate


def test_ha1_percentile_hedging_lowers_the_tail_within_its_bound() -> None:
    """HA1: 1,000 requests without, then 1,000 with; the reduction, its interval, fires and cost."""
    pytest.importorskip("numpy")
    service = [Regime(distribution=Pareto(alpha=1.5), requests=1000)]
    traffic = make_traffic(service, seed=1)
    strategy = Percentile(0.95)
    for latency_ms in make_traffic(service, seed=2).primary_ms:
        strategy.record(latency_ms)

    run = simulate(traffic, strategy)
    found = compare_tails(
        traffic.primary_ms, run.latency_ms, extra_requests=run.extra_requests, resamples=300
    )

    assert found.reduction > 0
    assert found.interval.low <= found.reduction <= found.interval.high
    assert found.reduction <= found.bound
    assert run.extra_requests == pytest.approx(0.05, abs=0.015)
    assert 1 + run.extra_requests <= 1.10


def hedged_delay(strategy: Percentile, latency: Callable[[], float], requests: int) -> float:
    """The delay after so many requests whose late ones were hedged."""
    for _ in range(requests):
        primary, delay = latency(), strategy.delay_ms()
        late = delay is not None and primary > delay
        strategy.record(min(primary, (delay or 0) + latency()) if late else primary)
    return strategy.delay_ms() or 0.0


def test_ha6_a_learned_percentile_does_not_drift_while_requests_are_hedged() -> None:
    """HA6: within 5 % of the true P95 after requests with hedging on, on average over seeds."""
    truth = LogNormal().quantile(0.95)
    found = []
    for seed in range(10):
        draws = random.Random(seed)
        strategy = Percentile(0.95, window=4000)
        found.append(hedged_delay(strategy, lambda d=draws: 800 * d.lognormvariate(0, 0.8), 4000))  # type: ignore[misc]

    assert sum(found) / len(found) == pytest.approx(truth, rel=0.05)


def test_ha6_a_change_of_level_is_followed_within_one_window() -> None:
    """HA6: latencies double; after a window of requests the delay is that of the new level."""
    draws, level = random.Random(3), 100.0
    strategy = Percentile(0.95, window=500)
    before = hedged_delay(strategy, lambda: level * draws.lognormvariate(0, 0.3), 1000)
    level = 200.0
    after = hedged_delay(strategy, lambda: level * draws.lognormvariate(0, 0.3), 500)

    assert after / before == pytest.approx(2.0, rel=0.1)


def test_ha6_before_enough_is_known_the_initial_delay_holds_and_names_learn_apart() -> None:
    """HA6: ``min_samples`` and ``initial_delay_ms``; two keys of a hedger are independent."""
    assert Percentile(0.95, min_samples=10, initial_delay_ms=70).delay_ms() == 70
    hedger = Hedger(
        Policy(strategy="percentile", options={"min_samples": 1, "quantile": 0.5}, budget=None)
    )

    async def main() -> None:
        for key, seconds in (("a", 0.1), ("b", 0.4)):
            await hedger.request(_sleeps(seconds), key=key)

    run_virtual(main)

    assert hedger.delay_ms("a") == pytest.approx(100)
    assert hedger.delay_ms("b") == pytest.approx(400)


def _sleeps(seconds: float) -> Callable[[], Awaitable[str]]:
    return lambda: asyncio.sleep(seconds, "answer")


def pulls(seed: int, *, requests: int, slow: float) -> list[float]:
    """The delays that Thompson sampling chose where one request in ten is slow."""
    strategy = Thompson([150.0, 900.0, 3000.0], warm_up=30, price=0.2, seed=seed)
    chance = random.Random(seed)
    chosen = []
    for _ in range(requests):
        delay = strategy.delay_ms()
        primary = slow if chance.random() < 0.1 else 100.0
        hedged = delay is not None and primary > delay
        latency = min(primary, (delay or 0) + 100.0) if hedged else primary
        strategy.react(
            delay_ms=delay, latency_ms=latency, hedges=int(hedged), won=hedged, failed=False
        )
        strategy.record(latency)
        if delay is not None:
            chosen.append(delay)
    return chosen


def test_ha7_the_bandit_finds_the_best_candidate() -> None:
    """HA7: at least 80 % of the pulls after the warm-up, over 20 seeds."""
    chosen = [delay for seed in range(20) for delay in pulls(seed, requests=1030, slow=3000.0)]

    assert chosen.count(150.0) / len(chosen) >= 0.8


def test_ha7_the_adaptive_delay_beats_a_static_one_after_a_change() -> None:
    """HA7, hypothesis H4: 2,000 requests, the level falls to a third after half of them."""
    regimes = [
        Regime(distribution=LogNormal(), requests=1000),
        Regime(distribution=Scaled(distribution=LogNormal(), factor=1 / 3), requests=1000),
    ]
    static_ms = LogNormal().quantile(0.95)
    gains = []
    for seed in range(5):
        traffic = make_traffic(regimes, seed=seed)
        adaptive = simulate(traffic, Adaptive(0.05), budget=Budget(0.05))
        static = simulate(traffic, Percentile(0.95, min_samples=1, initial_delay_ms=static_ms))
        gains.append(static.quantile_ms(0.99, 1200) / adaptive.quantile_ms(0.99, 1200))

    assert sum(gains) / len(gains) > 1.0


def test_ha8_delays_follow_the_workload() -> None:
    """HA8: the two numeric examples, the floor, and delays learned for two types."""
    peak = Workload(prompt_length=5000, model="complex", time="peak", priority="high")
    calm = Workload(model="simple", time="off_peak", priority="low")

    assert Multipliers().delay_for(peak) == 210
    assert Multipliers().delay_for(calm) == 98
    assert Multipliers(base_ms=1).delay_for(Workload()) == 10

    learned = WorkloadAware(budget=0.05, warm_up=20)
    chat, report = Workload(expected_output=50), Workload(expected_output=2000)
    for _ in range(40):
        learned.for_workload(chat).record(100.0)
        learned.for_workload(report).record(900.0)
    assert learned.for_workload(chat).delay_ms() == pytest.approx(100, rel=0.1)
    assert learned.for_workload(report).delay_ms() == pytest.approx(900, rel=0.1)


def test_ha9_the_backoff_has_its_vectors_clamps_and_counters() -> None:
    """HA9: 1000 to 900, 100 to 150, an error 100 to 200, the clamps, the streaks, the reset."""
    won = {"hedges": 1, "won": True, "failed": False}
    lost = {"hedges": 1, "won": False, "failed": False}
    error = {"hedges": 0, "won": False, "failed": True}
    cases = [
        (1000.0, won, 900.0),
        (100.0, lost, 150.0),
        (100.0, error, 200.0),
        (10.0, won, 10.0),
        (5000.0, error, 5000.0),
    ]
    for begin, outcome, after in cases:
        strategy = ExponentialBackoff(begin)
        strategy.react(delay_ms=begin, latency_ms=1.0, **outcome)  # type: ignore[arg-type]
        assert strategy.delay_ms() == pytest.approx(after)
    strategy = ExponentialBackoff()
    for _ in range(10):
        strategy.react(delay_ms=1.0, latency_ms=1.0, **error)  # type: ignore[arg-type]
    assert (strategy.failures_in_a_row, strategy.adjustments) == (10, 10)
    strategy.reset()
    assert (strategy.delay_ms(), strategy.failures_in_a_row) == (100.0, 0)


def test_the_p95_of_these_scenarios_is_that_of_the_distribution() -> None:
    """The closed form that HA6 compares with, against draws."""
    draws = random.Random(0)
    drawn = quantiles((800 * draws.lognormvariate(0, 0.8) for _ in range(40_000)), n=20)[-1]

    assert drawn == pytest.approx(LogNormal().quantile(0.95), rel=0.03)
