"""Delays that are fixed, and delays that are learned."""

import asyncio
import math
import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hedging import Fixed, Percentile, forget, request, run_virtual


def test_before_enough_is_known_no_backup_is_sent() -> None:
    strategy = Percentile(0.95, min_samples=10)
    for latency in range(9):
        strategy.record(latency)

    assert strategy.delay_ms() is None
    strategy.record(9)
    assert strategy.delay_ms() == 9


def test_until_then_an_initial_delay_may_stand_in() -> None:
    assert Percentile(0.95, initial_delay_ms=100).delay_ms() == 100


@given(
    values=st.lists(st.floats(0, 1e6), min_size=1, max_size=300),
    quantile=st.floats(0.01, 0.99),
    window=st.integers(1, 50),
)
def test_the_delay_is_the_nearest_rank_of_the_window(
    values: list[float], quantile: float, window: int
) -> None:
    strategy = Percentile(quantile, window=window, min_samples=1)
    for value in values:
        strategy.record(value)

    recent = sorted(values[-window:])
    rank = max(1, math.ceil(round(len(recent) * quantile, 9)))
    assert strategy.delay_ms() == recent[rank - 1]
    assert strategy.samples == len(recent)


def test_the_delay_stays_within_its_bounds() -> None:
    strategy = Percentile(0.5, min_samples=1, min_delay_ms=10, max_delay_ms=20)
    strategy.record(1)
    assert strategy.delay_ms() == 10
    for _ in range(10):
        strategy.record(1000)
    assert strategy.delay_ms() == 20


@pytest.mark.parametrize("bad", [-1.0, math.nan, math.inf])
def test_a_fixed_delay_is_a_number_of_milliseconds(bad: float) -> None:
    with pytest.raises(ValueError, match="delay_ms"):
        Fixed(bad)


@pytest.mark.parametrize(
    "options",
    [{"quantile": 0}, {"quantile": 1}, {"min_samples": 0}, {"window": 5, "min_samples": 6}],
)
def test_a_percentile_out_of_range_is_an_error(options: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"quantile|min_samples"):
        Percentile(**options)


def simulate(
    strategy: Percentile, *, count: int, seed: int, scale: float = 800
) -> tuple[int, float]:
    """Sequential log-normal calls; how many backups were sent, and the last delay."""
    numbers = random.Random(seed)
    hedged = 0

    async def call() -> None:
        await asyncio.sleep(scale * numbers.lognormvariate(0, 0.8) / 1000)

    async def main() -> None:
        nonlocal hedged
        for _ in range(count):
            result = await request(call, strategy=strategy)
            hedged += result.hedged

    run_virtual(main)
    return hedged, strategy.delay_ms() or math.nan


def test_with_hedging_on_the_delay_finds_the_true_percentile_and_does_not_creep() -> None:
    """P95 of a log-normal with median 800 ms and sigma 0.8: 800 exp(1.6449 x 0.8) = 2982 ms."""
    hedged, delay = simulate(Percentile(0.95, window=2000), count=4000, seed=7)

    assert delay == pytest.approx(2982, rel=0.08)
    assert 0.040 < hedged / 4000 < 0.060


def test_after_a_change_of_level_the_delay_follows_within_a_window() -> None:
    strategy = Percentile(0.95, window=500)
    _, before = simulate(strategy, count=1000, seed=1)
    _, after = simulate(strategy, count=600, seed=2, scale=1600)

    assert after / before == pytest.approx(2, rel=0.3)


def test_requests_that_name_their_strategy_learn_separately_for_each_key() -> None:
    async def main() -> tuple[float | None, float | None]:
        async def call(seconds: float) -> None:
            await asyncio.sleep(seconds)

        for _ in range(40):
            await request(lambda: call(0.1), key="quick")
            await request(lambda: call(2.0), key="slow")
        quick = await request(lambda: call(0.1), key="quick")
        slow = await request(lambda: call(2.0), key="slow")
        return quick.delay_ms, slow.delay_ms

    forget()
    try:
        assert run_virtual(main) == (100.0, 2000.0)
    finally:
        forget()
