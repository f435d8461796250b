"""Hedging to the first chunk: who wins, what the reader sees, what is closed."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any, Self

import pytest

from hedging import (
    AllAttemptsFailedError,
    Fixed,
    Hedger,
    Policy,
    Stream,
    lingering,
    request,
    run_virtual,
)

Open = Callable[[], AsyncIterator[str]]


class Streams:
    """Opens streams that behave by script, and remembers which were closed, in which task."""

    def __init__(self, *scripts: list[tuple[float, Any]]) -> None:
        self.scripts = scripts
        self.opened = 0
        self.closed: list[tuple[int, bool]] = []

    async def __call__(self) -> AsyncIterator[str]:
        number = self.opened
        self.opened += 1
        begun_in = asyncio.current_task()
        try:
            for seconds, chunk in self.scripts[number]:
                await asyncio.sleep(seconds)
                if isinstance(chunk, Exception):
                    raise chunk
                yield chunk
        finally:
            self.closed.append((number, asyncio.current_task() is begun_in))


def hedger(**policy: Any) -> Hedger:
    return Hedger(Policy(**{"budget": None, **policy}), strategy=Fixed(100))


SLOW = [(5.0, "slow"), (0.1, "!")]
QUICK = [(0.05, "a"), (0.4, "b"), (0.4, "c")]


def test_the_first_chunk_decides_and_the_winner_goes_on_alone() -> None:
    streams = Streams(SLOW, QUICK)

    async def main() -> tuple[list[str], float, float, list[tuple[int, bool]]]:
        async with hedger().stream(streams) as (result, chunks):
            closed = list(streams.closed)
            read = [chunk async for chunk in chunks]
            return read, result.latency_ms, asyncio.get_running_loop().time(), closed

    read, latency, end, closed = run_virtual(main)

    assert read == ["a", "b", "c"]
    assert latency == 150.0
    assert end == pytest.approx(0.95)
    assert closed == [(0, True)]
    assert streams.closed == [(0, True), (1, True)]


def test_a_quick_stream_is_alone() -> None:
    streams = Streams(QUICK)

    async def main() -> list[str]:
        async with hedger().stream(streams) as (_, chunks):
            return [chunk async for chunk in chunks]

    assert run_virtual(main) == ["a", "b", "c"]
    assert streams.opened == 1


def test_leaving_the_block_closes_the_stream() -> None:
    streams = Streams([(0.01, str(number)) for number in range(100)])

    async def main() -> str:
        async with hedger().stream(streams) as (_, chunks):
            async for chunk in chunks:
                return chunk
        return ""

    assert run_virtual(main) == "0"
    assert streams.closed == [(0, True)]
    assert lingering() == 0


def test_an_error_before_the_first_chunk_starts_the_next_stream_at_once() -> None:
    streams = Streams([(0.01, OSError("reset"))], QUICK)

    async def main() -> float:
        async with hedger().stream(streams) as (result, _):
            return result.latency_ms

    assert run_virtual(main) == 60.0


def test_an_error_in_the_middle_reaches_the_reader() -> None:
    streams = Streams([(0.01, "a"), (0.01, OSError("cut off"))])
    read: list[str] = []

    async def main() -> None:
        async with hedger().stream(streams) as (_, chunks):
            async for chunk in chunks:
                read.append(chunk)  # noqa: PERF401  # what was read before the error counts

    with pytest.raises(OSError, match="cut off"):
        run_virtual(main)

    assert read == ["a"]


def test_when_no_stream_begins_the_request_has_failed() -> None:
    streams = Streams([(0.01, OSError("one"))], [(0.01, OSError("two"))])

    async def main() -> None:
        async with hedger().stream(streams):
            pass

    with pytest.raises(AllAttemptsFailedError, match=r"one.*two"):
        run_virtual(main)


def test_a_chunk_before_an_error_is_still_read() -> None:
    async def breaks() -> AsyncIterator[str]:
        yield "a"
        raise OSError("cut off")

    async def main() -> list[str]:
        read = []
        async with hedger().stream(breaks) as (_, chunks):
            read.append(await anext(chunks))
            with pytest.raises(OSError, match="cut off"):
                await anext(chunks)
        return read

    assert run_virtual(main) == ["a"]


class SdkStream:
    """What the SDKs of model providers give: awaited, a context manager, and iterable."""

    def __init__(self) -> None:
        self.closed = 0

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        self.closed += 1

    async def __aiter__(self) -> AsyncIterator[str]:
        for word in ("a", "b"):
            await asyncio.sleep(0.01)
            yield word


@pytest.mark.parametrize("reads_all", [True, False])
def test_the_stream_of_an_sdk_is_awaited_and_closed(reads_all: bool) -> None:
    stream = SdkStream()

    async def create() -> SdkStream:
        await asyncio.sleep(0.02)
        return stream

    async def main() -> list[str]:
        async with hedger().stream(create) as (result, chunks):
            assert result.latency_ms == 30.0
            return [chunk async for chunk in chunks] if reads_all else [await anext(chunks)]

    assert run_virtual(main) == (["a", "b"] if reads_all else ["a"])
    assert stream.closed == 1


def test_an_empty_stream_is_a_result() -> None:
    async def main() -> list[str]:
        async with hedger().stream(Streams([])) as (_, chunks):
            return [chunk async for chunk in chunks]

    assert run_virtual(main) == []


def test_a_cancelled_caller_closes_all_streams() -> None:
    streams = Streams(SLOW, SLOW)

    async def main() -> None:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(1), hedger().stream(streams):
                pass

    run_virtual(main)

    assert sorted(streams.closed) == [(0, True), (1, True)]


def test_the_backup_may_be_another_stream() -> None:
    elsewhere = Streams(QUICK)

    async def main() -> list[str]:
        async with hedger().stream(Streams(SLOW), backups=[elsewhere]) as (_, chunks):
            return [chunk async for chunk in chunks]

    assert run_virtual(main) == ["a", "b", "c"]
    assert elsewhere.opened == 1


def test_a_plain_request_can_race_to_the_first_token() -> None:
    async def main() -> list[str]:
        result = await request(Streams(SLOW, QUICK), until="first_token", strategy=Fixed(100))
        assert isinstance(result.value, Stream)
        async with result.value as chunks:
            return [chunk async for chunk in chunks]

    assert run_virtual(main) == ["a", "b", "c"]


def test_the_delay_is_learned_from_first_chunks_not_from_whole_answers() -> None:
    learning = Hedger(Policy(options={"warm_up": 5}))

    async def main() -> None:
        for _ in range(10):
            async with learning.stream(Streams(QUICK)) as (_, chunks):
                assert [chunk async for chunk in chunks]

    run_virtual(main)

    assert learning.delay_ms() == pytest.approx(50, rel=0.05)


def test_reading_a_closed_stream_ends() -> None:
    async def main() -> list[str]:
        async with hedger().stream(Streams(QUICK)) as (_, chunks):
            pass
        return [chunk async for chunk in chunks]

    assert run_virtual(main) == []


def test_a_program_ends_that_leaves_a_stream_open() -> None:
    async def main() -> str:
        result = await request(Streams([(0.0, each) for each in "abc"]), until="first_token")
        return await anext(result.value)

    assert run_virtual(main) == asyncio.run(main()) == "a"
