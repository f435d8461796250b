"""What a hedger did so far: counters, and quantiles of its latencies with intervals."""

import math
from collections import Counter, deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

_WINDOW = 10_000
_Z95 = 1.959964
_LEVELS = (50, 90, 95, 99, 99.9)


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantile:
    """A percentile with its interval.

    Attributes:
        percentile: Which, in (0, 100).
        value_ms: The nearest-rank value.
        low_ms: The lower end; None when the sample is too small for one.
        high_ms: The upper end; None when the sample is too small for one.
    """

    percentile: float
    value_ms: float
    low_ms: float | None
    high_ms: float | None

    def __str__(self) -> str:
        low = "-" if self.low_ms is None else f"{self.low_ms:.1f}"
        high = "-" if self.high_ms is None else f"{self.high_ms:.1f}"
        return f"P{self.percentile:g} {self.value_ms:.1f} ms [{low}, {high}]"


@dataclass(frozen=True, slots=True, kw_only=True)
class Statistics:
    """The counters of a key, or of all keys together.

    Attributes:
        requests: Requests that were made.
        succeeded: Those that gave a result.
        failed: Those whose attempts all failed.
        timed_out: Those that took too long.
        hedged: Those that got a backup.
        hedges: Backups and retries that were sent.
        hedge_wins: Those that gave the result.
        cancelled: Attempts that were cancelled.
        would_hedge: Backups that shadow mode held back.
        suppressed: Reason to number of backups that were not sent.
        cost_factor: Mean cost in units of one attempt.
        cost_usd: All costs known.
        extra_usd: What the losers cost, as far as it is known.
        quantiles: Percentiles of the latest 10,000 latencies.
        mean_ms: Their mean.
        min_ms: The shortest of them.
        max_ms: The longest of them.
    """

    requests: int
    succeeded: int
    failed: int
    timed_out: int
    hedged: int
    hedges: int
    hedge_wins: int
    cancelled: int
    would_hedge: int
    suppressed: dict[str, int]
    cost_factor: float
    cost_usd: float
    extra_usd: float
    quantiles: tuple[Quantile, ...]
    mean_ms: float
    min_ms: float
    max_ms: float

    @property
    def hedge_rate(self) -> float:
        """Hedged requests per request."""
        return self.hedged / self.requests if self.requests else 0.0

    @property
    def win_rate(self) -> float:
        """Backups that gave the result, per hedged request."""
        return self.hedge_wins / self.hedged if self.hedged else 0.0

    @property
    def effectiveness(self) -> float:
        """Backups that gave the result, per request."""
        return self.hedge_wins / self.requests if self.requests else 0.0

    @property
    def extra_requests(self) -> float:
        """Backups per request: what the budget limits."""
        return self.hedges / self.requests if self.requests else 0.0

    def __str__(self) -> str:
        tail = ", ".join(str(each) for each in self.quantiles if each.percentile >= 95)
        held = ", ".join(f"{name} {count}" for name, count in sorted(self.suppressed.items()))
        return (
            f"{self.requests} requests, {self.hedge_rate:.1%} hedged, {self.win_rate:.0%} of those"
            f" won, cost factor {self.cost_factor:.3f}; {tail or 'no latencies yet'}"
            + (f"; held back: {held}" if held else "")
        )

    def to_dict(self) -> dict[str, Any]:
        """The statistics as plain values."""
        plain = {name: getattr(self, name) for name in Statistics.__slots__}
        rates = ("hedge_rate", "win_rate", "effectiveness", "extra_requests")
        return {
            **plain,
            **{name: getattr(self, name) for name in rates},
            "quantiles": {
                f"p{each.percentile:g}": [each.value_ms, each.low_ms, each.high_ms]
                for each in self.quantiles
            },
        }


_COUNTERS = (
    "requests",
    "succeeded",
    "failed",
    "timed_out",
    "hedged",
    "hedges",
    "hedge_wins",
    "cancelled",
    "would_hedge",
)


@dataclass(slots=True)
class Tally:
    """The counters of one key while they are counted."""

    requests: int = 0
    succeeded: int = 0
    failed: int = 0
    timed_out: int = 0
    hedged: int = 0
    hedges: int = 0
    hedge_wins: int = 0
    cancelled: int = 0
    would_hedge: int = 0
    factors: float = 0.0
    cost_usd: float = 0.0
    extra_usd: float = 0.0
    suppressed: Counter[str] = field(default_factory=Counter)
    latencies: deque[float] = field(default_factory=lambda: deque(maxlen=_WINDOW))

    def snapshot(self) -> dict[str, Any]:
        """The counters as plain values."""
        plain = {name: getattr(self, name) for name in Tally.__slots__}
        return {**plain, "suppressed": dict(self.suppressed), "latencies": list(self.latencies)}

    @classmethod
    def restored(cls, state: dict[str, Any]) -> "Tally":
        """The counters of a snapshot."""
        tally = cls(**{**state, "suppressed": Counter(state["suppressed"])})
        tally.latencies = deque(state["latencies"], maxlen=_WINDOW)
        return tally


def summarize(tallies: Sequence[Tally]) -> Statistics:
    """The counters of some keys together."""
    latencies = sorted(value for tally in tallies for value in tally.latencies)
    totals = {name: sum(getattr(tally, name) for tally in tallies) for name in _COUNTERS}
    ended = totals["succeeded"]
    return Statistics(
        **totals,
        suppressed=dict(sum((tally.suppressed for tally in tallies), Counter())),
        cost_factor=sum(tally.factors for tally in tallies) / ended if ended else 1.0,
        cost_usd=sum(tally.cost_usd for tally in tallies),
        extra_usd=sum(tally.extra_usd for tally in tallies),
        quantiles=tuple(quantile(latencies, level) for level in _LEVELS) if latencies else (),
        mean_ms=sum(latencies) / len(latencies) if latencies else math.nan,
        min_ms=latencies[0] if latencies else math.nan,
        max_ms=latencies[-1] if latencies else math.nan,
    )


def quantile(ordered: Sequence[float], percentile: float) -> Quantile:
    """A percentile of sorted values with its distribution-free 95 % interval.

    The ranks of the interval are those of the binomial count below the quantile, by its normal
    approximation (David and Nagaraja, Order Statistics, section 7.1). An end that would lie
    outside of the sample is None: 1,000 values hold ten above their P99, 100 values hold one.
    """
    count, share = len(ordered), percentile / 100
    half = _Z95 * math.sqrt(count * share * (1 - share))
    low, high = math.floor(count * share - half), math.ceil(count * share + half) + 1
    rank = max(1, math.ceil(count * share))
    return Quantile(
        percentile=percentile,
        value_ms=ordered[rank - 1],
        low_ms=ordered[low - 1] if low >= 1 else None,
        high_ms=ordered[high - 1] if high <= count else None,
    )
