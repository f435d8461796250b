"""From numbers to places in a drawing, and the round numbers an axis shows."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from .._model.numbers import number_text

_STEPS = (1, 2, 5, 10)
_PLAIN = (1e-6, 1e7)
_ABOUT = 5
_MOST_POWERS = 7
_FEW_POWERS = 2
# Values closer than this are drawn as one, and sizes below that as zero.
_SAME, _NOTHING = 1e-9, 1e-290


@dataclass(frozen=True, slots=True)
class Scale:
    """An axis: the numbers it covers, the places they get, and the numbers written beside it.

    Attributes:
        low: The smallest number.
        high: The largest.
        begin: The place of the smallest, in units of the drawing.
        end: The place of the largest; it may lie before the begin, as heights do.
        ticks: The round numbers.
        log: Whether equal steps are equal ratios.
    """

    low: float
    high: float
    begin: float
    end: float
    ticks: Sequence[float]
    log: bool = False

    def __call__(self, value: float) -> float:
        """The place of a number."""
        low, high = self.low, self.high
        if self.log:
            value, low, high = math.log10(value), math.log10(low), math.log10(high)
        return self.begin + (value - low) / (high - low) * (self.end - self.begin)

    def tick_text(self, tick: float) -> str:
        """A round number as it stands beside the axis: no more digits than the steps need."""
        step = self.ticks[1] - self.ticks[0]
        if not _PLAIN[0] <= (abs(tick) or step) < _PLAIN[1]:
            return f"{tick:.6g}"
        if self.log:
            return number_text(tick, digits=3, trim=True)
        behind = max(0, -math.floor(math.log10(step) + 1e-9))
        return f"{tick:,.{behind}f}"


def linear(values: Iterable[float], begin: float, end: float) -> Scale:
    """An axis with about five equal steps that covers the values."""
    known = list(values)
    low, high = min(known), max(known)
    size = max(abs(low), abs(high))
    if high - low <= max(_SAME * size, _NOTHING):
        pad = size * 0.1 if size > _NOTHING else 1.0
        low, high = low - pad, high + pad
    ticks = _ticks(low, high)
    return Scale(min(low, ticks[0]), max(high, ticks[-1]), begin, end, ticks)


def logarithmic(values: Iterable[float], begin: float, end: float) -> Scale:
    """An axis of powers of ten that covers the values, all above zero."""
    known = list(values)
    first, last = math.floor(math.log10(min(known))), math.ceil(math.log10(max(known)))
    last = max(last, first + 1)
    every = math.ceil((last - first) / _MOST_POWERS)
    factors = (1, 2, 5) if last - first <= _FEW_POWERS else (1,)
    ticks = [
        10.0**power * factor
        for power in range(first, last + 1, every)
        for factor in factors
        if 10.0**power * factor <= 10.0**last
    ]
    return Scale(10.0**first, 10.0**last, begin, end, ticks, log=True)


def _ticks(low: float, high: float) -> Sequence[float]:
    """About five round numbers that cover the range."""
    raw = (high - low) / _ABOUT
    power = 10.0 ** math.floor(math.log10(raw))
    step = next((power * factor for factor in _STEPS if power * factor >= raw), power * 10)
    first, last = math.floor(low / step), math.ceil(high / step)
    # Through decimal digits, so that 3 * 0.1 is 0.3.
    return [float(f"{number * step:.12g}") for number in range(first, last + 1)]
