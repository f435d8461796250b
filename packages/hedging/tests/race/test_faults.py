"""Races whose attempts, callers and streams end in unusual ways."""

import asyncio
import contextlib
import sys
from collections.abc import AsyncIterator
from typing import Any

import pytest

from hedging import (
    AllAttemptsFailedError,
    Fixed,
    Hedger,
    NoEventLoopError,
    Policy,
    StreamClosedError,
    Tier,
    attempt_number,
    hedged,
    lingering,
    multi_level,
    request,
    run_virtual,
)


class RateLimitError(Exception):
    """An error of an SDK, whose initialiser needs more than a message."""

    def __init__(self, message: str, *, status: int) -> None:
        super().__init__(message)
        self.status = status


def hedger(**policy: Any) -> Hedger:
    return Hedger(Policy(**{"budget": None, **policy}), strategy=Fixed(100))


async def limited() -> None:
    raise RateLimitError("slow down", status=418)


def test_an_error_of_one_class_is_caught_as_that_class() -> None:
    with pytest.raises(RateLimitError, match="slow down") as caught:
        run_virtual(hedger().request, limited)

    assert isinstance(caught.value, AllAttemptsFailedError)
    assert caught.value.status == 418
    assert len(caught.value.errors) == 2


def test_a_decorated_function_raises_its_own_error_with_the_others_as_notes() -> None:
    with pytest.raises(RateLimitError) as caught:
        run_virtual(hedged(Policy(budget=None))(limited))

    assert type(caught.value) is RateLimitError
    assert caught.value.__notes__ == ["attempt 2 failed too: RateLimitError: slow down"]


def test_errors_of_several_classes_stay_together() -> None:
    errors = iter([ValueError("one"), KeyError("two")])

    async def fails() -> None:
        raise next(errors)

    with pytest.raises(AllAttemptsFailedError, match=r"one.*two") as caught:
        run_virtual(hedger().request, fails)

    assert not isinstance(caught.value, ValueError)


def test_an_error_whose_text_cannot_be_made_is_named_by_its_class() -> None:
    class Wordless(Exception):  # noqa: N818  # about its text
        def __str__(self) -> str:
            raise RuntimeError

    async def fails() -> None:
        raise Wordless

    with pytest.raises(Wordless, match="Wordless"):
        run_virtual(hedger().request, fails)


def test_a_mistake_in_the_call_is_made_once() -> None:
    calls = []

    async def ask(prompt: str) -> None:
        calls.append(prompt)

    with pytest.raises(TypeError):
        run_virtual(hedged(Policy(budget=None))(ask))  # type: ignore[call-arg]

    assert calls == []


def test_a_mistake_in_a_backup_leaves_the_primary_running() -> None:
    async def slow() -> str:
        await asyncio.sleep(0.3)
        return "primary"

    async def wrong() -> str:
        raise TypeError

    result = run_virtual(lambda: hedger().request(slow, backups=[wrong]))

    assert result.value == "primary"


def test_attempts_know_their_number() -> None:
    async def ask() -> int:
        number = attempt_number()
        await asyncio.sleep(0.01 if number else 1)
        return number

    assert run_virtual(lambda: hedger().request(ask)).value == 1


@pytest.mark.parametrize("cancel_losers", [True, False])
def test_a_result_that_the_caller_does_not_get_is_disposed_of(cancel_losers: bool) -> None:
    numbers, disposed = iter([1, 2]), []

    async def deaf() -> int:
        number = next(numbers)
        end = asyncio.get_running_loop().time() + (0.5 if number == 1 else 0.05)
        while (left := end - asyncio.get_running_loop().time()) > 0:
            try:
                await asyncio.sleep(left)
            except asyncio.CancelledError:
                continue
        return number

    async def dispose(value: int) -> None:
        disposed.append(value)

    async def main() -> int:
        result = await hedger(cancel_losers=cancel_losers).request(deaf, dispose=dispose)
        await asyncio.sleep(2)
        return result.value

    assert run_virtual(main) == 2
    assert disposed == [1]
    assert lingering() == 0


def test_a_result_whose_caller_leaves_in_the_same_moment_is_disposed_of() -> None:
    disposed: list[str] = []

    async def main() -> None:
        task: asyncio.Task[Any]

        async def ask() -> str:
            await asyncio.sleep(0.05)
            task.cancel()
            return "answer"

        task = asyncio.ensure_future(hedger().request(ask, dispose=disposed.append))
        await asyncio.wait({task})
        assert task.cancelled()

    run_virtual(main)

    assert disposed == ["answer"]


