"""The race between a primary and its backups, on bare asyncio: one task for each attempt."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from functools import partial
from inspect import isawaitable
from typing import Any, TypeVar

from .._core.errors import NotAcceptedError
from .._core.plain import is_number
from .attempt_number import set_attempt_number
from .callbacks import RaceCallbacks
from .disposal import dispose_of
from .first_token import StreamCall
from .lingering import keep_until_done, runs_here
from .own_calls import OwnCall
from .state import RaceState, RunningAttempt

Value = TypeVar("Value")
# A caller may be cancelled again while it waits for its losers: they still get this many turns.
_MAX_INTERRUPTIONS = 16
# The least time after which a primary that waits for a connection is looked at again.
_LOOK_AGAIN_MS = 10.0
# A second attempt would make the same mistake.
MISTAKES = (TypeError, NameError, AttributeError, ImportError, SyntaxError, NotImplementedError)
# Errors that end a task as such; others stay in the table of attempts.
ENDS_TASK = (asyncio.CancelledError, KeyboardInterrupt, SystemExit)


def _require_awaitable(given: object) -> None:
    if not isawaitable(given):
        raise TypeError(
            f"the call gave a {type(given).__name__}, which cannot be awaited: give an async"
            " function, in_thread(function), or until='first_token' for a stream"
        )


@dataclass(slots=True, kw_only=True, eq=False, repr=False)
class Race(RaceState[Value]):
    """Runs attempts until one gives an acceptable result.

    Attributes:
        callbacks: Called before each further attempt, and when something happens.
        accept: Whether a result will do.
        retryable: Whether an attempt that failed with this error may be followed by another;
            without it every error but a mistake in the program is.
        cost: The cost of a result in dollars, of a stream when it has ended; None when unknown.
        grace_ms: The longest that a cancelled loser is waited for.
        cancel_losers: Whether losers are cancelled; else they run on and their result is dropped.
        dispose: Takes each result that the caller does not get, however late it comes.
    """

    callbacks: RaceCallbacks
    accept: Callable[[Value], bool] | None
    retryable: Callable[[BaseException], bool] | None
    cost: Callable[[Value], float | None] | None
    grace_ms: float
    cancel_losers: bool
    dispose: Callable[[Value], object] | None = None
    _crossed: bool = False
    _live: dict[int, asyncio.Task[None]] = field(default_factory=dict)
    _began: float = 0.0
    _loop: asyncio.AbstractEventLoop = field(init=False)
    _decided: asyncio.Future[None] = field(init=False)
    _timer: asyncio.TimerHandle | None = None
    _deadline: asyncio.TimerHandle | None = None

    async def run(self) -> None:
        """Run the race to its end; no loser that obeys its cancellation outlives this."""
        self._loop = loop = asyncio.get_running_loop()
        self._decided = loop.create_future()
        self._began = self.clock()
        if self.timeout_ms is not None:
            self._deadline = loop.call_later(self.timeout_ms / 1000, self._expire)
        interrupted = True
        try:
            self._start(0.0)
            if self.delays_ms and self._timer is None and not self._decided.done():
                self._timer = loop.call_later(self.delays_ms[0] / 1000, self._due)
            await self._decided
            interrupted = False
        except BaseException:
            self._drop_result()
            raise
        finally:
            for timer in (self._timer, self._deadline):
                if timer is not None:
                    timer.cancel()
            if self._live:
                await self._release(cancel=interrupted or self.timed_out or self.cancel_losers)

    def _start(self, now_ms: float) -> None:
        """Start the next attempt."""
        index = len(self.started)
        self.started.append(RunningAttempt(now_ms))
        task = self._loop.create_task(self._attempt(index))
        if self.started[index].end_ms is None:  # an eager task may have ended already
            self._live[index] = task

    async def _attempt(self, index: int) -> None:
        # The result is handled in the task of the attempt: a callback of the task would cost every
        # request one more turn of the event loop.
        set_attempt_number(index)
        self.started[index].began = True
        try:
            call: Any = self.calls[index]
            given = self._open(index, call) if isinstance(call, StreamCall) else call()
            if not hasattr(given, "__await__"):
                _require_awaitable(given)
            value = await given
        except GeneratorExit as error:
            if not runs_here(self._live.get(index)):  # the loop is gone, and the race with it
                raise
            self._ended(index, error)
        except BaseException as error:
            self._ended(index, error)
            if isinstance(error, ENDS_TASK):
                raise
        else:
            self._ended(index, None, value)

    def _open(self, index: int, call: Any) -> Awaitable[Any]:
        attempt = self.started[index]
        attempt.is_stream = attempt.open = True
        opening: Awaitable[Any] = call.open_for(
            partial(self._stream_ended, index), keep=self.cost is not None
        )
        return opening

    def _stream_ended(self, index: int, stream: Any) -> None:
        """Note what a stream has cost, now that no further chunk comes."""
        attempt = self.started[index]
        attempt.open, attempt.arrived, attempt.began = False, stream.arrived, stream.was_opened
        attempt.was_cut = stream.was_cut and index != self.winner
        if stream.arrived or stream.complete:
            cost = self._stream_price(stream)
            if attempt.was_cut:
                attempt.streamed_usd = cost
            else:
                attempt.cost_usd = cost
        self.callbacks.stream_ended(self, index)

    def price(self, value: Any) -> float | None:
        """The cost of a result; what is not an amount in dollars counts as unknown.

        NaN and an infinite or negative amount would take a limit in dollars out of force.

        Args:
            value: The result, or a stream that has ended.
        """
        found = None if self.cost is None else self.cost(value)
        if found is None or is_number(found):
            return found
        logging.getLogger("crucible").error("a cost of %r dollars counts as unknown", found)
        return None

    def _stream_price(self, stream: Any) -> float | None:
        # The reader has its chunks already, so an error of this function costs it none of them.
        try:
            return self.price(stream)
        except Exception:
            logging.getLogger("crucible").exception("the cost of a stream is not known")
            return None

    def _arm(self) -> None:
        """Set the timer of the next backup."""
        if self._timer is not None:
            self._timer.cancel()
        following = len(self.started) - 1
        if following < len(self.delays_ms):
            self._timer = self._loop.call_later(self.delays_ms[following] / 1000, self._due)

    def _due(self) -> None:
        if self._decided.done():
            return
        if len(self.started) == 1 and not self._crossed:
            self._crossed = True
            self.callbacks.late(self)
        if self._may_start(after_failure=False):
            self._start(self._now_ms())
            self._arm()
        elif isinstance(primary := self.calls[0], OwnCall) and primary.is_waiting():
            look_again_ms = max(self.delays_ms[0], _LOOK_AGAIN_MS)
            self._timer = self._loop.call_later(look_again_ms / 1000, self._due)

    def _may_start(self, *, after_failure: bool) -> bool:
        if len(self.started) >= len(self.calls):
            return False
        reason = self.callbacks.refusal(self, after_failure=after_failure)
        self.reason = self.reason or reason
        return not reason

    def _ended(self, index: int, error: BaseException | None, value: Any = None) -> None:
        self._live.pop(index, None)
        attempt = self.started[index]
        attempt.end_ms = self._now_ms()
        try:
            if error is None:
                self._finish(index, value)
            elif not isinstance(error, asyncio.CancelledError):
                self._fail(index, error)
            elif self._decided.done():
                attempt.status = "cancelled"
            else:
                self._fail(
                    index,
                    asyncio.CancelledError("the attempt cancelled itself"),
                )
        except Exception as mistake:  # noqa: BLE001  # the caller's functions fail the request
            if not self._decided.done():
                self._decided.set_exception(mistake)
        self.callbacks.ended(self, index)

    def _finish(self, index: int, value: Value) -> None:
        attempt = self.started[index]
        if self.cost is not None and not attempt.is_stream:
            attempt.cost_usd = self.price(value)
        if self._decided.done():
            attempt.status = "lost"
            dispose_of(value, self.dispose)
        elif self.accept is not None and not self.accept(value):
            attempt.status = "rejected"
            self._fail(index, NotAcceptedError(), value)
            dispose_of(value, self.dispose)
        else:
            attempt.status = "ok"
            self.winner, self.value, self.latency_ms = index, value, attempt.end_ms or 0.0
            self._decided.set_result(None)

    def _fail(self, index: int, error: BaseException, value: object = None) -> None:
        attempt = self.started[index]
        attempt.error, attempt.end_ms = error, self._now_ms()
        rejected = attempt.status == "rejected"
        if not rejected:
            attempt.status = "error"
        self.callbacks.failed(self, value if rejected else error)
        if self._decided.done():
            return
        if rejected or self.retryable is None:
            again = rejected or not isinstance(error, MISTAKES)
        elif self.retryable(error):
            again = True
        else:
            self._decide()
            return
        if again and self._may_start(after_failure=True):
            self._start(self._now_ms())
            self._arm()
        elif not self._live:
            self._decide()

    def _expire(self) -> None:
        if not self._decided.done():
            self.timed_out = True
            self._decide()

    def _decide(self) -> None:
        self.latency_ms = self._now_ms()
        if not self._decided.done():
            self._decided.set_result(None)

    async def _release(self, *, cancel: bool) -> None:
        """Cancel the attempts that still run, or leave them to finish."""
        try:
            if cancel:
                await self._cancel_live()
        except BaseException:
            self._drop_result()
            raise
        finally:
            for index, task in self._live.items():
                task.add_done_callback(partial(self._gone, index))
            keep_until_done(self._live.values())

    def _gone(self, index: int, _: asyncio.Task[None]) -> None:
        """Book the end of an attempt that never began: the loop was closed, or cancelled it."""
        if index in self._live:
            self._ended(index, asyncio.CancelledError())

    def _drop_result(self) -> None:
        """The caller has gone: dispose of a result that it would have got."""
        if self.winner is not None and self.value is not None:
            value, self.value, self.winner = self.value, None, None
            dispose_of(value, self.dispose)

    async def _cancel_live(self) -> None:
        """Cancel what still runs, and wait for it while the grace lasts."""
        waited = [task for index, task in self._live.items() if self._cancel(index, task)]
        loop = self._loop
        end = loop.time() + self.grace_ms / 1000
        interruption: asyncio.CancelledError | None = None
        for _ in range(_MAX_INTERRUPTIONS):
            remaining = end - loop.time()
            if remaining <= 0 or all(task.done() for task in waited):
                break
            try:
                await asyncio.wait(waited, timeout=remaining)
            except asyncio.CancelledError as again:
                interruption = again
        for index, task in list(self._live.items()):
            if task.done():  # cancelled before it had begun
                self._ended(index, asyncio.CancelledError())
            else:
                self.started[index].status = "abandoned" if task in waited else "cancelled"
        if interruption is not None:
            raise interruption

    def _cancel(self, index: int, task: asyncio.Task[None]) -> bool:
        """Cancel an attempt; False for one that will stop by itself, which is not waited for."""
        call = self.calls[index]
        if not isinstance(call, OwnCall) or call.may_be_cancelled():
            task.cancel()
            return True
        return False

    def _now_ms(self) -> float:
        return round((self.clock() - self._began) * 1000, 3)
