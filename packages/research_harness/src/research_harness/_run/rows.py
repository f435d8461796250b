"""The rows of one session: which are begun, asked again, given up, and kept."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from contextlib import AbstractAsyncContextManager, closing, contextmanager, nullcontext
from functools import partial
from typing import Any, TypeAlias

from .._artifacts.folder import RunFolder
from .._batches.mode import Lanes
from .._control.run_control import RunControl
from .._engine.counters import Counters
from .._engine.journal import Journal, JournalWriter
from .._engine.runner import FinishedRow
from .._limits.limited import MakeRow
from .._limits.opening import Limits, limiting
from .._outcome.row import Row, is_planned
from .._plan.plan import Trial
from .._plan.preparation import PreparedExperiment
from .._replay.recorded import RecordedRun
from .._replay.rows import ReplayedRows
from .._scheduling.attempts import AttemptLog, read_attempts
from .._scheduling.dead import write_dead_letters
from .._scheduling.lending import LentSlots
from .._scheduling.outage import MakeRow as MayMakeRow
from .._scheduling.outage import Outages
from .._scheduling.phases import phases_in_turn
from .._scheduling.queue import TrialQueue
from .._scheduling.retrying import AskedWaits, Retrying
from .._scheduling.workers import run_rows
from .._stopping.watching import ClearAnswer

OnProgress: TypeAlias = Callable[[int, int], None]
Request: TypeAlias = Callable[[Callable[[], Awaitable[Any]]], Awaitable[Any]]
BesideRows: TypeAlias = Callable[[Request], AbstractAsyncContextManager[OnProgress | None]]


async def run_all(
    prepared: PreparedExperiment,
    folder: RunFolder,
    make_row: MakeRow,
    journal: JournalWriter,
    counters: Counters,
    *,
    done: bytearray,
    tried: Mapping[int, int],
    waits: AskedWaits,
    beside_rows: BesideRows,
    recorded: RecordedRun | None,
    control: RunControl,
    on_warning: Callable[[str], None],
) -> None:
    """Run the rows that are not done, under the ceilings of the experiment.

    Args:
        prepared: The experiment.
        folder: The run.
        make_row: Runs one trial as its n-th attempt.
        journal: Takes the rows that are kept.
        counters: Count them, and take why the run stopped.
        done: One byte per row of the plan: 1 for one that an earlier session finished.
        tried: The attempts that other rows have had in earlier sessions, by their numbers.
        waits: How long services asked to wait.
        beside_rows: What is asked before, beside and after the rows, by a function that keeps its
            requests under the ceilings; gives what is called with rows done and rows in all.
        recorded: The run whose answers are given again; None asks the models.
        control: What watchers of the run ask for.
        on_warning: Called with texts for the user.

    Raises:
        JournalError: The journal could not be written.
    """
    clock = asyncio.get_running_loop().time
    counters.ceiling_usd = prepared.experiment.ceilings.max_cost_usd
    with closing(AttemptLog(folder.attempts)) as attempts:
        async with (
            _limits(
                prepared,
                folder,
                make_row,
                counters,
                control,
                recorded=recorded,
                on_warning=on_warning,
            ) as limits,
            beside_rows(limits.request) as on_progress,
        ):
            clear = _Clear(prepared, Journal(folder.journal))
            stopped = ""
            async for part in phases_in_turn(prepared.plan, done, clock=clock):
                session = _Session(
                    prepared,
                    limits,
                    limits.open_trials(prepared.plan.pending(done, part)),
                    attempts=attempts,
                    tried=tried,
                    waits=waits,
                    clear=clear,
                    control=control,
                    fresh=not counters.resumed,
                )
                control.on_change(session.queue.wake)
                with session.lending():
                    await run_rows(
                        session.queue,
                        session.row,
                        journal,
                        counters,
                        concurrency=session.workers,
                        outages=session.outages,
                        retrying=session.retrying,
                        on_row=clear.add,
                        on_progress=on_progress,
                    )
                reasons = (
                    stopped,
                    control.reason,
                    session.outages.reason,
                    limits.reason,
                    session.queue.reason,
                )
                stopped = next(filter(None, reasons), "")
                if session.stopped:
                    break
            counters.stopped = stopped
    if counters.failed or folder.dead.exists():
        journal.flush()
        write_dead_letters(
            folder.dead, prepared.plan, Journal(folder.journal), read_attempts(folder.attempts)
        )


def _limits(
    prepared: PreparedExperiment,
    folder: RunFolder,
    make_row: MakeRow,
    counters: Counters,
    control: RunControl,
    *,
    recorded: RecordedRun | None,
    on_warning: Callable[[str], None],
) -> AbstractAsyncContextManager[Limits]:
    """What decides which rows are begun: the ceilings, or in a replay what is recorded."""
    if recorded is not None:
        replayed: Limits = ReplayedRows(make_row, recorded)
        return nullcontext(replayed)
    return limiting(
        prepared.experiment.ceilings,
        make_row,
        log=folder.spending,
        summary=folder.file("spending.json"),
        rows_before=Journal(folder.journal),
        clock=asyncio.get_running_loop().time,
        on_warning=on_warning,
        done=lambda: counters.done + control.pauses,
    )


class _Clear:
    """Whether the answer of the run is clear, so that no further row is begun."""

    def __init__(self, prepared: PreparedExperiment, before: Iterable[Row]) -> None:
        self.stopped = False
        has_rule = prepared.experiment.stop_when is not None
        self._answer = ClearAnswer(prepared) if has_rule else None
        if self._answer is not None:
            for row in before:
                if is_planned(row, prepared.plan):
                    self._answer.add(row)
            self._look()

    def add(self, row: Row) -> None:
        """Take a row, and look when a look is due."""
        if self._answer is not None and not self.stopped and self._answer.add(row):
            self._look()

    def _look(self) -> None:
        found = None if self._answer is None else self._answer.result()
        self.stopped = found is not None and found.stopped


class _Session:
    """What decides about the rows of a session, each joined to the others."""

    def __init__(
        self,
        prepared: PreparedExperiment,
        limits: Limits,
        trials: Iterator[Trial],
        *,
        attempts: AttemptLog,
        tried: Mapping[int, int],
        waits: AskedWaits,
        clear: "_Clear",
        control: RunControl,
        fresh: bool,
    ) -> None:
        clock = asyncio.get_running_loop().time
        experiment = prepared.experiment

        def in_outage(row: Row) -> None:
            attempts.add(row, why="outage")

        self.queue = TrialQueue(
            trials,
            tried=tried,
            clock=clock,
            stopped=lambda: self.stopped,
            may_begin=self._may_begin,
        )
        self._clear, self._limits, self._control = clear, limits, control
        self._batches = experiment.batches
        self._lanes = Lanes(experiment.batches, experiment.concurrency)
        self.row: MayMakeRow = limits.row if self._lanes.open else self._row_in_lane
        self.outages = Outages(
            limits.row,
            queue=self.queue,
            clock=clock,
            concurrency=experiment.concurrency,
            # A job that expires is not an outage that some minutes end.
            limit_ms=None if experiment.batches else experiment.outage_ms,
            fresh=fresh,
            on_attempt=in_outage,
        )
        self.retrying = Retrying(
            experiment.retries,
            queue=self.queue,
            attempts=attempts,
            tried=tried,
            waits=waits,
            clock=clock,
            seed=experiment.seed,
        )

    def workers(self) -> int:
        """How many rows may be under way, those that wait among them."""
        return self._control.concurrency + self._lanes.waiting_rows + self.queue.lent

    @contextmanager
    def lending(self) -> Iterator[None]:
        """Let rows that wait for their services lend their slots, inside the block."""
        import ensemble

        lent = LentSlots(
            self.queue,
            lends=lambda condition: self._batches is None or not self._batches.includes(condition),
            on_change=self._control.lend_threads,
        )
        with ensemble.observing_waits(lent.on_wait), closing(lent):
            yield

    def _may_begin(self, under_way: int) -> bool:
        return self._control.may_begin(max(0, under_way - self._lanes.waiting_rows))

    async def _row_in_lane(self, trial: Trial, attempt: int) -> FinishedRow | None:
        """The row of a trial; None when it may not begin or end."""
        make = partial(self._limits.row, trial, attempt)
        return await self._lanes.run(trial.condition.name, make)

    @property
    def stopped(self) -> bool:
        """Whether no further row of the run is begun."""
        asked = self._control.stopped
        return asked or self._clear.stopped or self._limits.stopped or self.outages.stopped
