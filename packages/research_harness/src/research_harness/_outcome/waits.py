"""How much shorter a row would have been without the waits of its calls for their admission."""

import asyncio
from bisect import bisect_right
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ensemble import ModelCall, QueueWait


class WaitsOfCalls:
    """Follows the calls of one row, and moves each to where it would be without waits.

    The waits are those for the budget of the run, which say nothing about the condition.
    A call begins when the calls before it have ended. Without waits it ends earlier by its own
    waits and by those that delayed its beginning. Of calls that run at once the last one counts.

    Args:
        began: When the row began, in seconds.
    """

    def __init__(self, began: float) -> None:
        self._began = began
        self._waiting: dict[int, float] = {}
        # By task: when its call was asked for, where that is without waits, and its waits.
        self._asked: dict[asyncio.Task[Any] | None, tuple[float, float, float]] = {}
        # The ends of calls in their order, and the latest end up to each without waits.
        self._has_waited = False
        self._ends: list[float] = []
        self._moved: list[float] = []

    def on_wait(self, wait: "QueueWait", task: "asyncio.Task[Any] | None", now: float) -> None:
        """A call begins or ends a wait.

        Args:
            wait: The wait.
            task: The task that waits.
            now: The time in seconds.
        """
        if wait.waited_ms is None:
            self._waiting[wait.number] = now
            self._asked.setdefault(task, (now, self._without_waits(now), 0.0))
            return
        waited = now - self._waiting.pop(wait.number, now)
        self._has_waited = self._has_waited or waited > 0
        if task in self._asked:
            asked, moved, before = self._asked[task]
            self._asked[task] = asked, moved, before + waited

    def on_call(self, call: "ModelCall", task: "asyncio.Task[Any] | None", now: float) -> None:
        """A call has ended.

        Args:
            call: The call.
            task: Its task.
            now: The time in seconds.
        """
        begun = now - call.duration_ms / 1000
        asked, moved, waited = self._asked.pop(task, (begun, self._without_waits(begun), 0.0))
        end = moved + (now - asked - waited)
        self._moved.append(max(end, self._moved[-1]) if self._moved else end)
        self._ends.append(now)

    def seconds(self, now: float) -> float:
        """By how much the waits have delayed the row.

        Args:
            now: The time in seconds.
        """
        return max(0.0, now - self._began - self._without_waits(now)) if self._has_waited else 0.0

    def _without_waits(self, now: float) -> float:
        """Seconds from the beginning of the row to a time, had no call waited."""
        ended = bisect_right(self._ends, now)
        if not ended:
            return now - self._began
        return self._moved[ended - 1] + now - self._ends[ended - 1]
