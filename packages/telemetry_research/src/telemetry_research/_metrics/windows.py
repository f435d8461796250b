"""Metrics of one level over time, window by window."""

import math
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from operator import mul
from typing import Any

from .._core.catalogue import LEVELS, Level
from .._core.columns import scalar
from .requests import WEIGHT, numbers_of, read_requests
from .statistics import any_percentile

_COLUMNS = ("timestamp_us", "duration_ns", "cost_usd", "success")


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
    batches: Iterable[Any], size_ms: float, step_ms: float, level: Level | None
) -> list[WindowMetrics]:
    """The metrics of each window that has a request; see ``Recording.windowed_metrics``.

    Raises:
        ValueError: A size or step that is shorter than a microsecond.
    """
    size_us, step_us = round(size_ms * 1000), round(step_ms * 1000)
    if size_us <= 0 or step_us <= 0:
        raise ValueError(f"size_ms={size_ms}, step_ms={step_ms}: give positive durations")
    found = read_requests(batches, _COLUMNS)
    outermost: Level = next((each for each in LEVELS if each in found.blocks), "custom")
    chosen = level or outermost
    if chosen not in found.blocks:
        return []
    series = _LevelSeries(found.table(chosen).combine_chunks())
    return [series.window(start, size_us) for start in series.starts(size_us, step_us)]


class _Series:
    """Values by time, as buffers: a window is a slice of them."""

    def __init__(self, times: Any, *columns: Any) -> None:
        self.times: Sequence[int] = numbers_of(times, "q")
        self._columns = [numbers_of(each, "d") for each in columns]

    def between(self, start: int, end: int) -> list[Any]:
        """The values of a window as lists, a column each."""
        low, high = bisect_left(self.times, start), bisect_left(self.times, end)
        return [column[low:high].tolist() for column in self._columns]


class _LevelSeries:
    """The requests of one level by time."""

    def __init__(self, table: Any) -> None:
        import pyarrow.compute as pc  # noqa: PLC0415  # not at import of the package

        def series(mask: Any, *columns: Any) -> _Series:
            if not mask.null_count and pc.all(mask).as_py():
                return _Series(times, *columns)
            return _Series(*(each.filter(mask) for each in (times, *columns)))

        # Table.sort_by imports pandas.
        table = table.take(pc.array_sort_indices(table["timestamp_us"].combine_chunks()))
        times, weight, success = table["timestamp_us"], table[WEIGHT], table["success"]
        duration, cost = table["duration_ns"], table["cost_usd"]
        self._all = _Series(times, weight)
        latency = pc.divide(duration.cast("float64"), scalar(1e6))
        self._timed = series(duration.is_valid(), latency, weight)
        self._costed = series(cost.is_valid(), pc.multiply(cost, weight))
        self._succeeded = series(success, weight)
        self._failed = series(pc.invert(success), weight)

    def starts(self, size_us: int, step_us: int) -> Iterator[int]:
        """The starts of the windows that have a request."""
        times = self._all.times
        number, first = 0, times[0]
        while first + number * step_us <= times[-1]:
            start = first + number * step_us
            following = times[bisect_left(times, start)]
            if following < start + size_us:
                yield start
                number += 1
            else:  # to the first window that has the next request
                number = max(number + 1, (following - first - size_us) // step_us + 1)

    def window(self, start: int, size_us: int) -> WindowMetrics:
        """The metrics of one window."""
        end = start + size_us
        (every,), (costs,) = self._all.between(start, end), self._costed.between(start, end)
        timed, weights = self._timed.between(start, end)
        (succeeded,), (failed,) = (
            each.between(start, end) for each in (self._succeeded, self._failed)
        )
        return WindowMetrics(
            start_us=start,
            end_us=end,
            requests=math.fsum(every),
            mean_ms=math.fsum(map(mul, timed, weights)) / math.fsum(weights) if timed else None,
            p95_ms=any_percentile(timed, weights, 0.95) if timed else None,
            cost_usd=math.fsum(costs) if costs else None,
            succeeded=math.fsum(succeeded),
            failed=math.fsum(failed),
        )
