"""Live metrics in constant memory; those of several processes can be merged.

Means and variances follow Welford (Technometrics 4, 1962) and Chan et al. (1979) for the merge.
Quantiles come from a sketch with logarithmic buckets (Masson et al., DDSketch, PVLDB 12, 2019):
the relative error of each is at most ``accuracy``.
"""

import math
from collections import Counter
from typing import Any

from .._core.catalogue import event_info
from .._core.columns import scalar
from .._core.deprecated import renamed_arguments
from .._core.errors import require_quantile
from .._core.event import Event

_NO_BUCKET = -(10**9)  # buckets are larger, for any accuracy above 1e-6


class Moments:
    """Count, mean, standard deviation and range of a stream.

    Attributes:
        count: The number of values, or the sum of their weights.
        mean: Their mean.
        smallest: The smallest value; infinity without any.
        largest: The largest value; minus infinity without any.
    """

    __slots__ = ("_squares", "count", "largest", "mean", "smallest")

    def __init__(self) -> None:
        self.count: float = 0
        self.mean: float = 0.0
        self._squares = 0.0
        self.smallest: float = math.inf
        self.largest: float = -math.inf

    def add(self, value: float, weight: float = 1) -> None:
        """Add one value; with a weight, it stands for so many (West, Comm. ACM 22, 1979).

        Args:
            value: The value.
            weight: One over the probability of a sampled event.
        """
        self.count += weight
        deviation = value - self.mean
        self.mean += weight * deviation / self.count
        self._squares += weight * deviation * (value - self.mean)
        self.smallest = min(self.smallest, value)
        self.largest = max(self.largest, value)

    def merge(self, other: "Moments") -> None:
        """Add all values of another stream.

        Args:
            other: The other stream, which stays as it is.
        """
        if not other.count:
            return
        total = self.count + other.count
        deviation = other.mean - self.mean
        self._squares += other._squares + deviation**2 * self.count * other.count / total  # noqa: SLF001  # same class
        self.mean += deviation * other.count / total
        self.count = total
        self.smallest = min(self.smallest, other.smallest)
        self.largest = max(self.largest, other.largest)

    @property
    def sd(self) -> float | None:
        """The standard deviation (n - 1); None for fewer than two values."""
        return math.sqrt(self._squares / (self.count - 1)) if self.count > 1 else None


class QuantileSketch:
    """Quantiles of a stream of non-negative values.

    Args:
        accuracy: The largest relative error of a quantile, in (0, 1).

    Attributes:
        accuracy: As given.
        count: The number of values.

    Raises:
        ValueError: The accuracy is not in (0, 1).
    """

    __slots__ = ("_buckets", "_growth", "_log", "_weighted", "_zeros", "accuracy", "count")

    def __init__(self, accuracy: float = 0.01) -> None:
        if not 0 < accuracy < 1:
            raise ValueError(f"accuracy={accuracy} is not in (0, 1); give a value such as 0.01")
        self.accuracy: float = accuracy
        self._growth = (1 + accuracy) / (1 - accuracy)
        self._log = math.log(self._growth)
        self._buckets: dict[int, float] = {}
        self._zeros: float = 0
        self._weighted = False
        self.count: float = 0

    def add(self, value: float, weight: float = 1) -> None:
        """Add one value; with a weight, it stands for so many.

        Args:
            value: A non-negative number.
            weight: One over the probability of a sampled event.

        Raises:
            ValueError: It is negative or not finite.
        """
        if not 0 <= value < math.inf:
            raise ValueError(f"value={value} is not a finite number from 0 up")
        self.count += weight
        if weight != 1:
            self._weighted = True
        if value == 0:
            self._zeros += weight
        else:
            bucket = math.ceil(math.log(value) / self._log)
            self._buckets[bucket] = self._buckets.get(bucket, 0) + weight

    def add_column(self, values: Any, weights: Any = None) -> None:
        """Add many values at once.

        Args:
            values: An Arrow array of floats, without nulls.
            weights: The weight of each as an Arrow array; None is 1.

        Raises:
            ValueError: A value is negative or not finite.
        """
        import pyarrow as pa  # noqa: PLC0415  # not at import of the package
        import pyarrow.compute as pc  # noqa: PLC0415  # same

        if not len(values):
            return
        logs = pc.divide(pc.ln(values), scalar(self._log))
        valid = pc.and_(pc.greater_equal(values, scalar(0.0)), pc.is_finite(values))
        if not pc.all(valid).as_py():
            raise ValueError("values has a number that is not finite, or is negative")
        # The logarithm of zero is minus infinity, and gets a code of its own.
        codes = pc.if_else(pc.is_finite(logs), pc.ceil(logs), scalar(2.0 * _NO_BUCKET))
        codes = codes.cast(pa.int64())
        found: Counter[int] = Counter()
        self._weighted = self._weighted or weights is not None
        if weights is None:
            counts: Any = pc.value_counts(codes)
            for each in counts.to_pylist():
                found[each["values"]] = each["counts"]
        else:
            for code, weight in zip(codes.to_pylist(), weights.to_pylist(), strict=True):
                found[code] += weight
        for code, count in found.items():
            self.count += count
            if code < _NO_BUCKET:
                self._zeros += count
            else:
                self._buckets[code] = self._buckets.get(code, 0) + count

    def merge(self, other: "QuantileSketch") -> None:
        """Add all values of another sketch.

        Args:
            other: The other sketch, which stays as it is.

        Raises:
            ValueError: It has another accuracy.
        """
        if other.accuracy != self.accuracy:
            given = f"accuracies {self.accuracy} and {other.accuracy} differ"
            raise ValueError(f"{given}; merge sketches of one accuracy")
        for bucket, count in other._buckets.items():  # noqa: SLF001  # same class
            self._buckets[bucket] = self._buckets.get(bucket, 0) + count
        self._zeros += other._zeros  # noqa: SLF001  # same class
        self._weighted = self._weighted or other._weighted  # noqa: SLF001  # same class
        self.count += other.count

    @renamed_arguments(share="quantile")
    def quantile(self, quantile: float) -> float | None:
        """The value with this share of all values at or below it, as ``Metrics`` defines it.

        Without weights it is linear between the two nearest values (type 7 of Hyndman and Fan).

        Args:
            quantile: Which one, in [0, 1].

        Returns:
            None without any values.

        Raises:
            ValueError: The quantile is not in [0, 1].
        """
        require_quantile(quantile)
        if not self.count:
            return None
        if self._weighted:
            return self._first_with(quantile * self.count * (1 - 1e-12))
        position = quantile * (self.count - 1)
        below = math.floor(position)
        low, high = self._first_with(below + 1), self._first_with(min(below + 2, self.count))
        return low + (high - low) * (position - below)

    def _first_with(self, weight: float) -> float:
        """The smallest value with at least this weight at or below it."""
        seen = self._zeros
        if seen and seen >= weight:
            return 0.0
        for bucket in sorted(self._buckets):
            seen += self._buckets[bucket]
            if seen >= weight:
                break
        return float(2 * self._growth**bucket / (self._growth + 1))


