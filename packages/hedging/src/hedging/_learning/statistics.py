"""The counters of a hedger, and quantiles of its latencies with intervals."""

import math
from collections import Counter, deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from .._core.plain import json_text, plain, plain_value
from .._core.quantiles import Quantile, latency_quantile, survival_sample
from .._core.shown import html_table, markdown_table, shown
from .._delays.saved import saved_count, saved_mapping, saved_number, saved_numbers

_WINDOW = 10_000
_QUANTILES = (0.5, 0.9, 0.95, 0.99, 0.999)
_TAIL = 0.95
_RATES = ("hedge_rate", "win_rate", "effectiveness", "extra_requests")


@dataclass(frozen=True, slots=True, kw_only=True)
class HedgingStatistics:
    """The counters of a key, or of all keys together.

    Attributes:
        requests: Requests that were made.
        succeeded: Requests that gave a result.
        failed: Requests whose attempts all failed.
        timed_out: Requests without a result within their time limit.
        given_up: Requests whose caller was cancelled.
        attempts: Attempts that were sent by requests that have ended.
        hedged: Requests that gave a result and got a backup.
        hedges: Backups and retries that were sent.
        hedge_wins: Requests whose result came from a backup.
        cancelled: Attempts that were cancelled.
        would_hedge: Backups that shadow mode did not send.
        suppressed: Reason to number of backups that were not sent.
        cost_factor: Mean cost in units of one attempt.
        cost_usd: The sum of the known costs in dollars; None when no cost is known.
        extra_usd: The known costs of losers in dollars; None when no such cost is known, and no
            limit in dollars counts them.
        unpriced: Losers and backups that have ended, or run, and whose cost is not known.
        unknown_costs: Requests whose cost is not fully known.
        quantiles: P50, P90, P95, P99 and P99.9 of the latest 10,000 latencies. Requests that failed
            or timed out count as longer than they ran (Kaplan and Meier 1958).
        mean_ms: The mean of the latencies.
        min_ms: The shortest of them.
        max_ms: The longest of them.
    """

    requests: int
    succeeded: int
    failed: int
    timed_out: int
    given_up: int
    attempts: int
    hedged: int
    hedges: int
    hedge_wins: int
    cancelled: int
    would_hedge: int
    suppressed: dict[str, int]
    cost_factor: float
    cost_usd: float | None
    extra_usd: float | None
    unpriced: int
    unknown_costs: int
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

    @shown
    def __str__(self) -> str:
        tail = ", ".join(str(each) for each in self.quantiles if each.quantile >= _TAIL)
        held = ", ".join(f"{name} {count}" for name, count in sorted(self.suppressed.items()))
        won = f", {self.win_rate:.0%} of those won" if self.hedged else ""
        return (
            f"{self.requests} requests, {self.hedge_rate:.1%} hedged{won}, cost factor"
            f" {self.cost_factor:.3f}; {tail or 'no latencies yet'}"
            + (f"; not sent: {held}" if held else "")
        )

    def _repr_html_(self) -> str:
        return html_table("Hedged requests", ("", ""), self._rows())

    def to_markdown(self) -> str:
        """The statistics as a Markdown table."""
        return markdown_table(("statistic", "value"), self._rows())

    def to_json(self) -> str:
        """The statistics as JSON."""
        return json_text(self.to_dict())

    def to_dict(self) -> dict[str, object]:
        """The statistics as plain values; each quantile as its value and the two ends.

        A quantile among requests that gave no result has no value: None.
        """
        return {
            **plain(self),
            **{name: getattr(self, name) for name in _RATES},
            "quantiles": {
                each.name.lower(): [plain_value(each.value_ms), *each.interval.to_ends()]
                for each in self.quantiles
            },
        }

    def _rows(self) -> list[tuple[str, str]]:
        rows = [
            ("requests", f"{self.requests}"),
            ("succeeded", f"{self.succeeded}"),
            ("failed", f"{self.failed}"),
            ("timed out", f"{self.timed_out}"),
            ("given up", f"{self.given_up}"),
            ("hedged", f"{self.hedge_rate:.1%}"),
            ("won by the backup", f"{self.win_rate:.1%}" if self.hedged else "-"),
            ("cost factor", f"{self.cost_factor:.3f}"),
            ("cost", self._dollars(self.cost_usd)),
            ("extra cost", self._dollars(self.extra_usd)),
        ]
        rows += [(each.name, str(each).removeprefix(f"{each.name} ")) for each in self.quantiles]
        return rows + [(f"not sent: {name}", f"{n}") for name, n in sorted(self.suppressed.items())]

    def _dollars(self, amount: float | None) -> str:
        if amount is None:
            return "unknown"
        return f"${amount:g}" + (f", {self.unknown_costs} unknown" if self.unknown_costs else "")


