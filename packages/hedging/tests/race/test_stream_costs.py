"""The cost of streams: settled when they are over, and booked once, in every account."""

import asyncio
import contextlib
import logging
import random
from collections.abc import AsyncIterator
from typing import Any

import blinker
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hedging import (
    Fixed,
    Hedged,
    Hedger,
    HedgingError,
    HedgingStatistics,
    Policy,
    Stream,
    request,
    run_virtual,
)

PROMPT_USD, CHUNK_USD = 0.1, 0.01


def cost(stream: Stream[str]) -> float:
    return PROMPT_USD + CHUNK_USD * len(stream.streamed)


def hedger(**policy: Any) -> Hedger:
    return Hedger(Policy(**{"budget": None, **policy}), strategy=Fixed(100), cost=cost)


async def ten_chunks() -> AsyncIterator[str]:
    for number in range(10):
        await asyncio.sleep(0.01)
        yield str(number)


async def three_bad_chunks() -> AsyncIterator[str]:
    """The third is held back by a reader that takes none."""
    for _ in range(10):
        await asyncio.sleep(0.001)
        yield "bad"


async def slow_start() -> AsyncIterator[str]:
    await asyncio.sleep(0.5)
    async for chunk in ten_chunks():
        yield chunk


async def silence() -> AsyncIterator[str]:
    await asyncio.sleep(60)
    yield "late"


async def breaks() -> AsyncIterator[str]:
    yield "a"
    yield "b"
    raise OSError("cut off")


@contextlib.contextmanager
def events() -> Any:
    heard: list[tuple[str, dict[str, Any]]] = []

    def hear(name: str, *, measurements: dict[str, Any], metadata: dict[str, Any]) -> None:
        heard.append((name, {**measurements, **metadata}))

    with blinker.signal("crucible").connected_to(hear):
        yield heard


def test_a_winner_that_is_read_to_its_end_costs_all_its_chunks() -> None:
    hedging = hedger()

    async def main() -> tuple[Hedged[Stream[str]], HedgingStatistics]:
        async with hedging.stream(ten_chunks) as (result, chunks):
            before = hedging.statistics()
            assert len([chunk async for chunk in chunks]) == 10
            assert chunks.complete
        return result, before

    with events() as heard:
        result, before = run_virtual(main)
    after = hedging.statistics()

    assert result.cost_usd is None
    assert (before.cost_usd, before.unknown_costs) == (None, 1)
    assert after.cost_usd == pytest.approx(0.2)
    assert (after.unknown_costs, after.extra_usd, after.unpriced) == (0, 0.0, 0)
    stops = [event for name, event in heard if name == "hedging.stream.stop"]
    assert [stop["cost_usd"] for stop in stops] == [after.cost_usd]


def test_a_winner_that_is_left_half_way_costs_what_had_come() -> None:
    hedging, seen = hedger(), []

    def counted(stream: Stream[str]) -> float:
        seen.append((len(stream.streamed), stream.complete))
        return cost(stream)

    async def main() -> None:
        async with hedging.stream(ten_chunks, cost=counted) as (_, chunks):
            for _ in range(5):
                await anext(chunks)

    run_virtual(main)
    ((came, complete),) = seen

    assert 5 <= came <= 7
    assert not complete
    assert hedging.statistics().cost_usd == pytest.approx(PROMPT_USD + CHUNK_USD * came)


def test_an_open_stream_costs_nothing_until_it_is_closed() -> None:
    async def main() -> tuple[list[int], list[int]]:
        seen: list[int] = []
        result = await request(ten_chunks, until="first_token", cost=lambda stream: seen.append(1))
        await asyncio.sleep(5)
        before = list(seen)
        await result.value.aclose()
        await result.value.aclose()
        return before, seen

    assert run_virtual(main) == ([], [1])


