"""Limits of calls to one provider, and the gate that keeps them."""

import asyncio
import contextvars
import math
from collections.abc import Hashable, Iterator
from contextlib import contextmanager
from types import MappingProxyType
from typing import Self
from weakref import WeakKeyDictionary, WeakValueDictionary

from .._core.errors import (
    BadRequestError,
    CircuitOpenError,
    ConnectionFailedError,
    DeadlineExceededError,
    MalformedResponseError,
    ModelError,
    RateLimitError,
    ServerError,
)
from .._core.observers import waiting
from .._core.values import Value
from .breaker import Breaker, BreakerState
from .pace import Pace, PaceState
from .retry import until
from .slots import Slots, SlotsState

_LEARNING_RATE = 0.2
_share: contextvars.ContextVar[float] = contextvars.ContextVar("ensemble_share", default=1.0)


@contextmanager
def sharing_limits(share: float) -> Iterator[None]:
    """Keep to a share of the limits of each model, since other processes use the rest of them.

    It holds for the rates and for the calls in flight, of which each process may have one at least.

    Args:
        share: The share of this process, above 0 and at most 1.

    Raises:
        ValueError: The share is not above 0 and at most 1.

    Example:
        >>> from ensemble import sharing_limits
        >>> with sharing_limits(0.5):  # in each of two processes
        ...     pass
    """
    if not 0 < share <= 1:
        raise ValueError(f"share: {share!r} is not above 0 and at most 1")
    token = _share.set(share)
    try:
        yield
    finally:
        _share.reset(token)


class Limits(Value):
    """The limits of one model's calls to its provider.

    Attributes:
        requests_per_minute: Requests are spaced so that no window holds more; None for no limit.
        tokens_per_minute: Tokens read and written, spaced the same way. A request counts by an
            estimate until its usage is known. None for no limit.
        max_concurrency: The maximum number of calls in flight. When the provider answers 429, it
            falls to what the provider serves, by half at most until it answers, and grows again.
        max_failures: The number of failures in a row that opens the circuit: no request is sent,
            calls wait. With more calls in flight, as many as are in flight.
        within_ms: The time within which these failures must fall.
        pause_ms: The longest pause before one request probes an open circuit. The first pause is
            one second, and each failed probe doubles it.
        max_outage_ms: How long calls without a deadline wait for a provider that is down, counted
            from the failure that opened the circuit; later ones fail at once until a probe works.

    Raises:
        ValueError: A limit is not above 0.
    """

    requests_per_minute: float | None = None
    tokens_per_minute: float | None = None
    max_concurrency: int = 1000
    max_failures: int = 5
    within_ms: float = 10_000.0
    pause_ms: float = 30_000.0
    max_outage_ms: float = 180_000.0
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
            if value is None and name in ("requests_per_minute", "tokens_per_minute"):
                continue
            if not isinstance(value, int | float) or not value > 0:
                raise ValueError(f"{name}: {value!r} is not a number above 0")


class Turn:
    """One call that is under way; leaving it teaches the gate how the call ended.

    Attributes:
        used_tokens: How many it read and wrote, once that is known.
    """

    __slots__ = (
        "_gate",
        "epoch",
        "expected",
        "in_flight",
        "probing",
        "reserved",
        "share",
        "used_tokens",
    )

    def __init__(
        self, gate: "Gate", crowd: tuple[int, int], *, expected: int, reserved: float, share: float
    ) -> None:
        self._gate = gate
        self.epoch, self.in_flight = crowd
        self.expected, self.reserved = expected, reserved
        self.probing = False
        self.share = share
        self.used_tokens: int | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        self._gate.end(self, error)


class GateState:
    """The figures of a gate that outlive its event loop: scripts run one loop after another."""

    def __init__(self, limits: Limits) -> None:
        self.requests = PaceState(limits.requests_per_minute)
        self.tokens = PaceState(limits.tokens_per_minute)
        self.slots = SlotsState(limits.max_concurrency)
        self.breaker = BreakerState()
        self.tokens_ratio = 1.0
        self._last_s = -math.inf

    def at(self, now: float) -> None:
        """Forget the times of another clock: that of a loop that does not follow the system's."""
        if now < self._last_s - 1.0:
            self.requests.free_at = self.tokens.free_at = now
            self.breaker.close()
        self._last_s = now


