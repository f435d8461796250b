"""HA13: backup requests around a prediction, and within its members."""

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from typing import Any

import blinker
import pytest

from ensemble import HedgedModel, predict

hedging = pytest.importorskip("hedging")
Run = Callable[[Coroutine[Any, Any, Any]], Any]


@pytest.fixture
def names() -> Iterator[list[str]]:
    seen: list[str] = []

    def receive(name: str, **_: object) -> None:
        seen.append(name)

    with blinker.signal("crucible").connected_to(receive):
        yield seen


def test_ha13_a_hedged_prediction_is_one_request_and_cancels_its_loser_whole(
    in_simulated_time: Run, timed: Any, names: list[str]
) -> None:
    """HA13: hedging around an ensemble; the loser's members are cancelled with it."""
    slow = [timed(name, "4", 900) for name in "ab"]
    quick = [timed(name, "4", 100) for name in "cd"]

    async def ask() -> Any:
        return await hedging.request(
            lambda: predict("?", models=slow),
            backups=[lambda: predict("?", models=quick)],
            delay_ms=300,
        )

    result = in_simulated_time(ask())

    assert (result.value.answer, result.latency_ms) == ("4", pytest.approx(400))
    assert [model.cancelled for model in slow] == [1, 1]
    assert names.count("hedging.request.stop") == 1
    assert names.count("ensemble.predict.stop") == 1
    assert names.count("ensemble.model.stop") == 2


def test_ha13_hedged_members_each_answer_in_their_own_time(
    in_simulated_time: Run, timed: Any, names: list[str]
) -> None:
    """HA13: an ensemble of hedged members waits for the slowest of the faster copies."""
    slow, quick = timed("a", "4", 900), timed("c", "4", 100)
    members = [
        HedgedModel(slow, backup=timed("b", "4", 50), delay_ms=300, budget=None),
        HedgedModel(quick, backup=timed("d", "4", 50), delay_ms=300, budget=None),
    ]

    result = in_simulated_time(predict("?", models=members))

    assert (result.answer, result.latency_ms) == ("4", pytest.approx(350))
    assert (slow.cancelled, quick.cancelled) == (1, 0)
    assert names.count("hedging.request.stop") == 2
    assert names.count("ensemble.predict.stop") == 1


def test_ha13_a_caller_that_is_cancelled_cancels_all_attempts_of_all_members(
    in_simulated_time: Run, timed: Any
) -> None:
    """HA13: cancelling goes through both layers."""
    primary, backup = timed("a", "4", 9000), timed("b", "4", 9000)
    member = HedgedModel(primary, backup=backup, delay_ms=100, budget=None)

    async def main() -> None:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(1):
                await predict("?", models=[member])

    in_simulated_time(main())

    assert (primary.cancelled, backup.cancelled) == (1, 1)
