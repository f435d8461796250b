"""Call the members of a panel one after another while they are late (extra ``hedging``)."""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import partial

from .._models.hedged import hedging_library
from .calls import MemberCall
from .executions import HedgedExecution


async def call_hedged(
    call_member: Callable[[int], Awaitable[MemberCall]], size: int, execution: HedgedExecution
) -> None:
    """Call the first member, and the next ones while there is no vote.

    Args:
        call_member: Calls the member with this index and records it.
        size: How many members there are.
        execution: The delay, and how many more members may be called.
    """
    hedging = hedging_library()

    broken: list[Exception] = []

    async def call(index: int) -> MemberCall:
        try:
            return await call_member(index)
        except Exception as error:  # the caller's own functions; a model's failure is recorded
            broken.append(error)
            raise

    hedges = min(execution.max_hedges, size - 1)
    if not hedges:
        await call_member(0)
        return
    # Every call is recorded; when all fail the prediction raises for the caller.
    with suppress(hedging.AllAttemptsFailedError):
        await hedging.request(
            partial(call, 0),
            strategy=execution.strategy or hedging.Fixed(delay_ms=execution.delay_ms),
            backups=[partial(call, index) for index in range(1, hedges + 1)],
            max_hedges=hedges,
            budget=None,  # without the next member there may be no answer
            accept=lambda member_call: member_call.vote is not None,
        )
    if broken:
        raise broken[0]
