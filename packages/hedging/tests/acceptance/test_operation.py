"""The scenarios HA10 to HA12, HA14 and HA15: limits, settings, forecasts, load, and the test."""

import json
from pathlib import Path
from typing import Any

import pytest

from hedging import (
    Adaptive,
    Budget,
    Fixed,
    Hedger,
    Off,
    Policy,
    PolicyError,
    UnknownSettingError,
    compare_tails,
    delay_for_target,
    pareto_front,
    read_trace,
    run_virtual,
    tradeoff,
)
from hedging.simulation import (
    Bimodal,
    LogNormal,
    Pareto,
    Regime,
    make_traffic,
    simulate,
    simulate_queue,
)


def test_ha10_a_storm_of_late_requests_is_held_to_the_budget(script: Any) -> None:
    """HA10: at most 10 % more attempts when all are late; the others say why; the kill switch."""
    hedger = Hedger(Policy(budget=0.1, burst=10, only_useful=False, load_aware=False))
    hedger = Hedger(hedger.policy, strategy=Fixed(10))
    call = script((0.1, "late"))

    async def storm() -> list[str]:
        return [(await hedger.request(call)).reason for _ in range(400)]

    reasons = run_virtual(storm)
    extra = call.started - 400
    hedger.enabled = False

    async def one() -> str:
        return (await hedger.request(call)).reason

    assert 0 < extra <= 0.1 * 400 + 10
    assert reasons.count("budget") == 400 - extra
    assert run_virtual(one) == "killed"


def test_ha10_a_canary_hedges_its_share(script: Any) -> None:
    """HA10: one request in ten may be hedged."""
    hedger = Hedger(
        Policy(budget=None, canary=0.1, only_useful=False, load_aware=False), strategy=Fixed(10)
    )
    call = script((0.1, "late"))

    async def main() -> int:
        return sum([(await hedger.request(call)).hedged for _ in range(500)])

    assert run_virtual(main) / 500 == pytest.approx(0.1, abs=0.04)


# The rules H6 of crucible_hedging.
WRONG: dict[str, dict[str, Any]] = {
    "fixed needs a delay": {"strategy": "fixed"},
    "a quantile of all": {"strategy": "percentile", "options": {"quantile": 1.0}},
    "two candidates": {"strategy": "thompson", "options": {"delays_ms": [100]}},
    "a range that is empty": {"strategy": "backoff", "options": {"min_ms": 9, "max_ms": 1}},
    "too many hedges": {"max_hedges": 11},
    "no hedge": {"max_hedges": 0},
    "an unknown strategy": {"strategy": "psychic"},
    "a time limit of nothing": {"timeout_ms": 0},
}


@pytest.mark.parametrize("name", WRONG)
def test_ha11_a_wrong_setting_is_refused_when_it_is_made(name: str) -> None:
    """HA11: the table of rules."""
    with pytest.raises((PolicyError, ValueError, TypeError)) as caught:
        Hedger(Policy.from_dict(WRONG[name]))
    assert str(caught.value)


def test_ha11_settings_come_from_plain_values_and_off_never_hedges(script: Any) -> None:
    """HA11: from a dictionary and back; an unknown name is named; the strategy that is off."""
    settings = {"strategy": "percentile", "options": {"quantile": 0.9}, "budget": 0.1}

    assert Policy.from_dict(Policy.from_dict(settings).to_dict()) == Policy.from_dict(settings)
    with pytest.raises(UnknownSettingError, match="buget"):
        Policy.from_dict({"buget": 0.1})
    hedger = Hedger(Policy(budget=None), strategy=Off())

    async def main() -> bool:
        return (await hedger.request(script((9.0, "slow")))).hedged

    assert not run_virtual(main)


