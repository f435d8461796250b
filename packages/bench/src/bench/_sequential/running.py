"""A confidence sequence that takes values as they come and keeps none of them."""

from __future__ import annotations

import math
from typing import Any

from .._core.errors import InvalidDataError, InvalidOptionError
from .._core.lazy import FloatArray, np
from .._core.options import check_share
from .._core.results import Interval
from .._data.values import Values, clean
from .confidence_sequences import MAX_BET, MIN_GRID, order_notes

_BLOCK = 256


class RunningConfidenceSequence:
    """The last interval of ``confidence_sequence`` (betting), in memory that does not grow.

    Values may come in parts of any size; the interval after them is the one that
    ``confidence_sequence`` gives after all of them, and may be looked at as often as one likes.

    Args:
        low: The smallest possible value.
        high: The largest possible value.
        level: The chance that all intervals hold the mean.
        grid: How finely the ends are looked for; rounded outwards.

    Attributes:
        n: The number of values so far.

    Raises:
        InvalidOptionError: The level or the grid is out of range.

    Example:
        >>> import bench
        >>> running = bench.RunningConfidenceSequence()
        >>> for part in ([1, 0, 1], [1] * 30):
        ...     running.add(part)
        >>> running.n, running.interval().low > 0.5
        (33, True)
    """

    def __init__(
        self, *, low: float = 0.0, high: float = 1.0, level: float = 0.95, grid: int = 1000
    ) -> None:
        check_share("level", level)
        if grid < MIN_GRID:
            raise InvalidOptionError("grid", grid, f"at least {MIN_GRID}")
        if not low < high:
            raise InvalidDataError("low", f"must be below high, which is {high:g}")
        self._low, self._width = low, high - low
        self._level = level
        self._step = 1.0 / grid
        self._grid = grid
        self._limit = math.log(2 / (1 - level))
        # Only candidates between the two outermost that are left: the others never come back.
        self._first = 0
        self._candidates: FloatArray = np.linspace(0.0, 1.0, grid + 1)
        self._up: FloatArray = np.zeros(grid + 1)
        self._down: FloatArray = np.zeros(grid + 1)
        self._alive = np.ones(grid + 1, dtype=bool)
        self._ends = (0.0, 1.0)
        self._sum = 0.0
        self._scaled_sum = 0.0
        self._squares = 0.0
        self._spread = 0.25
        self.n: int = 0

    @property
    def estimate(self) -> float:
        """The mean of the values so far; not a number before the first."""
        return self._sum / self.n if self.n else math.nan

    def add(self, values: Values) -> None:
        """Take further values, in the order they came.

        Args:
            values: Between ``low`` and ``high``.

        Raises:
            InvalidDataError: A value outside the bounds; none of them was taken.
        """
        array, _ = clean(values, "values")
        high = self._low + self._width
        if float(array.min()) < self._low or float(array.max()) > high:
            raise InvalidDataError("values", f"must lie between {self._low:g} and {high:g}")
        scaled = (array - self._low) / self._width
        for start in range(0, len(scaled), _BLOCK):
            self._add(scaled[start : start + _BLOCK])
        self._sum += float(array.sum())

    def interval(self) -> Interval:
        """The interval after the values so far; the whole range before the first."""
        low, high = (self._low + self._width * end for end in self._ends)
        warnings = order_notes(self.estimate, low, high) if self.n else ()
        return Interval(low=low, high=high, level=self._level, method="betting", warnings=warnings)

    def _add(self, scaled: FloatArray) -> None:
        bets = self._bets(scaled)
        candidates = self._candidates
        with np.errstate(divide="ignore"):
            most_up, most_down = MAX_BET / candidates, MAX_BET / (1 - candidates)
        gaps = scaled[:, None] - candidates
        up = np.log1p(np.minimum(bets[:, None], most_up) * gaps)
        down = np.log1p(-np.minimum(bets[:, None], most_down) * gaps)
        up[0] += self._up
        down[0] += self._down
        up, down = np.cumsum(up, axis=0), np.cumsum(down, axis=0)
        below = np.maximum(up, down) < self._limit
        alive = np.logical_and.accumulate(below, axis=0) & self._alive
        self._up, self._down = up[-1], down[-1]
        self._narrow(alive)

    def _bets(self, scaled: FloatArray) -> FloatArray:
        """The bets of ``confidence_sequence``; its sums over all values are carried on."""
        steps = np.arange(self.n + 1.0, self.n + len(scaled) + 1)
        means = (0.5 + self._scaled_sum + np.cumsum(scaled)) / (steps + 1)
        squares = self._squares + np.cumsum((scaled - means) ** 2)
        spreads = (0.25 + squares) / (steps + 1)
        before = np.r_[self._spread, spreads[:-1]]
        self._spread = float(spreads[-1])
        self._scaled_sum += float(scaled.sum())
        self._squares = float(squares[-1])
        self.n += len(scaled)
        return np.asarray(np.sqrt(2 * self._limit / (before * steps * np.log(1 + steps))))

    def _narrow(self, alive: Any) -> None:
        """Move the ends to the outermost candidates left, and drop those beyond them.

        Args:
            alive: Whether each candidate is left, after each value of a block.
        """
        with_any = np.flatnonzero(alive.any(axis=1))
        if not len(with_any):
            return
        kept = np.flatnonzero(alive[with_any[-1]])
        first, last = int(kept[0]), int(kept[-1])
        lowest, highest = self._first + first, self._first + last
        low = max(0.0, lowest * self._step - (self._step if lowest else 0.0))
        high = min(1.0, highest * self._step + (self._step if highest < self._grid else 0.0))
        self._ends = (max(self._ends[0], low), min(self._ends[1], high))
        part = slice(first, last + 1)
        self._candidates, self._alive = self._candidates[part], alive[-1][part]
        self._up, self._down = self._up[part], self._down[part]
        self._first = lowest
