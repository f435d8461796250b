"""Latency, cost and reliability of an experiment, one level of events at a time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from .._core.event import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelMetrics:
    """What the finished requests of one level took, cost and came to.

    Of a sample, counts and sums are those of all events, estimated by weighting each event with one
    over the probability it was kept with.

    Attributes:
        level: The level.
        events: How many events the numbers are made of.
        requests: How many were finished: stops and exceptions, never starts.
        succeeded: How many of them succeeded.
        failed: How many failed.
        success_rate: Their share, and ``success_interval`` its 95 % Wilson interval.
        success_interval: Low and high end.
        latency_ms: ``count``, ``mean``, ``sd`` (n - 1), ``min``, ``p50`` to ``p99_9``, ``max`` of
            those with a duration; empty when none has one.
        latency_intervals: The 95 % interval of each percentile, from order statistics; None where
            there are too few values for one, or they are a weighted sample.
        cost_usd: The sum of the known costs; None when none is known.
        cost_known: How many requests have a known cost.
        cost_by_model: The sum by model, where events name one.
        input_tokens: Tokens read.
        output_tokens: Tokens written.
        tokens_by_model: Both, by model.
        error_types: How many failures of each kind.
    """

    level: str
    events: int
    requests: float
    succeeded: float
    failed: float
    success_rate: float | None
    success_interval: tuple[float, float] | None
    latency_ms: Mapping[str, float]
    latency_intervals: Mapping[str, tuple[float, float] | None]
    cost_usd: float | None
    cost_known: float
    cost_by_model: Mapping[str, float]
    input_tokens: float
    output_tokens: float
    tokens_by_model: Mapping[str, Mapping[str, float]]
    error_types: Mapping[str, float]

    @property
    def cost_per_request_usd(self) -> float | None:
        """The mean of the known costs."""
        return None if self.cost_usd is None else self.cost_usd / self.cost_known

    @property
    def cost_per_success_usd(self) -> float | None:
        """What one success costs, the failures included."""
        return (
            None if self.cost_usd is None or not self.succeeded else self.cost_usd / self.succeeded
        )

    @property
    def mtbf(self) -> float | None:
        """Requests per failure; None without a failure."""
        return self.requests / self.failed if self.failed else None

    def sla(self, target: float = 0.99) -> bool | None:
        """Whether the success rate reaches a target; None when nothing can be said."""
        return None if self.success_rate is None else self.success_rate >= target

    def to_dict(self) -> dict[str, Any]:
        """The metrics as plain values."""
        values = {name: getattr(self, name) for name in self.__slots__}
        values = {
            name: dict(value) if isinstance(value, Mapping) else value
            for name, value in values.items()
        }
        derived = {
            "cost_per_request_usd": self.cost_per_request_usd,
            "cost_per_success_usd": self.cost_per_success_usd,
            "mtbf": self.mtbf,
            "sla": {str(target): self.sla(target) for target in (0.99, 0.999, 0.9999)},
        }
        return {**values, **derived}


@dataclass(frozen=True, slots=True, kw_only=True)
class Metrics:
    """The metrics of an experiment.

    Attributes:
        levels: The levels that have requests, outermost first.
        events: How many events of each name.
        missed: How many events were not stored, by reason: errors, late, paused, filtered, dropped.
        custom: What custom calculators found, by their name.
    """

    levels: tuple[LevelMetrics, ...]
    events: Mapping[str, int]
    missed: Mapping[str, int]
    custom: Mapping[str, Any] = field(default_factory=dict)

    def level(self, name: str) -> LevelMetrics:
        """The metrics of one level.

        Raises:
            KeyError: The level has no requests.
        """
        for each in self.levels:
            if each.level == name:
                return each
        known = ", ".join(each.level for each in self.levels) or "none"
        raise KeyError(f"no requests on level {name!r}; levels with requests: {known}")

    def __str__(self) -> str:
        head = ("level", "requests", "success", "mean ms", "p50 ms", "p99 ms", "cost")
        rows = [head, *(_cells(each) for each in self.levels)]
        widths = [max(len(row[index]) for row in rows) for index in range(len(head))]
        lines = [
            "  ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True))
            for row in rows
        ]
        missed = [
            f"{count} {name.replace('_', ' ')}" for name, count in self.missed.items() if count
        ]
        if missed:
            lines.append("not stored: " + ", ".join(missed))
        return "\n".join(lines)

    def to_dict(self) -> dict[str, Any]:
        """The metrics as plain values."""
        return {
            "levels": [each.to_dict() for each in self.levels],
            "events": dict(self.events),
            "missed": dict(self.missed),
            "custom": dict(self.custom),
        }


class Calculator(Protocol):
    """A number of your own."""

    name: str

    def calculate(self, events: Sequence[Event]) -> Any:
        """The number, or anything JSON can hold, from all events."""
        ...


def _cells(each: LevelMetrics) -> tuple[str, ...]:
    rate = "-" if each.success_rate is None else f"{each.success_rate:.1%}"
    latency = [
        f"{each.latency_ms[name]:.1f}" if name in each.latency_ms else "-"
        for name in ("mean", "p50", "p99")
    ]
    cost = "unknown" if each.cost_usd is None else f"${each.cost_usd:.6f}"
    return (each.level, f"{each.requests:g}", rate, *latency, cost)
