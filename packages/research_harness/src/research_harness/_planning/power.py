"""The power of a design by simulating its runs and analysing each as a run is analysed."""

import math
from dataclasses import asdict, dataclass
from fractions import Fraction
from functools import cache
from statistics import NormalDist
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from .._analysis.changes import change
from .._analysis.pairing import Pairing
from .._analysis.shares import share_difference
from .._analysis.vectors import MetricData
from .._definition.metrics import Metric
from .._plan.preparation import PreparedExperiment
from .._rows.values import ItemValues
from .answers import answered, draws
from .assumptions import DesignAssumptions

if TYPE_CHECKING:
    from numpy.typing import NDArray

_RUNS, _SLOW_RUNS, _LEAST_RUNS, _CELLS = 400, 100, 60, 4_000_000
_MOST_ITEMS = 20_000
_HALF = 0.5
_STEPS, _CLOSE, _MARGIN = 5, 0.015, 0.005
_NAMES = ("control", "treatment")


@dataclass(frozen=True, slots=True, kw_only=True)
class DesignOption:
    """A size of the design, and what it finds.

    Attributes:
        items: The number of items.
        repeats: How many times each condition answers each item.
        rows: The number of rows of all conditions.
        detectable: The smallest difference in accuracy that is found with the wanted power; None
            where not even a difference to 0 or 1 is.
        power: The probability of finding the difference that was asked about; None where no
            difference was given.
        cost_usd: What it is expected to cost; None when unknown.
    """

    items: int
    repeats: int
    rows: int
    detectable: float | None
    power: float | None
    cost_usd: float | None = None

    def to_dict(self) -> dict[str, object]:
        """The option as plain values."""
        return asdict(self)


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


def design_of(prepared: PreparedExperiment, metric: Metric) -> Design:
    """The design of an experiment, as far as a simulation needs it.

    Args:
        prepared: The experiment, with two conditions or more.
        metric: A metric of right and wrong answers.
    """
    plan, names = prepared.plan, [each.name for each in prepared.plan.conditions]
    control = names.index(str(prepared.config["control"]))
    treatment = next(number for number in range(len(names)) if number != control)
    paired = plan.design.paired
    there = np.ones((2, len(prepared.items)), bool)
    if not paired:
        there[:] = False
        sides = {control: 0, treatment: 1}
        for index in range(len(plan)):
            place = plan.place(index)
            if place.condition in sides:
                there[sides[place.condition], place.item] = True
    labels = [prepared.clusters[item.id] for item in prepared.items] if prepared.clusters else []
    family = len(prepared.experiment.criteria) or len(names) - 1
    return Design(
        metric=metric,
        there=there,
        repeats=plan.repeat,
        paired=paired,
        clusters=np.unique(labels, return_inverse=True)[1] if labels else None,
        level=1 - prepared.experiment.alpha / family,
    )


