"""Computes the metrics of events, one level at a time."""

import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence

from .._core.catalogue import LEVELS, Level, event_info
from .._core.event import Event
from .interval import Interval
from .metrics import Calculator, LevelMetrics, Metrics
from .statistics import effective_size, percentile, percentile_interval, weighted_percentile, wilson

_QUANTILES = {"p50": 0.5, "p90": 0.9, "p95": 0.95, "p99": 0.99, "p99_9": 0.999}


def measure(
    events: Iterable[Event],
    *,
    condition: str | None,
    custom: Sequence[Calculator],
    counters: Mapping[str, int],
    confidence: float,
) -> Metrics:
    """The metrics of events; see ``Recording.metrics``."""
    names: Counter[str] = Counter()
    finished: dict[Level, list[Event]] = {}
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
        levels=tuple(
            _measure(level, finished[level], confidence) for level in LEVELS if level in finished
        ),
        events=dict(sorted(names.items())),
        missed=dict(counters),
        custom={each.name: each.calculate(every) for each in custom},
    )


def _measure(level: Level, events: list[Event], confidence: float) -> LevelMetrics:
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
        success_interval=_share_interval(events, succeeded, judged, confidence),
        latency_ms=_latency(timed),
        latency_intervals=_intervals(timed, confidence),
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
    events: Sequence[Event], succeeded: float, judged: float, confidence: float
) -> Interval | None:
    """Wilson's interval; a weighted sample counts as its effective size."""
    if not judged:
        return None
    known = [event for event in events if event.success is not None]
    effective = effective_size(
        [event.success is True for event in known], [1 / event.probability for event in known]
    )
    return wilson(succeeded / judged * effective, effective, confidence)


def _latency(timed: Sequence[Event]) -> dict[str, float]:
    """Statistics of the durations; the events are sorted by duration."""
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
        shares = {name: percentile(values, share) for name, share in _QUANTILES.items()}
    else:
        shares = {n: weighted_percentile(values, weights, share) for n, share in _QUANTILES.items()}
    return {**found, **shares}


def _intervals(timed: Sequence[Event], confidence: float) -> dict[str, Interval | None]:
    values = [event.latency_ms or 0.0 for event in timed]
    if not values or any(event.probability < 1 for event in timed):
        return {}
    return {
        name: percentile_interval(values, share, confidence) for name, share in _QUANTILES.items()
    }
