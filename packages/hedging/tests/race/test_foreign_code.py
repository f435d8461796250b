"""Whatever the caller's code raises, a request ends, and its place is given back."""

import asyncio
import math
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any
from unittest.mock import AsyncMock

import pytest

from hedging import (
    AllAttemptsFailedError,
    Fixed,
    HedgedFunction,
    Hedger,
    Policy,
    PolicyError,
    StreamClosedError,
    hedged,
    in_thread,
    pushback_seconds,
    request,
    run_virtual,
)

FREE = Policy(budget=None)


class UnreadableError(Exception):
    """An attribute of it fails."""

    @property
    def retry_after(self) -> float:
        raise RuntimeError("no attribute")


class StrangeError(Exception):
    """Every attribute that it lacks fails, but those of Python."""

    def __getattr__(self, name: str) -> object:
        raise AttributeError(name) if name.startswith("_") else RuntimeError(name)


class MuteError(Exception):
    """Its text fails."""

    def __str__(self) -> str:
        raise RuntimeError("no text")


@dataclass(frozen=True)
class FrozenError(Exception):
    """It takes no attributes."""

    code: int = 7


def failing(error: BaseException) -> Callable[[], Awaitable[Any]]:
    async def call() -> Any:
        await asyncio.sleep(0.01)
        raise error

    return call


async def late() -> str:
    await asyncio.sleep(1)
    return "late"


async def quick() -> str:
    return "quick"


ERRORS = [UnreadableError(), StrangeError(), MuteError(), FrozenError()]


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
def test_an_error_with_methods_that_fail_reaches_the_caller_as_itself(error: Exception) -> None:
    hedger = Hedger(FREE, strategy=Fixed(50))
    decorated: HedgedFunction[[], Any] = hedged(FREE, strategy=Fixed(50))(failing(error))

    with pytest.raises(type(error)):
        run_virtual(lambda: hedger.request(failing(error)))
    with pytest.raises(type(error)):
        run_virtual(decorated)
    assert hedger.in_flight == (0, 0)


def test_a_call_that_raises_generator_exit_fails_and_does_not_hang() -> None:
    hedger = Hedger(FREE, strategy=Fixed(50))

    with pytest.raises(AllAttemptsFailedError, match="GeneratorExit"):
        run_virtual(lambda: hedger.request(failing(GeneratorExit())))
    assert hedger.in_flight == (0, 0)


@pytest.mark.parametrize("chunks", [0, 1, 5])
def test_a_stream_whose_source_raises_generator_exit_ends_for_its_reader(chunks: int) -> None:
    class Source:
        left = chunks

        def __aiter__(self) -> AsyncIterator[int]:
            return self

        async def __anext__(self) -> int:
            self.left -= 1
            if self.left < 0:
                raise GeneratorExit
            return self.left

    hedger = Hedger(Policy(strategy="off"))

    async def main() -> list[int]:
        async with hedger.stream(Source) as (_, stream):
            return [chunk async for chunk in stream]

    with pytest.raises((StreamClosedError, AllAttemptsFailedError)):
        run_virtual(main)


class Failing:
    """A strategy one of whose methods fails."""

    def __init__(self, method: str) -> None:
        self.method = method

    def delay_ms(self) -> float:
        return 50.0

    def record(self, latency_ms: float) -> None:
        self._fail("record")

    def observe(self, delay_ms: float, late: bool) -> None:
        self._fail("observe")

    def react(self, **_: object) -> None:
        self._fail("react")

    def _fail(self, method: str) -> None:
        if method == self.method:
            raise RuntimeError(method)


@pytest.mark.parametrize("method", ["record", "observe", "react"])
@pytest.mark.parametrize("call", [late, quick])
def test_a_strategy_that_fails_costs_no_request_its_result(
    method: str, call: Callable[[], Awaitable[str]]
) -> None:
    hedger = Hedger(FREE, strategy=Failing(method))

    async def main() -> tuple[str, bool]:
        result = await hedger.request(call)
        return result.value, result.hedged

    assert run_virtual(main) == (call.__name__, call is late)
    assert hedger.in_flight == (0, 0)
    assert hedger.statistics().succeeded == 1


@pytest.mark.parametrize("backups", [5, "ab", quick, (each for each in [quick])])
def test_backups_that_are_not_a_list_are_refused_and_leave_nothing_behind(backups: Any) -> None:
    hedger = Hedger(FREE)

    with pytest.raises(PolicyError, match="backups"):
        run_virtual(lambda: hedger.request(quick, backups=backups))
    assert hedger.in_flight == (0, 0)
    assert hedger.statistics().requests == 0


@pytest.mark.parametrize("timeout_ms", [0, -1, math.nan, math.inf, "5", True])
def test_a_time_limit_is_a_positive_number(timeout_ms: Any) -> None:
    hedger = Hedger(FREE)

    with pytest.raises(PolicyError, match="timeout_ms"):
        run_virtual(lambda: hedger.request(quick, timeout_ms=timeout_ms))
    assert hedger.in_flight == (0, 0)


@pytest.mark.parametrize("key", [None, 5, b"m"])
def test_a_key_is_a_text(key: Any) -> None:
    with pytest.raises(PolicyError, match="key"):
        run_virtual(lambda: Hedger(FREE).request(quick, key=key))