class StreamingMetrics:
    """Metrics of each level that are up to date at every event.

    Call it with events, or subscribe it to an experiment. A sampled event counts with one over its
    probability, as in ``Metrics``.

    Args:
        accuracy: The largest relative error of a quantile, in (0, 1).

    Attributes:
        accuracy: As given.
        events: The number of events of each name.

    Example:
        >>> live = StreamingMetrics()
        >>> with recording("pilot") as experiment:
        ...     stop = experiment.subscribe(live)
        ...     record("a.stop", {"duration_ns": 5})
        >>> live.events["a.stop"]
        1
    """

    def __init__(self, *, accuracy: float = 0.01) -> None:
        self.accuracy: float = accuracy
        self.events: Counter[str] = Counter()
        self.reset()

    def reset(self) -> None:
        """Start again without events."""
        self.events = Counter()
        self._latency: dict[str, tuple[Moments, QuantileSketch]] = {}
        self._cost: dict[str, Moments] = {}
        self._outcomes: dict[str, dict[bool, float]] = {}

    def __call__(self, event: Event) -> None:
        """Add one event.

        Args:
            event: A captured event.
        """
        self.events[event.name] += 1
        info = event_info(event.name)
        if not (info.counts or info.settles_cost):
            return
        weight = 1 if event.probability == 1 else 1 / event.probability
        if event.cost_usd is not None:
            self._cost.setdefault(info.level, Moments()).add(event.cost_usd, weight)
        if not info.counts:
            return
        if event.success is not None:
            outcomes = self._outcomes.setdefault(info.level, {True: 0, False: 0})
            outcomes[event.success] += weight
        if event.latency_ms is not None and event.latency_ms >= 0:
            moments, sketch = self._of(info.level)
            moments.add(event.latency_ms, weight)
            sketch.add(event.latency_ms, weight)

    def _of(self, level: str) -> tuple[Moments, QuantileSketch]:
        fresh = (Moments(), QuantileSketch(self.accuracy))
        return self._latency.setdefault(level, fresh)

    def merge(self, other: "StreamingMetrics") -> None:
        """Add the events of another process or thread.

        Args:
            other: Its metrics, which stay as they are.
        """
        self.events.update(other.events)
        for level, (moments, sketch) in other._latency.items():  # noqa: SLF001  # same class
            mine = self._of(level)
            mine[0].merge(moments)
            mine[1].merge(sketch)
        for level, cost in other._cost.items():  # noqa: SLF001  # same class
            self._cost.setdefault(level, Moments()).merge(cost)
        for level, outcomes in other._outcomes.items():  # noqa: SLF001  # same class
            mine_too = self._outcomes.setdefault(level, {True: 0, False: 0})
            for outcome, count in outcomes.items():
                mine_too[outcome] += count

    def to_dict(self) -> dict[str, object]:
        """The metrics by level: ``latency_ms``, ``cost_usd``, ``succeeded`` and ``failed``."""
        levels = {**self._latency, **self._cost, **self._outcomes}
        return {
            "events": dict(self.events),
            "levels": {level: self._level(level) for level in levels},
        }

    def _level(self, level: str) -> dict[str, Any]:
        moments, sketch = self._latency.get(level, (Moments(), QuantileSketch(self.accuracy)))
        cost = self._cost.get(level)
        outcomes = self._outcomes.get(level, {True: 0, False: 0})
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
