"""Limits of calls to one provider: rates, calls in flight, and a circuit breaker."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from types import MappingProxyType

from .._core.errors import (
    CircuitOpenError,
    ConnectionFailedError,
    ModelError,
    RateLimitError,
    ServerError,
)
from .._core.values import Value


class Limits(Value):
    """The limits of one model's calls to its provider.

    Attributes:
        requests_per_minute: Requests are spaced so that no window holds more; None for no limit.
        tokens_per_minute: Tokens read and written, spaced the same way. A request counts by an
            estimate until its usage is known. None for no limit.
        max_concurrency: The maximum number of calls in flight. It halves when the provider says
            that it is too much, and grows again by one call for each full round of answers.
        max_failures: The number of failures in a row that opens the circuit: no request is sent.
        within_ms: The time within which these failures must fall.
        pause_ms: How long the circuit stays open; then one request probes the provider.

    Raises:
        ValueError: A limit is not above 0.
    """

    requests_per_minute: float | None = None
    tokens_per_minute: float | None = None
    max_concurrency: int = 1000
    max_failures: int = 5
    within_ms: float = 10_000.0
    pause_ms: float = 30_000.0
    _renamed = MappingProxyType(
        {
            "most_" + "at_once": ("max_concurrency", None),  # split: a search finds uses only
            "failures": ("max_failures", None),
            "within_s": ("within_ms", 1000.0),
            "pause_s": ("pause_ms", 1000.0),
        }
    )

    def _check(self) -> None:
        for name in self._fields:
            value = getattr(self, name)
            if value is not None and not value > 0:
                raise ValueError(f"{name}: {value!r} is not above 0")


class Turn:
    """One call that is under way."""

    __slots__ = ("used_tokens",)

    def __init__(self) -> None:
        self.used_tokens: int | None = None


class Gate:
    """Lets calls through as the limits allow; belongs to one event loop."""

    def __init__(self, limits: Limits) -> None:
        self._requests = _Pace(limits.requests_per_minute)
        self._tokens = _Pace(limits.tokens_per_minute)
        self._slots = _Slots(limits.max_concurrency)
        self._breaker = _Breaker(limits)

    @asynccontextmanager
    async def turn(self, tokens: int) -> AsyncIterator[Turn]:
        """Wait for a turn, hold it, and learn from how it ends.

        Args:
            tokens: An estimate of how many it will read and write.

        Raises:
            CircuitOpenError: The provider has failed too often just now.
        """
        now = asyncio.get_running_loop().time
        self._breaker.check(now())
        await self._slots.take()
        probing = False
        try:
            await self._requests.wait(1.0)
            await self._tokens.wait(float(tokens))
            probing = self._breaker.enter(now())
            turn = Turn()
            yield turn
        except ModelError as error:
            if isinstance(error, RateLimitError):
                self._slots.shrink()
            if isinstance(error, ServerError | ConnectionFailedError):
                self._breaker.fail(now())
            elif not isinstance(error, CircuitOpenError):
                self._breaker.recover()  # it has answered, if only to refuse
            raise
        else:
            self._slots.grow()
            self._breaker.recover()
            if turn.used_tokens is not None:
                self._tokens.correct(turn.used_tokens - tokens)
        finally:
            if probing:
                self._breaker.leave()
            self._slots.give()


class _Pace:
    """Spaces what is asked for evenly, so that no window holds more than its share."""

    def __init__(self, per_minute: float | None) -> None:
        self._seconds_each = 60.0 / per_minute if per_minute else 0.0
        self._free_at = 0.0

    async def wait(self, amount: float) -> None:
        if not self._seconds_each:
            return
        now = asyncio.get_running_loop().time()
        begin = max(now, self._free_at)
        self._free_at = begin + amount * self._seconds_each
        if begin > now:
            await asyncio.sleep(begin - now)

    def correct(self, amount: float) -> None:
        self._free_at += amount * self._seconds_each


class _Slots:
    """Calls in flight: additive increase, multiplicative decrease (Chiu and Jain 1989)."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._limit = float(most)
        self._busy = 0
        self._waiting: deque[asyncio.Future[None]] = deque()

    async def take(self) -> None:
        if self._busy < int(self._limit) and not self._waiting:
            self._busy += 1
            return
        slot: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(slot)
        try:
            await slot
        except asyncio.CancelledError:
            if slot.done() and not slot.cancelled():
                self.give()  # it had come to its turn
            else:
                self._waiting.remove(slot)
            raise

    def give(self) -> None:
        self._busy -= 1
        self._admit()

    def grow(self) -> None:
        self._limit = min(self._limit + 1.0 / self._limit, self._most)

    def shrink(self) -> None:
        self._limit = max(self._limit / 2, 1.0)

    def _admit(self) -> None:
        while self._waiting and self._busy < int(self._limit):
            slot = self._waiting.popleft()
            if not slot.done():
                self._busy += 1
                slot.set_result(None)


class _Breaker:
    """Closed, open after too many failures, then half open for one probe (Nygard 2007)."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._failed: deque[float] = deque(maxlen=limits.max_failures)
        self._open_until: float | None = None
        self._probing = False

    def check(self, now: float) -> None:
        if self._open_until is not None and (now < self._open_until or self._probing):
            raise CircuitOpenError(max(self._open_until - now, 0.0))

    def enter(self, now: float) -> bool:
        """Whether this call is the probe of a half-open circuit."""
        self.check(now)
        self._probing = self._open_until is not None
        return self._probing

    def leave(self) -> None:
        self._probing = False

    def fail(self, now: float) -> None:
        self._failed.append(now)
        often = len(self._failed) == self._limits.max_failures
        if self._probing or (often and now - self._failed[0] <= self._limits.within_ms / 1000):
            self._open_until = now + self._limits.pause_ms / 1000

    def recover(self) -> None:
        """It works. Answers to calls from before do not close an open circuit."""
        if self._open_until is None or self._probing:
            self._open_until = None
            self._failed.clear()
