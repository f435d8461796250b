"""Intervals that may be looked at at any time: over the first rows of the plan, in its order.

Rows that take long arrive late, and answers that take long are wrong more often. In the order of
arrival the first rows would be a choice of the fast ones. So a row counts once all rows before it
in the plan are there. Repeats of an item depend on each other; the first one counts.
"""

from typing import TYPE_CHECKING, Any

import numpy as np

from .row_index import RowIndex

if TYPE_CHECKING:
    from bench import RunningConfidenceSequence

_BATCH = 8_192
_MAX_POINTS = 240


class Points:
    """The path of an interval; when it is full, every second point is dropped."""

    def __init__(self) -> None:
        self.points: list[list[float]] = []
        self._step = 1
        self._due = 1

    def add(self, n: int, estimate: float, low: float, high: float) -> None:
        """Take the interval after ``n`` values, when a point is due."""
        if n < self._due:
            return
        self.points.append([n, round(estimate, 5), round(low, 5), round(high, 5)])
        if len(self.points) > _MAX_POINTS:
            self.points = self.points[::2]
            self._step *= 2
        self._due = n + self._step


class PlanOrder:
    """The confidence sequences of all conditions.

    Args:
        conditions: How many.
        level: The level of each interval.
    """

    def __init__(self, conditions: int, *, level: float) -> None:
        self._conditions = conditions
        self._level = level
        self.reset()

    def reset(self) -> None:
        """Begin anew, after a row has changed that was counted."""
        import bench

        self.reached = 0
        self.out_of_bounds = False
        self._running: list[RunningConfidenceSequence] = [
            bench.RunningConfidenceSequence(level=self._level) for _ in range(self._conditions)
        ]
        self.history = [Points() for _ in range(self._conditions)]

    def advance(self, index: RowIndex) -> bool:
        """Count the rows that follow without a gap, a batch of them.

        Args:
            index: The rows.

        Returns:
            Whether there may be more.
        """
        entries = index.entries(self.reached, _BATCH)
        missing = np.flatnonzero(entries["at"] == 0)
        count = int(missing[0]) if len(missing) else len(entries)
        entries = entries[:count]
        self.reached += count
        first = entries[entries["first"] == 1]
        for number in np.unique(first["condition"]).tolist():
            self._add(number, first["value"][first["condition"] == number])
        return count == _BATCH

    def to_dict(self, number: int) -> dict[str, object]:
        """The interval of a condition; empty before its first row, or outside of the bounds."""
        running = self._running[number]
        if self.out_of_bounds or not running.n:
            return {}
        low, high = running.interval()
        return {
            "interval_low": round(low, 6),
            "interval_high": round(high, 6),
            "interval_rows": running.n,
            "interval_estimate": running.estimate,
        }

    def _add(self, number: int, values: Any) -> None:
        if float(values.min()) < 0 or float(values.max()) > 1:
            self.out_of_bounds = True
        if self.out_of_bounds:
            return
        running = self._running[number]
        while len(values):
            size = min(256, 8 + running.n // 8)  # points lie close together at the beginning
            running.add(values[:size])
            values = values[size:]
            low, high = running.interval()
            self.history[number].add(running.n, running.estimate, low, high)