class Gate:
    """Lets calls through as the limits allow; belongs to one event loop.

    Args:
        limits: The limits.
        state: The figures that gates of other event loops share with this one.
    """

    def __init__(self, limits: Limits, state: GateState | None = None) -> None:
        self._state = state or GateState(limits)
        self._state.at(asyncio.get_running_loop().time())
        self._requests = Pace(self._state.requests)
        self._tokens = Pace(self._state.tokens)
        self._slots = Slots(self._state.slots)
        self._breaker = Breaker(self._state.breaker, limits)

    def forgives(self, error: ModelError) -> bool:
        """Whether a failure is that of a crowd or an outage, which uses up no retry.

        The provider serves other calls of ours and refuses this one, or its circuit is open.
        """
        if isinstance(error, RateLimitError):
            return self._slots.busy > 0
        return isinstance(error, ServerError | ConnectionFailedError) and self._breaker.is_open

    async def turn(self, tokens: int, deadline: float | None = None, model: str = "") -> Turn:
        """Wait for a turn, which is to be left as a ``with`` block.

        Args:
            tokens: An estimate of how many it will read and write.
            deadline: The time of the event loop up to which it waits; None for any time.
            model: The model's name, for those who observe the wait.

        Raises:
            CircuitOpenError: The provider is down and will not be asked before the deadline.
            DeadlineExceededError: The turn did not come before it.
        """
        share = self._slots.share = _share.get()
        reserved = tokens * self._state.tokens_ratio
        with waiting(model):
            probing = not self._free() and await self._admitted(reserved, deadline)
        crowd = self._slots.epoch, self._slots.busy
        turn = Turn(self, crowd, expected=tokens, reserved=reserved, share=share)
        turn.probing = probing
        return turn

    def _free(self) -> bool:
        """Take a turn that nothing holds back."""
        return (
            not self._breaker.is_open
            and self._requests.is_unlimited
            and self._tokens.is_unlimited
            and self._slots.take_free()
        )

    def end(self, turn: Turn, error: BaseException | None) -> None:
        """Give a turn back, and learn from how it ended."""
        reserved = turn.reserved
        used = 0.0 if turn.probing else reserved  # what cannot be known is counted as reserved
        try:
            if error is None:
                self._slots.grow(turn.epoch)
                self._breaker.recover(turn.probing)
                used = reserved if turn.used_tokens is None else turn.used_tokens
                self._learn_tokens(turn.used_tokens, turn.expected)
            elif isinstance(error, ModelError):
                used = 0.0 if isinstance(error, RateLimitError) else reserved
                now = asyncio.get_running_loop().time()
                self._learn_failure(error, turn, now, turn.probing)
        finally:
            self._tokens.correct((used - reserved) / turn.share)
            if turn.probing:
                self._breaker.leave()
            self._slots.give()

    async def _admitted(self, tokens: float, deadline: float | None) -> bool:
        """Wait until a call may be sent; whether it is the probe of an open circuit."""
        try:
            async with until(deadline):
                while True:
                    probing = await self._breaker.passed(deadline)
                    admitted = False
                    try:
                        admitted = await self._turn_taken(tokens, probing)
                    finally:
                        if probing and not admitted:
                            self._breaker.leave()
                    if admitted:
                        return probing
        except TimeoutError:
            if self._breaker.is_open:
                raise CircuitOpenError(self._breaker.wait_s()) from None
            raise DeadlineExceededError("in the queue of this client, before it was sent") from None

    async def _turn_taken(self, tokens: float, probing: bool) -> bool:
        """Take a slot and wait for the rates; False when the circuit has opened meanwhile."""
        share = _share.get()
        await self._slots.take()
        requests = waited = False
        admitted = False
        try:
            await self._requests.wait(1.0 / share)
            requests = True
            await self._tokens.wait(tokens / share)
            waited = True
            admitted = probing or not self._breaker.is_open
        finally:
            if not admitted:
                self._requests.correct(-1.0 / share if requests else 0.0)
                self._tokens.correct(-tokens / share if waited else 0.0)
                self._slots.give()
        return admitted

    def _learn_failure(self, error: ModelError, turn: Turn, now: float, probing: bool) -> None:
        if isinstance(error, RateLimitError):
            self._slots.shrink(turn.epoch)
        if isinstance(error, ServerError | ConnectionFailedError):
            self._breaker.fail(now, turn.in_flight, probing)
        elif error.status is not None or isinstance(
            error, BadRequestError | MalformedResponseError
        ):
            self._breaker.recover(probing)  # it has answered, if only to refuse

    def _learn_tokens(self, used: int | None, expected: int) -> None:
        if used is not None and expected:
            seen = used / expected
            self._state.tokens_ratio += _LEARNING_RATE * (seen - self._state.tokens_ratio)


_gates: WeakKeyDictionary[asyncio.AbstractEventLoop, WeakValueDictionary[Hashable, Gate]] = (
    WeakKeyDictionary()
)


def shared_gate(key: Hashable, limits: Limits, state: GateState) -> Gate:
    """The gate of all clients of this event loop that have something in common.

    Args:
        key: What they have in common, such as the model and the key they ask with.
        limits: Their limits; clients of other limits have another gate.
        state: The figures of a gate that is made anew.
    """
    of_loop = _gates.setdefault(asyncio.get_running_loop(), WeakValueDictionary())
    gate = of_loop.get((key, limits))
    if gate is None:
        gate = of_loop[key, limits] = Gate(limits, state)
    return gate
