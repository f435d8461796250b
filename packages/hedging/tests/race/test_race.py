"""The matrix of what can happen in a race, exact to the millisecond under simulated time."""

import asyncio
from typing import Any

import anyio
import anyio.lowlevel
import pytest

from hedging import (
    AllAttemptsFailedError,
    Fixed,
    Hedged,
    HedgeTimeoutError,
    in_thread,
    lingering,
    request,
    run_virtual,
)


def hedge(call: Any, **options: Any) -> Hedged[Any]:
    async def main() -> Hedged[Any]:
        result: Hedged[Any] = await request(call, **{"strategy": Fixed(30), **options})
        return result

    return run_virtual(main)


class Status429Error(Exception):
    status_code = 429


def test_a_primary_that_fails_early_is_followed_at_once(script: Any) -> None:
    result = hedge(script((0.005, OSError("reset")), (0.02, "ok")))

    assert (result.value, result.latency_ms) == ("ok", 25.0)


def test_a_backup_that_is_turned_away_leaves_the_primary_running(script: Any) -> None:
    call = script((0.12, "ok"), (0.005, Status429Error("slow down")))

    result = hedge(call, max_hedges=3)

    assert (result.value, result.winner, result.latency_ms) == ("ok", 0, 120.0)
    assert call.started == 2


def test_a_service_that_pushes_back_is_not_asked_again_but_another_one_is(script: Any) -> None:
    call, elsewhere = script((0.005, Status429Error("slow down"))), script((0.01, "elsewhere"))

    with pytest.raises(AllAttemptsFailedError):
        hedge(call)
    result = hedge(script((0.005, Status429Error("slow down"))), backups=[elsewhere])

    assert call.started == 1
    assert result.value == "elsewhere"


def test_a_loser_that_ignores_cancellation_delays_the_winner_by_the_grace_and_no_more() -> None:
    ended: list[float] = []

    async def slow_to_stop() -> str:
        if ended:
            return "backup"
        ended.append(0)
        try:
            await asyncio.sleep(9)
        except asyncio.CancelledError:
            await asyncio.sleep(0.3)
            ended.append(asyncio.get_running_loop().time())
            raise
        return "primary"

    async def main() -> tuple[Hedged[str], float, int]:
        result = await request(slow_to_stop, strategy=Fixed(30))
        now, left = asyncio.get_running_loop().time(), lingering()
        await asyncio.sleep(1)
        return result, now, left

    result, returned, left = run_virtual(main)

    assert result.latency_ms == 30.0
    assert returned == pytest.approx(0.080)
    assert [attempt.status for attempt in result.attempts] == ["abandoned", "ok"]
    assert left == 1
    assert ended[1] == pytest.approx(0.330)
    assert lingering() == 0


def test_further_backups_wait_longer_and_longer(script: Any) -> None:
    call = script(*[(9.0, "slow")] * 4, (0.01, "last"))

    result = hedge(call, max_hedges=4, stagger=1.5, strategy=Fixed(100))

    assert [attempt.start_ms for attempt in result.attempts] == [0.0, 100.0, 250.0, 475.0, 812.5]
    assert (result.value, result.winner, result.cost_factor) == ("last", 4, 5.0)


def test_an_error_that_is_not_retryable_ends_the_race(script: Any) -> None:
    call = script((0.005, PermissionError("bad key")), (0.01, "never"))

    with pytest.raises(AllAttemptsFailedError, match="bad key"):
        hedge(call, retryable=lambda error: not isinstance(error, PermissionError))

    assert call.started == 1


def test_what_is_not_idempotent_has_one_attempt(script: Any) -> None:
    slow, failing = script((9.0, "slow")), script((0.01, OSError("reset")))

    result = hedge(slow, idempotent=False)
    with pytest.raises(AllAttemptsFailedError):
        hedge(failing, idempotent=False)

    assert (result.reason, slow.started, failing.started) == ("not_idempotent", 1, 1)


def test_a_limit_that_ends_before_the_delay_is_kept(script: Any) -> None:
    call = script((9.0, "slow"))

    with pytest.raises(HedgeTimeoutError) as caught:
        hedge(call, timeout_ms=20)

    assert (caught.value.attempts, call.cancelled) == (1, [0])


def test_a_call_that_raises_before_it_can_be_awaited_counts_as_failed() -> None:
    def broken() -> Any:
        raise OSError("no socket")

    async def fine() -> str:
        return "fine"

    assert hedge(broken, backups=[fine]).value == "fine"


