"""When to send a backup: after a fixed delay, or after a percentile of the latencies so far."""

import math
from bisect import bisect_left, insort
from collections import deque
from collections.abc import Callable
from typing import Protocol

from ._errors import UnknownStrategyError


class Strategy(Protocol):
    """Decides how long to wait before a backup, and learns from finished requests."""

    def delay_ms(self) -> float | None:
        """The delay before the next backup, in milliseconds; None sends none."""
        ...

    def record(self, latency_ms: float) -> None:
        """Learn from a finished request, whichever attempt won it."""
        ...


class Off:
    """Never sends a backup because of time; a failed attempt is still followed by the next."""

    def delay_ms(self) -> float | None:
        """None: no backup."""
        return None

    def record(self, latency_ms: float) -> None:
        """Nothing is learned."""


class Fixed:
    """Sends a backup after a fixed delay.

    Args:
        delay_ms: The delay in milliseconds.

    Raises:
        ValueError: The delay is negative or not finite.
    """

    def __init__(self, delay_ms: float) -> None:
        if not (math.isfinite(delay_ms) and delay_ms >= 0):
            raise ValueError(f"delay_ms: {delay_ms!r} is not a delay; give milliseconds from 0")
        self._delay_ms = delay_ms

    def delay_ms(self) -> float | None:
        """The fixed delay."""
        return self._delay_ms

    def record(self, latency_ms: float) -> None:
        """Nothing is learned."""


class Percentile:
    """Sends a backup after a percentile of the last latencies, exactly computed over a window.

    What is learned is the latency of the whole request, L = min(X, d + Y) for a primary X, a delay
    d and a backup Y. L exceeds d exactly when X does, so the estimate at d is not biased by the
    primaries that were cancelled. Recording the winner's own latency instead lets the delay creep
    down and doubles the number of backups.

    Args:
        percentile: Which percentile, in (0, 100).
        window: How many of the last requests count.
        min_samples: How many requests must be seen before a backup is sent on its account.
        initial_delay_ms: The delay until then; None sends no backup.
        min_delay_ms: The delay is never below this.
        max_delay_ms: The delay is never above this.

    Raises:
        ValueError: An argument is out of its range.
    """

    def __init__(
        self,
        percentile: float = 95,
        *,
        window: int = 1000,
        min_samples: int = 30,
        initial_delay_ms: float | None = None,
        min_delay_ms: float = 0.0,
        max_delay_ms: float = math.inf,
    ) -> None:
        if not 0 < percentile < 100:
            raise ValueError(f"percentile: {percentile!r} is not between 0 and 100")
        if not 1 <= min_samples <= window:
            raise ValueError(f"min_samples: {min_samples!r} is not between 1 and window={window!r}")
        if not 0 <= min_delay_ms <= max_delay_ms:
            raise ValueError(f"min_delay_ms: {min_delay_ms!r} is above max_delay_ms or negative")
        self.percentile = percentile
        self.window = window
        self.min_samples = min_samples
        self.initial_delay_ms = initial_delay_ms
        self.min_delay_ms = min_delay_ms
        self.max_delay_ms = max_delay_ms
        self._recent: deque[float] = deque()
        self._sorted: list[float] = []

    @property
    def samples(self) -> int:
        """How many latencies are in the window."""
        return len(self._sorted)

    def delay_ms(self) -> float | None:
        """The nearest-rank percentile of the window, x_(ceil(n p / 100)), within the bounds."""
        count = len(self._sorted)
        if count < self.min_samples:
            return self.initial_delay_ms
        rank = max(1, math.ceil(count * self.percentile / 100))
        return min(max(self._sorted[rank - 1], self.min_delay_ms), self.max_delay_ms)

    def record(self, latency_ms: float) -> None:
        """Take a request's latency into the window; the oldest one leaves when it is full."""
        self._recent.append(latency_ms)
        insort(self._sorted, latency_ms)
        if len(self._recent) > self.window:
            oldest = self._recent.popleft()
            del self._sorted[bisect_left(self._sorted, oldest)]


_NAMES = ("fixed", "off", "percentile")
# Learned per name of a target, so that a plain function call can learn from the calls before it.
_shared: dict[tuple[str, float], Percentile] = {}


def named_strategy(name: str, *, key: str, delay_ms: float | None, percentile: float) -> Strategy:
    """A strategy by its name.

    Args:
        name: ``off``, ``fixed`` or ``percentile``.
        key: What is called; ``percentile`` learns separately for each key in this process.
        delay_ms: For ``fixed``.
        percentile: For ``percentile``.

    Raises:
        UnknownStrategyError: There is no strategy of this name.
        ValueError: ``fixed`` without ``delay_ms``.
    """
    make: dict[str, Callable[[], Strategy]] = {
        "off": Off,
        "fixed": lambda: _fixed(delay_ms),
        "percentile": lambda: _shared.setdefault((key, percentile), Percentile(percentile)),
    }
    if name not in make:
        raise UnknownStrategyError(name, _NAMES)
    return make[name]()


def forget(key: str | None = None) -> None:
    """Forget what the named strategies learned under a key; None forgets all."""
    for known in [each for each in _shared if key is None or each[0] == key]:
        del _shared[known]


def _fixed(delay_ms: float | None) -> Fixed:
    if delay_ms is None:
        raise ValueError("strategy 'fixed' needs delay_ms, the wait before a backup")
    return Fixed(delay_ms)
