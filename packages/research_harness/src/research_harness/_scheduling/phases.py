"""The phases of a plan, each after the one before, and at the times that a time series asks for."""

import asyncio
from collections.abc import AsyncIterator, Callable

from .._design.designs import TimeSeries
from .._plan.plan import Plan


async def phases_in_turn(
    plan: Plan, done: bytearray, *, clock: Callable[[], float]
) -> AsyncIterator[range]:
    """The phases with rows still to run; the caller runs one before it asks for the next.

    Args:
        plan: The plan.
        done: One byte for each row of the plan: 1 for a finished row.
        clock: Gives seconds; the event loop's own clock, so that simulated time counts as time.
    """
    every = plan.design.every_ms if isinstance(plan.design, TimeSeries) else None
    begun: float | None = None
    for rows in plan.phases:
        if all(done[rows.start : rows.stop]):
            continue
        if every is not None and begun is not None:
            await asyncio.sleep(max(0.0, begun + every / 1000 - clock()))
        begun = clock()
        yield rows
