"""Several tiers: who answers, who is still listened to, what it costs."""

import json
from typing import Any

import blinker
import pytest

from hedging import (
    EVENTS,
    AllAttemptsFailedError,
    HedgeTimeoutError,
    Tier,
    Tiered,
    multi_level,
    multi_level_sync,
    run_virtual,
)


def ask(*tiers: Tier[Any], **options: Any) -> Tiered[Any]:
    async def main() -> Tiered[Any]:
        return await multi_level(tiers, **options)

    return run_virtual(main)


def three(script: Any, *answers: tuple[float, object], quality: float = 0.0) -> list[Tier[Any]]:
    """The example of crucible_hedging 0.4 (Elixir): delays of 500 ms and 300 ms."""
    names, delays, costs = ("large", "small", "flash"), (500, 300, 0), (0.03, 0.002, 0.0001)
    return [
        Tier(name=name, call=script(answer), delay_ms=delay, min_quality=quality, cost_usd=cost)
        for name, answer, delay, cost in zip(names, answers, delays, costs, strict=True)
    ]


def test_a_first_tier_that_answers_while_the_second_runs_wins(script: Any) -> None:
    result = ask(*three(script, (0.6, "large"), (9.0, "small"), (9.0, "flash")))

    assert (result.value, result.tier, result.latency_ms) == ("large", "large", 600.0)
    assert [attempt.status for attempt in result.attempts] == ["ok", "cancelled"]
    assert result.cost_usd == pytest.approx(0.032)


def test_each_tier_gets_its_delay(script: Any) -> None:
    result = ask(*three(script, (9.0, "large"), (9.0, "small"), (0.5, "flash")))

    assert (result.tier, result.latency_ms) == ("flash", 1300.0)
    assert [attempt.start_ms for attempt in result.attempts] == [0.0, 500.0, 800.0]


def test_a_failed_tier_is_followed_at_once(script: Any) -> None:
    result = ask(*three(script, (0.1, OSError("down")), (0.1, "small"), (0.1, "flash")))

    assert (result.tier, result.latency_ms) == ("small", 200.0)


def test_an_answer_that_is_not_good_enough_leads_to_the_next_tier(script: Any) -> None:
    poor, good = {"confidence": 0.4}, {"confidence": 0.9}

    result = ask(*three(script, (0.1, poor), (0.1, good), (0.1, poor), quality=0.8))

    assert (result.tier, result.quality, result.accepted) == ("small", 0.9, True)


def test_when_none_is_good_enough_the_best_is_given(script: Any) -> None:
    answers = [(0.1, {"confidence": share}) for share in (0.3, 0.6, 0.5)]

    result = ask(*three(script, *answers, quality=0.8))

    assert (result.tier, result.accepted) == ("small", False)
    assert "not good enough" in str(result)
    assert [attempt.status for attempt in result.attempts] == ["rejected"] * 3
    assert json.loads(json.dumps(result.to_dict()))["attempts"][0]["status"] == "rejected"


def test_at_the_time_limit_the_best_so_far_is_given(script: Any) -> None:
    tiers = three(script, (0.1, {"confidence": 0.3}), (9.0, {}), (9.0, {}), quality=0.8)

    result = ask(*tiers, timeout_ms=2000)

    assert (result.tier, result.accepted, result.latency_ms) == ("large", False, 2000.0)


def test_without_any_answer_it_fails(script: Any) -> None:
    down = (0.1, OSError("down"))

    with pytest.raises(AllAttemptsFailedError):
        ask(*three(script, down, down, down))
    with pytest.raises(HedgeTimeoutError):
        ask(*three(script, (9.0, 1), (9.0, 2), (9.0, 3)), timeout_ms=50)
    with pytest.raises(ValueError, match="at least one"):
        ask()


def test_the_events_of_tiers_name_the_tiers(script: Any) -> None:
    seen: list[tuple[str, dict[str, Any]]] = []

    def receive(name: str, *, metadata: dict[str, Any], **_: object) -> None:
        seen.append((name.removeprefix("hedging."), metadata))

    with blinker.signal("crucible").connected_to(receive):
        ask(*three(script, (9.0, "large"), (0.1, OSError("down")), (0.1, "flash")))
        with pytest.raises(AllAttemptsFailedError):
            ask(Tier(name="only", call=script((0.1, OSError("down")))))

    assert [name for name, _ in seen] == [
        "request.start",
        "hedge.fired",
        "hedge.fired",
        "request.cancelled",
        "request.stop",
        "request.start",
        "request.exception",
    ]
    assert seen[0][1]["tiers"] == ["large", "small", "flash"]
    assert seen[4][1]["tier"] == "flash"
    assert {f"hedging.{name}" for name, _ in seen} <= set(EVENTS)


def test_the_sync_twin_gives_the_same_result() -> None:
    async def call() -> str:
        return "at once"

    assert multi_level_sync([Tier(name="only", call=call)]).value == "at once"