@pytest.mark.skipif(sys.version_info < (3, 12), reason="eager tasks came with Python 3.12")
@pytest.mark.parametrize("fails", [0, 1, 2])
def test_eager_tasks_may_end_before_they_are_known(fails: int) -> None:
    left = [fails]

    async def cached() -> int:
        if left[0]:
            left[0] -= 1
            raise OSError
        return 4

    async def main() -> object:
        asyncio.get_running_loop().set_task_factory(asyncio.eager_task_factory)  # type: ignore[attr-defined,unused-ignore]
        try:
            return (await hedger().request(cached)).value
        except OSError:
            return "failed"

    assert asyncio.run(main()) == ("failed" if fails == 2 else 4)


class Group(BaseException):
    pass


@pytest.mark.parametrize("error", [asyncio.CancelledError(), BaseExceptionGroup("x", [Group()])])
@pytest.mark.parametrize("chunks", [0, 1, 5])
def test_a_reader_sees_the_end_of_a_source_that_is_cancelled(
    error: BaseException, chunks: int
) -> None:
    async def source() -> AsyncIterator[int]:
        for number in range(chunks):
            yield number
        raise error

    async def main() -> list[int]:
        async with hedger(strategy="off").stream(source) as (_, stream):
            return [chunk async for chunk in stream]

    with pytest.raises((StreamClosedError, BaseExceptionGroup, AllAttemptsFailedError)):
        run_virtual(main)


def test_closing_a_stream_wakes_the_task_that_reads_it() -> None:
    async def source() -> AsyncIterator[int]:
        yield 1
        await asyncio.sleep(3600)

    async def main() -> BaseException | None:
        async with hedger().stream(source) as (_, stream):

            async def read() -> list[int]:
                return [chunk async for chunk in stream]

            reader = asyncio.ensure_future(read())
            await asyncio.sleep(0.05)
        await asyncio.wait({reader})
        return reader.exception()

    assert isinstance(run_virtual(main), StreamClosedError)


def test_request_has_a_budget_of_its_own() -> None:
    hedges = []

    async def main() -> None:
        for _ in range(200):
            result = await request(
                lambda: asyncio.sleep(1), strategy="fixed", delay_ms=50, key="a slow service"
            )
            hedges.append(result.hedged)

    run_virtual(main)

    assert hedges[0]
    assert sum(hedges) <= 24 + 0.05 * 200


def test_another_event_loop_is_refused_in_one_sentence() -> None:
    asked = hedger()
    coroutine = asked.request(limited)

    with pytest.raises(NoEventLoopError, match="trio is not supported"):
        coroutine.send(None)  # as a loop that is not asyncio's would run it

    assert asked.in_flight == (0, 0)


def test_tiers_refuse_another_event_loop_too() -> None:
    with pytest.raises(NoEventLoopError):
        multi_level([Tier(name="one", call=limited)]).send(None)


@pytest.mark.parametrize("turns", range(6))
def test_closing_a_stream_wakes_every_task_that_reads_it(turns: int) -> None:
    async def source() -> AsyncIterator[int]:
        yield 1
        await asyncio.sleep(0.05)
        yield 2
        await asyncio.sleep(3600)

    async def main() -> set[asyncio.Task[int]]:
        async with hedger().stream(source) as (_, stream):
            readers = [asyncio.ensure_future(anext(stream)) for _ in range(4)]
            await asyncio.sleep(0.05)
            for _ in range(turns):  # the second chunk comes about now
                await asyncio.sleep(0)
        _, left = await asyncio.wait(readers, timeout=5)
        for each in readers:
            each.exception() if each.done() else each.cancel()
        return left

    assert run_virtual(main) == set()


def test_a_reader_that_takes_the_last_chunk_of_a_closing_stream_does_not_wait_for_more() -> None:
    async def deaf() -> AsyncIterator[int]:
        yield 1
        yield 2
        yield 3
        for _ in range(20):
            with contextlib.suppress(asyncio.CancelledError):
                await asyncio.sleep(1)

    async def main() -> bool:
        async with hedger(grace_ms=50).stream(deaf) as (_, stream):
            await anext(stream)
            await asyncio.sleep(0.01)
            closing = asyncio.ensure_future(stream.aclose())

            async def read() -> list[int]:
                return [chunk async for chunk in stream]

            reader = asyncio.ensure_future(read())
            done, _ = await asyncio.wait({closing, reader}, timeout=60)
        return reader in done and isinstance(reader.exception(), StreamClosedError | None)

    assert run_virtual(main)
