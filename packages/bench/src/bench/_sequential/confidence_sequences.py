"""Confidence sequences: intervals that may be computed after every item.

They hold at all times at once, so that one may stop at any time: empirical Bernstein, and hedged
capital by betting (Waudby-Smith and Ramdas 2024).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal, get_args

from .._core.errors import InvalidDataError, InvalidOptionError
from .._core.lazy import FloatArray, np
from .._core.notes import note
from .._core.options import check_choice, check_number, check_share, checked_options
from .._core.rendering import Result, ResultTable
from .._core.results import Note
from .._core.shown import shown
from .._core.wording import bracket, number, percent, printed
from .._data.pairs import clean_pairs
from .._data.values import Values, ValuesByItem, clean

MAX_BET = 0.5
_ROUNDING = 1e-9
MIN_GRID = 10  # a coarser grid gives no useful interval
SequenceMethod = Literal["betting", "bernstein"]
SEQUENCE_METHODS: tuple[SequenceMethod, ...] = get_args(SequenceMethod)


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfidenceSequence(Result):
    """One interval after each value; all of them hold together with the level."""

    low: tuple[float, ...]
    high: tuple[float, ...]
    estimate: tuple[float, ...]
    level: float
    method: str
    warnings: tuple[Note, ...] = ()

    @shown
    def __str__(self) -> str:
        return (
            f"after {len(self.low)} values: {number(self.estimate[-1])},"
            f" {percent(self.level)} always-valid interval {bracket(self.low[-1], self.high[-1])}"
            f" ({printed(self.method)}); valid after every value."
        )

    def first_excluding(self, value: float = 0.0) -> int | None:
        """After how many values the interval left ``value`` out for the first time."""
        for index, (low, high) in enumerate(zip(self.low, self.high, strict=True), start=1):
            if not low <= value <= high:
                return index
        return None

    def table(self) -> ResultTable:
        last = len(self.low)
        shown = sorted({1, last // 4, last // 2, last} - {0})
        rows = tuple(
            (str(n), number(self.estimate[n - 1]), bracket(self.low[n - 1], self.high[n - 1]))
            for n in shown
        )
        return ResultTable(
            title=f"Confidence sequence ({printed(self.method)})",
            columns=("Values", "Estimate", f"{percent(self.level)} interval"),
            rows=rows,
            notes=tuple(map(str, self.warnings)),
        )


@checked_options
def confidence_sequence(
    values: Values,
    *,
    low: float = 0.0,
    high: float = 1.0,
    level: float = 0.95,
    method: SequenceMethod = "betting",
    grid: int = 1000,
) -> ConfidenceSequence:
    """Intervals for the mean of bounded values, valid at every stopping time.

    Args:
        values: In the order they came, between ``low`` and ``high``.
        low: The smallest possible value.
        high: The largest possible value.
        level: The chance that all intervals hold the mean.
        method: ``betting`` (hedged capital; tight) or ``bernstein`` (closed form).
        grid: How finely ``betting`` looks for the ends; rounded outwards.

    Returns:
        One interval after each value.

    Raises:
        InvalidDataError: A value outside the bounds.
        InvalidOptionError: Unknown method.

    Example:
        >>> sequence = bench.confidence_sequence([1, 0, 1, 1] * 10)
        >>> sequence.low[-1] < 0.75 < sequence.high[-1]
        True
    """
    low = check_number("low", low)
    high = check_number("high", high)
    check_choice("method", method, SEQUENCE_METHODS)
    check_share("level", level)
    array, _ = clean(values, "values")
    if not low < high or float(array.min()) < low or float(array.max()) > high:
        raise InvalidDataError("values", f"must lie between {low:g} and {high:g}")
    scaled = (array - low) / (high - low)
    ends = (
        _betting(scaled, 1 - level, grid) if method == "betting" else _bernstein(scaled, 1 - level)
    )
    # Once left out a value stays out: the intersection is valid as well.
    lower, upper = np.maximum.accumulate(ends[0]), np.minimum.accumulate(ends[1])
    running = np.cumsum(array) / np.arange(1, len(array) + 1)
    width = high - low
    lows, highs = low + width * lower, low + width * upper
    return ConfidenceSequence(
        low=tuple(lows.tolist()),
        high=tuple(highs.tolist()),
        estimate=tuple(running.tolist()),
        level=level,
        method=method,
        warnings=order_notes(float(running[-1]), float(lows[-1]), float(highs[-1])),
    )


def order_notes(estimate: float, low: float, high: float) -> tuple[Note, ...]:
    """What a mean outside of its own interval shows."""
    slack = _ROUNDING * max(abs(low), abs(high), abs(estimate))
    inside = low - slack <= estimate <= high + slack
    return () if inside else (note("NOT_IN_RANDOM_ORDER"),)


@checked_options
def paired_confidence_sequence(
    control: ValuesByItem,
    treatment: ValuesByItem,
    *,
    low: float = 0.0,
    high: float = 1.0,
    level: float = 0.95,
    method: SequenceMethod = "betting",
    grid: int = 1000,
) -> ConfidenceSequence:
    """Intervals for the mean difference of pairs of bounded scores, treatment minus control.

    The arguments are those of ``confidence_sequence``, for both sides.

    Args:
        control: One value per item.
        treatment: The same items in the same order.
        low: The smallest possible score.
        high: The largest possible score.
        level: The level of the interval.
        method: ``betting`` (narrower) or ``bernstein``.
        grid: How many candidate means are tested.

    Returns:
        One interval after each pair.

    Raises:
        UnequalLengthsError: The two sides do not match.
        InvalidDataError: A value outside the bounds.
    """
    low = check_number("low", low)
    high = check_number("high", high)
    pairs = clean_pairs(control, treatment, min_count=1)
    width = high - low
    for name, side in (("control", pairs.control), ("treatment", pairs.treatment)):
        if float(side.min()) < low or float(side.max()) > high:
            raise InvalidDataError(name, f"must lie between {low:g} and {high:g}")
    return confidence_sequence(
        pairs.gaps, low=-width, high=width, level=level, method=method, grid=grid
    )


def _predictable(scaled: FloatArray, alpha: float) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Means and spreads known before each value, and the bets they suggest."""
    steps = np.arange(1.0, len(scaled) + 1)
    means = (0.5 + np.cumsum(scaled)) / (steps + 1)
    spreads = (0.25 + np.cumsum((scaled - means) ** 2)) / (steps + 1)
    before_mean = np.r_[0.5, means[:-1]]
    before = np.r_[0.25, spreads[:-1]]
    bets = np.sqrt(2 * math.log(2 / alpha) / (before * steps * np.log(1 + steps)))
    return before_mean, before, bets


