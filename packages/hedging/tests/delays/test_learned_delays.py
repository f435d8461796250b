"""Strategies that learn: where they settle, how fast they follow, what they keep."""

import math
import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hedging import (
    Adaptive,
    Budget,
    DelayStrategyNameTakenError,
    ExponentialBackoff,
    Fixed,
    Hedger,
    Multipliers,
    Percentile,
    Policy,
    PolicyError,
    SingleR,
    Thompson,
    Workload,
    WorkloadAware,
    delay_strategy_names,
    learned_multipliers,
    register_delay_strategy,
    run_virtual,
)
from hedging.simulation import Bimodal, LogNormal, Regime, Scaled, make_traffic, simulate


@given(late=st.lists(st.booleans(), max_size=600), budget=st.floats(0.01, 0.3))
def test_the_share_of_late_requests_is_the_aim_for_any_sequence(
    late: list[bool], budget: float
) -> None:
    """The telescoping sum: |late - q T| <= |l_T - l_0| / eta between restarts."""
    strategy = Adaptive(budget, warm_up=1)
    strategy.record(100.0)
    aim, step = budget / strategy.probability, strategy.step
    begin = math.log(strategy.delay_ms() or 0)
    counted = hits = 0
    for each in late:
        restarts = strategy.restarts
        strategy.observe(0.0, each)
        if strategy.restarts > restarts:
            break
        counted, hits = counted + 1, hits + each
        moved = math.log(strategy.delay_ms() or 0) - begin
        assert hits - aim * counted == pytest.approx(moved / step, abs=1e-6)


def test_the_adaptive_delay_settles_where_the_budget_is_used_up() -> None:
    """P(X > d) = 0.05375 for a log-normal with median 800 and sigma 0.8: d = 2,892 ms."""
    strategy = Adaptive(0.05)

    result = simulate(
        make_traffic([Regime(distribution=LogNormal())], seed=3), strategy, budget=Budget(0.05)
    )

    assert strategy.delay_ms() == pytest.approx(2892, rel=0.15)
    assert 0.046 <= result.extra_requests <= 0.051
    assert result.max_extra(500) <= 0.10


def test_after_a_fall_of_the_level_the_delay_restarts_instead_of_creeping() -> None:
    strategy = Adaptive(0.05)
    for _ in range(200):
        strategy.record(1000.0)
        strategy.observe(1000.0, False)
    before = strategy.restarts
    for _ in range(200):
        strategy.observe(strategy.delay_ms() or 0.0, False)
        strategy.record(100.0)

    assert strategy.restarts > before
    assert strategy.delay_ms() == pytest.approx(100.0, rel=0.15)


def test_single_late_requests_do_not_prevent_the_restart() -> None:
    """A quarter of the late requests is left after the change: a run without any never comes."""
    strategy = Adaptive(0.05)
    for number in range(3000):
        strategy.record(1000.0 + number % 10)
        strategy.observe(1000.0, number % 19 == 0)
    before = strategy.restarts
    for number in range(600):
        strategy.record(100.0 + number % 10)
        strategy.observe(strategy.delay_ms() or 0.0, number % 76 == 0)

    assert before == 0
    assert strategy.restarts >= 1
    assert (strategy.delay_ms() or math.inf) < 150


def test_a_shift_of_the_level_is_followed() -> None:
    regimes = [
        Regime(distribution=LogNormal(), requests=3000),
        Regime(distribution=Scaled(distribution=LogNormal(), factor=3), requests=3000),
        Regime(distribution=Scaled(distribution=LogNormal(), factor=0.5), requests=3000),
    ]
    strategy = Adaptive(0.05)

    simulate(make_traffic(regimes, seed=5), strategy, budget=Budget(0.05))

    assert strategy.delay_ms() == pytest.approx(0.5 * 2892, rel=0.25)


def test_at_a_cliff_the_delay_rests_on_the_fast_side() -> None:
    """5 % of the requests are slow and 5 % may be hedged: the gap reaches from 1 to 3 seconds."""
    strategy = Adaptive(0.05)

    result = simulate(
        make_traffic([Regime(distribution=Bimodal())], seed=2), strategy, budget=Budget(0.05)
    )

    assert (strategy.delay_ms() or math.inf) < 1500
    assert result.quantile_ms(0.99) <= 1.25 * 1847


@pytest.mark.parametrize("arguments", [{"budget": 0}, {"budget": 1}, {"step": 0}, {"warm_up": 0}])
def test_an_adaptive_strategy_refuses_arguments_out_of_range(arguments: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=next(iter(arguments))):
        Adaptive(**arguments)


