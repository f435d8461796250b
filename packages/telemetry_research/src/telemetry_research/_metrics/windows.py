"""Metrics of one level over time, window by window."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass

from .._core.catalogue import LEVELS, Level, event_info
from .._core.event import Event
from .statistics import any_percentile


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowMetrics:
    """The finished requests of one level in one window of time.

    Attributes:
        start_us: Start of the window, included; microseconds since the epoch.
        end_us: End of the window, not included.
        requests: How many finished, weighted when they were sampled.
        mean_ms: Their mean duration in milliseconds; None when no duration is known.
        p95_ms: The 95th percentile of the durations.
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

    def to_dict(self) -> dict[str, object]:
        """The metrics as plain values."""
        return asdict(self)


def measure_windows(
    events: Iterable[Event], size_ms: float, step_ms: float, level: Level | None
) -> list[WindowMetrics]:
    """The metrics of each window that has a request; see ``Recording.windowed_metrics``.

    Raises:
        ValueError: A size or step that is shorter than a microsecond.
    """
    size_us, step_us = round(size_ms * 1000), round(step_ms * 1000)
    if size_us <= 0 or step_us <= 0:
        raise ValueError(f"size_ms={size_ms}, step_ms={step_ms}: give positive durations")
    by_level: dict[Level, list[Event]] = {}
    for event in events:
        info = event_info(event.name)
        if info.counts:
            by_level.setdefault(info.level, []).append(event)
    outermost: Level = next((each for each in LEVELS if each in by_level), "custom")
    finished = sorted(by_level.get(level or outermost, []), key=lambda event: event.timestamp_us)
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
        p95_ms=any_percentile(timed, 0.95) if timed else None,
        cost_usd=math.fsum(costs) if costs else None,
        succeeded=math.fsum(1 / e.probability for e in events if e.success is True),
        failed=math.fsum(1 / e.probability for e in events if e.success is False),
    )
