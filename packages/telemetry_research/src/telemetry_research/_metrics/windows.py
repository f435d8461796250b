"""Stretches of an experiment: the last so many events, a span of time, metrics window by window."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from .._core.catalogue import LEVELS, event_info
from .._core.event import Event
from .statistics import percentile


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowMetrics:
    """The finished requests of one level in one window of time.

    Attributes:
        start_us: Included.
        end_us: Not included.
        requests: How many finished, weighted when they were sampled.
        mean_ms: Their mean duration; None when none has one.
        p95_ms: The 95th percentile.
        cost_usd: The sum of the known costs; None when none is known.
        succeeded: How many succeeded.
        failed: How many failed.
    """

    start_us: int
    end_us: int
    requests: float
    mean_ms: float | None
    p95_ms: float | None
    cost_usd: float | None
    succeeded: float
    failed: float

    def to_dict(self) -> dict[str, Any]:
        """The metrics as plain values."""
        return asdict(self)


def measure_windows(
    events: Iterable[Event], size_us: int, step_us: int, level: str | None
) -> list[WindowMetrics]:
    """The metrics of each window that has a request; the last may be cut short.

    Raises:
        ValueError: A size or step that is not positive.
    """
    if size_us <= 0 or step_us <= 0:
        raise ValueError(f"size_us={size_us}, step_us={step_us}: both must be positive")
    by_level: dict[str, list[Event]] = {}
    for event in events:
        info = event_info(event.name)
        if info.counts:
            by_level.setdefault(info.level, []).append(event)
    chosen = level or next((each for each in LEVELS if each in by_level), "")
    finished = sorted(by_level.get(chosen, []), key=lambda event: event.timestamp_us)
    if not finished:
        return []
    first = finished[0].timestamp_us
    windows: dict[int, list[Event]] = {}
    for event in finished:
        distance = event.timestamp_us - first
        for number in range(max(0, (distance - size_us) // step_us + 1), distance // step_us + 1):
            windows.setdefault(number, []).append(event)
    return [_one(first + n * step_us, size_us, windows[n]) for n in sorted(windows)]


def _one(start_us: int, size_us: int, events: Sequence[Event]) -> WindowMetrics:
    timed = [(e.duration_ns / 1e6, 1 / e.probability) for e in events if e.duration_ns is not None]
    weight = math.fsum(each for _, each in timed)
    costs = [event.cost_usd / event.probability for event in events if event.cost_usd is not None]
    return WindowMetrics(
        start_us=start_us,
        end_us=start_us + size_us,
        requests=math.fsum(1 / event.probability for event in events),
        mean_ms=math.fsum(ms * each for ms, each in timed) / weight if timed else None,
        p95_ms=percentile(sorted(ms for ms, _ in timed), 0.95) if timed else None,
        cost_usd=math.fsum(costs) if costs else None,
        succeeded=math.fsum(1 / e.probability for e in events if e.success is True),
        failed=math.fsum(1 / e.probability for e in events if e.success is False),
    )
