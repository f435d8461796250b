"""The time limit of a row, which does not count the waits in the queue of the client."""

import asyncio
import threading
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from functools import cached_property
from typing import TYPE_CHECKING, Any

from .._outcome.waits import WaitsOfCalls

if TYPE_CHECKING:
    from ensemble import ModelCall, QueueWait

_ROUNDING_S = 1e-9


class SoonLooks:
    """Calls functions after two turns of the event loop, by when most short rows have ended.

    A timer that is set and taken back costs as much as a tenth of such a row.
    """

    def __init__(self) -> None:
        self.loop = asyncio.get_running_loop()
        self._by_turn: deque[list[Callable[[], None]]] = deque([[], [], []])
        self._is_due = False

    def add(self, look: Callable[[], None]) -> None:
        """Have a function called after everything that is ready now, and what it makes ready."""
        self._by_turn[-1].append(look)
        if not self._is_due:
            self._is_due = True
            self.loop.call_soon(self._turn)

    def _turn(self) -> None:
        due = self._by_turn.popleft()
        self._by_turn.append([])
        self._is_due = any(self._by_turn)
        if self._is_due:
            self.loop.call_soon(self._turn)
        for look in due:
            look()


class RowClock:
    """The clock of one row against its time limit.

    The clock stands still while at least one of the row's calls waits in the queue of the client
    and none is being answered. A call is being answered from the end of its wait to its own end, so
    that a call that hangs is ended by the limit even when others of its row wait for its turn.

    Its observers may be called in any thread: a plain condition has an event loop of its own.

    Args:
        limit: The limit in seconds; None for no limit.
        clock: Gives the seconds of the run.
        looks: Looks at the limit once the row has taken its first step.

    Attributes:
        began: When the row began, by the clock of the run.
    """

    _lock = threading.RLock()  # held for moments only, so that one for all clocks is enough

    # Most rows end before anything of this is needed, and making it takes as long as they do.
    _reached: "asyncio.Future[None] | None" = None  # while it is watched
    _task: "asyncio.Task[Any] | None" = None
    _timer: asyncio.TimerHandle | None = None
    _waits: WaitsOfCalls | None = None
    _counted = 0.0

    def __init__(
        self, limit: float | None, clock: Callable[[], float], looks: SoonLooks | None = None
    ) -> None:
        self._limit = limit
        self._clock = clock
        self._looks = SoonLooks() if looks is None else looks
        self.began: float = clock()
        self._running_since: float | None = self.began

    @cached_property
    def _waiting(self) -> set[int]:
        return set()

    @cached_property
    def _answering(self) -> "set[asyncio.Task[Any]]":
        return set()

    @cached_property
    def _followed(self) -> "set[asyncio.Task[Any]]":
        return set()

    def counted(self) -> float:
        """The seconds that count: those in which the clock did not stand still."""
        with self._lock:
            since = self._running_since
            return self._counted + (0.0 if since is None else self._clock() - since)

    def waited(self) -> float:
        """The seconds by which waits for admission have delayed the row."""
        if self._waits is None:
            return 0.0
        with self._lock:
            return self._waits.seconds(self._clock())

    async def watch(self, task: asyncio.Task[Any]) -> None:
        """Wait until the task is done or the limit is reached.

        Args:
            task: The row's task, which calls ``ended`` as its last step.
        """
        self._task = task
        reached = self._reached = self._looks.loop.create_future()
        task.add_done_callback(self._wake)  # one that is cancelled has no last step
        if self._limit is not None:
            self._looks.add(self._look)
        try:
            await reached
        finally:
            task.remove_done_callback(self._wake)
            reached.cancel()
            if self._timer is not None:
                self._timer.cancel()

    def ended(self) -> None:
        """The row's task takes its last step.

        The one who waits for it goes on in the turn after this one, and not in the second.
        """
        if self._task is not None:
            self._task.remove_done_callback(self._wake)
            self._set_reached()

    def _wake(self, _: asyncio.Task[Any]) -> None:
        self._set_reached()

    def _set_reached(self) -> None:
        if self._reached is not None and not self._reached.done():
            self._reached.set_result(None)

    def on_wait(self, wait: "QueueWait") -> None:
        """A call of the row begins or ends a wait in the queue of the client.

        Args:
            wait: The wait.
        """
        task = asyncio.current_task()
        with self._lock:
            if wait.to_be_admitted:
                if self._waits is None:
                    self._waits = WaitsOfCalls(self.began)
                self._waits.on_wait(wait, task, self._clock())
            if wait.waited_ms is None:
                self._waiting.add(wait.number)
                if task is not None:
                    self._answering.discard(task)
            else:
                self._waiting.discard(wait.number)
                if task is not None:
                    self._answering.add(task)
                    self._follow(task)
            self._settle()

    def on_call(self, call: "ModelCall") -> None:
        """A call of the row has ended.

        Args:
            call: The call.
        """
        task = asyncio.current_task()
        with self._lock:
            if self._waits is not None:
                self._waits.on_call(call, task, self._clock())
        if task is not None:
            self._ended(task)

    def _follow(self, task: asyncio.Task[Any]) -> None:
        """A call that is not reported, such as a backup that lost, ends with its task."""
        if task not in self._followed:
            self._followed.add(task)
            task.add_done_callback(self._left)

    def _left(self, task: asyncio.Task[Any]) -> None:
        self._followed.discard(task)
        self._ended(task)

    def _ended(self, task: asyncio.Task[Any]) -> None:
        with self._lock:
            self._answering.discard(task)
            self._settle()

    def _settle(self) -> None:
        """Stop the clock or let it run again."""
        stands = bool(self._waiting) and not self._answering
        if stands == (self._running_since is None):
            return
        if stands:
            self._counted = self.counted()
            self._running_since = None
            return
        self._running_since = self._clock()
        if self._limit is not None:
            with suppress(RuntimeError):  # the run's loop is closed
                self._looks.loop.call_soon_threadsafe(self._look)

    def _look(self) -> None:
        """Look whether the limit is reached, now and when it may be; not while the clock stands."""
        if self._reached is None or self._reached.done():
            return
        if self._task is None or self._task.done():
            return
        with self._lock:
            if self._limit is None or self._running_since is None:
                return
            left = self._limit - self.counted()
            if left <= _ROUNDING_S:
                self._reached.set_result(None)
            elif self._timer is None:
                self._timer = self._looks.loop.call_later(left, self._at_timer)

    def _at_timer(self) -> None:
        self._timer = None
        self._look()
