"""What a hedger learns, counts and refuses."""

import asyncio
import json
import math
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hedging import (
    Adaptive,
    AllAttemptsFailedError,
    Breaker,
    Budget,
    Fixed,
    Hedged,
    Hedger,
    Policy,
    PolicyError,
    UnknownDelayStrategyError,
    hedged,
    run_virtual,
)


def run(hedger: Hedger, *calls: Any, **options: Any) -> list[Hedged[Any]]:
    """One request for each call, one after the other."""

    async def main() -> list[Hedged[Any]]:
        return [await hedger.request(call, **options) for call in calls]

    return run_virtual(main)


def fixed(**policy: Any) -> Hedger:
    return Hedger(Policy(**{"budget": None, **policy}), strategy=Fixed(100))


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    share=st.floats(0, 0.5),
    burst=st.integers(1, 30),
    steps=st.lists(st.sampled_from(["request", "backup"]), max_size=400),
)
def test_the_budget_holds_for_any_sequence(share: float, burst: int, steps: list[str]) -> None:
    budget = Budget(share, burst=burst)
    begin = [(0, 0)]
    for step in steps:
        requests, spent = begin[-1]
        if step == "request":
            budget.deposit()
            begin.append((requests + 1, spent))
        else:
            begin.append((requests, spent + budget.withdraw()))

    for index in range(0, len(begin), 7):
        requests, spent = begin[index]
        for later_requests, later_spent in begin[index::5]:
            allowed = share * (later_requests - requests) + burst
            assert later_spent - spent <= allowed + 1e-6


def test_an_overload_is_held_to_the_budget_and_the_reason_is_counted(script: Any) -> None:
    hedger = fixed(budget=0.1, burst=5)

    results = run(hedger, *[script((1.0, "slow"))] * 200)

    statistics = hedger.statistics()
    assert statistics.hedges <= 0.1 * 200 + 5
    assert statistics.suppressed["budget"] == 200 - statistics.hedges
    assert {result.reason for result in results} == {"", "budget"}


def test_hedges_and_retries_pay_from_the_same_budget(script: Any) -> None:
    budget = Budget(0.4, burst=1, initial=1)
    hedger = Hedger(Policy(), strategy=Fixed(100), budget=budget)

    results = run(hedger, script((0.01, OSError()), (0.01, "ok")), script((1.0, "slow")))

    assert [result.reason for result in results] == ["", "budget"]


def test_a_budget_can_be_shared_between_hedgers(script: Any) -> None:
    budget = Budget(0.5, burst=1)
    first = Hedger(Policy(), strategy=Fixed(100), budget=budget)
    second = Hedger(Policy(), strategy=Fixed(100), budget=budget)

    run(first, script((0.01, "ok")), script((1.0, "slow")))
    results = run(second, script((1.0, "slow")))

    assert first.statistics().hedges == 1
    assert results[0].reason == "budget"


def test_the_kill_switch_works_at_once(script: Any) -> None:
    hedger = fixed()
    hedger.enabled = False

    results = run(hedger, script((1.0, "slow")))

    assert (results[0].hedged, results[0].reason) == (False, "killed")


def test_shadow_mode_only_counts_the_backups_it_would_send(script: Any) -> None:
    hedger = fixed(shadow=True)

    slow, quick = run(hedger, script((1.0, "slow")), script((0.01, "quick")))

    assert (slow.hedged, slow.would_hedge, slow.latency_ms) == (False, True, 1000.0)
    assert quick.would_hedge is False
    assert hedger.statistics().would_hedge == 1


def test_the_canary_hedges_its_share_and_the_same_ones_each_time(script: Any) -> None:
    def hedged_ones() -> list[bool]:
        calls = [script((1.0, "slow")) for _ in range(400)]
        return [result.hedged for result in run(fixed(canary=0.1, seed=7), *calls)]

    first, second = hedged_ones(), hedged_ones()

    assert first == second
    assert 20 <= sum(first) <= 60


