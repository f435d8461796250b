"""The power of a design by simulating its runs and analysing each as a run is analysed."""

import math
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import numpy as np

from .._definition.metrics import Metric
from .._plan.preparation import PreparedExperiment
from .answers import answered, draws
from .assumptions import DesignAssumptions
from .finding import Design, finds, probit

if TYPE_CHECKING:
    pass

_RUNS, _SLOW_RUNS, _LEAST_RUNS, _CELLS = 400, 100, 60, 4_000_000
_MOST_ITEMS = 20_000
_HALF = 0.5
_STEPS, _CLOSE, _MARGIN = 5, 0.015, 0.005


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
            found += finds(self._design, marks)
        return found / self.runs

    def detectable(self, power: float) -> float | None:
        """The smallest difference, up or down, that is found with this power; None for no such.

        Args:
            power: The power.
        """
        rate = self._assumed.rate
        sign = 1.0 if rate <= _HALF else -1.0  # towards the side with more room
        most = self._scale * (max(rate, 1 - rate) - _MARGIN)
        wanted = probit((1 + self._design.level) / 2) + probit(power)
        difference = min(most, self._scale * wanted * _standard_error(self._design, self._assumed))
        for _ in range(_STEPS):
            found = self.power(sign * difference)
            if abs(found - power) < _CLOSE:
                return difference
            if difference == most and found < power:
                return None
            difference = min(most, difference * _factor(self._design, power, found))
        return difference


def _standard_error(design: Design, assumed: DesignAssumptions) -> float:
    """The standard error of the difference by the model, to begin the search with."""
    spread = assumed.rate * (1 - assumed.rate)
    shared = assumed.agreement if design.paired else 0.0
    each = assumed.item_share * (1 - shared) + (1 - assumed.item_share) / design.repeats
    sizes = design.there.sum(axis=1)
    return math.sqrt(spread * each * float((1 / np.maximum(1, sizes)).sum()))


def _factor(design: Design, power: float, found: float) -> float:
    """How much larger the difference must be, by the normal distribution."""
    edge = probit((1 + design.level) / 2)
    return (edge + probit(power)) / max(0.2, edge + probit(min(0.995, max(0.005, found))))


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
    wanted = probit((1 + design.level) / 2) + probit(power)
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
