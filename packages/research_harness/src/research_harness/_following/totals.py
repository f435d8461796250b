"""What the rows of one condition add up to; a row that was asked again is taken back."""

from collections import Counter
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from telemetry_research import QuantileSketch

_MAX_KINDS = 20
_OTHER = "other"
_QUANTILES = {"p50": 0.5, "p90": 0.9, "p95": 0.95, "p99": 0.99}


class FollowedRow(msgspec.Struct, frozen=True):
    """Of a row, what the view adds up."""

    index: int
    item_id: str
    condition: str
    repeat: int
    correct: bool = False
    score: float = 0.0
    latency_ms: float | None = None
    cost_usd: float | None = None
    known_cost_usd: float | None = None
    source: str = ""
    error_type: str = ""
    failure: str = ""
    attempts: int = 1
    started_us: int = 0
    duration_ms: float = 0.0

    @property
    def failed(self) -> bool:
        """Whether the condition gave no outcome."""
        return bool(self.error_type)


class ConditionTotals:
    """The sums of one condition."""

    def __init__(self) -> None:
        import telemetry_research

        self.rows = 0
        self.failed = 0
        self.right = 0
        self.value = 0.0
        self.cost_usd = 0.0
        self.unknown_costs = 0
        self._latencies: QuantileSketch = telemetry_research.QuantileSketch()
        self._errors: Counter[str] = Counter()

    def add(self, row: FollowedRow, value: float, *, sign: int = 1) -> None:
        """Count a row, or take it back.

        Args:
            row: The row.
            value: Its value of the metric that is followed.
            sign: 1 to count it, -1 to take it back.
        """
        self.rows += sign
        self.failed += sign * row.failed
        self.right += sign * (row.correct and not row.failed)
        self.value += sign * value
        if row.cost_usd is None:
            self.unknown_costs += sign
        self.cost_usd += sign * (
            (row.known_cost_usd if row.cost_usd is None else row.cost_usd) or 0.0
        )
        if row.latency_ms is not None and 0 <= row.latency_ms < float("inf"):
            self._latencies.add(row.latency_ms, sign)
        if row.failed:
            self._count_error(
                f"{row.failure}: {row.error_type}" if row.failure else row.error_type, sign
            )

    def to_dict(self) -> dict[str, object]:
        """The sums as plain values; what is not known is left out."""
        found: dict[str, object] = {
            "rows": self.rows,
            "failed": self.failed,
            "right": self.right,
            "cost_usd": max(0.0, self.cost_usd),
            "unknown_costs": self.unknown_costs,
            "errors": {name: count for name, count in self._errors.items() if count > 0},
            "latency_ms": {},
        }
        if self.rows:
            found["estimate"] = self.value / self.rows
        if self._latencies.count > 0:
            values = {name: self._latencies.quantile(share) for name, share in _QUANTILES.items()}
            found["latency_ms"] = {
                name: round(value, 3) for name, value in values.items() if value is not None
            }
        return found

    def _count_error(self, kind: str, sign: int) -> None:
        kind = kind[:200]
        if kind not in self._errors and len(self._errors) >= _MAX_KINDS:
            kind = _OTHER
        self._errors[kind] += sign
