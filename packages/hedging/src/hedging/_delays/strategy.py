"""The protocol of a strategy, and the strategies that learn nothing.

A strategy is any object with ``delay_ms()`` and ``record(latency_ms)``. It may offer more:

- ``observe(delay_ms, late)``: told for each request whether its primary was still running when its
  delay had passed. It is told at that moment, not when the request ends: what is late is known
  before it is known how late.
- ``probability``: the share of the late requests that get a backup.
- ``for_workload(workload)``: another strategy for requests of this kind.
- ``react(delay_ms, latency_ms, hedges, won, failed)``: told by keyword how each request ended.
- ``snapshot()`` and ``restore(state)``: what was learned, as plain values.
"""

import math
from typing import Protocol


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


class SingleR(Fixed):
    """Sends a backup after a fixed delay to a random share of the late requests.

    The best policy of its kind when copies are independent (Kaler, He and Elnikety, SPAA 2017).
    ``analyze`` gives the delay and the probability for a budget.

    Args:
        delay_ms: The delay in milliseconds.
        probability: The share of the late requests that get a backup.

    Raises:
        ValueError: An argument is out of its range.
    """

    def __init__(self, delay_ms: float, probability: float) -> None:
        super().__init__(delay_ms)
        if not 0 <= probability <= 1:
            raise ValueError(f"probability: {probability!r} is not between 0 and 1")
        self.probability = probability
