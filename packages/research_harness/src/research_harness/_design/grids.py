"""Designs whose conditions are levels of parameters: factorial grids and doses."""

from collections import Counter
from dataclasses import dataclass, field
from typing import ClassVar

from .design import ExperimentDesign
from .designs import Between, Blocks, LatinSquare, Within
from .layout import Assignment, ItemLabels, Layout


@dataclass(frozen=True, slots=True, kw_only=True)
class Factorial(ExperimentDesign):
    """The conditions are all combinations of the levels of two parameters or more.

    ``grid`` makes such conditions. The report has the main effects and the interactions.

    Attributes:
        assignment: How items are assigned: ``Within``, ``Between``, ``Blocks`` or ``LatinSquare``.
    """

    kind: ClassVar[str] = "factorial"
    assignment: ExperimentDesign = field(default_factory=Within)

    @property
    def paired(self) -> bool:
        """As the assignment is."""
        return self.assignment.paired

    @property
    def text(self) -> str:
        """The design in a sentence, for the report."""
        return f"Factorial: the conditions are combinations of levels. {self.assignment.text}"

    def problems(self, layout: Layout) -> list[str]:
        """Needs every combination of at least two levels of two factors, once."""
        return [*_grid_problems(layout), *_assignment_problems(self.assignment, layout)]

    def item_problems(self, layout: Layout, items: ItemLabels) -> list[str]:
        """As the assignment needs."""
        return self.assignment.item_problems(layout, items)

    def assign(self, layout: Layout, items: ItemLabels) -> Assignment:
        """As the assignment does."""
        return self.assignment.assign(layout, items)


@dataclass(frozen=True, slots=True, kw_only=True)
class DoseResponse(ExperimentDesign):
    """The conditions are three levels or more of one numeric parameter.

    ``grid`` makes such conditions. The report has the change per unit of the dose, and the curve
    that fits best.

    Attributes:
        assignment: How items are assigned: ``Within``, ``Between``, ``Blocks`` or ``LatinSquare``.
    """

    kind: ClassVar[str] = "dose_response"
    assignment: ExperimentDesign = field(default_factory=Within)

    @property
    def paired(self) -> bool:
        """As the assignment is."""
        return self.assignment.paired

    @property
    def text(self) -> str:
        """The design in a sentence, for the report."""
        return f"Dose-response: the conditions are doses of one parameter. {self.assignment.text}"

    def problems(self, layout: Layout) -> list[str]:
        """Needs three different numbers of one parameter."""
        return [*_dose_problems(layout), *_assignment_problems(self.assignment, layout)]

    def item_problems(self, layout: Layout, items: ItemLabels) -> list[str]:
        """As the assignment needs."""
        return self.assignment.item_problems(layout, items)

    def assign(self, layout: Layout, items: ItemLabels) -> Assignment:
        """As the assignment does."""
        return self.assignment.assign(layout, items)


def _assignment_problems(assignment: object, layout: Layout) -> list[str]:
    if not isinstance(assignment, Within | Between | Blocks | LatinSquare):
        return [f"assignment: {assignment!r} is not Within, Between, Blocks or LatinSquare"]
    return [f"assignment: {each}" for each in assignment.problems(layout)]


def _without_levels(layout: Layout) -> list[str]:
    missing = [name for name in layout.conditions if not layout.levels.get(name)]
    return [f"condition {name!r} has no levels; make conditions with grid(...)" for name in missing]


def _grid_problems(layout: Layout) -> list[str]:
    problems = _without_levels(layout)
    if problems:
        return problems
    cells = Counter(tuple(sorted(map(_pair, each.items()))) for each in layout.levels.values())
    factors = {name for cell in cells for name, _ in cell}
    levels = {
        name: {level for cell in cells for key, level in cell if key == name} for name in factors
    }
    if len(factors) < 2 or any(len(each) < 2 for each in levels.values()):
        shown = ", ".join(f"{name} ({len(each)})" for name, each in sorted(levels.items()))
        return [f"it needs two factors of two levels or more; there are {shown}"]
    combinations = 1
    for each in levels.values():
        combinations *= len(each)
    if len(cells) < combinations or any(len(cell) != len(factors) for cell in cells):
        return [f"{combinations} combinations of levels are possible, {len(cells)} are there"]
    doubled = [cell for cell, count in cells.items() if count > 1]
    return [f"two conditions have the levels {dict(cell)}" for cell in doubled]


def _pair(given: tuple[str, object]) -> tuple[str, str]:
    return given[0], repr(given[1])


def _dose_problems(layout: Layout) -> list[str]:
    problems = _without_levels(layout)
    if problems:
        return problems
    factors = {name for each in layout.levels.values() for name in each}
    if len(factors) != 1:
        return [f"it needs one parameter; there are {', '.join(sorted(factors))}"]
    doses = [next(iter(each.values())) for each in layout.levels.values()]
    bad = [d for d in doses if isinstance(d, bool) or not isinstance(d, int | float)]
    if bad:
        return [f"the dose {bad[0]!r} is not a number"]
    if len(set(doses)) < 3 or len(set(doses)) < len(doses):
        return [f"it needs three different doses or more; there are {sorted(map(str, doses))}"]
    return []