def test_backups_at_once_are_capped(script: Any) -> None:
    hedger = fixed(max_concurrent_hedges=3)

    async def main() -> list[Hedged[Any]]:
        calls = [script((1.0, "slow")) for _ in range(10)]
        return list(await asyncio.gather(*[hedger.request(call) for call in calls]))

    results = run_virtual(main)

    assert sum(result.hedged for result in results) == 3
    assert hedger.statistics().suppressed == {"concurrency": 7}
    assert hedger.in_flight == (0, 0)


def test_backups_go_only_into_idle_capacity(script: Any) -> None:
    hedger = fixed(idle_below=3)
    free = True
    asked = Hedger(Policy(budget=None), strategy=Fixed(100), idle=lambda: free)

    async def main() -> list[Hedged[Any]]:
        calls = [script((1.0 + index, "slow")) for index in range(4)]
        return list(await asyncio.gather(*[hedger.request(call) for call in calls]))

    crowd = run_virtual(main)
    alone = run(hedger, script((1.0, "slow")))
    first = run(asked, script((1.0, "slow")))
    free = False
    second = run(asked, script((1.0, "slow")))

    assert {result.reason for result in crowd} == {"busy"}
    assert alone[0].hedged
    assert (first[0].hedged, second[0].reason) == (True, "busy")


def test_the_breaker_opens_after_failures_and_closes_after_a_success(script: Any) -> None:
    hedger = fixed(breaker_failures=2, breaker_open_ms=30_000)
    fails, slow = script((0.01, OSError("down"))), script((1.0, "slow"))
    seen: list[str] = []

    async def main() -> None:
        for _ in range(2):
            with pytest.raises(AllAttemptsFailedError):
                await hedger.request(fails)
        seen.append((await hedger.request(slow)).reason)
        await asyncio.sleep(31)
        seen.extend([(await hedger.request(slow)).reason for _ in range(2)])

    run_virtual(main)

    assert seen == ["breaker", "", ""]


def test_a_breaker_that_is_half_open_opens_again_on_a_failure() -> None:
    breaker = Breaker(2, open_ms=10_000)
    for _ in range(2):
        breaker.record(0, ok=False)

    half_open = breaker.allows(10)
    breaker.record(10, ok=False)

    assert half_open
    assert not breaker.allows(19)


class BusyError(Exception):
    retry_after = 2.0


def test_after_retry_after_a_key_gets_no_backups_until_it_is_over(script: Any) -> None:
    hedger = fixed()
    seen: list[str] = []

    async def main() -> None:
        with pytest.raises(AllAttemptsFailedError):
            await hedger.request(script((0.01, BusyError())))
        keys = ("default", "other", "default", "default")
        slow = script((1.0, "slow"))
        seen.extend([(await hedger.request(slow, key=key)).reason for key in keys])

    run_virtual(main)

    assert seen == ["pushback", "", "", ""]


def test_backups_stop_when_the_dollars_are_used_up(script: Any) -> None:
    hedger = Hedger(
        Policy(budget=None, max_extra_usd=0.25), strategy=Fixed(100), cost=lambda value: 0.1
    )

    results = run(hedger, *[script((0.5, "slow"))] * 5)

    assert [result.reason for result in results] == ["", "", "", "dollars", "dollars"]
    assert hedger.statistics().extra_usd == pytest.approx(0.3)


@pytest.mark.parametrize(
    ("policy", "factor", "total"),
    [
        ({"loser_cost": "full"}, 2.0, 0.8),
        ({"loser_cost": "prompt_plus_streamed", "prompt_usd": 0.1}, 1.25, 0.5),
        ({"loser_cost": "prompt_plus_streamed"}, 2.0, None),
        ({"loser_cost": "none"}, 1.0, 0.4),
    ],
)
def test_the_cost_of_a_loser_follows_the_policy(
    script: Any, policy: dict[str, Any], factor: float, total: float | None
) -> None:
    call = script((9.0, "primary"), (0.1, "backup"))

    result = run(fixed(**policy), call, cost=lambda value: 0.4)[0]

    assert result.cost_factor == pytest.approx(factor)
    assert result.cost_usd == (None if total is None else pytest.approx(total))


