"""Who wins the race, what becomes of the loser, and what is said about it."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

import blinker
import pytest

from hedging import (
    EVENTS,
    AllAttemptsFailedError,
    Budget,
    Fixed,
    Hedged,
    HedgeTimeoutError,
    Off,
    UnknownDelayStrategyError,
    request,
    request_sync,
    run_virtual,
)

Call = Callable[[], Awaitable[Any]]


class Script:
    """A call that behaves differently each time, and remembers how it went."""

    def __init__(self, *steps: tuple[float, object]) -> None:
        self.steps = steps
        self.started = 0
        self.cancelled: list[int] = []

    async def __call__(self) -> object:
        number = self.started
        self.started += 1
        seconds, result = self.steps[number]
        try:
            await asyncio.sleep(seconds)
        except asyncio.CancelledError:
            self.cancelled.append(number)
            raise
        if isinstance(result, Exception):
            raise result
        return result


def hedge(call: Call, **options: Any) -> Hedged[Any]:
    async def main() -> Hedged[Any]:
        result: Hedged[Any] = await request(call, **{"strategy": Fixed(500), **options})
        return result

    return run_virtual(main)


def test_a_quick_primary_is_alone() -> None:
    call = Script((0.1, "primary"))

    result = hedge(call)

    assert (result.value, result.hedged, result.hedge_won) == ("primary", False, False)
    assert result.latency_ms == 100.0
    assert result.reason == "quick"
    assert call.started == 1


def test_the_backup_wins_and_the_loser_is_cancelled() -> None:
    call = Script((3.0, "primary"), (0.2, "backup"))

    result = hedge(call)

    assert (result.value, result.hedge_won, result.winner) == ("backup", True, 1)
    assert result.latency_ms == 700.0
    assert call.cancelled == [0]
    assert [attempt.status for attempt in result.attempts] == ["cancelled", "ok"]
    assert [attempt.start_ms for attempt in result.attempts] == [0.0, 500.0]
    assert result.cost_factor == 2.0


def test_the_primary_can_win_after_the_backup_was_sent() -> None:
    call = Script((0.6, "primary"), (5.0, "backup"))

    result = hedge(call)

    assert (result.value, result.hedged, result.hedge_won) == ("primary", True, False)
    assert result.latency_ms == 600.0
    assert call.cancelled == [1]


def test_a_failed_primary_is_followed_by_the_backup_at_once() -> None:
    call = Script((0.05, ValueError("no")), (0.2, "backup"))

    result = hedge(call)

    assert result.value == "backup"
    assert result.latency_ms == 250.0
    assert result.attempts[0].error == "ValueError: no"


def test_a_failed_backup_does_not_end_the_race() -> None:
    call = Script((1.2, "primary"), (0.1, ValueError("429")))

    result = hedge(call)

    assert (result.value, result.latency_ms) == ("primary", 1200.0)


def test_when_all_fail_the_error_has_every_reason() -> None:
    call = Script((0.1, ValueError("first")), (0.1, KeyError("second")))

    with pytest.raises(AllAttemptsFailedError, match=r"first.*second") as caught:
        hedge(call)

    assert [type(error) for error in caught.value.errors] == [ValueError, KeyError]


@pytest.mark.parametrize(("timeout_ms", "started"), [(300, 1), (900, 2)])
def test_the_time_limit_holds_before_and_after_the_delay(timeout_ms: float, started: int) -> None:
    call = Script((3.0, "primary"), (3.0, "backup"))

    with pytest.raises(HedgeTimeoutError) as caught:
        hedge(call, timeout_ms=timeout_ms)

    assert caught.value.attempts == started
    assert len(call.cancelled) == started


def test_none_is_a_result() -> None:
    result = hedge(Script((0.1, None)))

    assert result.value is None
    assert result.winner == 0


def test_a_result_that_is_not_accepted_counts_as_a_failure() -> None:
    call = Script((0.1, "bad"), (0.1, "good"))

    result = hedge(call, accept=lambda value: value == "good")

    assert result.value == "good"
    assert [attempt.status for attempt in result.attempts] == ["rejected", "ok"]


def test_backups_may_go_to_another_service() -> None:
    elsewhere = Script((0.1, "other provider"))

    result = hedge(Script((9.0, "slow")), backups=[elsewhere])

    assert result.value == "other provider"


def test_several_backups_are_sent_one_after_the_other() -> None:
    call = Script((9.0, "a"), (9.0, "b"), (9.0, "c"), (0.1, "d"))

    result = hedge(call, max_hedges=3)

    assert [attempt.start_ms for attempt in result.attempts] == [0.0, 500.0, 1000.0, 1500.0]
    assert (result.value, result.latency_ms) == ("d", 1600.0)


def test_cancelling_the_caller_cancels_all_attempts() -> None:
    call = Script((9.0, "a"), (9.0, "b"))

    async def main() -> None:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(1):
                await request(call, strategy=Fixed(500))

    run_virtual(main)

    assert sorted(call.cancelled) == [0, 1]


def test_costs_are_those_of_the_attempts_that_ended() -> None:
    call = Script((0.6, "primary"), (5.0, "backup"))

    result = hedge(call, cost=lambda value: 0.25)

    assert [attempt.cost_usd for attempt in result.attempts] == [0.25, None]


def test_off_sends_no_backup_because_of_time_but_one_after_a_failure() -> None:
    slow, failing = Script((9.0, "slow")), Script((0.1, ValueError("no")), (0.1, "again"))

    assert hedge(slow, strategy=Off()).hedged is False
    assert hedge(failing, strategy="off").value == "again"


@pytest.mark.parametrize("strategy", ["fixed", Fixed(500)], ids=["by name", "made"])
def test_a_budget_of_ones_own_holds_for_all_that_have_it(strategy: Any) -> None:
    budget = Budget(0.0, burst=2, initial=2)
    delay = {"delay_ms": 500} if strategy == "fixed" else {}
    attempts = []
    for key in ("own", "other", "own"):
        call = Script((0, ValueError("a")), (0, KeyError("b")))
        with pytest.raises(Exception, match="a"):
            hedge(call, strategy=strategy, key=key, budget=budget, **delay)
        attempts.append(call.started)

    assert attempts == [2, 2, 1]
    assert (budget.spent, budget.denied) == (2, 1)


def test_an_unknown_strategy_is_an_error_that_lists_the_known_ones() -> None:
    with pytest.raises(UnknownDelayStrategyError, match=r"adaptive.*percentile.*delay_ms\(\)"):
        hedge(Script((0.1, "x")), strategy="speculative")


@pytest.mark.parametrize(
    "options",
    [{"max_hedges": 0}, {"max_hedges": 11}, {"timeout_ms": 0}, {"strategy": "fixed"}],
)
def test_an_option_out_of_range_is_an_error(options: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"max_hedges|timeout_ms|delay_ms"):
        hedge(Script((0.1, "x")), **options)


def test_the_sync_twin_gives_the_same_result() -> None:
    async def call() -> str:
        return "at once"

    assert request_sync(call, strategy="fixed", delay_ms=50).value == "at once"


def test_the_result_prints_as_a_sentence_and_becomes_a_dict() -> None:
    result = hedge(Script((3.0, "a"), (0.2, "b")))

    assert str(result) == "700.0 ms, 2 attempts, the backup won"
    assert json.loads(json.dumps(result.to_dict()))["attempts"][1]["status"] == "ok"


def test_every_event_of_a_request_is_in_the_list_and_in_order() -> None:
    seen: list[tuple[str, dict[str, Any], dict[str, Any]]] = []

    def receive(name: str, *, measurements: dict[str, Any], metadata: dict[str, Any]) -> None:
        seen.append((name, measurements, metadata))

    with blinker.signal("crucible").connected_to(receive):
        hedge(Script((3.0, "a"), (0.2, "b")))
        with pytest.raises(AllAttemptsFailedError):
            hedge(Script((0.1, ValueError("x")), (0.1, ValueError("y"))))

    names = [name for name, _, _ in seen]
    assert names[:5] == [
        "hedging.request.start",
        "hedging.hedge.fired",
        "hedging.request.cancelled",
        "hedging.hedge.won",
        "hedging.request.stop",
    ]
    assert names[-1] == "hedging.request.exception"
    assert set(names) <= set(EVENTS)
    assert seen[4][1] == {"duration_ns": 700_000_000, "cost_factor": 2.0, "cost_usd": None}
    assert len({metadata["request_id"] for _, _, metadata in seen}) == 2


def test_a_receiver_that_raises_does_not_break_the_request(
    caplog: pytest.LogCaptureFixture,
) -> None:
    def receive(name: str, **_: object) -> None:
        raise RuntimeError("receiver")

    with blinker.signal("crucible").connected_to(receive):
        result = hedge(Script((0.1, "fine")))

    assert result.value == "fine"
    assert "a receiver of hedging.request.start failed" in caplog.text
