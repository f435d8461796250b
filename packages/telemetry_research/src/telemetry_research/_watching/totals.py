"""Totals of experiments that are added up as events are stored: what a scrape reads.

The first look at an experiment reads its events. A later one adds those that were stored since;
a stored experiment is read again when the number of its events has changed.
"""

import math
import threading
from collections import Counter, deque
from collections.abc import Iterable, Iterator
from typing import Any
from weakref import WeakKeyDictionary

from .._core.catalogue import LEVELS, Level
from .._core.chunk import Chunk, StoredChunk
from .._core.columns import scalar
from .._experiment.recording import Recording
from .._metrics.measure import COLUMNS, GroupSums, known_durations
from .._metrics.requests import BLOCK_ROWS, all_one, request_blocks
from .streaming import QuantileSketch

_MAX_WAITING = 1_000_000  # events whose chunks wait for a look; with more, the next one reads all
_ACCURACY = 0.01


class LevelTotals:
    """The totals of one level.

    Attributes:
        sums: The sums of outcomes and costs.
        count: The weight of the known durations.
        total_ms: Their weighted sum in milliseconds.
    """

    def __init__(self) -> None:
        self.sums = GroupSums()
        self.count = 0.0
        self.total_ms = 0.0
        self._sketch = QuantileSketch(_ACCURACY)
        self._smallest, self._largest = math.inf, -math.inf

    def add(self, batch: Any) -> None:
        """Add the requests of a block."""
        import pyarrow.compute as pc  # noqa: PLC0415  # not at import of the package

        self.sums.add(batch)
        durations, weights = known_durations(batch)
        if not len(durations):
            return
        in_ms = pc.divide(durations.cast("float64", safe=False), scalar(1e6))
        self.count += pc.sum(weights).as_py()
        self.total_ms += pc.sum(pc.multiply(in_ms, weights)).as_py()
        ends: Any = pc.min_max(in_ms).as_py()
        self._smallest = min(self._smallest, ends["min"])
        self._largest = max(self._largest, ends["max"])
        self._sketch.add_column(in_ms, None if all_one(weights) else weights)

    def quantile_ms(self, quantile: float) -> float | None:
        """A quantile of the durations, within 1 %; None without any."""
        found = self._sketch.quantile(quantile)
        return None if found is None else min(max(found, self._smallest), self._largest)


class Totals:
    """The totals of one experiment, which are added up when they are looked at."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._following = False
        self._waiting: deque[Chunk | StoredChunk] = deque()
        self._count = 0
        self._read_events: int | None = None
        self._levels: dict[Level, LevelTotals] = {}

    def levels(self, experiment: Recording) -> dict[Level, LevelTotals]:
        """The totals of each level that has requests, outermost first, up to now.

        Args:
            experiment: The same experiment each time.
        """
        experiment.write_pending()
        with self._lock:
            if self._following:
                self._add(self._arrived())
            elif self._read_events != (stored := len(experiment)):
                self._read(experiment, stored)
            return {level: self._levels[level] for level in LEVELS if level in self._levels}

    def _read(self, experiment: Recording, stored: int) -> None:
        self._levels = {}
        self._waiting.clear()
        self._count, self._following = 0, True
        block: list[Any] = []

        def read(batch: Any) -> None:
            block.append(batch)
            if sum(each.num_rows for each in block) >= BLOCK_ROWS:
                self._add(block)
                block.clear()

        self._following = experiment.follow(self._follow, read)
        self._read_events = None if self._following else stored
        self._add(block)

    def _follow(self, chunk: Chunk | StoredChunk) -> None:
        """Note a stored chunk, in the thread that stored it."""
        if not self._following:
            return
        self._waiting.append(chunk)
        self._count += chunk.count
        if self._count > _MAX_WAITING:
            self._following = False
            self._waiting.clear()

    def _arrived(self) -> Iterator[Any]:
        while self._waiting:
            chunk = self._waiting.popleft()
            self._count -= chunk.count
            yield chunk.table

    def _add(self, batches: Iterable[Any]) -> None:
        def settled(level: Level, costs: Any) -> None:
            self._levels.setdefault(level, LevelTotals()).sums.add_costs(costs)

        for level, block in request_blocks(batches, COLUMNS, Counter(), settled=settled):
            self._levels.setdefault(level, LevelTotals()).add(block)


_known: "WeakKeyDictionary[Recording, Totals]" = WeakKeyDictionary()
_lock = threading.Lock()


def totals_of(experiment: Recording) -> dict[Level, LevelTotals]:
    """The totals of each level of an experiment, up to now.

    Args:
        experiment: A running or stopped experiment.
    """
    with _lock:
        found = _known.setdefault(experiment, Totals())
    return found.levels(experiment)
