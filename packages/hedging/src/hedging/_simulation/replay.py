"""The hedger itself over simulated traffic, under simulated time."""

import asyncio

from .._hedger.hedger import Hedger
from .event_simulation import Simulated
from .traffic import Traffic
from .virtual_time import run_virtual


def replay(traffic: Traffic, hedger: Hedger) -> Simulated:
    """Send each request of the traffic through a hedger at its arrival time.

    Args:
        traffic: The requests.
        hedger: A new hedger; it learns.

    Returns:
        The latencies, and which requests got a backup.
    """
    count = len(traffic)
    latencies = [0.0] * count
    hedged = [False] * count

    async def send(number: int) -> None:
        copies = iter((traffic.primary_ms[number], traffic.backup_ms[number]))

        async def call() -> None:
            await asyncio.sleep(next(copies) / 1000)

        result = await hedger.request(call)
        latencies[number] = result.latency_ms
        hedged[number] = result.hedged

    async def main() -> None:
        loop = asyncio.get_running_loop()
        async with asyncio.TaskGroup() as group:
            for number, arrival in enumerate(traffic.arrival_ms):
                await asyncio.sleep(arrival / 1000 - loop.time())
                group.create_task(send(number))

    run_virtual(main)
    return Simulated(
        latency_ms=tuple(latencies), hedged=tuple(hedged), boundaries=traffic.boundaries
    )
