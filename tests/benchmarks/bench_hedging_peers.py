"""The same hard cases for this library and its peers, exact under simulated time; and CPU per call.

Run where the peers are installed, each that is missing is left out::

    uv run --with hedge-python --with httpx-hedged --with asynchedging --with nopanic \
        python tests/benchmarks/bench_hedging_peers.py
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from hedging import Fixed, Hedger, Policy, run_virtual

Call = Callable[[], Awaitable[Any]]
Send = Callable[[Call], Awaitable[Any]]
DELAY = 0.03


def ours() -> Send:
    """This library."""
    hedger = Hedger(Policy(budget=None), strategy=Fixed(1000 * DELAY))

    async def send(call: Call) -> Any:
        return (await hedger.request(call)).value

    return send


def hedge_python() -> Send:
    """hedge-python's scheduler, below its transports."""
    config = import_module("hedge").HedgeConfig(warmup_delay=DELAY, warmup_requests=10**9)
    make = import_module("hedge.transport._base").HedgeScheduler

    async def send(call: Call) -> Any:
        scheduler = make(config)
        try:
            return await scheduler.execute_with_hedge("key", call, call, lambda *_: None)
        finally:
            await scheduler.close()

    return send


def httpx_hedged() -> Send:
    """httpx-hedged's transport around a transport that makes the call."""
    httpx, library = import_module("httpx"), import_module("httpx_hedged")
    config = library.HedgeConfig(warmup_delay=DELAY, warmup_requests=10**9, estimated_rps=100.0)

    async def send(call: Call) -> Any:
        class Inner(httpx.AsyncBaseTransport):  # type: ignore[misc, name-defined]  # imported late
            async def handle_async_request(self, request: Any) -> Any:
                return httpx.Response(200, extensions={"value": await call()})

        transport = library.HedgedTransport(Inner(), default_config=config)
        request = httpx.Request("GET", "http://service/")
        response = await transport.handle_async_request(request)
        return response.extensions["value"]

    return send


def asynchedging() -> Send:
    """Asynchedging's hedge."""
    hedge = import_module("asynchedging").hedge

    async def send(call: Call) -> Any:
        return (await hedge(call, delays_s=[DELAY]))[0]

    return send


def nopanic() -> Send:
    """Nopanic's policy."""
    policy = import_module("nopanic").hedge(delay=DELAY)

    async def send(call: Call) -> Any:
        return await policy.acall(call)

    return send


PEERS: dict[str, Callable[[], Send]] = {
    "crucible-framework-hedging": ours,
    "hedge-python": hedge_python,
    "httpx-hedged": httpx_hedged,
    "asynchedging": asynchedging,
    "nopanic": nopanic,
}


class Script:
    """Attempts by script: (seconds, result or error, seconds to obey a cancellation)."""

    def __init__(self, *steps: tuple[float, Any, float]) -> None:
        self.steps = iter(steps)
        self.running = 0

    async def __call__(self) -> Any:
        seconds, result, slow_to_stop = next(self.steps)
        self.running += 1
        try:
            await asyncio.sleep(seconds)
        except asyncio.CancelledError:
            if slow_to_stop:
                await asyncio.sleep(slow_to_stop)
            raise
        finally:
            self.running -= 1
        if isinstance(result, Exception):
            raise result
        return result


async def timed(send: Send, script: Script) -> str:
    """What came of a request, and when."""
    begin = asyncio.get_running_loop().time()
    try:
        result = await send(script)
    except Exception as error:  # noqa: BLE001  # whatever a peer raises
        result = f"raises {type(error).__name__}"
    end = asyncio.get_running_loop().time()
    return f"{result} at {1000 * (end - begin):.0f} ms"


async def early_failure(send: Send) -> str:
    """The primary fails at 5 ms, the backup would answer within 20."""
    return await timed(send, Script((0.005, OSError("reset"), 0), (0.02, "ok", 0)))


async def failed_backup(send: Send) -> str:
    """The backup is turned away at once, the primary answers at 120 ms."""
    return await timed(send, Script((0.12, "ok", 0), (0.005, OSError("429"), 0)))


async def none_result(send: Send) -> str:
    """The primary is slow, the backup's result is None."""
    return await timed(send, Script((5.0, "late", 0), (0.02, None, 0)))


async def loser_ignores_cancelling(send: Send) -> str:
    """The backup wins at 50 ms, the primary takes 300 ms to obey its cancellation."""
    return await timed(send, Script((5.0, "late", 0.3), (0.02, "ok", 0)))


async def cancelled_caller(send: Send) -> str:
    """The caller is cancelled while two attempts run."""
    script = Script((5.0, "late", 0), (5.0, "late", 0))
    try:
        async with asyncio.timeout(0.1):
            await send(script)
    except TimeoutError:
        pass
    await asyncio.sleep(0.01)
    return f"{script.running} left running"


CASES = (early_failure, failed_backup, none_result, loser_ignores_cancelling, cancelled_caller)


def installed() -> Iterator[tuple[str, str, Callable[[], Send]]]:
    """The peers that are there, with their versions."""
    for name, make in PEERS.items():
        try:
            yield name, version(name), make
        except PackageNotFoundError:
            print(f"{name}: not installed")


def cpu_per_call(make: Callable[[], Send], calls: int = 10_000, repeats: int = 5) -> float:
    """Microseconds of CPU for a call that needs no backup: the least of some repeats."""

    async def call() -> int:
        return 1

    async def main() -> float:
        send = make()
        best = float("inf")
        for _ in range(repeats):
            begin = time.process_time()
            for _ in range(calls):
                await send(call)
            best = min(best, time.process_time() - begin)
        return best / calls * 1e6

    return asyncio.run(main())


def bare() -> Send:
    """A task and a wait with a time limit: the least that can notice a late answer."""

    async def send(call: Call) -> Any:
        task = asyncio.ensure_future(call())
        await asyncio.wait({task}, timeout=1)
        return task.result()

    return send


def main() -> None:
    """Print one block for each library."""
    print(f"bare task with a time limit: {cpu_per_call(bare):.1f} us CPU per call")
    for name, release, make in installed():
        print(f"{name} {release}: {cpu_per_call(make):.1f} us CPU per call without a backup")
        for case in CASES:

            async def run(case: Any = case, make: Any = make) -> str:
                return str(await case(make()))

            print(f"    {case.__name__.replace('_', ' '):18} {run_virtual(run)}")


if __name__ == "__main__":
    main()