@pytest.mark.parametrize(
    ("loser_cost", "extra"), [("prompt_plus_streamed", 0.13), ("full", 0.2), ("none", 0.0)]
)
def test_a_loser_that_had_streamed_three_chunks_is_booked(loser_cost: str, extra: float) -> None:
    hedging = hedger(loser_cost=loser_cost, prompt_usd=PROMPT_USD, max_extra_usd=5.0)

    async def main() -> None:
        async with hedging.stream(
            three_bad_chunks,
            backups=[slow_start],
            accept=lambda stream: stream.streamed[0] != "bad",
        ) as (result, chunks):
            assert result.winner == 1
            assert hedging.statistics().unpriced == (loser_cost == "full")
            assert len([chunk async for chunk in chunks]) == 10

    with events() as heard:
        run_virtual(main)
    counted = hedging.statistics()
    (stop,) = [event for name, event in heard if name == "hedging.stream.stop"]

    assert counted.extra_usd == pytest.approx(extra)
    assert counted.cost_usd == pytest.approx(0.2 + extra)
    assert counted.cost_factor == pytest.approx((0.2 + extra) / 0.2)
    assert (counted.unpriced, counted.unknown_costs) == (0, 0)
    assert (stop["cost_usd"], stop["cost_factor"]) == (counted.cost_usd, counted.cost_factor)
    assert hedging._shared.ledger.spent_at_worst_usd() == pytest.approx(extra)


def test_a_loser_without_a_chunk_costs_its_prompt() -> None:
    hedging = hedger(loser_cost="prompt_plus_streamed", prompt_usd=PROMPT_USD)

    async def main() -> None:
        async with hedging.stream(silence, backups=[ten_chunks]) as (_, chunks):
            assert [chunk async for chunk in chunks]

    run_virtual(main)

    assert hedging.statistics().extra_usd == pytest.approx(PROMPT_USD)
    assert hedging.statistics().cost_usd == pytest.approx(0.3)


def test_the_limit_in_dollars_counts_what_losers_streamed() -> None:
    hedging = hedger(loser_cost="prompt_plus_streamed", prompt_usd=PROMPT_USD, max_extra_usd=0.25)

    async def one() -> None:
        async with hedging.stream(
            three_bad_chunks,
            backups=[ten_chunks],
            accept=lambda stream: stream.streamed[0] != "bad",
        ) as (_, chunks):
            assert [chunk async for chunk in chunks]

    async def main() -> None:
        for _ in range(6):
            with contextlib.suppress(Exception):
                await one()

    run_virtual(main)
    counted = hedging.statistics()

    assert counted.hedges == 2
    assert counted.suppressed == {"dollars": 4}


def test_a_stream_that_fails_costs_what_had_come() -> None:
    hedging = hedger()

    async def main() -> None:
        async with hedging.stream(breaks) as (_, chunks):
            with pytest.raises(OSError, match="cut off"):
                assert [chunk async for chunk in chunks]

    run_virtual(main)

    assert hedging.statistics().cost_usd == pytest.approx(PROMPT_USD + 2 * CHUNK_USD)


def test_a_cost_that_raises_leaves_the_reader_its_chunks(caplog: pytest.LogCaptureFixture) -> None:
    hedging = hedger()

    def broken(stream: Stream[str]) -> float:
        raise KeyError("usage")

    async def main() -> list[str]:
        async with hedging.stream(ten_chunks, cost=broken) as (_, chunks):
            return [chunk async for chunk in chunks]

    with caplog.at_level(logging.ERROR, "crucible"):
        assert len(run_virtual(main)) == 10

    assert "the cost of a stream is not known" in caplog.text
    assert (hedging.statistics().cost_usd, hedging.statistics().unknown_costs) == (None, 1)


def test_a_caller_who_is_cancelled_pays_for_what_was_streamed() -> None:
    hedging = hedger(loser_cost="prompt_plus_streamed", prompt_usd=PROMPT_USD)

    async def main() -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(0.05), hedging.stream(ten_chunks) as (_, chunks):
                async for _chunk in chunks:
                    pass

    run_virtual(main)
    counted = hedging.statistics()

    assert counted.cost_usd == pytest.approx(PROMPT_USD + 4 * CHUNK_USD, abs=1.1 * CHUNK_USD)
    assert counted.unknown_costs == 0


def test_a_key_with_an_open_stream_is_kept() -> None:
    hedging = hedger(max_keys=2)

    async def main() -> None:
        async with hedging.stream(ten_chunks, key="first") as (_, chunks):
            for number in range(5):
                await hedging.request(lambda: asyncio.sleep(0.1), key=f"{number}", cost=lambda _: 0)
            assert [chunk async for chunk in chunks]

    run_virtual(main)

    assert hedging.statistics().cost_usd == pytest.approx(0.2)
    assert hedging.statistics().unknown_costs == 0


