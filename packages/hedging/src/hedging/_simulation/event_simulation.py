"""A strategy over simulated traffic as an event simulation: a few microseconds for each request.

It keeps the order of events that the real code has: a late primary is known when its delay has
passed, a latency when its request has ended.
"""

import warnings
from dataclasses import dataclass, field
from heapq import heappop, heappush
from typing import TYPE_CHECKING

from .._core.deprecated import renamed_arguments
from .._core.plain import plain
from .._core.seeding import uniform
from .._core.shown import shown
from .._delays.strategy import DelayStrategy
from .._limits.budget import Budget
from .._offline.oracle import Rule, Sample
from .traffic import Traffic

_FINISH, _DUE = 0, 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Simulated:
    """The result of a simulation.

    Attributes:
        latency_ms: The latency of each request.
        hedged: Whether each got a backup.
        boundaries: The index at which each regime starts, and the number of requests.
    """

    latency_ms: tuple[float, ...] = field(repr=False)
    hedged: tuple[bool, ...] = field(repr=False)
    boundaries: tuple[int, ...]

    @property
    def extra_requests(self) -> float:
        """Backups per request."""
        return sum(self.hedged) / len(self.hedged)

    if not TYPE_CHECKING:

        def most_extra(self, requests: int = 500) -> float:
            """The old name of ``max_extra``."""
            text = "Simulated.most_extra() is now Simulated.max_extra()"
            warnings.warn(text, DeprecationWarning, stacklevel=2)
            return self.max_extra(requests)

    def max_extra(self, requests: int = 500) -> float:
        """The most backups per request in any run of this many requests.

        Args:
            requests: The length of the run.
        """
        window = highest = sum(self.hedged[:requests])
        for old, new in zip(self.hedged, self.hedged[requests:], strict=False):
            window += new - old
            highest = max(highest, window)
        return highest / requests

    @renamed_arguments(share="quantile")
    def quantile_ms(self, quantile: float, begin: int = 0, end: int | None = None) -> float:
        """A quantile of the latencies from one request to another.

        Args:
            quantile: Which quantile, between 0 and 1.
            begin: The first request.
            end: The request after the last one; None for all.
        """
        return Sample(self.latency_ms[begin:end]).quantile(quantile)

    def to_dict(self) -> dict[str, object]:
        """The result as plain values."""
        return plain(self)

    @shown
    def __str__(self) -> str:
        return (
            f"{len(self.latency_ms)} requests, SIMULATED: P50 {self.quantile_ms(0.5):.0f}, P95"
            f" {self.quantile_ms(0.95):.0f}, P99 {self.quantile_ms(0.99):.0f} ms;"
            f" {self.extra_requests:.1%} extra requests"
        )


def simulate(
    traffic: Traffic,
    strategy: DelayStrategy | Rule,
    *,
    budget: Budget | None = None,
    seed: int = 0,
) -> Simulated:
    """Run a strategy over traffic.

    Args:
        traffic: The requests.
        strategy: A strategy, or a ``Rule``; it learns.
        budget: Pays for the backups; None sets no limit.
        seed: For strategies that hedge a random share of the late requests.

    Returns:
        The latencies, and which requests got a backup.
    """
    if isinstance(strategy, Rule):
        strategy = _RuleStrategy(strategy)
    run = _Run(traffic, strategy, budget, seed)
    run.all()
    return Simulated(
        latency_ms=tuple(run.latencies), hedged=tuple(run.hedged), boundaries=traffic.boundaries
    )


class _Run:
    """The events of a simulation, in the order of their times."""

    def __init__(
        self, traffic: Traffic, strategy: DelayStrategy, budget: Budget | None, seed: int
    ) -> None:
        self._traffic = traffic
        self._strategy = strategy
        self._observe = getattr(strategy, "observe", None)
        self._budget = budget
        self._seed = seed
        self._delays: list[float | None] = []
        self._events: list[tuple[float, int, int]] = []
        self.latencies = list(traffic.primary_ms)
        self.hedged = [False] * len(traffic)

    def all(self) -> None:
        events = self._events
        for number, arrival in enumerate(self._traffic.arrival_ms):
            while events and events[0][0] < arrival:
                self._process(*heappop(events))
            self._arrive(arrival, number)
        while events:
            self._process(*heappop(events))

    def _arrive(self, now: float, number: int) -> None:
        delay = self._strategy.delay_ms()
        self._delays.append(delay)
        if self._budget is not None:
            self._budget.deposit()
        latency = self.latencies[number]
        if delay is None or latency <= delay:
            heappush(self._events, (now + latency, _FINISH, number))
        else:
            heappush(self._events, (now + delay, _DUE, number))

    def _process(self, now: float, kind: int, number: int) -> None:
        delay = self._delays[number]
        if kind == _DUE and delay is not None:
            self._late(now, delay, number)
            return
        # A hedged request ends after its delay, so its latency shows that it was late.
        in_time = delay is not None and self.latencies[number] <= delay
        if in_time and self._observe is not None:
            self._observe(delay, False)
        self._strategy.record(self.latencies[number])

    def _late(self, now: float, delay: float, number: int) -> None:
        if self._observe is not None:
            self._observe(delay, True)
        if self._may_hedge(number):
            self.hedged[number] = True
            backup = delay + self._traffic.backup_ms[number]
            self.latencies[number] = min(self.latencies[number], backup)
        heappush(self._events, (now - delay + self.latencies[number], _FINISH, number))

    def _may_hedge(self, number: int) -> bool:
        probability = getattr(self._strategy, "probability", 1.0)
        # The label is that of the real code, so that both draw the same numbers.
        drawn = 0.0 if probability >= 1 else uniform(self._seed, "hedge 1", "default", number + 1)
        return drawn < probability and (self._budget is None or self._budget.withdraw())


class _RuleStrategy:
    """A rule as a strategy."""

    def __init__(self, rule: Rule) -> None:
        self._delay_ms = rule.delay_ms
        self.probability = rule.probability

    def delay_ms(self) -> float:
        return self._delay_ms

    def record(self, latency_ms: float) -> None:
        """Nothing is learned."""
