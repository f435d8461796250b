"""A bounded number of workers that take rows from the plan until all are done."""

import asyncio
import contextvars
import logging
import os
from collections.abc import Callable, Coroutine

from .._engine.barrier import end_forked
from .._engine.counters import Counters
from .._engine.journal import JournalWriter
from .._engine.runner import FinishedRow
from .._outcome.row import Row
from .outage import MakeRow, Outages
from .queue import TrialQueue
from .retrying import Retrying, kept_rows

# A condition that never waits would keep the event loop to itself.
_ROWS_PER_YIELD = 64


async def run_rows(
    queue: TrialQueue,
    make_row: MakeRow,
    journal: JournalWriter,
    counters: Counters,
    *,
    concurrency: Callable[[], int],
    outages: Outages,
    retrying: Retrying,
    on_row: Callable[[Row], None] = lambda _: None,
    on_progress: Callable[[int, int], None] | None = None,
) -> None:
    """Run the trials, at most ``concurrency`` at a time, and journal each row as it is done.

    There is no task for each row and finished rows are not kept, so memory does not grow with the
    plan.

    Args:
        queue: The trials still to run.
        make_row: Runs one trial; it must not raise. It gives None for a row that is not kept.
        journal: Takes the rows.
        counters: Count every row.
        concurrency: Gives the number of workers, which may grow; ``TrialQueue`` keeps some of them
            waiting when it shrinks.
        outages: Decides which rows of a service that is away are asked again.
        retrying: Decides which other failed rows are asked again.
        on_row: Called with each row that is kept.
        on_progress: Called with rows done and rows in all after each row.

    Raises:
        JournalError: The journal could not be written; the run can be resumed.
    """
    report = _safely(on_progress)

    def keep(rows: list[FinishedRow]) -> None:
        for row, calls in rows:
            journal.append(row, calls)
            counters.add(row)
            on_row(row)
            report(counters.done, counters.total)

    async def work(top_up: Callable[[], None]) -> None:
        while (found := await queue.next()) is not None:
            top_up()
            try:
                finished = await make_row(*found)
                if finished is not None:
                    keep(kept_rows(retrying, await outages.sort(found[0], finished)))
            finally:
                queue.done()
            if counters.done % _ROWS_PER_YIELD == 0:
                await asyncio.sleep(0)

    def workers() -> int:
        return max(1, min(concurrency(), counters.total - counters.done))

    try:
        await _together(work, workers)
        keep(kept_rows(retrying, outages.rest()))
        while queue.waiting:  # the last rows of a condition are asked again too
            await _together(work, workers)
            keep(kept_rows(retrying, outages.rest()))
    except BaseExceptionGroup as problems:
        # All workers fail for the same cause; the first error is enough.
        raise problems.exceptions[0] from None


async def _together(
    work: Callable[[Callable[[], None]], Coroutine[None, None, None]], count: Callable[[], int]
) -> None:
    """Run workers until all have ended; each may call for as many as there are to be by now."""
    started = 0
    async with asyncio.TaskGroup() as group:

        def top_up() -> None:
            nonlocal started
            while started < count():
                started += 1
                group.create_task(work(top_up))

        top_up()


def _safely(on_progress: Callable[[int, int], None] | None) -> Callable[[int, int], None]:
    """The user's display of progress, which is switched off when it raises."""
    active = on_progress

    def report(done: int, total: int) -> None:
        nonlocal active
        if active is None:
            return
        own = os.getpid()
        try:
            # What it sets in its context, such as a recording that it starts, is not for the rows.
            contextvars.copy_context().run(active, done, total)
            end_forked(own)
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # a foreign function may raise anything
            end_forked(own, error)
            active = None
            logging.getLogger("crucible").exception("on_progress raised; it is not called again")

    return report