def test_latencies_of_zero_do_no_harm() -> None:
    strategy = Adaptive(warm_up=3)
    for _ in range(3):
        strategy.record(0.0)

    assert strategy.delay_ms() == pytest.approx(0.001)


@pytest.mark.parametrize(
    ("workload", "delay"),
    [
        (Workload(prompt_length=5000, model="complex", time="peak", priority="high"), 210),
        (Workload(model="simple", time="off_peak", priority="low"), 98),
        (Workload(), 100),
        (Workload(prompt_length=2500), 200),
    ],
)
def test_the_multipliers_are_those_of_crucible_hedging(workload: Workload, delay: float) -> None:
    """Its examples: 100 x 2.5 x 2 x 0.7 x 0.6 = 210, 100 x 0.5 x 1.3 x 1.5 = 97.5."""
    assert Multipliers().delay_for(workload) == delay
    assert Multipliers().for_workload(workload).delay_ms() == delay


def test_the_multipliers_have_a_floor() -> None:
    assert Multipliers(base_ms=1).delay_for(Workload()) == 10


def test_factors_can_be_learned_from_groups() -> None:
    groups = {"chat": [100.0] * 100, "report": [250.0] * 100}

    assert learned_multipliers(groups, "chat") == {"chat": 1.0, "report": 2.5}


def test_delays_are_learned_for_each_size_of_the_work(script: Any) -> None:
    hedger = Hedger(Policy(), strategy=WorkloadAware(budget=0.05, warm_up=20))
    short, long = Workload(expected_output=50), Workload(expected_output=2000)

    async def main() -> None:
        for _ in range(40):
            await hedger.request(script((0.1, "x")), workload=short)
            await hedger.request(script((4.0, "x")), workload=long)

    run_virtual(main)

    assert hedger.delay_ms(workload=short) == pytest.approx(100, rel=0.1)
    assert hedger.delay_ms(workload=long) == pytest.approx(4000, rel=0.1)


def test_a_size_that_is_new_uses_what_all_have_learned() -> None:
    strategy = WorkloadAware(pool=Percentile(0.5, min_samples=5))
    for _ in range(5):
        strategy.for_workload(Workload(expected_output=10)).record(7.0)

    assert strategy.for_workload(Workload(expected_output=5000)).delay_ms() == 7.0


def test_each_class_learns_how_its_requests_ended() -> None:
    strategy = WorkloadAware(lambda: ExponentialBackoff(100))
    small = strategy.for_workload(Workload(expected_output=10))

    react(small, failed=True)

    assert strategy.for_workload(Workload(expected_output=10)).delay_ms() == 200.0
    assert strategy.for_workload(Workload(expected_output=1000)).delay_ms() == 100.0


def test_the_number_of_classes_is_bounded() -> None:
    strategy = WorkloadAware(max_classes=3)
    for power in range(20):
        strategy.for_workload(Workload(expected_output=2**power))

    assert len(strategy.classes) == 3


def react(strategy: Any, *, hedges: int = 0, won: bool = False, failed: bool = False) -> None:
    strategy.react(
        delay_ms=strategy.delay_ms(), latency_ms=1.0, hedges=hedges, won=won, failed=failed
    )


@pytest.mark.parametrize(
    ("begin", "outcome", "after"),
    [
        (1000.0, {"hedges": 1, "won": True}, 900.0),
        (1000.0, {}, 900.0),
        (100.0, {"hedges": 1}, 150.0),
        (100.0, {"failed": True}, 200.0),
        (10.0, {}, 10.0),
        (5000.0, {"failed": True}, 5000.0),
    ],
)
def test_the_backoff_has_the_factors_of_crucible_hedging(
    begin: float, outcome: dict[str, Any], after: float
) -> None:
    strategy = ExponentialBackoff(begin)

    react(strategy, **outcome)

    assert strategy.delay_ms() == pytest.approx(after)


def test_the_backoff_after_five_and_ten_losses() -> None:
    """Test vectors of crucible_hedging 0.4 (Elixir): 100 x 1.5^5 = 759, and the cap of 5,000."""
    strategy = ExponentialBackoff()
    for _ in range(5):
        react(strategy, hedges=1)
    five = strategy.delay_ms()
    for _ in range(5):
        react(strategy, hedges=1)

    assert (round(five or 0), strategy.delay_ms()) == (759, 5000.0)
    assert (strategy.failures_in_a_row, strategy.adjustments) == (10, 10)
    strategy.reset()
    assert (strategy.delay_ms(), strategy.adjustments) == (100.0, 0)