def test_each_key_learns_for_itself(script: Any) -> None:
    hedger = Hedger(Policy(options={"warm_up": 5}))

    async def main() -> None:
        for _ in range(10):
            await hedger.request(script((0.1, "x")), key="quick")
            await hedger.request(script((2.0, "x")), key="slow")

    run_virtual(main)

    quick, slow = hedger.delay_ms("quick"), hedger.delay_ms("slow")
    assert quick == pytest.approx(100, rel=0.05)
    assert slow == pytest.approx(2000, rel=0.05)
    assert hedger.statistics("quick").requests == 10
    assert hedger.keys == ("quick", "slow")
    hedger.reset("quick")
    assert hedger.delay_ms("quick") is None


def test_the_delay_stays_within_the_policys_bounds() -> None:
    assert Hedger(Policy(min_delay_ms=50), strategy=Fixed(10)).delay_ms() == 50
    assert Hedger(Policy(max_delay_ms=50), strategy=Fixed(100)).delay_ms() == 50


def test_the_counters_add_up(script: Any) -> None:
    hedger = fixed()
    run(hedger, script((0.01, "quick")), script((9.0, "a"), (0.1, "b")), script((0.2, "slow")))

    statistics = hedger.statistics()

    counted = (statistics.requests, statistics.hedged, statistics.hedge_wins, statistics.cancelled)
    assert counted == (3, 2, 1, 2)
    assert statistics.cost_factor == pytest.approx(5 / 3)
    assert "3 requests, 66.7% hedged, 50% of those won" in str(statistics)
    assert statistics.quantiles[0].value_ms == 200.0
    quantiles = json.loads(statistics.to_json())["quantiles"]
    assert list(quantiles) == ["p50", "p90", "p95", "p99", "p99.9"]
    assert quantiles["p90"] == [200.0, 10.0, None]


def test_a_decorated_function_takes_its_arguments_and_gives_its_value() -> None:
    @hedged(Policy(budget=None), strategy=Fixed(1000))
    async def double(number: int) -> int:
        return 2 * number

    @hedged(strategy=Fixed(1000))
    def triple(number: int) -> int:
        return 3 * number

    async def main() -> tuple[int, int]:
        return await double(4), await triple(number=4)

    assert asyncio.run(main()) == (8, 12)
    assert double.hedger.statistics().requests == 1


def test_the_sync_twin_learns_across_calls() -> None:
    hedger = Hedger(Policy(options={"warm_up": 3}))

    async def call() -> int:
        return 1

    for _ in range(3):
        assert hedger.request_sync(call).value == 1

    assert hedger.delay_ms() is not None


@pytest.mark.parametrize(
    "settings",
    [
        {"budget": -0.1},
        {"burst": 0},
        {"max_hedges": 0},
        {"max_hedges": 11},
        {"stagger": 0},
        {"min_delay_ms": 10, "max_delay_ms": 5},
        {"timeout_ms": 0},
        {"grace_ms": -1},
        {"loser_cost": "half"},
        {"canary": 1.5},
        {"budget": math.nan},
        {"surprise": 1},
        {"budget": "much"},
    ],
)
def test_a_policy_out_of_range_is_refused(settings: dict[str, Any]) -> None:
    with pytest.raises(PolicyError, match=next(reversed(settings)) + "|min_delay|policy"):
        Policy.from_dict(settings)


def test_a_policy_survives_its_plain_form() -> None:
    policy = Policy(strategy="percentile", options={"quantile": 0.9}, budget=0.1, shadow=True)

    assert Policy.from_dict(policy.to_dict()) == policy
    assert str(policy) == "hedging shadow: percentile, at most 10% extra, up to 1 per request"


def test_a_wrong_strategy_fails_when_the_hedger_is_made() -> None:
    with pytest.raises(UnknownDelayStrategyError):
        Hedger(Policy.from_dict({"strategy": "magic"}))
    with pytest.raises(ValueError, match="arguments of strategy 'adaptive'"):
        Hedger(Policy(options={"speed": 3}))
    assert isinstance(Hedger(strategy=Adaptive), Hedger)


def test_a_time_limit_of_nothing_is_refused(script: Any) -> None:
    with pytest.raises(PolicyError, match="timeout_ms"):
        run(Hedger(), script((0.1, "x")), timeout_ms=0)