@pytest.mark.parametrize("ending", ["csv", "jsonl"])
def test_ha12_recorded_latencies_give_a_trade_off_and_a_delay(tmp_path: Path, ending: str) -> None:
    """HA12: trade-off, Pareto front and calibration from a file."""
    traffic = make_traffic([Regime(distribution=LogNormal(), requests=3000)], seed=2)
    path = tmp_path / f"latencies.{ending}"
    if ending == "csv":
        path.write_text("latency_ms\n" + "\n".join(map(str, traffic.primary_ms)))
    else:
        rows = (json.dumps({"latency_ms": each}) for each in traffic.primary_ms)
        path.write_text("\n".join(rows))

    trace = read_trace(path)
    options = tradeoff(trace.latency_ms)
    front = pareto_front(options)
    chosen = delay_for_target(trace.latency_ms, 4000)

    assert set(front) <= set(options)
    by_cost = sorted(front, key=lambda option: option.cost_factor)
    tails = [option.p99_ms for option in by_cost]
    assert tails == sorted(tails, reverse=True)
    assert chosen is not None


def test_ha12_shadow_mode_reports_what_would_have_been_hedged(script: Any) -> None:
    """HA12: nothing is sent, and the backups are counted."""
    hedger = Hedger(Policy(shadow=True, budget=None), strategy=Fixed(10))
    call = script((0.1, "late"))

    async def main() -> None:
        for _ in range(20):
            await hedger.request(call)

    run_virtual(main)

    assert (call.started, hedger.statistics().would_hedge) == (20, 20)


@pytest.mark.parametrize("load", [0.1, 0.5, 0.9])
def test_ha14_under_load_hedging_with_a_budget_and_idle_servers_does_no_harm(load: float) -> None:
    """HA14: the load test; every request is answered, and the tail is no longer than without."""
    service = LogNormal(median_ms=100, sigma=0.4)
    none = simulate_queue(service, Off(), load=load, requests=4000)
    held = simulate_queue(
        service,
        Adaptive(0.05),
        load=load,
        requests=4000,
        cancel_works=False,
        budget=Budget(0.05),
        only_when_idle=True,
    )

    assert len(held.latency_ms) == 4000
    assert held.extra_requests <= 0.055
    assert held.quantile_ms(0.99) <= 1.1 * none.quantile_ms(0.99)


def test_ha14_an_overload_by_backups_is_shown_and_prevented() -> None:
    """HA14: without a budget the backups bring a busy service down; with one they do not."""
    service = LogNormal(median_ms=100, sigma=0.1)
    none = simulate_queue(service, Off(), load=0.9, requests=3000)
    storm = simulate_queue(service, Fixed(200), load=0.9, requests=3000, cancel_works=False)
    held = simulate_queue(
        service, Fixed(200), load=0.9, requests=3000, cancel_works=False, budget=Budget(0.05)
    )

    assert storm.quantile_ms(0.99) > 3 * none.quantile_ms(0.99)
    assert held.extra_requests <= 0.06
    assert held.quantile_ms(0.99) < storm.quantile_ms(0.99) / 3


def test_ha15_the_second_hypothesis_is_judged_by_its_criteria() -> None:
    """HA15: half the P99, less than 15 % extra, a lower end above 25 %; met and not met."""
    pytest.importorskip("numpy")
    met = []
    for service in (Bimodal(slow_share=0.02), LogNormal(sigma=0.5)):
        traffic = make_traffic([Regime(distribution=service, requests=10_000)], seed=5)
        run = simulate(traffic, Adaptive(0.05), budget=Budget(0.05))
        found = compare_tails(
            traffic.primary_ms, run.latency_ms, extra_requests=run.extra_requests, resamples=200
        )
        assert found.t_p_value <= 1
        met.append(all(found.criteria.values()))

    assert met == [True, False]


def test_a_heavier_tail_gains_more() -> None:
    """HD16: what a reduction depends on, at the same budget."""
    gains = []
    for service in (LogNormal(sigma=0.4), LogNormal(sigma=1.0), Pareto(alpha=1.5)):
        traffic = make_traffic([Regime(distribution=service, requests=8000)], seed=3)
        run = simulate(traffic, Adaptive(0.05), budget=Budget(0.05))
        none = simulate(traffic, Off())
        gains.append(1 - run.quantile_ms(0.99) / none.quantile_ms(0.99))

    assert gains == sorted(gains)
