"""Real asyncio code under a clock that jumps."""

import asyncio
import threading

import anyio
import pytest

from hedging import StalledError, is_virtual, run_virtual


def test_a_thousand_sleeps_take_no_time_and_the_clock_shows_their_length() -> None:
    async def main() -> float:
        await asyncio.gather(*(asyncio.sleep(1_000_000) for _ in range(1000)))
        return asyncio.get_running_loop().time()

    assert run_virtual(main) == pytest.approx(1_000_000)  # eleven days of real time


def test_timers_fire_in_their_order_and_at_their_time() -> None:
    seen: list[tuple[str, float]] = []

    async def main() -> None:
        loop = asyncio.get_running_loop()

        async def wait(name: str, seconds: float) -> None:
            await anyio.sleep(seconds)
            seen.append((name, round(loop.time(), 6)))

        async with anyio.create_task_group() as group:
            group.start_soon(wait, "late", 3.0)
            group.start_soon(wait, "early", 1.0)
            group.start_soon(wait, "middle", 2.5)

    run_virtual(main)

    assert seen == [("early", 1.0), ("middle", 2.5), ("late", 3.0)]


def test_a_timeout_is_a_timeout_of_simulated_time() -> None:
    async def main() -> float:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(10):
                await asyncio.sleep(3600)
        return asyncio.get_running_loop().time()

    assert run_virtual(main) == pytest.approx(10)


def test_time_stands_still_while_a_thread_works() -> None:
    release = threading.Event()

    def work() -> str:
        release.wait(10)
        return "done"

    async def main() -> tuple[str, float, float]:
        loop = asyncio.get_running_loop()
        job = asyncio.create_task(asyncio.to_thread(work))
        nap = asyncio.create_task(asyncio.sleep(5))
        await asyncio.sleep(0)
        threading.Timer(0.01, release.set).start()
        result = await job
        at_result = loop.time()
        await nap
        return result, at_result, loop.time()

    result, at_result, at_end = run_virtual(main)

    assert (result, at_result) == ("done", 0.0)
    assert at_end == pytest.approx(5)


def test_waiting_for_nothing_is_an_error_and_not_a_hang(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hedging._simulation.virtual_time._GRACE_SECONDS", 0.01)

    async def main() -> None:
        await asyncio.Event().wait()

    with pytest.raises(StalledError, match="nothing is scheduled"):
        run_virtual(main)


def test_sockets_work_under_simulated_time() -> None:
    async def main() -> bytes:
        async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.write((await reader.readline()).upper())
            await writer.drain()
            writer.close()
            await writer.wait_closed()

        server = await asyncio.start_server(answer, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"hello\n")
        line = await reader.readline()
        writer.close()
        await writer.wait_closed()
        server.close()
        await server.wait_closed()
        return line

    assert run_virtual(main) == b"HELLO\n"


def test_code_can_ask_whether_time_is_simulated() -> None:
    async def main() -> bool:
        return is_virtual()

    assert run_virtual(main)
    assert not asyncio.run(main())
    assert not is_virtual()
