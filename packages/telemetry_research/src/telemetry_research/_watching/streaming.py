"""Metrics while events come, in constant memory; parts of several processes can be merged.

Means and variances follow Welford (Technometrics 4, 1962) and Chan et al. (1979) for the merge.
Quantiles come from a sketch with logarithmic buckets (Masson et al., DDSketch, PVLDB 12, 2019):
each is off by at most ``accuracy``, relative to its value.
"""

import math
from collections import Counter
from typing import Any

from .._core.catalogue import event_info
from .._core.event import Event


class Moments:
    """Count, mean and variance of a stream."""

    __slots__ = ("_squares", "count", "largest", "mean", "smallest")

    def __init__(self) -> None:
        self.count = 0
        self.mean = 0.0
        self._squares = 0.0
        self.smallest = math.inf
        self.largest = -math.inf

    def add(self, value: float) -> None:
        """Add one value."""
        self.count += 1
        off = value - self.mean
        self.mean += off / self.count
        self._squares += off * (value - self.mean)
        self.smallest = min(self.smallest, value)
        self.largest = max(self.largest, value)

    def merge(self, other: "Moments") -> None:
        """Add all values of another stream."""
        if not other.count:
            return
        total = self.count + other.count
        off = other.mean - self.mean
        self._squares += other._squares + off**2 * self.count * other.count / total  # noqa: SLF001  # same class
        self.mean += off * other.count / total
        self.count = total
        self.smallest = min(self.smallest, other.smallest)
        self.largest = max(self.largest, other.largest)

    @property
    def sd(self) -> float | None:
        """The standard deviation (n - 1); None for fewer than two values."""
        return math.sqrt(self._squares / (self.count - 1)) if self.count > 1 else None


class QuantileSketch:
    """Quantiles of a stream of values that are not negative.

    Args:
        accuracy: How far a quantile may be off, relative to its value.
    """

    __slots__ = ("_buckets", "_growth", "_log", "_zeros", "accuracy", "count")

    def __init__(self, accuracy: float = 0.01) -> None:
        if not 0 < accuracy < 1:
            raise ValueError(f"accuracy: {accuracy} is not in (0, 1)")
        self.accuracy = accuracy
        self._growth = (1 + accuracy) / (1 - accuracy)
        self._log = math.log(self._growth)
        self._buckets: Counter[int] = Counter()
        self._zeros = 0
        self.count = 0

    def add(self, value: float) -> None:
        """Add one value.

        Raises:
            ValueError: It is negative or not finite.
        """
        if not 0 <= value < math.inf:
            raise ValueError(f"{value} has no place in a sketch of values that are not negative")
        self.count += 1
        if value == 0:
            self._zeros += 1
        else:
            self._buckets[math.ceil(math.log(value) / self._log)] += 1

    def merge(self, other: "QuantileSketch") -> None:
        """Add all values of another sketch.

        Raises:
            ValueError: It has another accuracy.
        """
        if other.accuracy != self.accuracy:
            raise ValueError(f"accuracies {self.accuracy} and {other.accuracy} cannot be merged")
        self._buckets.update(other._buckets)  # noqa: SLF001  # same class
        self._zeros += other._zeros  # noqa: SLF001  # same class
        self.count += other.count

    def quantile(self, share: float) -> float | None:
        """The value with this share at or below it; None of nothing."""
        if not self.count:
            return None
        rank = share * (self.count - 1)
        seen = self._zeros
        if seen > rank:
            return 0.0
        for bucket in sorted(self._buckets):
            seen += self._buckets[bucket]
            if seen > rank:
                break
        return float(2 * self._growth**bucket / (self._growth + 1))


class StreamingMetrics:
    """Metrics per level that are up to date at every event; call it with events, or subscribe it.

    ``experiment.subscribe(StreamingMetrics())`` follows an experiment.
    """

    def __init__(self, *, accuracy: float = 0.01) -> None:
        self.accuracy = accuracy
        self.reset()

    def reset(self) -> None:
        """Forget everything."""
        self.events: Counter[str] = Counter()
        self._latency: dict[str, tuple[Moments, QuantileSketch]] = {}
        self._cost: dict[str, Moments] = {}
        self._outcomes: dict[str, Counter[bool]] = {}

    def __call__(self, event: Event) -> None:
        """Take one event."""
        self.events[event.name] += 1
        info = event_info(event.name)
        if not info.counts:
            return
        if event.success is not None:
            self._outcomes.setdefault(info.level, Counter())[event.success] += 1
        if event.cost_usd is not None:
            self._cost.setdefault(info.level, Moments()).add(event.cost_usd)
        if event.latency_ms is not None and event.latency_ms >= 0:
            moments, sketch = self._of(info.level)
            moments.add(event.latency_ms)
            sketch.add(event.latency_ms)

    def _of(self, level: str) -> tuple[Moments, QuantileSketch]:
        fresh = (Moments(), QuantileSketch(self.accuracy))
        return self._latency.setdefault(level, fresh)

    def merge(self, other: "StreamingMetrics") -> None:
        """Add what another process or thread has seen."""
        self.events.update(other.events)
        for level, (moments, sketch) in other._latency.items():  # noqa: SLF001  # same class
            mine = self._of(level)
            mine[0].merge(moments)
            mine[1].merge(sketch)
        for level, cost in other._cost.items():  # noqa: SLF001  # same class
            self._cost.setdefault(level, Moments()).merge(cost)
        for level, outcomes in other._outcomes.items():  # noqa: SLF001  # same class
            self._outcomes.setdefault(level, Counter()).update(outcomes)

    def to_dict(self) -> dict[str, Any]:
        """The metrics by level: ``latency_ms``, ``cost_usd``, ``succeeded`` and ``failed``."""
        levels = {**self._latency, **self._cost, **self._outcomes}
        return {
            "events": dict(self.events),
            "levels": {level: self._level(level) for level in levels},
        }

    def _level(self, level: str) -> dict[str, Any]:
        moments, sketch = self._latency.get(level, (Moments(), QuantileSketch(self.accuracy)))
        cost = self._cost.get(level)
        outcomes = self._outcomes.get(level, Counter())
        shares = {"p50": 0.5, "p90": 0.9, "p95": 0.95, "p99": 0.99, "p99_9": 0.999}
        latency = {name: sketch.quantile(share) for name, share in shares.items()}
        if moments.count:
            latency |= {"count": float(moments.count), "mean": moments.mean, "sd": moments.sd}
            latency |= {"min": moments.smallest, "max": moments.largest}
        return {
            "latency_ms": latency if moments.count else {},
            "cost_usd": None if cost is None else cost.mean * cost.count,
            "succeeded": outcomes[True],
            "failed": outcomes[False],
        }
