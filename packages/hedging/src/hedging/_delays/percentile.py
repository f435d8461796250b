"""A delay at an exact quantile of the latest latencies."""

import math
import time
from bisect import bisect_left, insort
from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from .._core.conversions import (
    as_quantile,
    converted_arguments,
    milliseconds_of,
    quantile_of,
    renamed_attribute,
)
from .._core.errors import PolicyError
from .._core.plain import is_number, require_numbers
from .saved import saved_numbers


class Percentile:
    """Sends a backup after a quantile of the last latencies, exactly computed over a window.

    What is learned is the latency of the whole request, L = min(X, d + Y) for a primary X, a delay
    d and a backup Y. L exceeds d exactly when X does, so the estimate at d is not biased by the
    primaries that were cancelled. Recording the winner's own latency instead lets the delay creep
    down and doubles the number of backups.

    Args:
        quantile: Which quantile, between 0 and 1.
        window: The number of latest requests that count.
        min_samples: The number of requests before the first delay is learned.
        initial_delay_ms: The delay until then; None sends no backup.
        min_delay_ms: The delay is never below this.
        max_delay_ms: The delay is never above this.
        max_age_ms: The age from which a latency does not count; None sets no limit.
        clock: Gives seconds, for ``max_age_ms``.

    Raises:
        PolicyError: An argument is out of its range.

    Example:
        >>> strategy = Percentile(0.9, min_samples=10)
        >>> for latency_ms in range(100, 1100, 100):
        ...     strategy.record(latency_ms)
        >>> strategy.delay_ms()
        900
    """

    @converted_arguments(
        percentile=("quantile", quantile_of), max_age_s=("max_age_ms", milliseconds_of)
    )
    def __init__(
        self,
        quantile: float = 0.95,
        *,
        window: int = 1000,
        min_samples: int = 30,
        initial_delay_ms: float | None = None,
        min_delay_ms: float = 0.0,
        max_delay_ms: float = math.inf,
        max_age_ms: float | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        require_numbers(window=window, min_samples=min_samples)
        require_numbers(min_delay_ms=min_delay_ms, max_delay_ms=max_delay_ms)
        for name, limit in (("initial_delay_ms", initial_delay_ms), ("max_age_ms", max_age_ms)):
            if limit is not None and not is_number(limit):
                raise PolicyError(name, limit, "milliseconds from 0, or None")
        quantile = as_quantile(quantile, "Percentile")
        if not 0 < quantile < 1:
            raise PolicyError("quantile", quantile, "a number between 0 and 1, such as 0.95")
        if not 1 <= min_samples <= window:
            raise PolicyError("min_samples", min_samples, f"a number from 1 to window={window!r}")
        if not 0 <= min_delay_ms <= max_delay_ms:
            raise PolicyError(
                "min_delay_ms", min_delay_ms, f"milliseconds from 0 to max_delay_ms={max_delay_ms}"
            )
        self.quantile: float = quantile
        self.window: int = window
        self.min_samples: int = min_samples
        self.initial_delay_ms: float | None = initial_delay_ms
        self.min_delay_ms: float = min_delay_ms
        self.max_delay_ms: float = max_delay_ms
        self.max_age_ms: float | None = max_age_ms
        self._clock: Callable[[], float] = clock
        self._recent: deque[float] = deque()
        self._times: deque[float] = deque()
        self._sorted: list[float] = []
        # The rank of the quantile, and among how many latencies.
        self._rank: int = 1
        self._ranked: tuple[int, float] = (0, 0.0)

    if not TYPE_CHECKING:
        percentile = renamed_attribute("percentile", "quantile", lambda it: it.quantile * 100)
        max_age_s = renamed_attribute(
            "max_age_s",
            "max_age_ms",
            lambda it: None if it.max_age_ms is None else it.max_age_ms / 1000,
        )

    @property
    def samples(self) -> int:
        """The number of latencies in the window."""
        return len(self._sorted)

    def delay_ms(self) -> float | None:
        """The nearest-rank quantile of the window, x_(ceil(n q)), within the bounds."""
        if self.max_age_ms is not None:
            self._drop_old(self.max_age_ms / 1000)
        count = len(self._sorted)
        if count < self.min_samples:
            return self.initial_delay_ms
        ranked = (count, self.quantile)
        if ranked != self._ranked:
            self._rank, self._ranked = nearest_rank(*ranked), ranked
        found = self._sorted[self._rank - 1]
        return min(max(found, self.min_delay_ms), self.max_delay_ms)

    def quantile_ms(self, quantile: float) -> float:
        """Any nearest-rank quantile of the window, which must not be empty.

        Args:
            quantile: Which quantile, between 0 and 1.
        """
        rank = nearest_rank(len(self._sorted), as_quantile(quantile, "quantile_ms"))
        return self._sorted[rank - 1]

    def record(self, latency_ms: float) -> None:
        """Take a request's latency into the window, which drops its oldest one when it is full.

        Args:
            latency_ms: From the start of the request to its result.
        """
        self._recent.append(latency_ms)
        insort(self._sorted, latency_ms)
        if self.max_age_ms is not None:
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
        """Take back what ``snapshot`` gave.

        Args:
            state: The plain values.
        """
        self._recent = deque(saved_numbers(state["recent"])[-self.window :])
        self._sorted = sorted(self._recent)
        if self.max_age_ms is not None:
            # Clocks of two processes cannot be compared: the latencies begin to age now.
            self._times = deque([self._clock()] * len(self._recent))


def nearest_rank(count: int, quantile: float) -> int:
    """The rank of a quantile among some values, from 1."""
    # 0.95 x 20 is 19.000000000000004 in binary, and not meant to be the 20th.
    return max(1, math.ceil(round(count * quantile, 9)))
