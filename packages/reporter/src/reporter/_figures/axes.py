"""Axes: positions of numbers in a drawing, and tick marks at round numbers."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from .._numbers.texts import number_text

_STEPS = (1, 2, 5, 10)
# Numbers outside are written with an exponent.
_DECIMAL_RANGE = (1e-6, 1e7)
_INTERVALS = 5
_MAX_POWERS = 7
# Up to so many powers of ten, an axis also has ticks at 2 and 5.
_MAX_POWERS_WITH_STEPS = 2
# Values that differ by less, relative to their size, are drawn as one; smaller sizes as zero.
_RELATIVE_TOLERANCE, _SMALLEST_SIZE = 1e-9, 1e-290


@dataclass(frozen=True, slots=True)
class Scale:
    """An axis: the numbers it covers, their positions, and its tick marks.

    Attributes:
        low: The smallest number.
        high: The largest.
        begin: The position of the smallest, in units of the drawing.
        end: The position of the largest; smaller than ``begin`` where the axis runs upwards.
        ticks: The numbers of the tick marks.
        log: Whether the axis is logarithmic.
    """

    low: float
    high: float
    begin: float
    end: float
    ticks: Sequence[float]
    log: bool = False

    def __call__(self, value: float) -> float:
        """Return the position of a number."""
        low, high = self.low, self.high
        if self.log:
            value, low, high = math.log10(value), math.log10(low), math.log10(high)
        return self.begin + (value - low) / (high - low) * (self.end - self.begin)

    def tick_text(self, tick: float) -> str:
        """Return the text of a tick mark, with as many decimals as the step needs."""
        step = self.ticks[1] - self.ticks[0]
        if not _DECIMAL_RANGE[0] <= (abs(tick) or step) < _DECIMAL_RANGE[1]:
            return f"{tick:.6g}"
        if self.log:
            return number_text(tick, digits=3, trim=True)
        decimals = max(0, -math.floor(math.log10(step) + 1e-9))
        return f"{tick:,.{decimals}f}"


def linear(values: Iterable[float], begin: float, end: float) -> Scale:
    """Return an axis with about five equal steps that covers the values."""
    known = list(values)
    low, high = min(known), max(known)
    size = max(abs(low), abs(high))
    if high - low <= max(_RELATIVE_TOLERANCE * size, _SMALLEST_SIZE):
        pad = size * 0.1 if size > _SMALLEST_SIZE else 1.0
        low, high = low - pad, high + pad
    ticks = _ticks(low, high)
    return Scale(min(low, ticks[0]), max(high, ticks[-1]), begin, end, ticks)


def logarithmic(values: Iterable[float], begin: float, end: float) -> Scale:
    """Return an axis of powers of ten that covers the values, all above zero."""
    known = list(values)
    first, last = math.floor(math.log10(min(known))), math.ceil(math.log10(max(known)))
    last = max(last, first + 1)
    every = math.ceil((last - first) / _MAX_POWERS)
    factors = (1, 2, 5) if last - first <= _MAX_POWERS_WITH_STEPS else (1,)
    ticks = [
        10.0**power * factor
        for power in range(first, last + 1, every)
        for factor in factors
        if 10.0**power * factor <= 10.0**last
    ]
    return Scale(10.0**first, 10.0**last, begin, end, ticks, log=True)


def _ticks(low: float, high: float) -> Sequence[float]:
    """Return about five round numbers that cover the range."""
    raw = (high - low) / _INTERVALS
    power = 10.0 ** math.floor(math.log10(raw))
    step = next((power * factor for factor in _STEPS if power * factor >= raw), power * 10)
    first, last = math.floor(low / step), math.ceil(high / step)
    # Through decimal digits, so that 3 * 0.1 is 0.3.
    return [float(f"{number * step:.12g}") for number in range(first, last + 1)]
