"""Simulated services: the two runners agree, and overload shows why there is a budget."""

import pytest

from hedging import Adaptive, Budget, Fixed, Hedger, Off, Policy
from hedging.simulation import (
    Bimodal,
    Bursts,
    Empirical,
    LogNormal,
    Pareto,
    Regime,
    Rule,
    Sample,
    ShiftedExponential,
    make_traffic,
    midpoints,
    replay,
    simulate,
    simulate_queue,
)


@pytest.mark.slow
@pytest.mark.parametrize("distribution", [LogNormal(), Bimodal()], ids=str)
def test_the_fast_simulation_agrees_with_the_real_code(distribution: LogNormal | Bimodal) -> None:
    traffic = make_traffic([Regime(distribution=distribution, requests=4000)], seed=1)

    fast = simulate(traffic, Adaptive(0.05), budget=Budget(0.05))
    policy = Policy(budget=0.05, only_useful=False, load_aware=False)
    real = replay(traffic, Hedger(policy))

    for share in (0.5, 0.95, 0.99):
        assert fast.quantile_ms(share) == pytest.approx(real.quantile_ms(share), rel=0.01)
    assert fast.extra_requests == pytest.approx(real.extra_requests, rel=0.01)


@pytest.mark.parametrize("budget", [0.05, 0.10, 0.15])
@pytest.mark.parametrize(
    "distribution", [LogNormal(), Pareto(alpha=1.5)], ids=["log-normal", "Pareto"]
)
def test_the_adaptive_delay_is_close_to_the_oracles(
    distribution: LogNormal | Pareto, budget: float
) -> None:
    rule = Sample(midpoints(distribution)).best_rule(budget)
    ratios = []
    for seed in range(3):
        traffic = make_traffic([Regime(distribution=distribution, requests=10_000)], seed=seed)
        learned = simulate(traffic, Adaptive(budget), budget=Budget(budget))
        ratios.append(learned.quantile_ms(0.99) / simulate(traffic, rule).quantile_ms(0.99))
        assert learned.max_extra(500) <= budget + 0.05

    # 1.05 at 20,000 requests (tests/benchmarks); a shorter run carries its warm-up.
    assert sum(ratios) / 3 <= 1.08


def test_bursts_that_slow_both_copies_do_not_break_the_budget() -> None:
    regime = Regime(distribution=LogNormal(), requests=8000, bursts=Bursts(share=0.1))

    result = simulate(make_traffic([regime], seed=4), Adaptive(0.05), budget=Budget(0.05))

    assert result.extra_requests <= 0.05 + 25 / 8000
    assert result.max_extra(500) <= 0.10


def test_traffic_has_the_correlation_that_was_asked_for() -> None:
    alike = make_traffic([Regime(distribution=LogNormal(), requests=500, shared=1.0)], seed=1)
    apart = make_traffic([Regime(distribution=LogNormal(), requests=500)], seed=1)

    assert alike.primary_ms == alike.backup_ms
    assert apart.primary_ms != apart.backup_ms


def test_the_same_seed_gives_the_same_traffic() -> None:
    regimes = [Regime(distribution=LogNormal(), requests=50)]

    assert make_traffic(regimes, seed=3) == make_traffic(regimes, seed=3)
    assert make_traffic(regimes, seed=3) != make_traffic(regimes, seed=4)


def test_a_rule_is_a_strategy_that_learns_nothing() -> None:
    traffic = make_traffic([Regime(distribution=LogNormal(), requests=2000)], seed=1)

    half = simulate(traffic, Rule(delay_ms=800, probability=0.5))

    assert half.extra_requests == pytest.approx(0.25, abs=0.03)


def test_without_hedging_a_queue_is_that_of_the_textbook() -> None:
    """M/M/1: the time in the system is exponential, P99 = mean x ln(100) / (1 - load)."""
    distribution = ShiftedExponential(shift_ms=0, mean_ms=100)

    result = simulate_queue(distribution, Off(), load=0.5, requests=40_000)

    assert result.quantile_ms(0.99) == pytest.approx(100 * 4.605 / 0.5, rel=0.06)
    assert result.utilization == pytest.approx(0.5, abs=0.02)


def test_without_a_budget_and_cancellation_hedging_brings_a_service_down() -> None:
    distribution = LogNormal(median_ms=100, sigma=0.1)
    none = simulate_queue(distribution, Off(), load=0.9, requests=5000)

    overload = simulate_queue(distribution, Fixed(200), load=0.9, requests=5000, cancel_works=False)
    held = simulate_queue(
        distribution,
        Adaptive(0.05),
        load=0.9,
        requests=5000,
        cancel_works=False,
        budget=Budget(0.05),
        only_when_idle=True,
    )

    assert overload.quantile_ms(0.99) > 3 * none.quantile_ms(0.99)
    assert overload.extra_requests > 0.5
    assert held.extra_requests <= 0.055
    assert held.quantile_ms(0.99) <= 1.1 * none.quantile_ms(0.99)


def test_hedging_cuts_the_hiccups_of_a_service_with_little_load() -> None:
    body = Bimodal(median_ms=100, sigma=0.2, slow_share=0.01, slow_factor=15)
    distribution = Empirical(midpoints(body, 2000))
    none = simulate_queue(distribution, Off(), load=0.3, requests=10_000)

    hedged = simulate_queue(
        distribution, Adaptive(0.05), load=0.3, requests=10_000, budget=Budget(0.05)
    )

    assert hedged.quantile_ms(0.99) < 0.5 * none.quantile_ms(0.99)