_COUNTERS = (
    "requests",
    "succeeded",
    "failed",
    "timed_out",
    "given_up",
    "attempts",
    "unpriced",
    "hedged",
    "hedges",
    "hedge_wins",
    "cancelled",
    "would_hedge",
    "unknown_costs",
)
_SUMS = ("factors", "cost_usd", "extra_usd")


@dataclass(slots=True, eq=False, repr=False)
class Tally:
    """The counters of one key while they are counted."""

    requests: int = 0
    succeeded: int = 0
    failed: int = 0
    timed_out: int = 0
    given_up: int = 0
    attempts: int = 0
    unpriced: int = 0
    hedged: int = 0
    hedges: int = 0
    hedge_wins: int = 0
    cancelled: int = 0
    would_hedge: int = 0
    unknown_costs: int = 0
    factors: float = 0.0
    cost_usd: float = 0.0
    extra_usd: float = 0.0
    suppressed: Counter[str] = field(default_factory=Counter)
    latencies: deque[float] = field(default_factory=lambda: deque(maxlen=_WINDOW))
    # The times after which requests were without a result: their latency is longer.
    censored: deque[float] = field(default_factory=lambda: deque(maxlen=_WINDOW))

    def add(self, other: "Tally") -> None:
        """Add the counters of a key that is dropped."""
        for name in (*_COUNTERS, *_SUMS, "suppressed"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.latencies.extend(other.latencies)
        self.censored.extend(other.censored)

    def snapshot(self) -> dict[str, Any]:
        """The counters as plain values."""
        plain = {name: getattr(self, name) for name in Tally.__slots__}
        windows = {"latencies": list(self.latencies), "censored": list(self.censored)}
        return {**plain, "suppressed": dict(self.suppressed), **windows}

    @classmethod
    def restored(cls, state: dict[str, Any]) -> "Tally":
        """The counters of a snapshot.

        Raises:
            ValueError: A counter in it is damaged, or not known.
        """
        saved = dict(saved_mapping(state))
        counts = {name: saved_count(saved.pop(name, 0)) for name in _COUNTERS}
        sums = {name: saved_number(saved.pop(name, 0.0)) for name in _SUMS}
        reasons = saved_mapping(saved.pop("suppressed", {}))
        windows = [saved_numbers(saved.pop(name, [])) for name in ("latencies", "censored")]
        if saved:
            raise ValueError(f"{', '.join(saved)} is not a counter")
        tally = cls()
        for name, each in {**counts, **sums}.items():
            setattr(tally, name, each)
        tally.suppressed.update({name: saved_count(each) for name, each in reasons.items()})
        tally.latencies.extend(windows[0])
        tally.censored.extend(windows[1])
        return tally


def summarize(tallies: Sequence[Tally], *, limited: bool = False) -> HedgingStatistics:
    """The counters of some keys together; ``limited`` when there is a limit in dollars."""
    latencies = sorted(value for tally in tallies for value in tally.latencies)
    censored = [value for tally in tallies for value in tally.censored]
    ordered = survival_sample(latencies, censored) if censored else latencies
    totals = {name: sum(getattr(tally, name) for tally in tallies) for name in _COUNTERS}
    ended = totals["succeeded"]
    cost_usd = sum(tally.cost_usd for tally in tallies)
    extra_usd = sum(tally.extra_usd for tally in tallies)
    unknown = totals["unknown_costs"]
    unknown_extra = unknown and totals["hedged"]
    return HedgingStatistics(
        **totals,
        suppressed=dict(sum((tally.suppressed for tally in tallies), Counter())),
        cost_factor=sum(tally.factors for tally in tallies) / ended if ended else 1.0,
        cost_usd=None if unknown and not cost_usd else cost_usd,
        extra_usd=None if unknown_extra and not extra_usd and not limited else extra_usd,
        quantiles=tuple(latency_quantile(ordered, each) for each in _QUANTILES if latencies),
        mean_ms=sum(latencies) / len(latencies) if latencies else math.nan,
        min_ms=latencies[0] if latencies else math.nan,
        max_ms=latencies[-1] if latencies else math.nan,
    )
