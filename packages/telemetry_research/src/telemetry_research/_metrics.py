"""Latency, cost and reliability of an experiment, one level of events at a time."""

import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from ._catalogue import LEVELS, event_info
from ._event import Event
from ._statistics import percentile, percentile_interval, weighted_percentile, wilson

_SHARES = {"p50": 0.5, "p90": 0.9, "p95": 0.95, "p99": 0.99, "p99_9": 0.999}


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
        widths = [max(len(row[place]) for row in rows) for place in range(len(head))]
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


def measure(
    events: Iterable[Event],
    *,
    condition: str | None,
    custom: Sequence[Calculator],
    counters: Mapping[str, int],
) -> Metrics:
    """The metrics of some events."""
    names: Counter[str] = Counter()
    finished: dict[str, list[Event]] = {}
    every: list[Event] = []
    for event in events:
        if condition is not None and event.condition != condition:
            continue
        names[event.name] += 1
        info = event_info(event.name)
        if info.counts:
            finished.setdefault(info.level, []).append(event)
        if custom:
            every.append(event)
    return Metrics(
        levels=tuple(_measure(level, finished[level]) for level in LEVELS if level in finished),
        events=dict(sorted(names.items())),
        missed=dict(counters),
        custom={each.name: each.calculate(every) for each in custom},
    )


def _measure(level: str, events: list[Event]) -> LevelMetrics:
    succeeded = _total(event for event in events if event.success is True)
    failed = _total(event for event in events if event.success is False)
    judged = succeeded + failed
    costed = [event for event in events if event.cost_usd is not None]
    timed = sorted(
        (e for e in events if e.duration_ns is not None), key=lambda e: e.duration_ns or 0
    )
    models = sorted({event.model for event in events if event.model is not None})
    by_model = {model: [event for event in events if event.model == model] for model in models}
    return LevelMetrics(
        level=level,
        events=len(events),
        requests=_total(events),
        succeeded=succeeded,
        failed=failed,
        success_rate=succeeded / judged if judged else None,
        success_interval=_share_interval(events, succeeded, judged),
        latency_ms=_latency(timed),
        latency_intervals=_intervals(timed),
        cost_usd=_total(costed, lambda e: e.cost_usd) if costed else None,
        cost_known=_total(costed),
        cost_by_model={
            model: _total(known, lambda e: e.cost_usd)
            for model, known in by_model.items()
            if any(event.cost_usd is not None for event in known)
        },
        input_tokens=_total(events, lambda e: e.input_tokens),
        output_tokens=_total(events, lambda e: e.output_tokens),
        tokens_by_model={
            model: {
                "input": _total(known, lambda e: e.input_tokens),
                "output": _total(known, lambda e: e.output_tokens),
            }
            for model, known in by_model.items()
        },
        error_types={
            kind: _total(e for e in events if e.success is False and _error(e) == kind)
            for kind in dict.fromkeys(_error(e) for e in events if e.success is False)
        },
    )


def _error(event: Event) -> str:
    return event.error_type or "unknown"


def _total(events: Iterable[Event], value: Callable[[Event], float | None] = lambda _: 1) -> float:
    """The sum over all events, estimated from those that were kept."""
    return math.fsum((value(event) or 0) / event.probability for event in events)


def _share_interval(
    events: Sequence[Event], succeeded: float, judged: float
) -> tuple[float, float] | None:
    """Wilson's interval; a weighted sample counts as its effective size (Kish, 1965)."""
    if not judged:
        return None
    weights = [1 / event.probability for event in events if event.success is not None]
    effective = math.fsum(weights) ** 2 / math.fsum(weight**2 for weight in weights)
    return wilson(succeeded / judged * effective, effective)


def _latency(timed: Sequence[Event]) -> dict[str, float]:
    """The durations of events that are sorted by them."""
    if not timed:
        return {}
    values = [event.latency_ms or 0.0 for event in timed]
    weights = [1 / event.probability for event in timed]
    total = math.fsum(weights)
    mean = math.fsum(v * w for v, w in zip(values, weights, strict=True)) / total
    found = {"count": total, "mean": mean, "min": values[0], "max": values[-1]}
    if len(values) > 1:
        squares = math.fsum(w * (v - mean) ** 2 for v, w in zip(values, weights, strict=True))
        found["sd"] = math.sqrt(squares / (total - 1))
    if total == len(values):
        shares = {name: percentile(values, share) for name, share in _SHARES.items()}
    else:
        shares = {n: weighted_percentile(values, weights, share) for n, share in _SHARES.items()}
    return {**found, **shares}


def _intervals(timed: Sequence[Event]) -> dict[str, tuple[float, float] | None]:
    values = [event.latency_ms or 0.0 for event in timed]
    if not values or any(event.probability < 1 for event in timed):
        return {}
    return {name: percentile_interval(values, share) for name, share in _SHARES.items()}


def _cells(each: LevelMetrics) -> tuple[str, ...]:
    rate = "-" if each.success_rate is None else f"{each.success_rate:.1%}"
    latency = [
        f"{each.latency_ms[name]:.1f}" if name in each.latency_ms else "-"
        for name in ("mean", "p50", "p99")
    ]
    cost = "unknown" if each.cost_usd is None else f"${each.cost_usd:.6f}"
    return (each.level, f"{each.requests:g}", rate, *latency, cost)
