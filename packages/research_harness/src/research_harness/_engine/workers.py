"""A bounded number of workers that take rows from the plan until all are done."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterator

from .._plan.plan import Trial
from .counters import Counters
from .journal import JournalWriter
from .runner import FinishedRow

# A condition that never waits would keep the event loop to itself.
_ROWS_PER_YIELD = 64


async def run_rows(
    trials: Iterator[Trial],
    make_row: Callable[[Trial], Awaitable[FinishedRow]],
    journal: JournalWriter,
    counters: Counters,
    *,
    concurrency: int,
    on_progress: Callable[[int, int], None] | None = None,
) -> None:
    """Run the trials, at most ``concurrency`` at a time, and journal each row as it is done.

    There is no task for each row and finished rows are not kept, so memory does not grow with the
    plan.

    Args:
        trials: The trials still to run.
        make_row: Runs one trial; it must not raise.
        journal: Takes the rows.
        counters: Count every row.
        concurrency: How many workers.
        on_progress: Called with rows done and rows in all after each row.

    Raises:
        JournalError: The journal could not be written; the run can be resumed.
    """
    report = _safely(on_progress)

    async def work() -> None:
        for trial in trials:
            row, calls = await make_row(trial)
            journal.append(row, calls)
            counters.add(row)
            report(counters.done, counters.total)
            if counters.done % _ROWS_PER_YIELD == 0:
                await asyncio.sleep(0)

    workers = min(concurrency, counters.total - counters.done)
    try:
        async with asyncio.TaskGroup() as group:
            for _ in range(workers):
                group.create_task(work())
    except BaseExceptionGroup as problems:
        # All workers fail for the same cause; the first error is enough.
        raise problems.exceptions[0] from None


def _safely(on_progress: Callable[[int, int], None] | None) -> Callable[[int, int], None]:
    """The user's display of progress, which is switched off when it raises."""
    active = on_progress

    def report(done: int, total: int) -> None:
        nonlocal active
        if active is None:
            return
        try:
            active(done, total)
        except KeyboardInterrupt:
            raise
        except BaseException:  # a foreign function may raise anything
            active = None
            logging.getLogger("crucible").exception("on_progress raised; it is not called again")

    return report