def test_the_backoff_of_a_hedger_moves_with_its_requests(script: Any) -> None:
    hedger = Hedger(Policy(strategy="backoff", budget=None))

    async def main() -> None:
        await hedger.request(script((0.01, "quick")))

    run_virtual(main)

    assert hedger.delay_ms() == pytest.approx(90.0)


def thompson_pulls(seed: int) -> dict[float, float]:
    """One request in ten is slow, and a backup is always quick: the earlier, the better."""
    strategy = Thompson([150.0, 900.0, 3000.0], warm_up=30, price=0.2, seed=seed)
    chance = random.Random(seed)
    chosen: dict[float, float] = dict.fromkeys((150.0, 900.0, 3000.0), 0)
    for _ in range(1030):
        delay = strategy.delay_ms()
        primary = 3000.0 if chance.random() < 0.1 else 100.0
        hedged = delay is not None and primary > delay
        latency = min(primary, (delay or 0) + 100.0) if hedged else primary
        strategy.react(
            delay_ms=delay, latency_ms=latency, hedges=int(hedged), won=hedged, failed=False
        )
        strategy.record(latency)
        if delay is not None:
            chosen[delay] += 1
    return chosen


def test_thompson_sampling_finds_the_delay_with_the_least_loss() -> None:
    """At least 80 % of 1,000 pulls, on average over 20 seeds."""
    shares = []
    for seed in range(20):
        pulls = thompson_pulls(seed)
        shares.append(pulls[150.0] / sum(pulls.values()))

    assert sum(shares) / len(shares) >= 0.8


def test_thompson_sampling_recovers_after_a_change() -> None:
    """First only backups cost, then only time does: the best delay is another one."""
    dear = True
    strategy = Thompson(
        [10.0, 1000.0],
        warm_up=5,
        discount=0.98,
        objective=lambda latency, hedges: hedges if dear else latency,
    )
    chosen = []
    for number in range(800):
        dear = number < 400
        delay = strategy.delay_ms()
        early = delay == 10.0
        strategy.react(
            delay_ms=delay, latency_ms=0.1 if early else 2.0, hedges=early, won=False, failed=False
        )
        strategy.record(50.0)
        chosen.append(delay)

    assert chosen[300:400].count(1000.0) >= 80
    assert chosen[-100:].count(10.0) >= 80


def test_thompson_sampling_takes_an_objective_of_ones_own() -> None:
    """When only backups count, the longest delay is the best."""
    strategy = Thompson([10.0, 1000.0], warm_up=5, objective=lambda latency, hedges: hedges)
    chosen = []
    for _ in range(300):
        delay = strategy.delay_ms()
        hedges = int(delay == 10.0)
        strategy.react(delay_ms=delay, latency_ms=50, hedges=hedges, won=False, failed=False)
        strategy.record(50.0)
        chosen.append(delay)

    assert chosen[-100:].count(1000.0) >= 90


def test_single_r_hedges_its_share_of_the_late_requests(script: Any) -> None:
    hedger = Hedger(Policy(budget=None), strategy=SingleR(10, 0.3))

    async def main() -> int:
        return sum([(await hedger.request(script((1.0, "x")))).hedged for _ in range(300)])

    assert 60 <= run_virtual(main) <= 120


def test_a_strategy_of_ones_own_can_have_a_name() -> None:
    register_delay_strategy("patient", lambda seconds: Fixed(seconds * 1000), replace=True)

    hedger = Hedger(Policy.from_dict({"strategy": "patient", "options": {"seconds": 2}}))

    assert hedger.delay_ms() == 2000.0
    assert "patient" in delay_strategy_names()


def test_a_name_that_is_taken_needs_the_word_replace() -> None:
    with pytest.raises(DelayStrategyNameTakenError, match="'fixed' is registered already"):
        register_delay_strategy("fixed", Fixed)

    assert Hedger(Policy(strategy="fixed", options={"delay_ms": 3})).delay_ms() == 3


def test_options_of_a_class_are_refused_next_to_a_strategy_of_ones_own() -> None:
    with pytest.raises(PolicyError, match="make"):
        WorkloadAware(lambda: Fixed(1), budget=0.1)


def test_latencies_older_than_a_limit_are_forgotten() -> None:
    now = 0.0
    strategy = Percentile(0.5, min_samples=1, max_age_ms=60_000, clock=lambda: now)
    strategy.record(500.0)
    now = 50.0
    strategy.record(100.0)
    now = 70.0

    assert (strategy.delay_ms(), strategy.samples) == (100.0, 1)
