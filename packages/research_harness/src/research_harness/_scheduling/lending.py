"""Rows that wait long for a service lend their slots to rows of other conditions."""

import asyncio
import contextvars
from collections.abc import Callable
from typing import TYPE_CHECKING

from .._plan.plan import Trial
from .queue import TrialQueue

if TYPE_CHECKING:
    from ensemble import QueueWait

_LONG_S = 1.0  # of a wait; shorter ones are those of a service that is there

current_trial: contextvars.ContextVar[Trial | None] = contextvars.ContextVar(
    "research_harness_trial", default=None
)


class LentSlots:
    """Finds rows whose calls wait for a limit or an open circuit of their client.

    While a row waits, its slot is lent and no further row of its condition is begun, so that a
    service that is away or slow holds up its own rows alone.

    Args:
        queue: Has the slots.
        lends: Whether the rows of a condition lend their slots; those that wait for batch jobs have
            none.
        on_change: Called with how many rows have lent their slots.
    """

    def __init__(
        self,
        queue: TrialQueue,
        *,
        lends: Callable[[str], bool],
        on_change: Callable[[int], None],
    ) -> None:
        self._queue = queue
        self._lends = lends
        self._on_change = on_change
        self._loop = asyncio.get_running_loop()
        self._waits: dict[int, tuple[float, Trial]] = {}  # by their numbers, in their order
        self._lent: dict[int, Trial] = {}
        self._timer: asyncio.TimerHandle | None = None

    def on_wait(self, wait: "QueueWait") -> None:
        """A call of a row begins or ends a wait; called in any thread.

        Args:
            wait: The wait.
        """
        trial = current_trial.get()
        if trial is None or wait.to_be_admitted or not self._lends(trial.condition.name):
            return
        if asyncio.get_running_loop() is self._loop:
            self._note(wait, trial)
        else:
            self._loop.call_soon_threadsafe(self._note, wait, trial)

    def close(self) -> None:
        """Look at no further wait."""
        if self._timer is not None:
            self._timer.cancel()

    def _note(self, wait: "QueueWait", trial: Trial) -> None:
        if wait.waited_ms is None:
            self._waits[wait.number] = self._loop.time(), trial
            if self._timer is None:
                self._timer = self._loop.call_later(_LONG_S, self._look)
            return
        self._waits.pop(wait.number, None)
        if self._lent.pop(wait.number, None) is not None:
            self._queue.give_back(trial)
            self._on_change(self._queue.lent)

    def _look(self) -> None:
        """Lend the slots of rows that have waited long; look again while others wait."""
        self._timer = None
        now = self._loop.time()
        for number, (began, trial) in tuple(self._waits.items()):
            if began + _LONG_S > now:
                self._timer = self._loop.call_at(began + _LONG_S, self._look)
                break
            del self._waits[number]
            self._lent[number] = trial
            self._queue.lend(trial)
            self._on_change(self._queue.lent)
