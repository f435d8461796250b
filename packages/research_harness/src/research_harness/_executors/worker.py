"""The worker's side: it runs the rows that the driver sends, and writes no file."""

import asyncio
import concurrent.futures
import contextlib
import functools
import itertools
import json
import math
import pickle
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import msgspec

from .._core.errors import CeilingReachedError
from .._core.text import error_text, type_name
from .._definition.condition import AnyCondition
from .._engine.runner import FinishedRow, RowRunner
from .._limits.admission import Book, admitting
from .._limits.calls import Spent, Worst
from .._outcome.row import encode_row
from .._plan.plan import Trial
from .._scheduling.retrying import AskedWaits
from .here import rows_here
from .messages import (
    Begin,
    Cancel,
    Cancelled,
    Close,
    Closed,
    Finished,
    Granted,
    Opened,
    Opening,
    Reserve,
    Settle,
    ToDriver,
    Warned,
    for_worker,
    packed,
)
from .outbox import Outbox
from .travelling import Arrived, unpacked

_encode_calls = msgspec.json.Encoder(enc_hook=repr).encode


class WorkerSession:
    """Runs rows in one worker, in the event loop that it is made in.

    What carries it gives it the driver's data with ``take`` and sends the driver what ``give``
    gives. It holds nothing that a restart must know: the driver sends the experiment again.
    """

    def __init__(self) -> None:
        self._replies = Outbox[ToDriver]()
        self._opening: list[bytes] = []
        self._rows: _Rows | None = None
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self._keepers: dict[int, _DriversKeeper] = {}
        self._kept: set[asyncio.Task[None]] = set()

    def take(self, data: bytes) -> None:
        """Take what the driver sent."""
        for message in for_worker(data):
            match message:
                case Opening():
                    self._opening.append(message.part)
                    if message.last:
                        self._keep(self._open(b"".join(self._opening), message.share))
                        self._opening.clear()
                case Begin():
                    self._begin(message)
                case Cancel():
                    self._cancel(message.ticket)
                case Granted():
                    keeper = self._keepers.get(message.ticket)
                    if keeper is not None:
                        keeper.answer(message)
                case Close():
                    self._keep(self._close())

    async def give(self) -> bytes:
        """Wait for what the driver is to get next."""
        return packed(await self._replies.take())

    async def abandon(self) -> None:
        """Cancel all that is under way, for a driver that is gone."""
        await self._close()

    def _keep(self, work: Any) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._kept.add(task)
        task.add_done_callback(self._kept.discard)

    async def _open(self, bundle: bytes, share: float) -> None:
        """Make the rows ready; whatever the user's code raises is sent to the driver."""
        in_setup = False
        try:
            arrived = unpacked(bundle)
            rows = _Rows(arrived, share, self._replies.put)
            problem = rows.problem()
            if problem:
                self._replies.put(Opened(problem=problem))
                return
            in_setup = True
            await arrived.experiment.setup()
            in_setup = False
            rows.open()
        except (KeyboardInterrupt, asyncio.CancelledError):
            raise
        except BaseException as error:  # noqa: BLE001  # the user's modules and classes raise anything
            found = f"{type_name(error)}: {error_text(error)}"
            self._replies.put(Opened(problem=found, in_setup=type_name(error) if in_setup else ""))
            return
        self._rows = rows
        self._replies.put(Opened())

    def _begin(self, message: Begin) -> None:
        if self._rows is None:  # a worker that was restarted and does not know the experiment
            self._replies.put(Opened(problem="it was given a row before the experiment"))
            return
        name = f"ticket {message.ticket}"
        task = asyncio.get_running_loop().create_task(self._run(self._rows, message), name=name)
        self._tasks[message.ticket] = task
        task.add_done_callback(functools.partial(self._ended, message.ticket))

    async def _run(self, rows: "_Rows", message: Begin) -> None:
        keeper = _DriversKeeper(message.ticket, self._replies.put) if message.limited else None
        if keeper is not None:
            self._keepers[message.ticket] = keeper
        self._replies.put(await rows.finished(message, keeper))

    def _ended(self, ticket: int, task: asyncio.Task[None]) -> None:
        """Answer for a row that has none; it may have been cancelled before it began."""
        self._tasks.pop(ticket, None)
        self._keepers.pop(ticket, None)
        if task.cancelled():
            self._replies.put(Cancelled(ticket))
        elif (error := task.exception()) is not None:  # such as an item that cannot be unpickled
            found = f"{type_name(error)}: {error_text(error)}"
            self._replies.put(Opened(problem=f"a row could not be run: {found}"))

    def _cancel(self, ticket: int) -> None:
        task = self._tasks.get(ticket)
        if task is None:
            self._replies.put(Cancelled(ticket))  # its row is on the way, or it never began
        else:
            task.cancel()

    async def _close(self) -> None:
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)
        rows, self._rows = self._rows, None
        if rows is not None:
            await rows.close()
        self._replies.put(Closed())