@pytest.mark.parametrize("cost", [math.nan, math.inf, -1, "0.1", True])
def test_a_cost_that_is_not_an_amount_counts_as_unknown_and_the_limit_binds(cost: Any) -> None:
    policy = Policy(budget=None, max_extra_usd=1.0, only_useful=False, load_aware=False)
    hedger = Hedger(policy, strategy=Fixed(50), cost=lambda _: cost)

    async def main() -> None:
        for _ in range(20):
            await hedger.request(late)

    run_virtual(main)

    statistics = hedger.statistics()
    assert statistics.hedges <= 1  # the first has an unknown cost, which may be any
    assert statistics.suppressed["dollars"] >= 19


@pytest.mark.parametrize("name", ["accept", "retryable", "cost", "idle", "clock"])
def test_functions_are_checked_when_a_hedger_is_made(name: str) -> None:
    async def coroutine(*_: object) -> bool:
        return True

    for wrong in (5, "x", coroutine):
        with pytest.raises(PolicyError, match=name):
            Hedger(**{name: wrong})  # type: ignore[arg-type]  # what is tried


def test_strategies_and_the_kill_switch_are_checked_too() -> None:
    for wrong in (5, "percentile"):
        with pytest.raises(PolicyError, match="strategy"):
            Hedger(strategy=wrong)  # type: ignore[arg-type]  # what is tried
    with pytest.raises(PolicyError, match="enabled"):
        Hedger().enabled = "false"  # type: ignore[assignment]  # what is tried
    for delay in ("50", None, True, math.nan):
        with pytest.raises(PolicyError, match="delay_ms"):
            Fixed(delay)  # type: ignore[arg-type]  # what is tried


class AskingError(Exception):
    def __init__(self, pause: object) -> None:
        self.retry_after = pause


class Answer:
    def __init__(self, value: object) -> None:
        self.status_code, self.headers = 429, {"Retry-After": value}


@pytest.mark.parametrize("made", [AskingError, Answer])
@pytest.mark.parametrize("pause", [5, 5.0, "5", b"5", ["5"], timedelta(seconds=5), Decimal(5)])
def test_a_pause_is_read_in_every_form(made: Callable[[object], object], pause: object) -> None:
    assert pushback_seconds(made(pause)) == 5.0


@pytest.mark.parametrize("made", [AskingError, Answer])
def test_a_pause_until_a_date_is_bounded(made: Callable[[object], object]) -> None:
    for until in (datetime.now(UTC) + timedelta(days=2), "Wed, 21 Oct 2099 07:28:00 GMT"):
        assert pushback_seconds(made(until)) == 3600.0


class EveryAttribute:
    """A call that has an attribute of any name, as a mock has; each use of one is noted."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def __getattr__(self, name: str) -> object:
        if name.startswith("__"):
            raise AttributeError(name)

        def noted(*_: object, **__: object) -> bool:
            self.asked.append(name)
            return False

        return noted

    async def __call__(self) -> str:
        await asyncio.sleep(1)
        return "late"


def test_a_call_that_is_an_object_is_called_and_nothing_else_of_it_is_touched() -> None:
    slow = EveryAttribute()
    hedger = Hedger(FREE, strategy=Fixed(10))

    result = run_virtual(hedger.request, slow, backups=[quick])

    assert (result.value, result.latency_ms) == ("quick", 10.0)
    assert [each.status for each in result.attempts] == ["cancelled", "ok"]
    assert [each.cancellable for each in result.attempts] == [True, True]
    assert slow.asked == []


def test_a_mock_is_a_call() -> None:
    mock = AsyncMock(return_value=4)
    hedger = Hedger(FREE, strategy=Fixed(10))

    assert run_virtual(hedger.request, mock).value == 4
    assert run_virtual(request, AsyncMock(side_effect=[OSError("reset"), 5])).value == 5
    assert [each[0] for each in mock.mock_calls] == [""]


class Caller:
    """An object with an async call."""

    async def __call__(self, number: int) -> int:
        return number


async def double(number: int) -> int:
    return 2 * number


@pytest.mark.parametrize("function", [Caller(), partial(Caller()), partial(partial(double))])
def test_objects_and_partials_of_async_functions_are_async(function: Callable[..., Any]) -> None:
    assert run_virtual(Hedger(FREE).wrap(function), 0) == 0


def test_a_function_that_gives_no_awaitable_is_refused_in_a_sentence_and_called_once() -> None:
    called = []

    def plain() -> Any:
        called.append(1)
        return 5

    with pytest.raises(TypeError, match=r"gave a int, which cannot be awaited: .* in_thread"):
        run_virtual(request, plain)
    assert called == [1]


def test_an_async_generator_is_no_function_for_a_decorator() -> None:
    async def words() -> AsyncIterator[str]:
        yield "two"

    with pytest.raises(PolicyError, match=r"Hedger\.stream"):
        hedged(words)
    with pytest.raises(TypeError, match="first_token"):
        run_virtual(request, words)  # type: ignore[arg-type]


def test_a_coroutine_function_in_a_thread_is_refused() -> None:
    with pytest.raises(TypeError, match="gave a coroutine"):
        run_virtual(request, in_thread(quick))


def test_an_error_whose_properties_have_the_names_of_ours_is_caught_as_itself() -> None:
    class Occupied(Exception):  # noqa: N818  # about its names
        errors = property(lambda _: "theirs")
        reason = property(lambda _: "theirs")

    with pytest.raises(Occupied) as caught:
        run_virtual(request, failing(Occupied("x")))

    assert isinstance(caught.value, AllAttemptsFailedError)
    assert len(caught.value.errors) == 2
