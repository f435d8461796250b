"""The p-value that belongs to an interval: the smallest alpha at which it leaves 0 out.

An interval and the p-value beside it come from one method this way, and never contradict each
other.
"""

import dataclasses
import math
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bench import Comparison, Interval

_MOST_Z = 7.0  # alpha of 3e-12
_LEAST_Z = 1e-6
_STEPS = 30
_NEAR = 1e-9


def p_value_of(interval_at: Callable[[float], "Interval | None"]) -> float:
    """The two-sided p-value of no change, by inverting an interval.

    The intervals of one method are nested, and nearly linear in the normal quantile of their level.
    So the level at which one ends at 0 is found by the rule of false position.

    Args:
        interval_at: Gives the interval at a level.

    Returns:
        The p-value; 1.0 where no interval leaves 0 out, and not a number without an interval.
    """
    if interval_at(0.5) is None:
        return math.nan

    def beyond(z: float) -> float:
        """How far the interval is from 0; below 0 when it holds it."""
        found = interval_at(1 - _alpha(z))
        return -math.inf if found is None else max(found.low, -found.high)

    outside, inside = _LEAST_Z, _MOST_Z
    far, near = beyond(outside), beyond(inside)
    if far <= 0:
        return 1.0
    if near > 0:
        return _alpha(inside)
    scale, last = far, 0
    for _ in range(_STEPS):
        z = (outside + inside) / 2
        if math.isfinite(near) and math.isfinite(far):
            z = inside - near * (inside - outside) / (near - far)
        found = beyond(z)
        if found > 0:  # an end that moves twice lets the other count half (Illinois)
            outside, far, near, last = z, found, near / (2 if last > 0 else 1), 1
        else:
            inside, near, far, last = z, found, far / (2 if last < 0 else 1), -1
        if abs(found) <= _NEAR * scale or inside - outside <= _NEAR:
            return _alpha(z)
    return _alpha(outside)


def _alpha(z: float) -> float:
    return math.erfc(z / math.sqrt(2))


def by_interval(
    test: "Comparison", interval: "Interval", p_value: float, *, title: str = ""
) -> "Comparison":
    """A comparison whose p-value is that of its interval.

    The statistic of the other test is left out, since the p-value is not computed from it.

    Args:
        test: The comparison by another method.
        interval: The interval that takes the place of its own.
        p_value: Its p-value; not a number where it has no p-value.
        title: What the method is called; that of the comparison when left out.
    """
    known = p_value > 0
    return dataclasses.replace(
        test,
        interval=interval,
        p_value=p_value,
        log_p=math.log(p_value) if known else math.nan,
        title=title or test.title,
        method=f"inversion of the interval ({interval.method})",
        statistic=math.nan,
        df=(),
        se=math.nan,
        sensitivity=(),
        estimate=test.estimate if math.isnan(interval.estimate) else interval.estimate,
    )