def resized(design: Design, *, items: float = 1, repeats: float = 1) -> Design:
    """The design with more or fewer items or repeats.

    Args:
        design: The design.
        items: How many times as many items.
        repeats: How many times as many repeats.
    """
    size = max(2, round(design.items * items))
    index = np.arange(size) % design.items
    clusters = design.clusters
    if clusters is not None:
        clusters = clusters[index] + (np.arange(size) // design.items) * (int(clusters.max()) + 1)
    return design._replace(
        there=design.there[:, index],
        clusters=clusters,
        repeats=max(1, round(design.repeats * repeats)),
    )


class Simulator:
    """Simulated runs of one design, the same ones for every difference.

    Args:
        design: The design.
        assumed: What is assumed of the answers.
        seed: The seed.
    """

    def __init__(self, design: Design, assumed: DesignAssumptions, seed: int) -> None:
        self._scale = 1.0
        if design.items > _MOST_ITEMS:
            self._scale = math.sqrt(_MOST_ITEMS / design.items)
            design = resized(design, items=_MOST_ITEMS / design.items)
        self._design, self._assumed, self._seed = design, assumed, seed
        cells = 2 * design.items * design.repeats
        most = _RUNS if design.clusters is None else _SLOW_RUNS  # intervals by cluster are slow
        self.runs = max(_LEAST_RUNS, min(most, _CELLS // cells))

    def power(self, difference: float) -> float:
        """The share of the runs that find a difference.

        Args:
            difference: The treatment's accuracy minus the control's.
        """
        rate = self._assumed.rate
        other = rate + difference / self._scale
        if not 0 < other < 1:
            return math.nan
        random = np.random.default_rng(self._seed)
        shape = (2, self._design.items, self._design.repeats)
        found = 0
        for _ in range(self.runs):
            drawn = draws(
                random,
                shape,
                agreement=self._assumed.agreement,
                clusters=self._design.clusters,
            )
            marks = answered(drawn, (rate, other), self._assumed.item_share)
            found += _finds(self._design, marks)
        return found / self.runs

    def detectable(self, power: float) -> float | None:
        """The smallest difference, up or down, that is found with this power; None for no such.

        Args:
            power: The power.
        """
        rate = self._assumed.rate
        sign = 1.0 if rate <= _HALF else -1.0  # towards the side with more room
        most = self._scale * (max(rate, 1 - rate) - _MARGIN)
        wanted = _probit((1 + self._design.level) / 2) + _probit(power)
        difference = min(most, self._scale * wanted * _standard_error(self._design, self._assumed))
        for _ in range(_STEPS):
            found = self.power(sign * difference)
            if abs(found - power) < _CLOSE:
                return difference
            if difference == most and found < power:
                return None
            difference = min(most, difference * _factor(self._design, power, found))
        return difference


def _finds(design: Design, marks: "NDArray[np.float64]") -> bool:
    """Whether the analysis of a run finds the difference, by the interval or test that it uses."""
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
        return difference > _probit(1 - alpha / 2) * error
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
    x, n = _probit(share), max(3.0, freedom)
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

    Fagerland, Lydersen and Laake (2013), BMC Medical Research Methodology 13:91.

    Args:
        better: On how many items the treatment alone is right.
        differing: On how many items one of the two alone is right.
    """
    least = min(better, differing - better)
    if 2 * least == differing:
        return 1.0
    ways = math.comb(differing, least)
    tail, term = ways, ways
    for number in range(least, 0, -1):
        term = term * number // (differing - number + 1)
        tail += term
    return float(Fraction(2 * tail - ways, 2**differing))


def _standard_error(design: Design, assumed: DesignAssumptions) -> float:
    """The standard error of the difference by the model, to begin the search with."""
    spread = assumed.rate * (1 - assumed.rate)
    shared = assumed.agreement if design.paired else 0.0
    each = assumed.item_share * (1 - shared) + (1 - assumed.item_share) / design.repeats
    sizes = design.there.sum(axis=1)
    return math.sqrt(spread * each * float((1 / np.maximum(1, sizes)).sum()))


def _factor(design: Design, power: float, found: float) -> float:
    """How much larger the difference must be, by the normal distribution."""
    edge = _probit((1 + design.level) / 2)
    return (edge + _probit(power)) / max(0.2, edge + _probit(min(0.995, max(0.005, found))))


def _probit(share: float) -> float:
    return NormalDist().inv_cdf(share)


def items_for(
    design: Design,
    assumed: DesignAssumptions,
    *,
    difference: float,
    power: float,
    seed: int,
    most: int = 1_000_000,
) -> int | None:
    """How many items find a difference with this power; None for more than the most.

    The number is guessed by the normal distribution, simulated, and corrected by what was found.

    Args:
        design: The design, with the wanted number of repeats.
        assumed: What is assumed of the answers.
        difference: The difference in accuracy, not 0.
        power: The wanted power.
        seed: The seed.
        most: The largest number of items that is looked at.
    """
    wanted = _probit((1 + design.level) / 2) + _probit(power)
    guess = design.items * (wanted * _standard_error(design, assumed) / difference) ** 2
    items = max(2, math.ceil(guess))
    for _ in range(_STEPS):
        if items > most:
            return None
        sized = resized(design, items=items / design.items)
        found = Simulator(sized, assumed, seed).power(difference)
        if math.isnan(found):
            return None
        if abs(found - power) < _CLOSE:
            break
        items = max(2, math.ceil(items * _factor(design, power, found) ** 2))
    return items
