"""The driver's side: rows go to workers, and come back whatever happens to these.

Each try of a row has a ticket. A row is taken once, from the worker that holds its ticket, so that
a worker that was given up cannot answer. The rows of a worker that ends are given to others.
"""

import asyncio
import contextvars
import itertools
import time
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, nullcontext
from typing import Any, Self

import msgspec

from .._core.errors import WorkerEndedError, WorkersError
from .._core.text import error_text
from .._engine.runner import FinishedRow
from .._outcome.row import Row, decode_row
from .._plan.plan import Trial
from .executor import Executor
from .messages import Finished
from .ticket import Ticket
from .worker_line import WorkerLine, ended

# A row whose workers ended so often is run in a worker of its own, and then so often again.
TRIES_AMONG_OTHERS = 2
TRIES_ALONE = 3
# The share of the limits of models that is kept for the worker that runs single rows.
_SHARE_ALONE = 0.05
# So many workers of a line in succession may end before they take a row.
_MAX_FAILED_STARTS = 5
_FIRST_PAUSE_SECONDS = 0.05
_MAX_PAUSE_SECONDS = 5.0
# Longer than a row may take to end when it is cancelled.
_GRACE_SECONDS = 5.0


class Dispatcher:
    """Runs rows in the workers of an executor; use it as an asynchronous context manager.

    Args:
        executor: Starts the workers; it must be entered.
        bundle: What each worker begins with.
        on_wait: Called with a row's trial and the seconds that a service asked to wait.
        on_trace: Takes the chain of a row that is kept, as JSON, and the row's trial.
        on_events: Takes the events of a row that is kept.
        on_warning: Called with texts for the user.
    """

    def __init__(
        self,
        executor: Executor,
        bundle: bytes,
        *,
        on_wait: Callable[[Trial, float], None],
        on_trace: Callable[[bytes, Trial], None],
        on_events: Callable[[bytes], object],
        on_warning: Callable[[str], None],
    ) -> None:
        self._executor = executor
        self._bundle = bundle
        self._on_wait = on_wait
        self._on_trace = on_trace
        self._on_events = on_events
        self._on_warning = on_warning
        self._numbers = itertools.count()
        self._changed = asyncio.Event()
        self._alone = asyncio.Lock()
        self._context = contextvars.copy_context()
        self._failure: BaseException | None = None
        share = (1 - _SHARE_ALONE) / executor.workers
        self._lines = [self._line(share) for _ in range(executor.workers)]
        self._line_alone: WorkerLine | None = None
        self._serving: set[asyncio.Task[None]] = set()
        self.lost_workers = 0

    async def __aenter__(self) -> Self:
        """Start the workers and wait for the first that takes rows.

        Raises:
            TransferError: The experiment cannot be run there.
            SetupError: Its ``setup`` raised there.
            WorkersError: No worker starts.
        """
        for line in self._lines:
            self._serve(line, alone=False)
        try:
            await self._open_line(self._lines)
        except BaseException:
            await self._stop()
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        await asyncio.gather(*(each.close(_GRACE_SECONDS) for each in self._all_lines()))
        await self._stop()

    async def row(self, trial: Trial, attempt: int = 1) -> FinishedRow:
        """The row of this trial and its calls, from whichever worker finishes it.

        Raises:
            WorkersError: No worker starts any more.
        """
        started_us, started = time.time_ns() // 1000, asyncio.get_running_loop().time()
        for number in range(TRIES_AMONG_OTHERS + TRIES_ALONE):
            found = await self._tried(trial, attempt, alone=number >= TRIES_AMONG_OTHERS)
            if found is not None:
                return self._accepted(trial, found)
        duration_ms = round((asyncio.get_running_loop().time() - started) * 1000, 3)
        return _lost_row(trial, attempt, started_us, duration_ms), ()

    async def _tried(self, trial: Trial, attempt: int, *, alone: bool) -> Finished | None:
        turn: AbstractAsyncContextManager[Any] = self._alone if alone else nullcontext()
        async with turn:
            line = await self._open_line([self._own_line()] if alone else self._lines)
            result: asyncio.Future[Finished | None] = asyncio.get_running_loop().create_future()
            ticket = Ticket(next(self._numbers), trial, attempt, result)
            line.begin(ticket)
            try:
                return await result
            except asyncio.CancelledError:
                await line.cancel(ticket, _GRACE_SECONDS)
                raise

    def _accepted(self, trial: Trial, found: Finished) -> FinishedRow:
        row = decode_row(found.row)
        expected = trial.index, trial.condition.name, trial.repeat
        if (row.index, row.condition, row.repeat) != expected:
            raise WorkersError(f"row {trial.index} came back as row {row.index}; nothing was kept")
        if found.wait_s:
            self._on_wait(trial, found.wait_s)
        if found.trace:
            self._on_trace(found.trace, trial)
        if found.events:
            self._on_events(found.events)
        return row, msgspec.json.decode(found.calls) if found.calls else ()

    async def _open_line(self, lines: list[WorkerLine]) -> WorkerLine:
        """The worker with the fewest rows; waits until one takes rows."""
        while True:
            if self._failure is not None:
                raise self._failure
            opened = [each for each in lines if each.is_open]
            if opened:
                return min(opened, key=lambda each: len(each.tickets))
            self._changed.clear()
            await self._changed.wait()

    def _own_line(self) -> WorkerLine:
        """The worker for single rows, which is started when the first needs it."""
        if self._line_alone is None:
            self._line_alone = self._line(_SHARE_ALONE)
            self._serve(self._line_alone, alone=True)
        return self._line_alone

    def _line(self, share: float) -> WorkerLine:
        return WorkerLine(share=share, on_warning=self._on_warning, on_open=self._changed.set)

    def _all_lines(self) -> list[WorkerLine]:
        return [*self._lines, *([self._line_alone] if self._line_alone else [])]

    def _serve(self, line: WorkerLine, *, alone: bool) -> None:
        # Not in the context of the row that happens to need the worker.
        task = asyncio.create_task(
            self._serve_line(line, alone=alone), name="workers", context=self._context.copy()
        )
        self._serving.add(task)
        task.add_done_callback(self._serving.discard)

    async def _serve_line(self, line: WorkerLine, *, alone: bool) -> None:
        """Start a worker, and another one when it ends."""
        failed_starts = 0
        try:
            while (error := await self._served(line, alone=alone)) is not None:
                self.lost_workers += 1
                failed_starts = 0 if line.was_open else failed_starts + 1
                self._report(error, failed_starts)
                if failed_starts:
                    pause = _FIRST_PAUSE_SECONDS * 2.0**failed_starts
                    await asyncio.sleep(min(pause, _MAX_PAUSE_SECONDS))
        except asyncio.CancelledError:
            raise
        except BaseException as error:  # noqa: BLE001  # raised again where rows wait
            self._failure = self._failure or error
            self._changed.set()

    async def _served(self, line: WorkerLine, *, alone: bool) -> WorkerEndedError | None:
        """Start a worker and serve it to its end; why it ended, None when it was closed."""
        line.was_open = False
        try:
            link = await self._executor.start(alone=alone)
            await line.serve(link, self._bundle)
        except (WorkerEndedError, OSError) as error:
            return ended(error)
        return None

    def _report(self, error: WorkerEndedError, failed_starts: int) -> None:
        """Say that a worker has ended.

        Raises:
            WorkersError: None of several in succession took rows.
        """
        name = self._executor.name
        if failed_starts >= _MAX_FAILED_STARTS:
            raise WorkersError(
                f"{failed_starts} workers of {name} in succession ended before they took a row,"
                f" the last one with: {error_text(error)}"
            )
        self._on_warning(
            f"a worker of {name} has ended ({error_text(error)}); its rows are run again by others"
        )

    async def _stop(self) -> None:
        serving = list(self._serving)
        for task in serving:
            task.cancel()
        await asyncio.gather(*serving, return_exceptions=True)


def _lost_row(trial: Trial, attempt: int, started_us: int, duration_ms: float) -> Row:
    """The row of a trial that ends every worker, also alone."""
    return Row(
        index=trial.index,
        item_id=trial.item.id,
        condition=trial.condition.name,
        repeat=trial.repeat,
        arm=trial.arm,
        block=trial.block,
        period=trial.period,
        attempts=attempt,
        error_type="WorkerEndedError",
        error=f"the worker ended each of the {TRIES_ALONE} times that it ran this row alone",
        failure="answer",
        started_us=started_us,
        duration_ms=duration_ms,
    )
