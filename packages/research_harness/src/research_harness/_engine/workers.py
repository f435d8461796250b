"""A bounded number of workers that take rows from the plan until all are done."""

import asyncio
import logging
from collections.abc import Callable, Coroutine, Iterator

from .._plan.plan import Trial
from .counters import Counters
from .journal import JournalWriter
from .outage import MakeRow, Outages
from .runner import FinishedRow

# A condition that never waits would keep the event loop to itself.
_ROWS_PER_YIELD = 64


async def run_rows(
    trials: Iterator[Trial],
    make_row: MakeRow,
    journal: JournalWriter,
    counters: Counters,
    *,
    concurrency: int,
    outages: Outages,
    first_attempt: int = 1,
    stopped: Callable[[], bool] = lambda: False,
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
        outages: Decides which failed rows are asked again.
        first_attempt: The number of the first attempt.
        stopped: Whether no further row may be begun.
        on_progress: Called with rows done and rows in all after each row.

    Raises:
        JournalError: The journal could not be written; the run can be resumed.
    """
    report = _safely(on_progress)

    def keep(rows: list[FinishedRow]) -> None:
        for row, calls in rows:
            journal.append(row, calls)
            counters.add(row)
            report(counters.done, counters.total)

    def over() -> bool:
        return outages.stopped or stopped()

    async def work() -> None:
        while not over() and (found := _next_trial(trials, outages, first_attempt)) is not None:
            finished = await make_row(*found)
            if finished is None:
                continue
            keep(await outages.sort(found[0], finished))
            await outages.passed()
            if counters.done % _ROWS_PER_YIELD == 0:
                await asyncio.sleep(0)

    workers = max(1, min(concurrency, counters.total - counters.done))
    try:
        await _together(work, workers)
        while outages.waiting and not over():
            await _together(work, min(workers, outages.waiting))
    except BaseExceptionGroup as problems:
        # All workers fail for the same cause; the first error is enough.
        raise problems.exceptions[0] from None
    keep(outages.rest())


def _next_trial(
    trials: Iterator[Trial], outages: Outages, first_attempt: int
) -> tuple[Trial, int] | None:
    """The trial that is run next, with the number of its attempt."""
    again = outages.next_again()
    if again is not None:
        return again, first_attempt + 1
    trial = next(trials, None)
    return None if trial is None else (trial, first_attempt)


async def _together(work: Callable[[], Coroutine[None, None, None]], count: int) -> None:
    async with asyncio.TaskGroup() as group:
        for _ in range(count):
            group.create_task(work())


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
