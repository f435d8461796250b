"""Intervals of shares: means of values between 0 and 1, by item, that keep a width near 0 and 1."""

import dataclasses
import math
from collections.abc import Sequence
from statistics import fmean
from typing import TYPE_CHECKING, Literal, TypeAlias

from .._core.inversion import p_value_of
from .._rows.values import KnownRows, row_means

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from bench import Interval

Labels = Sequence[str] | None
Numbers: TypeAlias = "Sequence[float] | NDArray[np.float64]"
# The smallest number, by halves, at which no further error raises the lower end.
_FEW_ERRORS = 2.5
_NEGLIGIBLE = 1e-9
# The intervals of one share by whether they are exact, and their names.
_METHODS: dict[bool, Literal["wilson", "clopper-pearson"]] = {
    False: "wilson",
    True: "clopper-pearson",
}
_NAMES = {False: "Wilson", True: "Clopper-Pearson"}


def share_interval(
    rows: Sequence[Sequence[float]],
    *,
    binary: bool,
    level: float,
    clusters: Labels,
    exact: bool = False,
) -> "Interval":
    """The interval of a share, with the repeats of an item as such.

    With one right or wrong answer an item it is Wilson's. Otherwise it is the interval for repeats
    or graded values, which tends to Wilson's of one answer an item where few errors hardly show how
    alike repeats are. So an error never raises the lower end.

    Args:
        rows: The values of each item.
        binary: Whether the values are right or wrong.
        level: The level of the interval.
        clusters: The cluster of each item.
        exact: Whether Clopper and Pearson's interval takes the place of Wilson's: wider, and never
            below its level, with few items either.
    """
    import bench

    means = row_means(rows)
    if binary:
        once = rows.once if isinstance(rows, KnownRows) else all(len(each) == 1 for each in rows)
        if clusters is None and once and (exact or isinstance(rows, KnownRows)):
            return _of_single_answers(means, level, exact=exact)
        found = bench.rate_interval(list(map(list, rows)), clusters=clusters, level=level)
        if clusters is None and once:
            return found
    else:
        found = bench.mean_interval(means, clusters=clusters, level=level)
    mean = min(1.0, max(0.0, fmean(means.data)))
    units = len(means) if clusters is None else len(set(clusters))
    low, high = _one_answer_each(mean, units, level, exact=exact)
    few = math.exp(-units * mean * (1 - mean) / _FEW_ERRORS)
    return dataclasses.replace(
        found,
        low=max(0.0, (1 - few) * found.low + few * low),
        high=min(1.0, (1 - few) * found.high + few * high),
        method=f"{found.method}, {_NAMES[exact]} where errors are few",
    )


def _of_single_answers(answers: "NDArray[np.float64]", level: float, *, exact: bool) -> "Interval":
    """The interval of answers that are right or wrong, without a list for each item."""
    import bench

    if not bool(((answers == 0) | (answers == 1)).all()):
        return bench.rate_interval(answers.tolist(), level=level)  # which says what is wrong
    method = _METHODS[exact]
    return bench.proportion_interval(int(answers.sum()), len(answers), level=level, method=method)


def _one_answer_each(mean: float, units: int, level: float, *, exact: bool) -> tuple[float, float]:
    """The interval as if each item (or cluster) had been answered once."""
    import bench

    whole = math.floor(mean * units + 1e-9)
    part = max(0.0, mean * units - whole)
    method = _METHODS[exact]
    first = bench.proportion_interval(whole, units, level=level, method=method)
    second = bench.proportion_interval(min(units, whole + 1), units, level=level, method=method)
    return (
        (1 - part) * first.low + part * second.low,
        (1 - part) * first.high + part * second.high,
    )


def share_difference(
    control: Numbers, treatment: Numbers, *, level: float, clusters: Labels
) -> "Interval":
    """The interval of a difference of shares by item, with repeats averaged.

    Where few items differ it tends to the interval with one more item for each side, which is that
    of Bonett and Price (2012) for repeats: without a difference it has a width as well.

    Args:
        control: The mean of each item.
        treatment: The same items.
        level: The level of the interval.
        clusters: The cluster of each item.
    """
    import numpy as np

    import bench

    gaps = np.asarray(treatment, float) - np.asarray(control, float)
    few = _few_differ(int(np.count_nonzero(gaps)))
    found = bench.mean_interval(gaps, clusters=clusters, level=level)
    added = None if clusters is None else [*clusters, "one for", "one against"]
    wide = bench.mean_interval(np.append(gaps, [1.0, -1.0]), clusters=added, level=level)
    return dataclasses.replace(
        found,
        low=max(-1.0, (1 - few) * found.low + few * wide.low),
        high=min(1.0, (1 - few) * found.high + few * wide.high),
        method=f"{found.method}, Bonett-Price where few items differ",
    )


def share_p_value(control: Numbers, treatment: Numbers, by_t: float, *, clusters: Labels) -> float:
    """The p-value that belongs to the interval of ``share_difference``.

    Args:
        control: The mean of each item.
        treatment: The same items.
        by_t: The p-value of the t test, which it is where many items differ.
        clusters: The cluster of each item.
    """
    import numpy as np

    differing = int(np.count_nonzero(np.asarray(control) != np.asarray(treatment)))
    if _few_differ(differing) < _NEGLIGIBLE:
        return by_t
    return p_value_of(
        lambda level: share_difference(control, treatment, level=level, clusters=clusters)
    )


def _few_differ(differing: int) -> float:
    """How much the interval with two more items weighs."""
    return math.exp(-differing / 2)
