"""The scenarios HA2 to HA5: how a race ends, what it cost, and who may answer."""

import asyncio
import threading
from typing import Any

import pytest

from hedging import (
    AllAttemptsFailedError,
    Fixed,
    Hedged,
    Hedger,
    HedgeTimeoutError,
    Policy,
    Tier,
    in_thread,
    multi_level,
    request,
    run_virtual,
)
from hedging.simulation import Bimodal, Regime, Sample, make_traffic

DOWN = OSError("down")


def race(call: Any, **options: Any) -> Hedged[Any]:
    async def main() -> Hedged[Any]:
        result: Hedged[Any] = await request(call, delay_ms=30, **options)
        return result

    return run_virtual(main)


# The calls as (seconds, result), then what comes: the value, its time, and each attempt's end.
SCRIPTS: dict[str, tuple[Any, Any]] = {
    "primary fast": (((0.01, "a"),), ("a", 10.0, ["ok"])),
    "backup wins": (((9.0, "a"), (0.02, "b")), ("b", 50.0, ["cancelled", "ok"])),
    "primary wins after the hedge": (((0.04, "a"), (9.0, "b")), ("a", 40.0, ["ok", "cancelled"])),
    "primary fails early": (((0.01, DOWN), (0.02, "b")), ("b", 30.0, ["error", "ok"])),
    "result None": (((9.0, "a"), (0.01, None)), (None, 40.0, ["cancelled", "ok"])),
}


@pytest.mark.parametrize("name", SCRIPTS)
def test_ha2_a_request_takes_as_long_as_its_first_good_answer(script: Any, name: str) -> None:
    """HA2: the table of races; the time is that of the faster attempt, never of the slower one."""
    steps, (value, latency_ms, ends) = SCRIPTS[name]

    result = race(script(*steps))

    assert result.value == value
    assert result.latency_ms == pytest.approx(latency_ms)
    assert [attempt.status for attempt in result.attempts] == ends


def test_ha2_what_cannot_be_answered_is_an_error_in_time(script: Any) -> None:
    """HA2: both fail; the time limit ends before the delay, and after it."""
    with pytest.raises(AllAttemptsFailedError):
        race(script((0.01, DOWN), (0.01, DOWN)))
    for limit, attempts in ((20.0, 1), (50.0, 2)):
        with pytest.raises(HedgeTimeoutError) as caught:
            race(script((9.0, "a"), (9.0, "b")), timeout_ms=limit)
        assert caught.value.attempts == attempts


@pytest.mark.parametrize(("cancel", "paid"), [(True, 1.0), (False, 1.0)])
def test_ha2_a_loser_is_paid_for_whether_it_is_cancelled_or_not(
    script: Any, *, cancel: bool, paid: float
) -> None:
    """HA2: without cancelling the loser completes, its cost is booked, its result is dropped."""
    call = script((0.2, "late"), (0.01, "backup"))
    hedger = Hedger(Policy(cancel_losers=cancel, budget=None), strategy=Fixed(30))

    async def main() -> Any:
        result = await hedger.request(call, cost=lambda value: 0.5)
        await asyncio.sleep(1)
        return result.value

    assert run_virtual(main) == "backup"
    assert call.cancelled == ([0] if cancel else [])
    assert hedger.statistics().cost_usd == paid


def test_ha3_an_async_loser_is_cancelled_and_a_thread_is_said_not_to_be(script: Any) -> None:
    """HA3: the coroutine sees the cancellation; the caller does not wait for a thread."""
    call = script((9.0, "a"), (0.01, "b"))
    race(call)
    released = threading.Event()

    async def main() -> Hedged[str]:
        result = await request(
            in_thread(lambda: str(released.wait(600))), strategy=Fixed(1), backups=[quick]
        )
        released.set()
        return result

    async def quick() -> str:
        return "quick"

    result = asyncio.run(main())

    assert call.cancelled == [0]
    assert result.value == "quick"
    assert [attempt.cancellable for attempt in result.attempts] == [False, True]


@pytest.mark.parametrize("hedges", [1, 2, 3, 4])
def test_ha4_further_backups_start_at_staggered_delays(script: Any, hedges: int) -> None:
    """HA4: d, then 1.5 d and 2.25 d later; the winner, its attempts and their cost are right."""
    call = script(*[(9.0, "slow")] * hedges, (0.001, "last"))

    result = race(call, max_hedges=hedges, stagger=1.5)

    starts = [0.0, 30.0, 75.0, 142.5, 243.75][: hedges + 1]
    assert [attempt.start_ms for attempt in result.attempts] == pytest.approx(starts)
    assert (result.value, result.winner, result.cost_factor) == ("last", hedges, hedges + 1.0)


def test_ha4_each_further_backup_lowers_the_far_tail() -> None:
    """HA4: P99.9 of a service with 5 % of slow requests, with one to four independent backups."""
    draws = make_traffic([Regime(distribution=Bimodal(), requests=10_000)], seed=9)
    calls = list(zip(*[iter((*draws.primary_ms, *draws.backup_ms))] * 5, strict=True))
    starts = (0.0, 400.0, 1000.0, 1900.0, 3250.0)
    tails = []
    for hedges in range(1, 5):
        latencies = [min(map(sum, zip(starts, call[: hedges + 1], strict=False))) for call in calls]
        tails.append(Sample(latencies).quantile(0.999))

    assert tails == sorted(tails, reverse=True)
    assert tails[1] < tails[0]


def levels(script: Any, *answers: tuple[float, Any], quality: float = 0.0) -> list[Tier[Any]]:
    given = zip(("gpt-4", "gpt-3.5", "flash"), (500, 300, 0), (0.03, 0.002, 0.0001), strict=True)
    return [
        Tier(name=name, call=script(answer), delay_ms=delay, min_quality=quality, cost_usd=cost)
        for (name, delay, cost), answer in zip(given, answers, strict=True)
    ]


def ask_levels(tiers: list[Tier[Any]]) -> Any:
    return run_virtual(lambda: multi_level(tiers))


def test_ha5_the_first_acceptable_level_answers_and_all_that_began_are_paid(script: Any) -> None:
    """HA5: the large model answers at 900 ms, while the second one runs and the third one too."""
    result = ask_levels(levels(script, (0.9, "large"), (9.0, "small"), (9.0, "flash")))

    assert (result.tier, result.latency_ms) == ("gpt-4", 900.0)
    assert result.cost_usd == pytest.approx(0.0321)


def test_ha5_a_poor_answer_does_not_win_and_without_any_it_fails(script: Any) -> None:
    """HA5: the quality threshold rejects; all levels fail."""
    poor, good = {"confidence": 0.4}, {"confidence": 0.9}

    result = ask_levels(levels(script, (0.1, poor), (0.1, good), (0.1, poor), quality=0.8))

    assert (result.tier, result.accepted) == ("gpt-3.5", True)
    with pytest.raises(AllAttemptsFailedError):
        ask_levels(levels(script, *[(0.1, DOWN)] * 3))


def test_ha5_a_backup_may_go_to_another_region(script: Any) -> None:
    """HA5: the backup function is another target."""
    here, elsewhere = script((9.0, "here")), script((0.01, "elsewhere"))

    result = race(here, backups=[elsewhere])

    assert (result.value, here.started, elsewhere.started) == ("elsewhere", 1, 1)