def test_an_attempt_that_cancels_itself_has_failed() -> None:
    async def quits() -> None:
        raise asyncio.CancelledError

    with pytest.raises(AllAttemptsFailedError, match="cancelled itself"):
        hedge(quits)


def test_any_awaitable_will_do() -> None:
    async def main() -> Any:
        def call() -> asyncio.Future[str]:
            future = asyncio.get_running_loop().create_future()
            future.get_loop().call_later(0.01, future.set_result, "future")
            return future

        return (await request(call, strategy=Fixed(30))).value

    assert run_virtual(main) == "future"


@pytest.mark.parametrize("broken", ["accept", "cost"])
def test_an_error_in_the_callers_own_function_is_the_callers(script: Any, broken: str) -> None:
    def function(value: object) -> Any:
        raise KeyError("mine")

    call = script((0.01, "value"), (0.01, "value"))

    with pytest.raises(KeyError, match="mine"):
        hedge(call, **{broken: function})


def test_a_caller_cancelled_by_a_cancel_scope_leaks_nothing(script: Any) -> None:
    call = script((9.0, "a"), (9.0, "b"))

    async def main() -> bool:
        with anyio.move_on_after(0.1) as scope:
            await request(call, strategy=Fixed(30))
        await anyio.lowlevel.checkpoint()
        return scope.cancelled_caught

    assert run_virtual(main)
    assert sorted(call.cancelled) == [0, 1]
    assert lingering() == 0


def test_an_attempt_that_ignores_cancellation_cannot_hold_a_cancel_scope_forever() -> None:
    async def slow_to_stop() -> None:
        try:
            await asyncio.sleep(9)
        except asyncio.CancelledError:
            await asyncio.sleep(0.2)
            raise

    async def main() -> tuple[bool, int, int]:
        with anyio.move_on_after(0.01) as scope:
            await request(slow_to_stop, strategy=Fixed(30))
        before = lingering()
        await asyncio.sleep(1)
        return scope.cancelled_caught, before, lingering()

    assert run_virtual(main) == (True, 1, 0)


def test_a_loser_may_be_left_to_finish(script: Any) -> None:
    from hedging import Hedger, Policy  # noqa: PLC0415  # next to the one test that needs them

    call = script((0.2, "late"), (0.01, "backup"))
    hedger = Hedger(Policy(cancel_losers=False, budget=None), strategy=Fixed(30))

    async def main() -> tuple[Hedged[Any], float | None]:
        result = await hedger.request(call, cost=lambda value: 0.5)
        before = hedger.statistics().cost_usd
        await asyncio.sleep(1)
        return result, before

    result, before = run_virtual(main)

    assert (result.value, result.latency_ms) == ("backup", 40.0)
    assert [attempt.status for attempt in result.attempts] == ["running", "ok"]
    assert call.cancelled == []
    assert (before, hedger.statistics().cost_usd) == (0.5, 1.0)


def test_a_blocking_function_runs_in_a_thread_that_cannot_be_cancelled() -> None:
    import threading  # noqa: PLC0415  # only here

    released = threading.Event()

    def blocks() -> str:
        released.wait(600)
        return "thread"

    async def quick() -> str:
        released.set()
        return "quick"

    async def main() -> Hedged[str]:
        return await request(in_thread(blocks), strategy=Fixed(10), backups=[quick])

    result = asyncio.run(main())

    assert result.value == "quick"
    assert [attempt.cancellable for attempt in result.attempts] == [False, True]


def test_a_thread_sees_the_callers_context() -> None:
    import contextvars  # noqa: PLC0415  # only here

    name = contextvars.ContextVar("name", default="none")

    async def main() -> str:
        name.set("caller")
        return (await request(in_thread(name.get), strategy=Fixed(1000))).value

    assert asyncio.run(main()) == "caller"


def test_many_requests_at_once_leave_no_task_behind() -> None:
    async def main() -> tuple[int, int]:
        async def call() -> int:
            await asyncio.sleep(1)
            return 1

        requests = [request(call, strategy=Fixed(500), budget=None) for _ in range(2_000)]
        results = await asyncio.gather(*requests)
        return sum(result.hedged for result in results), len(asyncio.all_tasks())

    assert run_virtual(main) == (2_000, 1)
    assert lingering() == 0
