"""The circuit breaker: a provider that is down is probed by one call at a time; others wait."""

import asyncio
from collections import deque
from typing import Protocol

from .._core.errors import CircuitOpenError

_FIRST_PAUSE_S = 1.0


class Patience(Protocol):
    """What is set of a breaker; see ``Limits``."""

    @property
    def max_failures(self) -> int:
        """The failures in a row that open the circuit."""
        ...

    @property
    def within_ms(self) -> float:
        """The time within which they fall."""
        ...

    @property
    def pause_ms(self) -> float:
        """The longest pause between two probes."""
        ...

    @property
    def max_outage_ms(self) -> float:
        """How long calls without a deadline wait."""
        ...


class BreakerState:
    """The failures since the last answer, and until when the circuit is open."""

    def __init__(self) -> None:
        self.failed: deque[float] = deque()
        self.threshold = 0
        self.open_until: float | None = None
        self.open_since = 0.0
        self.pause_s = 0.0

    def close(self) -> None:
        """Let calls through again."""
        self.open_until = None
        self.pause_s = 0.0
        self.failed.clear()
        self.threshold = 0


class Breaker:
    """Closed, open after too many failures, then half open for one probe (Nygard 2007)."""

    def __init__(self, state: BreakerState, limits: Patience) -> None:
        self._state = state
        self._limits = limits
        self._probing = False
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._timer: asyncio.TimerHandle | None = None

    @property
    def is_open(self) -> bool:
        """Whether calls wait."""
        return self._state.open_until is not None

    def wait_s(self) -> float:
        """How long until the next probe."""
        until = self._state.open_until
        return 0.0 if until is None else max(until - asyncio.get_running_loop().time(), 0.0)

    async def passed(self, deadline: float | None) -> bool:
        """Wait until the circuit lets a call through.

        Args:
            deadline: The time of the event loop up to which the call may wait.

        Returns:
            Whether the call is the probe.

        Raises:
            CircuitOpenError: No probe can be before the deadline, or the outage lasts too long.
        """
        loop = asyncio.get_running_loop()
        while (until := self._state.open_until) is not None:
            if not self._probing and loop.time() >= until:
                self._probing = True
                return True
            if until > self._patience(deadline):
                raise CircuitOpenError(max(until - loop.time(), 0.0))
            await self._woken(until)
        return False

    def _patience(self, deadline: float | None) -> float:
        if deadline is not None:
            return deadline
        return self._state.open_since + self._limits.max_outage_ms / 1000

    async def _woken(self, until: float) -> None:
        loop = asyncio.get_running_loop()
        turn: asyncio.Future[None] = loop.create_future()
        self._waiting.append(turn)
        self._set_timer(until)
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self._wake_next()
            raise

    def leave(self) -> None:
        """The probe has ended, or was cancelled: another may probe."""
        self._probing = False
        if self.is_open:
            self._set_timer(self._state.open_until or 0.0)

    def fail(self, now: float, in_flight: int, probing: bool) -> None:
        """Count a failure.

        Args:
            now: The time of the event loop.
            in_flight: How many calls were in flight when the failed one began.
            probing: Whether it was the probe.
        """
        state = self._state
        if state.open_until is not None:
            if probing:
                state.pause_s = min(state.pause_s * 2, self._limits.pause_ms / 1000)
                self._open(now)
            return
        state.failed.append(now)
        state.threshold = max(state.threshold, in_flight, self._limits.max_failures)
        while state.failed[0] < now - self._limits.within_ms / 1000:
            state.failed.popleft()
        if len(state.failed) >= state.threshold:
            state.open_since = now
            state.pause_s = min(_FIRST_PAUSE_S, self._limits.pause_ms / 1000)
            self._open(now)

    def recover(self, probing: bool) -> None:
        """It works. Answers to calls from before do not close an open circuit."""
        if self._state.open_until is None or probing:
            self._state.close()
            while self._waiting:
                self._wake_next()

    def _open(self, now: float) -> None:
        """Open the circuit; all who wait look whether the new pause is too long for them."""
        self._state.open_until = now + self._state.pause_s
        while self._waiting:
            self._wake_next()

    def _set_timer(self, until: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = asyncio.get_running_loop().call_at(until, self._wake_next)

    def _wake_next(self) -> None:
        while self._waiting:
            turn = self._waiting.popleft()
            if not turn.done():
                turn.set_result(None)
                return
