"""Latency, cost and reliability of an experiment, one level of events at a time."""

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ._catalogue import LEVELS, event_info
from ._event import Event
from ._statistics import percentile, wilson

_SHARES = {"p50": 0.5, "p90": 0.9, "p95": 0.95, "p99": 0.99, "p99_9": 0.999}


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelMetrics:
    """What the finished requests of one level took, cost and came to.

    Attributes:
        level: The level.
        requests: How many were finished: stops and exceptions, never starts.
        succeeded: How many of them succeeded.
        failed: How many failed.
        success_rate: Their share, and ``success_interval`` its 95 % Wilson interval.
        success_interval: Low and high end.
        latency_ms: ``count``, ``mean``, ``sd`` (n - 1), ``min``, ``p50`` to ``p99_9``, ``max`` of
            those with a duration; empty when none has one.
        cost_usd: The sum of the known costs; None when none is known.
        cost_known: How many requests have a known cost.
        cost_by_model: The sum by model, where events name one.
        input_tokens: Tokens read.
        output_tokens: Tokens written.
        error_types: How many failures of each kind.
    """

    level: str
    requests: int
    succeeded: int
    failed: int
    success_rate: float | None
    success_interval: tuple[float, float] | None
    latency_ms: Mapping[str, float]
    cost_usd: float | None
    cost_known: int
    cost_by_model: Mapping[str, float]
    input_tokens: int
    output_tokens: int
    error_types: Mapping[str, int]

    @property
    def cost_per_request_usd(self) -> float | None:
        """The mean of the known costs."""
        return None if self.cost_usd is None else self.cost_usd / self.cost_known

    def to_dict(self) -> dict[str, Any]:
        """The metrics as plain values."""
        values = {name: getattr(self, name) for name in self.__slots__}
        values = {
            name: dict(value) if isinstance(value, Mapping) else value
            for name, value in values.items()
        }
        return {**values, "cost_per_request_usd": self.cost_per_request_usd}


@dataclass(frozen=True, slots=True, kw_only=True)
class Metrics:
    """The metrics of an experiment.

    Attributes:
        levels: The levels that have requests, outermost first.
        events: How many events of each name.
        handler_errors: How many events could not be stored.
        late_events: How many came after the experiment had stopped.
    """

    levels: tuple[LevelMetrics, ...]
    events: Mapping[str, int]
    handler_errors: int
    late_events: int

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
        if self.handler_errors or self.late_events:
            lost = f"{self.handler_errors} events could not be stored, {self.late_events} came late"
            lines.append(lost)
        return "\n".join(lines)

    def to_dict(self) -> dict[str, Any]:
        """The metrics as plain values."""
        return {
            "levels": [each.to_dict() for each in self.levels],
            "events": dict(self.events),
            "handler_errors": self.handler_errors,
            "late_events": self.late_events,
        }


def measure(events: Iterable[Event], *, handler_errors: int, late_events: int) -> Metrics:
    """The metrics of some events."""
    names: Counter[str] = Counter()
    finished: dict[str, list[Event]] = {}
    for event in events:
        names[event.name] += 1
        info = event_info(event.name)
        if info.counts:
            finished.setdefault(info.level, []).append(event)
    return Metrics(
        levels=tuple(_measure(level, finished[level]) for level in LEVELS if level in finished),
        events=dict(sorted(names.items())),
        handler_errors=handler_errors,
        late_events=late_events,
    )


def _measure(level: str, events: list[Event]) -> LevelMetrics:
    succeeded = sum(event.success is True for event in events)
    failed = sum(event.success is False for event in events)
    judged = succeeded + failed
    costs = [event.cost_usd for event in events if event.cost_usd is not None]
    by_model: dict[str, list[float]] = {}
    for event in events:
        if event.model is not None and event.cost_usd is not None:
            by_model.setdefault(event.model, []).append(event.cost_usd)
    return LevelMetrics(
        level=level,
        requests=len(events),
        succeeded=succeeded,
        failed=failed,
        success_rate=succeeded / judged if judged else None,
        success_interval=wilson(succeeded, judged) if judged else None,
        latency_ms=_latency([event.latency_ms for event in events if event.latency_ms is not None]),
        cost_usd=math.fsum(costs) if costs else None,
        cost_known=len(costs),
        cost_by_model={model: math.fsum(known) for model, known in sorted(by_model.items())},
        input_tokens=sum(event.input_tokens or 0 for event in events),
        output_tokens=sum(event.output_tokens or 0 for event in events),
        error_types=dict(Counter(e.error_type or "unknown" for e in events if e.success is False)),
    )


def _latency(values: list[float]) -> dict[str, float]:
    if not values:
        return {}
    values.sort()
    mean = math.fsum(values) / len(values)
    found = {"count": float(len(values)), "mean": mean, "min": values[0], "max": values[-1]}
    if len(values) > 1:
        squares = math.fsum((value - mean) ** 2 for value in values)
        found["sd"] = math.sqrt(squares / (len(values) - 1))
    return {**found, **{name: percentile(values, share) for name, share in _SHARES.items()}}


def _cells(each: LevelMetrics) -> tuple[str, ...]:
    rate = "-" if each.success_rate is None else f"{each.success_rate:.1%}"
    latency = [
        f"{each.latency_ms[name]:.1f}" if name in each.latency_ms else "-"
        for name in ("mean", "p50", "p99")
    ]
    cost = "unknown" if each.cost_usd is None else f"${each.cost_usd:.6f}"
    return (each.level, str(each.requests), rate, *latency, cost)