class Provider:
    """Opens streams of any length, which may be late or break, and counts the chunks of each."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.served: list[int] = []

    async def __call__(self) -> AsyncIterator[str]:
        number, chance = len(self.served), self.random
        self.served.append(0)
        await asyncio.sleep(chance.choice([0, 0.05, 0.15, 0.3]))
        for _ in range(chance.choice([1, 2, 5])):
            if chance.random() < 0.1:
                raise OSError("cut off")
            self.served[number] += 1
            yield "chunk"
            await asyncio.sleep(chance.choice([0, 0.01, 0.1]))


@settings(deadline=None, max_examples=40)
@given(
    seed=st.integers(0, 10_000),
    cancel_losers=st.booleans(),
    max_hedges=st.integers(1, 3),
    timeout_ms=st.sampled_from([None, 120.0]),
    seconds=st.sampled_from([None, 0.1]),
)
def test_what_is_booked_equals_what_the_provider_streamed(
    seed: int,
    cancel_losers: bool,
    max_hedges: int,
    timeout_ms: float | None,
    seconds: float | None,
) -> None:
    provider = Provider(seed)
    hedging = hedger(
        cancel_losers=cancel_losers,
        max_hedges=max_hedges,
        timeout_ms=timeout_ms,
        loser_cost="prompt_plus_streamed",
        prompt_usd=0.0,
    )

    async def one() -> None:
        with contextlib.suppress(HedgingError, TimeoutError, OSError):
            async with asyncio.timeout(seconds), hedging.stream(provider) as (_, chunks):
                for _ in range(provider.random.choice([1, 3, 99])):
                    await anext(chunks, None)

    async def main() -> None:
        await asyncio.gather(*[one() for _ in range(10)])
        await asyncio.sleep(5)

    with events() as heard:
        run_virtual(main)
    counted = hedging.statistics()
    stops = [event["cost_usd"] for name, event in heard if name == "hedging.stream.stop"]
    streamed = sum(PROMPT_USD + CHUNK_USD * chunks for chunks in provider.served if chunks)

    assert counted.cost_usd == pytest.approx(streamed)
    assert sum(stops) == pytest.approx(streamed)
    assert (counted.unpriced, counted.unknown_costs) == (0, 0)


def test_the_two_events_of_a_streamed_request_have_its_cost_once() -> None:
    async def main() -> None:
        async with hedger().stream(ten_chunks) as (_, chunks):
            assert len([chunk async for chunk in chunks]) == 10
        await hedger().request(plain_answer, cost=lambda answer: 0.25)

    with events() as heard:
        run_virtual(main)
    ends = ("hedging.request.stop", "hedging.stream.stop")
    costs = [(name, event["cost_usd"]) for name, event in heard if name in ends]

    assert costs == [(ends[0], None), (ends[1], pytest.approx(0.2)), (ends[0], 0.25)]


async def plain_answer() -> str:
    return "yes"


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("grace_ms", [0, 50])
def test_the_attempts_that_are_counted_are_the_streams_that_were_opened(
    seed: int, grace_ms: float
) -> None:
    generator, opened = random.Random(seed), []
    hedger = Hedger(Policy(budget=None, grace_ms=grace_ms), strategy=Fixed(40))

    def source() -> AsyncIterator[int]:
        opened.append(1)
        return chunks()

    async def chunks() -> AsyncIterator[int]:
        await asyncio.sleep(generator.choice([0.001, 0.05, 0.5]))
        yield 1

    async def read() -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(generator.choice([None, 0.04])):  # when the backup is due
                async with hedger.stream(source) as (_, stream):
                    await anext(stream)

    async def main() -> None:
        for _ in range(30):
            reader = asyncio.ensure_future(read())
            await asyncio.sleep(generator.choice([0, 0.01, 0.1]))
            if generator.random() < 0.15:
                reader.cancel()
        await asyncio.sleep(10)

    run_virtual(main)

    assert hedger.statistics().attempts == len(opened)
