"""Outages of the world outside: a condition pauses, asks again, and the run stops when it must.

Rows that fail because a service is away say nothing about the conditions. When several of a
condition in succession fail so, no new rows of it are begun; the other conditions go on. One of its
rows is asked again and again, with growing pauses. When it is answered, the others are asked again
too.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from .._engine.runner import FinishedRow
from .._outcome.row import Row
from .._plan.plan import Trial
from .queue import TrialQueue

_FIRST_PAUSE, _LAST_PAUSE = 0.25, 30.0
_LEAST_ROWS = 3
_MOST_ROWS = 20
# A service that never answered is more likely a wrong address than an outage.
_NEVER_ANSWERED_SECONDS = 10.0

# Gives None for a row that a ceiling did not let begin or end.
MakeRow = Callable[[Trial, int], Awaitable[FinishedRow | None]]
_Held = list[tuple[Trial, FinishedRow]]


class Outages:
    """Decides which finished rows are kept, and which are asked again.

    Args:
        make_row: Runs one trial as its n-th attempt.
        queue: Takes the trials that are asked again, and pauses conditions.
        clock: Gives seconds.
        concurrency: How many rows run at the same time.
        limit_ms: The longest outage that is waited for; None keeps failed rows at once.
        fresh: Whether no row was finished before.
        on_attempt: Called with each attempt that is not kept.
    """

    def __init__(
        self,
        make_row: MakeRow,
        *,
        queue: TrialQueue,
        clock: Callable[[], float],
        concurrency: int,
        limit_ms: float | None,
        fresh: bool,
        on_attempt: Callable[[Row], None] = lambda _: None,
    ) -> None:
        self._make_row = make_row
        self._queue = queue
        self._clock = clock
        self._limit = None if limit_ms is None else limit_ms / 1000
        self._fresh = fresh
        self._threshold = max(_LEAST_ROWS, min(concurrency, _MOST_ROWS))
        self._on_attempt = on_attempt
        self._held: dict[str, _Held] = {}
        self._away: set[str] = set()
        self._answered: set[str] = set()
        self.reason = ""

    @property
    def stopped(self) -> bool:
        """Whether an outage lasted so long that the run stops."""
        return bool(self.reason)

    def keeps(self, trial: Trial, row: Row) -> bool:
        """Whether a finished row is kept at once, and no other one with it; else see ``sort``.

        Args:
            trial: What was run.
            row: The row.
        """
        if self._limit is None:
            return True
        if row.failure == "world":
            return False
        self._answered.add(trial.condition.name)
        return not self._held.get(trial.condition.name)

    async def sort(self, trial: Trial, finished: FinishedRow) -> _Held:
        """Decide about a finished row.

        Args:
            trial: What was run.
            finished: The row and its calls.

        Returns:
            The trials and rows that are to be kept now.
        """
        name = trial.condition.name
        if self._limit is None:
            return [(trial, finished)]
        if finished[0].failure != "world":
            self._answered.add(name)
            return [*self._released(name), (trial, finished)]
        held = self._held.setdefault(name, [])
        held.append((trial, finished))
        if len(held) < self._threshold or name in self._away:
            return []
        return await self._wait_out(name)

    def rest(self) -> _Held:
        """The failed rows at the end of the plan that were too few for an outage.

        Of a condition that was never answered in a new run, none is kept: the run stops instead.
        """
        for name, held in self._held.items():
            if held and self._fresh and name not in self._answered and not self.stopped:
                self.reason = f"no row was answered, a service is away ({_last(name, held)})"
        if self.stopped:
            return []
        return [each for name in self._held for each in self._released(name)]

    def _released(self, name: str) -> _Held:
        """The failed rows of a condition that is being answered: they were no outage."""
        if name in self._away:
            return []
        held = self._held.get(name, [])
        kept = list(held)
        held.clear()
        return kept

    async def _wait_out(self, name: str) -> _Held:
        """Ask one row until it is answered, or until the outage has lasted too long."""
        self._away.add(name)
        self._queue.pause(name)
        try:
            return await self._probe(name)
        finally:
            self._away.discard(name)
            self._queue.release(name)

    async def _probe(self, name: str) -> _Held:
        held = self._held[name]
        began, pause = self._clock(), _FIRST_PAUSE
        limit = self._limit or 0.0
        if name not in self._answered:
            limit = min(limit, _NEVER_ANSWERED_SECONDS)
        text = _last(name, held)
        logging.getLogger("crucible").warning("paused, a service is away (%s)", text)
        while not self.stopped and self._clock() - began + pause <= limit:
            await self._rest(held[0][0], pause)
            pause = min(pause * 2, _LAST_PAUSE)
            held.append(held.pop(0))  # one item may be refused for a reason of its own
            trial, (row, _) = held[0]
            self._on_attempt(row)
            finished = await self._make_row(trial, row.attempts + 1)
            if finished is None:
                return []  # a ceiling stops the run
            held[0] = (trial, finished)
            if finished[0].failure != "world":
                del held[0]
                self._answered.add(name)
                self._ask_again(name)
                return [(trial, finished)]
        self.reason = self.reason or (
            f"a service was away for {self._clock() - began:.0f} s ({text}); no row of the outage"
            " was kept, and resume asks them again"
        )
        for _, (row, _) in held:
            self._on_attempt(row)
        return []

    async def _rest(self, trial: Trial, seconds: float) -> None:
        """Wait without a slot."""
        self._queue.lend(trial)
        try:
            await asyncio.sleep(seconds)
        finally:
            self._queue.give_back(trial)

    def _ask_again(self, name: str) -> None:
        held = self._held[name]
        for trial, (row, _) in held:
            self._on_attempt(row)
            self._queue.again(trial, row.attempts + 1)
        held.clear()


def _last(name: str, held: _Held) -> str:
    row = held[-1][1][0]
    return f"condition {name!r}: {row.error_type}: {row.error}"
