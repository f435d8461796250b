"""Metrics of one level over time, window by window."""

import math
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from operator import mul
from typing import Any

from .._core.catalogue import LEVELS, Level
from .._core.columns import scalar
from .requests import WEIGHT, all_one, numbers_of, request_blocks
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
    found: dict[Level, list[Any]] = {}
    costs: dict[Level, list[Any]] = {}

    def settled(each: Level, block: Any) -> None:
        costs.setdefault(each, []).append(block)

    for each, block in request_blocks(batches, _COLUMNS, Counter(), settled=settled):
        if level in (None, each):
            found.setdefault(each, []).append(block)
    chosen = next((each for each in LEVELS if each in found), None)
    if chosen is None:
        return []
    series = _LevelSeries(found.pop(chosen), costs.get(chosen, []))
    return [series.window(start, size_us) for start in series.starts(size_us, step_us)]


class _Series:
    """Values and weights by time, as buffers: a window is a slice of them.

    Args:
        times: Ascending, in microseconds.
        values: The values; None when only their number matters.
        weights: Their weights; None when all are one.
    """

    def __init__(self, times: Any, values: Any, weights: Any) -> None:
        self.times: Sequence[int] = numbers_of(times, "q")
        self._values: Sequence[float] = () if values is None else numbers_of(values, "d")
        self._weights: Sequence[float] | None = None
        if weights is not None:
            self._weights = numbers_of(weights, "d")

    def values(self, start: int, end: int) -> Sequence[float]:
        """The values of a window."""
        return self._values[self._slice(start, end)]

    def weights(self, start: int, end: int) -> Sequence[float]:
        """The weights of a window."""
        chosen = self._slice(start, end)
        if self._weights is None:
            return [1.0] * (chosen.stop - chosen.start)
        return self._weights[chosen]

    def weight(self, start: int, end: int) -> float:
        """How many values a window has, weighted."""
        chosen = self._slice(start, end)
        if self._weights is None:
            return float(chosen.stop - chosen.start)
        return math.fsum(self._weights[chosen])

    def total(self, start: int, end: int) -> float:
        """The weighted sum of the values of a window."""
        values = self.values(start, end)
        if self._weights is None:
            return math.fsum(values)
        return math.fsum(map(mul, values, self.weights(start, end)))

    def _slice(self, start: int, end: int) -> slice:
        return slice(bisect_left(self.times, start), bisect_left(self.times, end))


class _LevelSeries:
    """The requests of one level by time.

    A column at a time is put together and its blocks are released, so that there is no second copy
    of all. Weights that are all one are left out.

    Args:
        blocks: Batches of requests; they are taken out of the list.
        settled: Batches with costs of requests that other events count. They count in the window
            of their own time.
    """

    def __init__(self, blocks: list[Any], settled: list[Any]) -> None:
        import pyarrow as pa  # noqa: PLC0415  # not at import of the package
        import pyarrow.compute as pc  # noqa: PLC0415  # same

        parts = {name: [b.column(name) for b in blocks] for name in (*_COLUMNS, WEIGHT)}
        blocks.clear()
        unweighted = all(map(all_one, parts[WEIGHT]))
        times = pa.concat_arrays(parts.pop("timestamp_us"))
        order = None if _ascending(times) else pc.array_sort_indices(times)

        def column(name: str) -> Any:
            whole = pa.concat_arrays(parts.pop(name))
            return whole if order is None else whole.take(order)

        times = times if order is None else times.take(order)
        weights = None if unweighted else column(WEIGHT)

        def series(mask: Any, values: Any = None) -> _Series:
            if not mask.null_count and pc.all(mask).as_py():
                return _Series(times, values, weights)
            columns = (times, values, weights)
            return _Series(*(None if each is None else each.filter(mask) for each in columns))

        success = column("success")
        self._all = series(times.is_valid())
        self._succeeded, self._failed = series(success), series(pc.invert(success))
        latency = pc.divide(column("duration_ns").cast("float64", safe=False), scalar(1e6))
        self._timed = series(latency.is_valid(), latency)
        cost = column("cost_usd")
        self._costed = series(cost.is_valid(), cost)
        self._settled = None if not settled else _costs_of(settled)
        self._times = self._all.times
        if self._settled is not None:
            self._times = sorted([*self._all.times, *self._settled.times])

    def starts(self, size_us: int, step_us: int) -> Iterator[int]:
        """The starts of the windows that have a request or a final cost."""
        times = self._times
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
        timed, costed = self._timed, self._costed
        costs = [s for s in (costed, self._settled) if s is not None and s.values(start, end)]
        durations, known = timed.values(start, end), timed.weight(start, end)
        return WindowMetrics(
            start_us=start,
            end_us=end,
            requests=self._all.weight(start, end),
            mean_ms=timed.total(start, end) / known if durations else None,
            p95_ms=any_percentile(durations, timed.weights(start, end), 0.95)
            if durations
            else None,
            cost_usd=math.fsum(each.total(start, end) for each in costs) if costs else None,
            succeeded=self._succeeded.weight(start, end),
            failed=self._failed.weight(start, end),
        )


def _costs_of(blocks: list[Any]) -> _Series:
    """The known costs of batches by time."""
    import pyarrow as pa  # noqa: PLC0415  # not at import of the package
    import pyarrow.compute as pc  # noqa: PLC0415  # same

    table = pa.Table.from_batches(
        [each.select(["timestamp_us", "cost_usd", WEIGHT]) for each in blocks]
    )
    table = table.filter(pc.is_valid(table["cost_usd"])).sort_by("timestamp_us").combine_chunks()
    columns = (
        pa.concat_arrays(table[name].chunks) if table.num_rows else pa.array([], "float64")
        for name in ("timestamp_us", "cost_usd", WEIGHT)
    )
    times, values, weights = columns
    return _Series(times, values, None if not len(weights) or all_one(weights) else weights)


def _ascending(times: Any) -> bool:
    import pyarrow.compute as pc  # noqa: PLC0415  # not at import of the package

    return bool(pc.all(pc.greater_equal(times[1:], times[:-1])).as_py() is not False)
