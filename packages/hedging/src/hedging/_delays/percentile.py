"""A delay at an exact percentile of the latest latencies."""

import math
import time
from bisect import bisect_left, insort
from collections import deque
from collections.abc import Callable
from typing import Any


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
        max_age_s: How long a latency counts; None for as long as it is in the window.
        clock: Gives seconds, for ``max_age_s``.

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
        max_age_s: float | None = None,
        clock: Callable[[], float] = time.monotonic,
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
        self.max_age_s = max_age_s
        self._clock = clock
        self._recent: deque[float] = deque()
        self._times: deque[float] = deque()
        self._sorted: list[float] = []

    @property
    def samples(self) -> int:
        """How many latencies are in the window."""
        return len(self._sorted)

    def delay_ms(self) -> float | None:
        """The nearest-rank percentile of the window, x_(ceil(n p / 100)), within the bounds."""
        if self.max_age_s is not None:
            self._drop_old(self.max_age_s)
        count = len(self._sorted)
        if count < self.min_samples:
            return self.initial_delay_ms
        return min(max(self.quantile_ms(self.percentile), self.min_delay_ms), self.max_delay_ms)

    def quantile_ms(self, percentile: float) -> float:
        """Any nearest-rank percentile of the window, which must not be empty."""
        rank = max(1, math.ceil(len(self._sorted) * percentile / 100))
        return self._sorted[rank - 1]

    def record(self, latency_ms: float) -> None:
        """Take a request's latency into the window; the oldest one leaves when it is full."""
        self._recent.append(latency_ms)
        insort(self._sorted, latency_ms)
        if self.max_age_s is not None:
            self._times.append(self._clock())
        if len(self._recent) > self.window:
            self._drop()

    def _drop(self) -> None:
        del self._sorted[bisect_left(self._sorted, self._recent.popleft())]
        if self._times:
            self._times.popleft()

    def _drop_old(self, age_s: float) -> None:
        oldest = self._clock() - age_s
        while self._times and self._times[0] < oldest:
            self._drop()

    def snapshot(self) -> dict[str, Any]:
        """What was learned, as plain values."""
        return {"recent": list(self._recent)}

    def restore(self, state: dict[str, Any]) -> None:
        """Take back what was learned."""
        self._recent = deque(state["recent"])
        self._sorted = sorted(self._recent)
        if self.max_age_s is not None:
            # The clock of another process means nothing here: what was learned begins to age now.
            self._times = deque([self._clock()] * len(self._recent))
