"""Intervals of ratios: of means by Fieller's theorem, of other metrics from their two intervals."""

import math
from collections.abc import Callable, Sequence
from statistics import fmean
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from bench import Interval

_STEPS = 60
_LARGEST = 1e9
_ROUNDING = 1e-9
_Ends = tuple[float, float]


def ratio_of_means(
    control: "Sequence[float] | NDArray[np.float64]",
    treatment: "Sequence[float] | NDArray[np.float64]",
    *,
    level: float,
    clusters: Sequence[str] | None,
) -> "Interval | None":
    """The ratio of two means of the same items, treatment over control.

    Fieller (1954): the interval holds the ratios r at which the mean of treatment - r control may
    be 0. Unlike a ratio of geometric means it is one of totals, as of two bills.

    Args:
        control: One value per item, none below 0.
        treatment: The same items.
        level: The level of the interval.
        clusters: The cluster of each item.

    Returns:
        The interval; None where a value is below 0 or the control has nothing but zeros.
    """
    import numpy as np

    import bench

    old, new = np.asarray(control, float), np.asarray(treatment, float)
    if old.min() < 0 or new.min() < 0 or not old.any():
        return None
    estimate = fmean(new.data) / fmean(old.data)
    largest = float(old.max())

    def possible(ratio: float) -> bool:
        gaps = new - ratio * old
        # Differences of proportional values are left by rounding only.
        if float(np.abs(gaps).max()) <= 1e-12 * max(1e-300, ratio * largest):
            return True
        found = bench.mean_interval(gaps, level=level, clusters=clusters)
        return found.low <= 0 <= found.high

    low = 0.0 if possible(0.0) else _edge(possible, inside=estimate, outside=0.0)
    high = math.inf
    beyond = max(2 * estimate, 1.0)
    while beyond < _LARGEST and possible(beyond):
        beyond *= 4
    if beyond < _LARGEST:
        high = _edge(possible, inside=estimate, outside=beyond)
    if high - low <= _ROUNDING * estimate:  # proportional values
        low = high = estimate
    return bench.Interval(low=low, high=high, level=level, method="Fieller", estimate=estimate)


def _edge(possible: Callable[[float], bool], *, inside: float, outside: float) -> float:
    """The last possible ratio between one that is possible and one that is not."""
    for _ in range(_STEPS):
        middle = (inside + outside) / 2
        if possible(middle):
            inside = middle
        else:
            outside = middle
    return inside


def ratio_from_intervals(
    control: float, of_control: _Ends, treatment: float, of_treatment: _Ends
) -> _Ends:
    """The ratio of two estimates from the distances of their ends on the log scale.

    MOVER of Zou and Donner (2008), without a correlation: for positively correlated sides, as
    those of one item are, it is wider than needed.

    Args:
        control: The estimate below the line.
        of_control: Its interval.
        treatment: The estimate above the line.
        of_treatment: Its interval.
    """
    logs = [_log(each) for each in (control, *of_control, treatment, *of_treatment)]
    if not math.isfinite(logs[0]) or not math.isfinite(logs[3]):
        bottom, top = of_control[0], of_treatment[1]
        return 0.0, (top / bottom if bottom > 0 else math.inf)
    estimate = logs[3] - logs[0]
    down = math.hypot(logs[3] - logs[4], logs[2] - logs[0])
    up = math.hypot(logs[5] - logs[3], logs[0] - logs[1])
    return math.exp(estimate - down), (math.exp(estimate + up) if up < 500 else math.inf)


def difference_from_intervals(
    control: float, of_control: _Ends, treatment: float, of_treatment: _Ends
) -> _Ends:
    """The difference of two estimates from the distances of their ends (MOVER).

    Args:
        control: The estimate that is subtracted.
        of_control: Its interval.
        treatment: The estimate it is subtracted from.
        of_treatment: Its interval.
    """
    estimate = treatment - control
    down = math.hypot(treatment - of_treatment[0], of_control[1] - control)
    up = math.hypot(of_treatment[1] - treatment, control - of_control[0])
    return estimate - down, estimate + up


def _log(value: float) -> float:
    return math.log(value) if value > 0 else -math.inf
