"""A bounded number of workers that take rows from the plan until all are done."""

import asyncio
import contextvars
import logging
import os
from collections.abc import Callable, Coroutine, Sequence

from .._engine.barrier import end_forked
from .._engine.counters import Counters
from .._engine.journal import JournalWriter
from .._engine.runner import FinishedRow
from .._outcome.row import Row
from .._plan.plan import Trial
from .lending import current_trial
from .outage import MakeRow, Outages
from .queue import TrialQueue
from .retrying import Retrying, kept_rows

# Rows whose conditions never wait would keep the event loop to themselves.
_ROWS_PER_TURN = 64
_SECONDS_PER_TURN = 0.005


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
        concurrency: Gives the number of workers, which may grow when the queue is woken; it keeps
            some of them waiting when it shrinks.
        outages: Decides which rows of a service that is away are asked again.
        retrying: Decides which other failed rows are asked again.
        on_row: Called with each row that is kept.
        on_progress: Called with rows done and rows in all after each row.

    Raises:
        JournalError: The journal could not be written; the run can be resumed.
    """
    rows = _Rows(journal, counters, outages, retrying, on_row=on_row, on_progress=on_progress)
    turns = _Turns(counters)

    async def work() -> None:
        try:
            while (found := queue.now() or await queue.next()) is not None:
                current_trial.set(found[0])
                try:
                    finished = await make_row(*found)
                    if finished is not None and not rows.keep(found[0], finished):
                        await rows.settle(found[0], finished)
                finally:
                    queue.done()
                if turns.due():
                    await asyncio.sleep(0)
        finally:
            queue.on_room(None)  # the others end too

    def workers() -> int:
        return max(1, min(concurrency(), counters.total - counters.done))

    try:
        await _together(work, workers, queue.on_room)
        rows.keep_rest()
        while queue.waiting:  # the last rows of a condition are asked again too
            await _together(work, workers, queue.on_room)
            rows.keep_rest()
    except BaseExceptionGroup as problems:
        # All workers fail for the same cause; the first error is enough.
        raise problems.exceptions[0] from None


class _Turns:
    """Whether the event loop is to have a turn: rows that wait for nothing give it none.

    Args:
        counters: Those of the rows.
    """

    def __init__(self, counters: Counters) -> None:
        self._counters = counters
        self._loop = asyncio.get_running_loop()
        self._is_due = False
        self._rows, self._time = counters.done, self._loop.time()

    def due(self) -> bool:
        """Whether it is to have one now; all workers give way until it has had it.

        The time is that of the loop, so that simulated runs agree.
        """
        if self._is_due:
            return True
        if (
            self._counters.done - self._rows < _ROWS_PER_TURN
            and self._loop.time() - self._time < _SECONDS_PER_TURN
        ):
            return False
        self._is_due = True
        self._loop.call_soon(self._had)
        return True

    def _had(self) -> None:
        self._is_due = False
        self._rows, self._time = self._counters.done, self._loop.time()


class _Rows:
    """What becomes of finished rows.

    Args:
        journal: Takes those that are kept.
        counters: Count them.
        outages: Decides which rows of a service that is away are asked again.
        retrying: Decides which other failed rows are asked again.
        on_row: Called with each row that is kept.
        on_progress: Called with rows done and rows in all after each.
    """

    def __init__(
        self,
        journal: JournalWriter,
        counters: Counters,
        outages: Outages,
        retrying: Retrying,
        *,
        on_row: Callable[[Row], None],
        on_progress: Callable[[int, int], None] | None,
    ) -> None:
        self._journal = journal
        self._counters = counters
        self._outages = outages
        self._retrying = retrying
        self._on_row = on_row
        self._report = None if on_progress is None else _safely(on_progress)

    def keep(self, trial: Trial, finished: FinishedRow) -> bool:
        """Keep a row or have it asked again; false where ``settle`` must decide."""
        if not self._outages.keeps(trial, finished[0]):
            return False
        if self._retrying.keeps(trial, finished):
            self._keep(finished)
        return True

    async def settle(self, trial: Trial, finished: FinishedRow) -> None:
        """Decide about a row of a service that may be away, and about those held with it."""
        self._keep_all(await self._outages.sort(trial, finished))

    def keep_rest(self) -> None:
        """Keep the failed rows at the end of the plan that were no outage."""
        self._keep_all(self._outages.rest())

    def _keep_all(self, settled: Sequence[tuple[Trial, FinishedRow]]) -> None:
        for finished in kept_rows(self._retrying, settled):
            self._keep(finished)

    def _keep(self, finished: FinishedRow) -> None:
        row, calls = finished
        self._journal.append(row, calls)
        self._counters.add(row)
        self._on_row(row)
        if self._report is not None:
            self._report(self._counters.done, self._counters.total)


async def _together(
    work: Callable[[], Coroutine[None, None, None]],
    count: Callable[[], int],
    on_room: Callable[[Callable[[], None]], None],
) -> None:
    """Run workers until all have ended; ``on_room`` takes what begins those that are missing."""
    started = 0
    async with asyncio.TaskGroup() as group:

        def top_up() -> None:
            nonlocal started
            while started < count():
                started += 1
                group.create_task(work())

        on_room(top_up)
        top_up()


def _safely(on_progress: Callable[[int, int], None]) -> Callable[[int, int], None]:
    """The user's display of progress, which is switched off when it raises."""
    active: Callable[[int, int], None] | None = on_progress

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
