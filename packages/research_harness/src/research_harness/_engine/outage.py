"""Outages of the world outside: the run pauses, asks again, and stops when it lasts too long.

Rows that fail because a service is away say nothing about the conditions. When several in
succession fail so, no new rows are begun. One of them is asked again and again, with growing
pauses. When it is answered, the others are asked again too.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable

from .._plan.plan import Trial
from .runner import FinishedRow

_FIRST_PAUSE, _LAST_PAUSE = 0.25, 30.0
_LEAST_ROWS = 3
_MOST_ROWS = 20
# A service that never answered is more likely a wrong address than an outage.
_NEVER_ANSWERED_SECONDS = 10.0

# Gives None for a row that a ceiling did not let begin or end.
MakeRow = Callable[[Trial, int], Awaitable[FinishedRow | None]]


class Outages:
    """Decides which finished rows are kept, and which are asked again.

    Args:
        make_row: Runs one trial as its n-th attempt.
        clock: Gives seconds.
        concurrency: How many rows run at the same time.
        limit_ms: The longest outage that is waited for; None keeps failed rows at once.
        fresh: Whether no row was finished before.
    """

    def __init__(
        self,
        make_row: MakeRow,
        *,
        clock: Callable[[], float],
        concurrency: int,
        limit_ms: float | None,
        fresh: bool,
    ) -> None:
        self._make_row = make_row
        self._clock = clock
        self._limit = None if limit_ms is None else limit_ms / 1000
        self._fresh = fresh
        self._threshold = max(_LEAST_ROWS, min(concurrency, _MOST_ROWS))
        self._held: dict[str, list[tuple[Trial, FinishedRow]]] = {}
        self._again: deque[Trial] = deque()
        self._answered: set[str] = set()
        self._over = asyncio.Event()
        self._over.set()
        self.reason = ""

    @property
    def stopped(self) -> bool:
        """Whether an outage lasted so long that the run stops."""
        return bool(self.reason)

    @property
    def waiting(self) -> int:
        """How many trials are to be asked again."""
        return len(self._again)

    async def passed(self) -> None:
        """Wait while an outage lasts."""
        await self._over.wait()

    def next_again(self) -> Trial | None:
        """A trial that is to be asked again; None when no trial is due now."""
        return self._again.popleft() if self._again else None

    async def sort(self, trial: Trial, finished: FinishedRow) -> list[FinishedRow]:
        """Decide about a finished row.

        Args:
            trial: What was run.
            finished: The row and its calls.

        Returns:
            The rows that are to be kept now.
        """
        name = trial.condition.name
        if self._limit is None:
            return [finished]
        if finished[0].failure != "world":
            self._answered.add(name)
            return [*self._released(name), finished]
        held = self._held.setdefault(name, [])
        held.append((trial, finished))
        if len(held) < self._threshold or not self._over.is_set():
            return []
        return await self._wait_out(name)

    def rest(self) -> list[FinishedRow]:
        """The failed rows at the end of the plan that were too few for an outage.

        Of a condition that was never answered in a new run, none is kept: the run stops instead.
        """
        for name, held in self._held.items():
            if held and self._fresh and name not in self._answered and not self.stopped:
                self.reason = f"no row was answered, a service is away ({_last(name, held)})"
        if self.stopped:
            return []
        return [each for name in self._held for each in self._released(name)]

    def _released(self, name: str) -> list[FinishedRow]:
        """The failed rows of a condition that is being answered: they were no outage."""
        if not self._over.is_set():
            return []
        held = self._held.get(name, [])
        kept = [finished for _, finished in held]
        held.clear()
        return kept

    async def _wait_out(self, name: str) -> list[FinishedRow]:
        """Ask one row until it is answered, or until the outage has lasted too long."""
        self._over.clear()
        try:
            return await self._probe(name)
        finally:
            self._over.set()

    async def _probe(self, name: str) -> list[FinishedRow]:
        held = self._held[name]
        began, pause = self._clock(), _FIRST_PAUSE
        limit = self._limit or 0.0
        if name not in self._answered:
            limit = min(limit, _NEVER_ANSWERED_SECONDS)
        text = _last(name, held)
        logging.getLogger("crucible").warning("paused, a service is away (%s)", text)
        attempt = 1
        while self._clock() - began + pause <= limit:
            await asyncio.sleep(pause)
            pause = min(pause * 2, _LAST_PAUSE)
            attempt += 1
            held.append(held.pop(0))  # one item may be refused for a reason of its own
            trial = held[0][0]
            finished = await self._make_row(trial, attempt)
            if finished is None:
                return []  # a ceiling stops the run
            if finished[0].failure != "world":
                del held[0]
                self._answered.add(name)
                self._ask_again()
                return [finished]
        self.reason = (
            f"a service was away for {self._clock() - began:.0f} s ({text}); no row of the outage"
            " was kept, and resume asks them again"
        )
        return []

    def _ask_again(self) -> None:
        for held in self._held.values():
            self._again.extend(trial for trial, _ in held)
            held.clear()


def _last(name: str, held: list[tuple[Trial, FinishedRow]]) -> str:
    row = held[-1][1][0]
    return f"condition {name!r}: {row.error_type}: {row.error}"
