"""Second copies that shadow mode sends to measure how alike two copies of a request are.

The caller waits for the primary alone. A probe starts with it, is booked like a backup, and its
result is dropped.
"""

import asyncio
from collections.abc import Callable
from typing import Any

from .._core.seeding import uniform
from .._learning.costs import attempt_cost
from .._learning.ledger import NOTHING, Entry
from .._race.attempt_number import set_attempt_number
from .._race.disposal import dispose_of
from .._race.lingering import keep_until_done
from .._race.own_calls import OwnCall
from .._race.race import ENDS_TASK, Race
from .._race.state import RunningAttempt
from .gate import retry_refusal
from .request_context import RequestContext


class Probe:
    """The second copy of one request.

    Args:
        context: The request.
        race: Its race, which has not begun.
        call: Makes the second copy.
    """

    __slots__ = ("_attempt", "_call", "_context", "_entry", "_primary_ms", "_race")

    def __init__(self, context: RequestContext, race: Race[Any], call: Callable[[], Any]) -> None:
        self._context = context
        self._race = race
        self._call = call
        self._attempt: RunningAttempt = RunningAttempt(0.0)
        self._primary_ms: float | None = None
        self._entry: Entry = NOTHING

    def start(self) -> None:
        """Book it at its worst, and send it."""
        context = self._context
        with context.shared.lock:
            context.shared.hedges += 1
            context.state.tally.hedges += 1
            self._book(Entry(0, 0.0, 0.0, 0.0, 1, complete=False))
        task = asyncio.get_running_loop().create_task(self._run())
        task.add_done_callback(self._ended)
        keep_until_done([task])

    def primary_took(self, latency_ms: float) -> None:
        """The primary has its result; the pair is complete when the probe has one as well."""
        self._primary_ms = latency_ms
        self._pair()

    async def _run(self) -> None:
        await asyncio.sleep(0)  # the primary goes first
        set_attempt_number(1)
        self._attempt.began, began = True, self._race.clock()
        try:
            value = await self._call()
        except GeneratorExit:
            raise
        except BaseException as error:
            cancelled = isinstance(error, asyncio.CancelledError)
            self._attempt.status = "cancelled" if cancelled else "error"
            self._attempt.error = error
            if isinstance(error, ENDS_TASK):
                raise
            return
        took_ms = (self._race.clock() - began) * 1000
        self._attempt.status = "lost"
        try:
            self._attempt.cost_usd = self._race.price(value)
            if self._race.accept is None or self._race.accept(value):
                self._attempt.end_ms = took_ms
        finally:
            dispose_of(value, self._race.dispose)

    def _ended(self, task: asyncio.Task[None]) -> None:
        if not task.cancelled():
            task.exception()  # the caller's functions may fail: no caller hears of it
        context, attempt = self._context, self._attempt
        with context.shared.lock:
            context.shared.hedges -= 1
            context.state.tally.cancelled += attempt.status == "cancelled"
            cost = attempt_cost(attempt, None, context.policy)
            if attempt.cost_usd is not None:
                context.ledger.priced(attempt.cost_usd)
            known = cost or 0.0
            sent = int(attempt.began)
            self._book(Entry(sent, 0.0, known, known, int(cost is None), complete=cost is not None))
            self._pair()

    def _book(self, entry: Entry) -> None:
        self._context.ledger.replace(self._entry, entry, self._context.state.tally)
        self._entry = entry

    def _pair(self) -> None:
        if self._primary_ms is not None and self._attempt.end_ms is not None:
            self._context.state.copies.append((self._primary_ms, self._attempt.end_ms))
            self._primary_ms = None


def start_probe(context: RequestContext, race: Race[Any], call: Callable[[], Any]) -> Probe | None:
    """Send the probe of a request; None when it is not drawn, or not allowed."""
    policy = context.policy
    if not context.hedgeable or (isinstance(call, OwnCall) and not call.may_be_probe):
        return None
    if uniform(policy.seed, "probe", context.state.key, context.number) >= policy.probes:
        return None
    with context.shared.lock:
        reason = retry_refusal(context, race)
        if reason:
            context.state.tally.suppressed[reason] += 1
            return None
    probe = Probe(context, race, call)
    probe.start()
    return probe