def _bernstein(scaled: FloatArray, alpha: float) -> tuple[FloatArray, FloatArray]:
    """Waudby-Smith and Ramdas 2024, theorem 2 (predictable plug-in empirical Bernstein)."""
    centre, _, bets = _predictable(scaled, alpha)
    bets = np.minimum(bets, MAX_BET)
    cost = -np.log1p(-bets) - bets
    weight = np.cumsum(bets)
    middle = np.cumsum(bets * scaled) / weight
    reach = (math.log(2 / alpha) + np.cumsum((scaled - centre) ** 2 * cost)) / weight
    return np.maximum(0.0, middle - reach), np.minimum(1.0, middle + reach)


def _betting(scaled: FloatArray, alpha: float, grid: int) -> tuple[FloatArray, FloatArray]:
    """Hedged capital, theorem 3: half the money on each side of every candidate mean."""
    if grid < MIN_GRID:
        raise InvalidOptionError("grid", grid, f"at least {MIN_GRID}")
    _, _, bets = _predictable(scaled, alpha)
    candidates = np.linspace(0.0, 1.0, grid + 1)
    up, down = np.zeros(grid + 1), np.zeros(grid + 1)
    with np.errstate(divide="ignore"):
        most_up, most_down = MAX_BET / candidates, MAX_BET / (1 - candidates)
    lower, upper = np.empty(len(scaled)), np.empty(len(scaled))
    limit = math.log(2 / alpha)
    alive = np.ones(grid + 1, dtype=bool)
    step = 1.0 / grid
    for index, value in enumerate(scaled.tolist()):
        gap = value - candidates
        up += np.log1p(np.minimum(bets[index], most_up) * gap)
        down += np.log1p(-np.minimum(bets[index], most_down) * gap)
        alive &= np.maximum(up, down) < limit
        kept = np.flatnonzero(alive)
        if len(kept):
            lower[index] = max(0.0, candidates[kept[0]] - (step if kept[0] else 0.0))
            upper[index] = min(1.0, candidates[kept[-1]] + (step if kept[-1] < grid else 0.0))
        else:
            lower[index], upper[index] = lower[index - 1], upper[index - 1]
    return lower, upper
