"""Whether the analysis of one simulated run finds the difference."""

import math
from functools import cache
from statistics import NormalDist
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

import bench

from .._analysis.changes import change
from .._analysis.pairing import Pairing
from .._analysis.shares import share_difference
from .._analysis.vectors import MetricData
from .._definition.metrics import Metric
from .._rows.values import ItemValues

if TYPE_CHECKING:
    from numpy.typing import NDArray

_NAMES = ("control", "treatment")


class Design(NamedTuple):
    """What of an experiment a simulation of its runs needs.

    Attributes:
        metric: The metric, of right and wrong answers.
        there: By condition and item, whether the condition answers the item.
        repeats: How many times.
        paired: Whether every condition answers every item.
        clusters: The number of each item's cluster; None without clusters.
        level: The level of an interval.
    """

    metric: Metric
    there: "NDArray[np.bool_]"
    repeats: int
    paired: bool
    clusters: "NDArray[np.int64] | None"
    level: float

    @property
    def items(self) -> int:
        """The number of items."""
        return int(self.there.shape[1])


def finds(design: Design, marks: "NDArray[np.float64]") -> bool:
    """Whether the analysis of a run finds the difference, by the interval or test that it uses.

    Args:
        design: The design.
        marks: Right (1) and wrong (0) answers: two conditions x items x repeats.
    """
    alpha = 1 - design.level
    if design.paired and design.clusters is None:
        means = marks.mean(axis=2)
        if design.repeats == 1:
            better = int((means[1] > means[0]).sum())
            return mcnemar_p(better, int((means[1] != means[0]).sum())) < alpha
        interval = share_difference(*means.tolist(), level=design.level, clusters=None)
        return interval.low > 0 or interval.high < 0
    if design.clusters is None:
        sides = [own[there].mean(axis=1) for own, there in zip(marks, design.there, strict=True)]
        return _groups_differ(*sides, once=design.repeats == 1, alpha=alpha)
    pair = Pairing(data=_data(design, marks), control=_NAMES[0], treatment=_NAMES[1], seed=0)
    test = change(pair, level=design.level).test
    return test is not None and test.p_value < alpha


def _groups_differ(
    control: "NDArray[np.float64]", treatment: "NDArray[np.float64]", *, once: bool, alpha: float
) -> bool:
    """Whether two groups differ by the score test, or with repeats by Welch's test of the means.

    The interval of a run with repeats takes longer than a simulation has; it is close to Welch's.
    """
    sizes = len(control), len(treatment)
    if min(sizes) < 2:
        return False
    difference = abs(float(treatment.mean() - control.mean()))
    if once:
        rate = float(control.sum() + treatment.sum()) / sum(sizes)
        error = math.sqrt(rate * (1 - rate) * (1 / sizes[0] + 1 / sizes[1]))
        return difference > probit(1 - alpha / 2) * error
    errors = [float(side.var(ddof=1)) / len(side) for side in (control, treatment)]
    weights = [error**2 / (size - 1) for error, size in zip(errors, sizes, strict=True)]
    if not sum(weights):
        return difference > 0
    return difference > t_quantile(1 - alpha / 2, sum(errors) ** 2 / sum(weights)) * math.sqrt(
        sum(errors)
    )


def t_quantile(share: float, freedom: float) -> float:
    """The quantile of Student's t, near enough for a simulation.

    The expansion of Fisher and Cornish: Abramowitz and Stegun (1964), 26.7.5.

    Args:
        share: The probability below it.
        freedom: The degrees of freedom, at least 3.
    """
    x, n = probit(share), max(3.0, freedom)
    return (
        x
        + (x**3 + x) / (4 * n)
        + (5 * x**5 + 16 * x**3 + 3 * x) / (96 * n**2)
        + (3 * x**7 + 19 * x**5 + 17 * x**3 - 15 * x) / (384 * n**3)
    )


def _data(design: Design, marks: "NDArray[np.float64]") -> MetricData:
    ids = [str(number) for number in range(design.items)]
    values = {}
    for name, own, there in zip(_NAMES, marks, design.there, strict=True):
        kept = there.nonzero()[0]
        every = np.ones((len(kept), design.repeats), bool)
        values[name] = ItemValues([ids[each] for each in kept], own[kept], every, ~every)
    return MetricData(
        metric=design.metric,
        values=values,
        paired=design.paired,
        clusters={}
        if design.clusters is None
        else dict(zip(ids, map(str, design.clusters.tolist()), strict=True)),
    )


@cache
def mcnemar_p(better: int, differing: int) -> float:
    """The p-value of McNemar's test (mid-p), as the analysis of one answer an item gives it.

    Args:
        better: On how many items the treatment alone is right.
        differing: On how many items one of the two alone is right.
    """
    if not differing:
        return 1.0
    fewer = min(better, differing - better)  # the test is symmetric, and half as many are kept
    return float(bench.mcnemar_from_counts(0, fewer, differing - fewer, 0).p_value)


def probit(share: float) -> float:
    """The quantile of the standard normal distribution.

    Args:
        share: The probability below it.
    """
    return NormalDist().inv_cdf(share)
