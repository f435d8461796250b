"""Rates: what is asked for is spaced evenly."""

import asyncio
from collections import deque

_CLOCK_RESOLUTION_S = 1e-6


class PaceState:
    """The rate, and when the next may begin."""

    def __init__(self, per_minute: float | None) -> None:
        self.seconds_each = 60.0 / per_minute if per_minute else 0.0
        self.free_at = 0.0


class Pace:
    """Spaces what is asked for evenly, so that no window holds more than its share.

    Calls wait in a queue: one that is cancelled leaves its turn to the next.
    """

    def __init__(self, state: PaceState) -> None:
        self._state = state
        self._waiting: deque[tuple[asyncio.Future[None], float]] = deque()
        self._timer: asyncio.TimerHandle | None = None

    @property
    def is_unlimited(self) -> bool:
        """Whether nothing waits."""
        return not self._state.seconds_each

    async def wait(self, amount: float) -> None:
        """Wait until this amount may begin."""
        if not self._state.seconds_each:
            return
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((turn, amount))
        self._admit()
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self.correct(-amount)
            raise

    def correct(self, amount: float) -> None:
        """Count more than was reserved, or less."""
        if self._state.seconds_each and amount:
            self._state.free_at += amount * self._state.seconds_each
            self._admit()

    def _admit(self) -> None:
        loop = asyncio.get_running_loop()
        while self._waiting:
            turn, amount = self._waiting[0]
            now = loop.time()
            if turn.done():
                self._waiting.popleft()
            elif now + _CLOCK_RESOLUTION_S >= self._state.free_at:
                self._waiting.popleft()
                begin = max(now, self._state.free_at)
                self._state.free_at = begin + amount * self._state.seconds_each
                turn.set_result(None)
            else:
                break
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._waiting:
            self._timer = loop.call_at(self._state.free_at, self._admit)
