"""What is begun is booked, whatever its end; checked against what the server counted."""

import asyncio
import contextlib
import json
import pickle
import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hedging import (
    AllAttemptsFailedError,
    Budget,
    Fixed,
    Hedger,
    HedgeTimeoutError,
    HedgingError,
    Policy,
    run_virtual,
)

ENDS = ("answers", "late", "fails", "times out", "is reset", "is not accepted", "is given up")


class Server:
    """Counts the calls it got and the answers it gave."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.calls = 0
        self.charged = 0.0

    async def call(self) -> str:
        self.calls += 1
        end = self.random.choice(ENDS)
        await asyncio.sleep(self.random.choice([0.01, 0.05, 0.2, 0.4]))
        if end == "fails":
            raise ValueError("bad")
        if end == "times out":
            raise TimeoutError
        if end == "is reset":
            raise ConnectionResetError
        self.charged += 0.1
        return "wrong" if end == "is not accepted" else "right"


@settings(deadline=None, max_examples=40)
@given(
    seed=st.integers(0, 10_000),
    cancel_losers=st.booleans(),
    max_hedges=st.integers(1, 3),
    timeout_ms=st.sampled_from([None, 150.0]),
    leaves=st.booleans(),
)
def test_the_ledger_equals_the_servers_count(
    seed: int, cancel_losers: bool, max_hedges: int, timeout_ms: float | None, leaves: bool
) -> None:
    server = Server(seed)
    policy = Policy(
        budget=None,
        max_hedges=max_hedges,
        cancel_losers=cancel_losers,
        timeout_ms=timeout_ms,
        loser_cost="none",
    )
    hedger = Hedger(
        policy, strategy=Fixed(60), cost=lambda _: 0.1, accept=lambda value: value == "right"
    )

    async def one() -> None:
        with contextlib.suppress(HedgingError, TimeoutError):
            async with asyncio.timeout(0.1 if leaves else None):
                await hedger.request(server.call)

    async def main() -> None:
        await asyncio.gather(*[one() for _ in range(12)])
        await asyncio.sleep(5)

    run_virtual(main)
    counted = hedger.statistics()

    assert counted.attempts == server.calls
    assert counted.requests == 12
    ended = (counted.succeeded, counted.failed, counted.timed_out, counted.given_up)
    assert sum(ended) == counted.requests
    assert counted.cost_usd is None or counted.cost_usd == pytest.approx(server.charged)
    assert hedger.in_flight == (0, 0)


@pytest.mark.parametrize("seconds", [0.0, 0.05, 0.1, 0.101, 0.3])
def test_a_place_is_given_back_whenever_the_caller_leaves(seconds: float) -> None:
    hedger = Hedger(Policy(budget=None), strategy=Fixed(100))

    async def main() -> None:
        task = asyncio.ensure_future(hedger.request(lambda: asyncio.sleep(0.5)))
        await asyncio.sleep(seconds)
        task.cancel()
        await asyncio.wait({task})

    run_virtual(main)

    assert hedger.in_flight == (0, 0)


def test_a_limit_in_dollars_counts_an_unknown_cost_at_its_worst() -> None:
    policy = Policy(budget=None, max_extra_usd=1.0, max_attempt_usd=0.3, timeout_ms=500)
    hedger = Hedger(policy, strategy=Fixed(100), cost=lambda _: None)

    async def main() -> None:
        for _ in range(50):
            with contextlib.suppress(HedgingError):
                await hedger.request(lambda: asyncio.sleep(9))

    run_virtual(main)

    assert hedger.statistics().hedges == 4
    assert hedger.statistics().suppressed == {"dollars": 46}


def test_the_limit_in_dollars_goes_on_after_a_restart() -> None:
    policy = Policy(budget=None, max_extra_usd=0.25)

    async def main(hedger: Hedger) -> None:
        for _ in range(10):
            await hedger.request(lambda: asyncio.sleep(0.3))

    first = Hedger(policy, strategy=Fixed(100), cost=lambda _: 0.1)
    run_virtual(main, first)
    second = Hedger(policy, strategy=Fixed(100), cost=lambda _: 0.1)
    second.restore(first.snapshot())
    run_virtual(main, second)

    assert (first.statistics().hedges, second.statistics().hedges) == (3, 3)


def test_nested_layers_over_one_budget_deposit_once() -> None:
    budget = Budget(0.5)
    inner, outer = (Hedger(strategy=Fixed(1e6), budget=budget) for _ in range(2))

    async def main() -> None:
        for _ in range(4):
            await outer.request(lambda: inner.request(lambda: asyncio.sleep(0.1)))

    run_virtual(main)

    assert budget.tokens == pytest.approx(2.0)


def test_requests_that_time_out_count_as_longer_than_they_ran() -> None:
    hedger = Hedger(Policy(strategy="off", timeout_ms=500))
    seconds = iter([0.1] * 90 + [9.0] * 10)

    async def main() -> None:
        for each in seconds:
            with contextlib.suppress(HedgingError):
                await hedger.request(lambda each=each: asyncio.sleep(each))  # type: ignore[misc]

    run_virtual(main)
    by_name = {each.name: each.value_ms for each in hedger.statistics().quantiles}

    assert by_name["P50"] == pytest.approx(100)
    assert by_name["P95"] == float("inf")


def test_idle_keys_go_and_keep_their_place_in_the_statistics() -> None:
    hedger = Hedger(Policy(max_keys=10))

    async def main() -> None:
        for number in range(100):
            await hedger.request(lambda: asyncio.sleep(0.1), key=f"user {number}")

    run_virtual(main)

    assert len(hedger.keys) <= 10
    assert hedger.statistics().requests == 100


def test_an_error_of_all_attempts_can_be_pickled() -> None:
    hedger = Hedger(Policy(budget=None))

    async def reset() -> None:
        raise ConnectionResetError(104, "reset by peer")

    with pytest.raises(ConnectionResetError) as caught:
        run_virtual(hedger.request, reset)
    again = pickle.loads(pickle.dumps(caught.value))  # noqa: S301  # made above

    assert isinstance(caught.value, AllAttemptsFailedError)
    assert caught.value.errno == again.errno == 104
    assert len(again.errors) == 2


def test_a_quantile_among_requests_that_timed_out_is_null_in_json(script: Any) -> None:
    hedger = Hedger(Policy(timeout_ms=1000))

    async def main() -> None:
        await hedger.request(script((0.1, "x")))
        for _ in range(2):
            with contextlib.suppress(HedgeTimeoutError):
                await hedger.request(script((5.0, "x")))

    run_virtual(main)

    written = json.loads(hedger.statistics().to_json())
    assert written["quantiles"]["p99"][0] is None
    assert written["max_ms"] == 100
