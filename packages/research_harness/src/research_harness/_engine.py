"""A bounded set of workers that pull rows from the plan until none is left."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field

from ._journal import JournalWriter
from ._plan import Trial
from ._row import Row

# A condition that never waits would keep the loop to itself; let the others in now and then.
_ROWS_PER_BREATH = 64


@dataclass(slots=True)
class Counters:
    """How far a run is; read by progress displays from any thread.

    Attributes:
        total: How many rows the plan has.
        done: How many are finished, those of an earlier session included.
        resumed: How many were finished by an earlier session.
        failed: How many of this session's rows failed.
        correct: How many of this session's rows are right.
        cost_usd: What this session's rows cost, as far as known.
        started: Real time at the start, in seconds of ``time.monotonic``.
    """

    total: int
    done: int = 0
    resumed: int = 0
    failed: int = 0
    correct: int = 0
    cost_usd: float = 0.0
    started: float = field(default_factory=time.monotonic)

    def add(self, row: Row) -> None:
        """Count a finished row."""
        self.done += 1
        self.failed += row.failed
        self.correct += row.correct
        self.cost_usd += row.cost_usd or 0.0


async def run_rows(
    trials: Iterator[Trial],
    make_row: Callable[[Trial], Awaitable[Row]],
    journal: JournalWriter,
    counters: Counters,
    *,
    concurrency: int,
    on_progress: Callable[[int, int], None] | None = None,
) -> None:
    """Run the trials, at most ``concurrency`` at a time, and journal each row as it is done.

    No task is made per row and nothing is kept of a finished one, so memory does not grow with the
    plan.

    Args:
        trials: The trials still to run.
        make_row: Runs one trial; it must not raise.
        journal: Takes the rows.
        counters: Is told of every row.
        concurrency: How many workers.
        on_progress: Called with rows done and rows in all after each row.

    Raises:
        JournalError: The journal could not be written; the run can be resumed.
    """

    async def work() -> None:
        for trial in trials:
            row = await make_row(trial)
            journal.append(row)
            counters.add(row)
            if on_progress is not None:
                on_progress(counters.done, counters.total)
            if counters.done % _ROWS_PER_BREATH == 0:
                await asyncio.sleep(0)

    workers = min(concurrency, counters.total - counters.done)
    try:
        async with asyncio.TaskGroup() as group:
            for _ in range(workers):
                group.create_task(work())
    except BaseExceptionGroup as problems:
        # One cause is enough for the user; the others are its echo in the other workers.
        raise problems.exceptions[0] from None
