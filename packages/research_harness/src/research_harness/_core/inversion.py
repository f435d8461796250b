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

_LEAST_ALPHA = 1e-12
_STEPS = 30


def p_value_of(interval_at: Callable[[float], "Interval | None"]) -> float:
    """The two-sided p-value of no change, by inverting an interval.

    The intervals of one method are nested, so that the smallest alpha at which the interval leaves
    0 out is found by halving (on the log scale).

    Args:
        interval_at: Gives the interval at a level.

    Returns:
        The p-value; 1.0 where no interval leaves 0 out, and not a number without an interval.
    """

    def leaves_out(alpha: float) -> bool:
        found = interval_at(1 - alpha)
        return found is not None and not found.low <= 0 <= found.high

    if interval_at(0.5) is None:
        return math.nan
    inside, outside = math.log(_LEAST_ALPHA), math.log(1 - 1e-6)
    if leaves_out(_LEAST_ALPHA):
        return _LEAST_ALPHA
    if not leaves_out(math.exp(outside)):
        return 1.0
    for _ in range(_STEPS):
        middle = (inside + outside) / 2
        if leaves_out(math.exp(middle)):
            outside = middle
        else:
            inside = middle
    return math.exp(outside)


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
