"""Rows under the ceilings of a run: begun with leave, cut off at the end of the time."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, suppress
from typing import TypeVar

from .._core.errors import CeilingReachedError
from .._definition.ceilings import Ceilings
from .._engine.runner import FinishedRow
from .._plan.plan import Trial
from .account import current_account
from .admission import admitting, current_keeper
from .budget import BESIDE_ROWS, Budget

MakeRow = Callable[[Trial, int], Awaitable[FinishedRow]]
Answer = TypeVar("Answer")
_LOOKS = 10  # how often within the longest idle time it is looked at


class LimitedRows:
    """Runs rows that get leave, and drops those that reach the end of the run's time.

    Args:
        make_row: Runs one trial as its n-th attempt.
        budget: Gives leave.
        ceilings: The ceilings of the run.
        clock: Gives seconds.
        before_ms: The time of earlier sessions.
    """

    def __init__(
        self,
        make_row: MakeRow,
        budget: Budget,
        ceilings: Ceilings,
        *,
        clock: Callable[[], float],
        before_ms: float,
    ) -> None:
        self._make_row = make_row
        self._budget = budget
        self._ceilings = ceilings
        self._clock = clock
        limit = ceilings.max_time_ms
        self._end = None if limit is None else clock() + (limit - before_ms) / 1000
        self._limits: set[asyncio.Timeout] = set()

    @property
    def reason(self) -> str:
        """Why no further row is begun, or none of a condition; empty while all may begin."""
        closed = dict.fromkeys(self._budget.closed.values())
        return self._budget.reason or "; ".join(closed)

    @property
    def stopped(self) -> bool:
        """Whether no further row is begun at all."""
        return bool(self._budget.reason)

    async def row(self, trial: Trial, attempt: int) -> FinishedRow | None:
        """The row of this trial; None when a ceiling did not let it begin or end."""
        import ensemble

        if self._is_over():
            return None
        account = await self._budget.begin(trial.condition.name)
        if account is None:
            return None
        token, kept = current_account.set(account), current_keeper.set(self._budget)
        finished = None
        try:
            with ensemble.admitting_calls(admitting(self._budget)):
                finished = await self._within_time(lambda: self._make_row(trial, attempt))
        finally:
            current_account.reset(token)
            current_keeper.reset(kept)
            self._budget.end(account, None if finished is None else finished[0])
        if account.refused or finished is None:
            return None
        if account.waited and finished[0].failure == "time":
            return await self.row(trial, attempt)  # it was the wait for room that took so long
        return finished

    async def request(self, ask: Callable[[], Awaitable[Answer]]) -> Answer | None:
        """The answer to a request that belongs to no row; None when a ceiling did not let it begin.

        Args:
            ask: Makes the request through ``ensemble``, so that its calls are counted.
        """
        import ensemble

        if self._is_over():
            return None
        account = await self._budget.begin(BESIDE_ROWS)
        if account is None:
            return None
        token = current_account.set(account)
        try:
            with ensemble.admitting_calls(admitting(self._budget)):
                return await self._within_time(ask)
        except CeilingReachedError:
            return None
        finally:
            current_account.reset(token)
            self._budget.end(account, None)

    def _is_over(self) -> bool:
        """Whether the time of the run has ended; the run is then stopped."""
        over = self._end is not None and self._clock() >= self._end
        if over:
            self._stop_at_end()
        return over

    async def _within_time(self, make: Callable[[], Awaitable[Answer]]) -> Answer | None:
        limit = asyncio.timeout_at(self._end)
        try:
            async with limit:
                self._limits.add(limit)
                return await make()
        except TimeoutError:
            if not self._budget.reason:
                self._stop_at_end()
            return None
        finally:
            self._limits.discard(limit)

    def _stop_at_end(self) -> None:
        seconds = (self._ceilings.max_time_ms or 0.0) / 1000
        self._budget.stop(
            f"the ceiling of {seconds:g} s for the run is reached; resume with a higher ceiling"
        )

    def open_trials(self, trials: Iterator[Trial]) -> Iterator[Trial]:
        """The trials of conditions whose ceiling is not reached."""
        return (each for each in trials if each.condition.name not in self._budget.closed)

    @asynccontextmanager
    async def watching(self, done: Callable[[], int]) -> AsyncIterator[None]:
        """Stop the run inside the block when no row ends for too long.

        Args:
            done: Gives the number of rows that are done.
        """
        limit_ms = self._ceilings.max_idle_ms
        if limit_ms is None:
            yield
            return
        watcher = asyncio.create_task(self._watch(limit_ms / 1000, done), name="idle watcher")
        try:
            yield
        finally:
            watcher.cancel()
            with suppress(asyncio.CancelledError):
                await watcher

    async def _watch(self, limit: float, done: Callable[[], int]) -> None:
        last, since = done(), self._clock()
        while self._clock() - since < limit:
            await asyncio.sleep(limit / _LOOKS)
            if done() != last:
                last, since = done(), self._clock()
        self._budget.stop(
            f"no row has ended for {limit:g} s (max_idle_ms of the ceilings); resume asks those"
            " that were under way again"
        )
        for each in tuple(self._limits):
            each.reschedule(self._clock())
