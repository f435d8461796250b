"""Rates, calls in flight and the circuit breaker, in simulated time."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest

from ensemble import (
    CircuitOpenError,
    DeadlineExceededError,
    Limits,
    RateLimitError,
    ServerError,
    sharing_limits,
)
from ensemble._transport.limits import Gate

Run = Callable[..., Any]


async def call(gate: Gate, *, seconds: float = 0.0, tokens: int = 1, error: Any = None) -> float:
    """One call through the gate; when it began."""
    with await gate.turn(tokens):
        began = asyncio.get_running_loop().time()
        await asyncio.sleep(seconds)
        if error is not None:
            raise error
    return began


async def fail(gate: Gate, times: int, error: Exception) -> None:
    for _ in range(times):
        with pytest.raises(type(error)):
            await call(gate, error=error)


async def down() -> None:
    raise ServerError("still down")


def test_ea16_no_second_holds_more_requests_than_allowed(in_simulated_time: Run) -> None:
    """200 calls at once under 50 requests a second (3,000 a minute), as EA16 has it."""

    async def ask_all() -> list[float]:
        gate = Gate(Limits(requests_per_minute=3000))
        return list(await asyncio.gather(*(call(gate, seconds=1.2) for _ in range(200))))

    began = in_simulated_time(ask_all())

    assert max(sum(t <= other < t + 0.999 for other in began) for t in began) <= 50
    assert max(began) == pytest.approx(199 / 50)


def test_tokens_are_spaced_and_counted_by_what_was_used(in_simulated_time: Run) -> None:
    async def ask_three() -> list[float]:
        gate = Gate(Limits(tokens_per_minute=60))
        times = []
        for _ in range(3):
            with await gate.turn(10) as turn:
                times.append(asyncio.get_running_loop().time())
                turn.used_tokens = 4
        return times

    assert in_simulated_time(ask_three()) == pytest.approx([0.0, 4.0, 8.0])


def test_ea16_fifty_at_once_are_as_fast_as_fifty_can_be(in_simulated_time: Run) -> None:
    """50 at once at 1,200 ms each: 41.7 a second (EA16)."""

    async def ask_all() -> float:
        gate = Gate(Limits(max_concurrency=50))
        await asyncio.gather(*(call(gate, seconds=1.2) for _ in range(500)))
        return asyncio.get_running_loop().time()

    assert 500 / in_simulated_time(ask_all()) == pytest.approx(41.7, abs=0.1)


def test_calls_in_flight_halve_when_it_is_too_much(in_simulated_time: Run) -> None:
    async def ask_all() -> float:
        gate = Gate(Limits(max_concurrency=8))
        await fail(gate, 2, RateLimitError("slower"))
        began = asyncio.get_running_loop().time()
        await asyncio.gather(*(call(gate, seconds=1) for _ in range(4)))
        return asyncio.get_running_loop().time() - began

    assert in_simulated_time(ask_all()) == pytest.approx(2.0)


def test_who_is_cancelled_while_waiting_leaves_the_queue(in_simulated_time: Run) -> None:
    async def scenario() -> float:
        gate = Gate(Limits(max_concurrency=1))
        first, second, third = (asyncio.create_task(call(gate, seconds=1)) for _ in range(3))
        await asyncio.sleep(0.5)
        second.cancel()
        await asyncio.wait([first, second])
        return await third

    assert in_simulated_time(scenario()) == pytest.approx(1.0)


def test_five_failures_open_the_circuit_and_calls_wait_for_a_probe(in_simulated_time: Run) -> None:
    async def scenario() -> list[float]:
        gate = Gate(Limits())
        await fail(gate, 5, ServerError("down"))
        return sorted(await asyncio.gather(*(call(gate, seconds=1) for _ in range(3))))

    # The probe begins after the first pause of a second, the others when it has answered.
    assert in_simulated_time(scenario()) == pytest.approx([1.0, 2.0, 2.0])


def test_a_call_whose_deadline_is_before_the_next_probe_fails_at_once(
    in_simulated_time: Run,
) -> None:
    async def scenario() -> float:
        gate = Gate(Limits())
        await fail(gate, 5, ServerError("down"))
        now = asyncio.get_running_loop().time
        with pytest.raises(CircuitOpenError, match=r"1\.0 s"):
            await gate.turn(1, now() + 0.5)
        return now()

    assert in_simulated_time(scenario()) == 0.0


def test_failed_probes_double_the_pause_until_the_outage_is_too_long(
    in_simulated_time: Run,
) -> None:
    async def scenario() -> list[float]:
        gate = Gate(Limits(pause_ms=4_000, max_outage_ms=16_000))
        probed: list[float] = []
        await fail(gate, 5, ServerError("down"))
        with suppress(CircuitOpenError):
            while len(probed) < 20:
                with suppress(ServerError), await gate.turn(1):
                    probed.append(asyncio.get_running_loop().time())
                    await down()
        return probed

    assert in_simulated_time(scenario()) == pytest.approx([1.0, 3.0, 7.0, 11.0, 15.0])


def test_a_cancelled_probe_lets_another_one_try(in_simulated_time: Run) -> None:
    async def scenario() -> float:
        gate = Gate(Limits())
        await fail(gate, 5, ServerError("down"))
        probe = asyncio.create_task(call(gate, seconds=9))
        await asyncio.sleep(0)
        second = asyncio.create_task(call(gate))
        await asyncio.sleep(2)
        probe.cancel()
        await asyncio.wait([probe])
        return await second

    assert in_simulated_time(scenario()) == pytest.approx(2.0)


@pytest.mark.parametrize("cancelled", [1, 3, 5])
def test_cancelled_waiters_give_their_turn_to_the_next(
    cancelled: int, in_simulated_time: Run
) -> None:
    async def scenario() -> list[float]:
        gate = Gate(Limits(requests_per_minute=60, tokens_per_minute=600))
        calls = [asyncio.create_task(call(gate, tokens=10)) for _ in range(8)]
        await asyncio.sleep(0.5)
        for each in calls[1 : 1 + cancelled]:
            each.cancel()
        found = await asyncio.gather(*calls, return_exceptions=True)
        assert sum(isinstance(each, asyncio.CancelledError) for each in found) == cancelled
        return [each for each in found if isinstance(each, float)]

    assert in_simulated_time(scenario()) == pytest.approx([*range(8 - cancelled)], abs=1e-3)


def test_a_call_that_is_cancelled_in_the_same_step_as_its_turn_comes_stays_cancelled(
    in_simulated_time: Run,
) -> None:
    async def scenario() -> int:
        gate = Gate(Limits(max_concurrency=1))
        calls = [asyncio.create_task(call(gate, seconds=1)) for _ in range(8)]
        await asyncio.sleep(0.5)
        for each in calls:
            each.cancel()
        found = await asyncio.gather(*calls, return_exceptions=True)
        await call(gate)
        return sum(isinstance(each, asyncio.CancelledError) for each in found)

    assert in_simulated_time(scenario()) == 8


def test_a_turn_that_does_not_come_before_the_deadline_is_a_deadline_exceeded(
    in_simulated_time: Run,
) -> None:
    async def scenario() -> float:
        gate = Gate(Limits(max_concurrency=1))
        first = asyncio.create_task(call(gate, seconds=9))
        await asyncio.sleep(0)
        with pytest.raises(DeadlineExceededError, match="deadline_ms"):
            await gate.turn(1, 2.0)
        ended = asyncio.get_running_loop().time()
        await first
        return ended

    assert in_simulated_time(scenario()) == pytest.approx(2.0)


def test_failures_far_apart_or_with_answers_between_leave_it_closed(
    in_simulated_time: Run,
) -> None:
    async def scenario() -> None:
        gate = Gate(Limits())
        for _ in range(6):
            await fail(gate, 1, ServerError("now and then"))
            await asyncio.sleep(3)
        await fail(gate, 1, ServerError("now and then"))
        await call(gate)
        await fail(gate, 4, ServerError("again"))
        await call(gate)

    in_simulated_time(scenario())


@pytest.mark.parametrize("name", ["requests_per_minute", "max_concurrency", "max_failures"])
def test_a_limit_that_is_none_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match=name):
        Limits(**{name: 0})


def test_processes_that_share_limits_keep_them_together(in_simulated_time: Run) -> None:
    async def of_one_process(gate: Gate) -> list[float]:
        with sharing_limits(0.25):
            return list(await asyncio.gather(*(call(gate, tokens=10) for _ in range(50))))

    async def ask_all() -> list[float]:
        limits = Limits(requests_per_minute=3000, tokens_per_minute=36_000)
        gates = [Gate(limits) for _ in range(4)]
        return [at for found in await asyncio.gather(*map(of_one_process, gates)) for at in found]

    began = sorted(in_simulated_time(ask_all()))

    # 50 requests and 600 tokens a second over all, of which each process sends its first at once.
    assert began[-1] >= (len(began) - 4) / 50 - 1e-6
    for at in began:
        assert sum(at <= other < at + 1 - 1e-6 for other in began) <= 50 + 4


def test_a_process_has_its_share_of_the_calls_in_flight(in_simulated_time: Run) -> None:
    in_flight = [0, 0]

    async def one(gate: Gate) -> None:
        with await gate.turn(1):
            in_flight[0] += 1
            in_flight[1] = max(in_flight)
            await asyncio.sleep(1)
            in_flight[0] -= 1

    async def ask_all() -> None:
        gate = Gate(Limits(max_concurrency=20))
        with sharing_limits(0.25):
            await asyncio.gather(*(one(gate) for _ in range(30)))

    in_simulated_time(ask_all())

    assert in_flight[1] == 5


@pytest.mark.parametrize("share", [0.0, -1.0, 1.5])
def test_a_share_that_is_none_of_a_whole_is_refused(share: float) -> None:
    with pytest.raises(ValueError, match="share"), sharing_limits(share):
        pass