class _Rows:
    """The rows of one experiment."""

    def __init__(self, arrived: Arrived, share: float, post: Callable[[ToDriver], None]) -> None:
        self._experiment = arrived.experiment
        self._scorer = arrived.scorer
        self._run_id = arrived.run_id
        self._share = share
        self._post = post
        self._conditions: dict[str, AnyCondition] = {}
        self._opened = ExitStack()
        self._runner: RowRunner | None = None
        self._waits = AskedWaits()
        self._traces: dict[int, bytes] = {}

    def problem(self) -> str:
        """Why no row can be run here; empty when rows can be run."""
        import dataset_manager

        known = dataset_manager.scorer_names()
        needed = (self._scorer, *self._experiment.scorers)
        missing = next((each for each in needed if each not in known), None)
        if missing is None:
            return ""
        return (
            f"the scorer {missing!r} is not registered in the worker: register it in the"
            " experiment's file or in setup(), not in a script or notebook"
        )

    def open(self) -> None:
        """Begin to take rows, after ``setup``."""
        conditions = tuple(self._experiment.all_conditions())
        self._conditions = {each.name: each for each in conditions}
        self._runner = self._opened.enter_context(
            rows_here(
                self._experiment,
                conditions,
                scorer=self._scorer,
                run_id=self._run_id,
                on_trace=self._keep_trace,
                on_error=self._waits.note,
                on_warning=lambda text: self._post(Warned(text)),
            )
        )

    async def finished(self, message: Begin, keeper: "_DriversKeeper | None") -> Finished:
        """Run one row."""
        import ensemble
        import telemetry_research

        assert self._runner is not None  # noqa: S101  # opened before any row
        trial = Trial(
            index=message.index,
            condition=self._conditions[message.condition],
            item=pickle.loads(message.item),  # noqa: S301  # the driver is trusted, as is its code
            repeat=message.repeat,
            seed=message.seed,
            arm=message.arm,
            block=message.block,
            period=message.period,
        )
        with (
            telemetry_research.held_events() as held,
            ensemble.sharing_limits(self._share),
            _limited(keeper),
        ):
            row, calls = await self._runner.row(trial, message.attempt)
        return Finished(
            ticket=message.ticket,
            row=encode_row(row),
            calls=_calls_text((row, calls)),
            trace=self._traces.pop(message.index, b""),
            wait_s=self._waits.take(trial),
            events=held.to_bytes(),
        )

    async def close(self) -> None:
        """Tear down; what that raises costs no row."""
        self._opened.close()
        try:
            await self._experiment.teardown()
        except (KeyboardInterrupt, asyncio.CancelledError):
            raise
        except BaseException as error:  # noqa: BLE001  # a foreign function may raise anything
            self._post(Warned(f"teardown raised {type_name(error)}: {error_text(error)}"))

    def _keep_trace(self, trace: Any, trial: Trial) -> None:
        try:
            self._traces[trial.index] = json.dumps(trace.to_dict()).encode()
        except (KeyboardInterrupt, asyncio.CancelledError):
            raise
        except BaseException as error:  # noqa: BLE001  # a foreign trace may raise anything
            text = f"a trace was not stored: {type_name(error)}: {error_text(error)}"
            self._post(Warned(text))


def _calls_text(finished: FinishedRow) -> bytes:
    return _encode_calls([dict(each) for each in finished[1]]) if finished[1] else b""


@contextmanager
def _limited(keeper: "_DriversKeeper | None") -> Iterator[None]:
    if keeper is None:
        yield
        return
    import ensemble

    with ensemble.admitting_calls(admitting(keeper)):
        yield


class _DriversKeeper:
    """Asks the driver, from any thread, for leave for each call of a row."""

    def __init__(self, ticket: int, post: Callable[[ToDriver], None]) -> None:
        self._ticket = ticket
        self._post = post
        self._numbers = itertools.count()
        self._asked: dict[int, concurrent.futures.Future[str | None]] = {}

    async def reserve(self, model: str, names: frozenset[str], worst: Worst) -> Book:
        call = next(self._numbers)
        answer: concurrent.futures.Future[str | None] = concurrent.futures.Future()
        self._asked[call] = answer
        most = (worst.usd, worst.tokens, worst.calls, worst.request_usd, worst.request_tokens)
        self._post(Reserve(self._ticket, call, model, sorted(names), most))
        granted = False
        try:
            reason = await asyncio.wrap_future(answer)
            granted = reason is None
        finally:
            self._asked.pop(call, None)
            if not granted:  # nothing was sent
                self._settle(call, Spent(0.0, 0.0, 0), answered=False)
        if reason is not None:
            raise CeilingReachedError(reason)

        def book(spent: Spent, answered: bool) -> None:
            self._settle(call, spent, answered=answered)

        return book

    def answer(self, granted: Granted) -> None:
        """Give a call the driver's answer."""
        waiting = self._asked.get(granted.call)
        if waiting is not None:
            with contextlib.suppress(concurrent.futures.InvalidStateError):  # it was cancelled
                waiting.set_result(granted.reason)

    def _settle(self, call: int, spent: Spent, *, answered: bool) -> None:
        found = (_number(spent.usd), _number(spent.tokens), spent.calls, spent.nominal_usd)
        self._post(Settle(self._ticket, call, found, answered))


def _number(value: float | None) -> float | None:
    return None if value is None or not math.isfinite(value) else float(value)
