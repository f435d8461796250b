"""Callbacks, several targets, and hedging beside other libraries of resilience."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from hedging import AllAttemptsFailedError, Attempt, Fixed, Hedger, Policy, run_virtual

FREE = Policy(budget=None, max_hedges=2)


async def slow() -> str:
    await asyncio.sleep(1)
    return "slow"


async def quick() -> str:
    await asyncio.sleep(0.01)
    return "quick"


async def fails() -> str:
    raise OSError("down")


def test_a_backup_is_announced_before_it_starts_and_a_loser_when_the_request_ends() -> None:
    heard: list[tuple[str, object]] = []

    async def backup() -> str:
        heard.append(("started", 1))
        return await quick()

    def lost(key: str, attempt: Attempt) -> None:
        heard.append((f"{key} lost", attempt.status))

    hedger = Hedger(
        FREE,
        strategy=Fixed(100),
        on_hedge=lambda key, number: heard.append((f"{key} hedge", number)),
        on_loser=lost,
    )

    async def main() -> None:
        await hedger.request(slow, key="chat", backups=[backup])

    run_virtual(main)

    assert heard == [("chat hedge", 1), ("started", 1), ("chat lost", "cancelled")]


@pytest.mark.parametrize("error", [ValueError("mine"), asyncio.CancelledError(), GeneratorExit()])
def test_a_callback_that_fails_does_not_break_the_request(error: BaseException) -> None:
    def refuse(*_: object) -> None:
        raise error

    hedger = Hedger(FREE, strategy=Fixed(100), on_hedge=refuse, on_loser=refuse)

    async def main() -> str:
        return (await hedger.request(slow, backups=[quick])).value

    assert run_virtual(main) == "quick"
    assert hedger.in_flight == (0, 0)


def test_several_targets_are_tried_in_their_order() -> None:
    asked: list[str] = []

    def target(name: str) -> Callable[[], Awaitable[str]]:
        async def call() -> str:
            asked.append(name)
            await (asyncio.sleep(0) if name == "third" else asyncio.sleep(5))
            return name

        return call

    hedger = Hedger(FREE, strategy=Fixed(100))

    async def main() -> str:
        first, second, third = map(target, ("first", "second", "third"))
        return (await hedger.request(first, backups=[second, third])).value

    assert run_virtual(main) == "third"
    assert asked == ["first", "second", "third"]


def test_retries_of_tenacity_around_a_hedged_request_see_its_error() -> None:
    tenacity = pytest.importorskip("tenacity")
    hedger = Hedger(Policy(budget=None))
    tries: list[int] = []

    async def flaky() -> str:
        tries.append(1)
        return await (fails() if len(tries) < 4 else quick())

    async def main() -> str:
        retrying = tenacity.AsyncRetrying(
            stop=tenacity.stop_after_attempt(3),
            retry=tenacity.retry_if_exception_type(OSError),
            sleep=asyncio.sleep,
        )
        async for attempt in retrying:
            with attempt:
                return (await hedger.request(flaky)).value
        raise AssertionError

    assert run_virtual(main) == "quick"
    assert len(tries) == 4


def test_retries_of_tenacity_inside_an_attempt_stop_when_the_attempt_is_cancelled() -> None:
    tenacity = pytest.importorskip("tenacity")
    tries: list[int] = []

    @tenacity.retry(wait=tenacity.wait_fixed(0.2), sleep=asyncio.sleep)  # type: ignore[untyped-decorator]  # an extra
    async def stubborn() -> str:
        tries.append(1)
        return await fails()

    async def main() -> str:
        result = await Hedger(FREE, strategy=Fixed(500)).request(stubborn, backups=[quick])
        await asyncio.sleep(5)
        return str(result.value)

    assert run_virtual(main) == "quick"
    assert len(tries) <= 4


def test_a_limiter_of_anyio_is_given_back_by_the_loser() -> None:
    anyio = pytest.importorskip("anyio")

    async def main() -> tuple[str, float]:
        limiter = anyio.CapacityLimiter(2)
        calls = iter((slow, quick))

        async def limited() -> str:
            async with limiter:
                return await next(calls)()

        value = (await Hedger(FREE, strategy=Fixed(100)).request(limited)).value
        return value, limiter.borrowed_tokens

    assert run_virtual(main) == ("quick", 0)


def test_a_time_limit_of_anyio_around_a_request_cancels_all_its_attempts() -> None:
    anyio = pytest.importorskip("anyio")
    hedger = Hedger(FREE, strategy=Fixed(100))

    async def main() -> bool:
        with anyio.move_on_after(0.5) as scope:
            await hedger.request(slow)
        return bool(scope.cancelled_caught)

    assert run_virtual(main)
    assert hedger.in_flight == (0, 0)
    assert hedger.statistics().given_up == 1


def test_without_a_result_no_attempt_is_a_loser() -> None:
    lost: list[object] = []
    hedger = Hedger(Policy(budget=None), on_loser=lambda *about: lost.append(about))

    async def main() -> None:
        with pytest.raises(AllAttemptsFailedError):
            await hedger.request(fails)

    run_virtual(main)

    assert not lost
