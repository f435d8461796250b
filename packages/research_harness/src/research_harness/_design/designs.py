"""Designs that assign items: within, between, in blocks, in sequences, period by period."""

from dataclasses import dataclass
from typing import ClassVar

from .assignments import Blocked, Crossed, Separate, Sequences, williams
from .design import ExperimentDesign
from .layout import Assignment, ItemLabels, Layout

_LEAST_ITEMS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Within(ExperimentDesign):
    """Every condition answers every item in every repeat, in random order."""

    kind: ClassVar[str] = "within"

    @property
    def text(self) -> str:
        """The design in a sentence, for the report."""
        return "Within-subjects: every condition answers every item in every repeat."

    def assign(self, layout: Layout, items: ItemLabels) -> Assignment:
        """Cross conditions, items and repeats."""
        return Crossed(layout, items.count)


@dataclass(frozen=True, slots=True, kw_only=True)
class Between(ExperimentDesign):
    """Each item is answered by one condition, drawn at random.

    The numbers of items are as equal as can be, within each stratum too. Conditions are compared as
    independent groups, so this design needs more items than ``Within``. It is for conditions that
    must not see an item that another one has seen, and for answers that cost much.

    Attributes:
        stratify_by: The field of the items' metadata whose values are shared out evenly.
    """

    kind: ClassVar[str] = "between"
    stratify_by: str = ""

    @property
    def paired(self) -> bool:
        """Conditions have different items."""
        return False

    @property
    def text(self) -> str:
        """The design in a sentence, for the report."""
        strata = f", in equal shares of each {self.stratify_by}" if self.stratify_by else ""
        return f"Between-subjects: each item is answered by one condition, drawn at random{strata}."

    def problems(self, layout: Layout) -> list[str]:
        """Needs two conditions."""
        return _two_conditions(layout)

    def item_problems(self, layout: Layout, items: ItemLabels) -> list[str]:
        """Needs two items for each condition."""
        missing = items.missing(self.stratify_by)
        if missing is not None:
            return [f"stratify_by: item {missing + 1} has no field {self.stratify_by!r}"]
        least = _LEAST_ITEMS * len(layout.conditions)
        if items.count < least:
            return [f"{len(layout.conditions)} conditions need {least} items; {_count(items)}"]
        return []

    def assign(self, layout: Layout, items: ItemLabels) -> Assignment:
        """Share the items out."""
        return Separate(layout, items.of(self.stratify_by))


@dataclass(frozen=True, slots=True, kw_only=True)
class Blocks(ExperimentDesign):
    """Every condition answers every item, block after block, in random order within a block.

    A block ends before the next begins, so that a drift of a service is alike for all conditions of
    a block. The report has each metric by block, and a test of whether differences vary over
    blocks.

    Attributes:
        by: The field of the items' metadata that makes the blocks.
        size: The number of items of a block, when no field makes them.
    """

    kind: ClassVar[str] = "blocks"
    by: str = ""
    size: int | None = None

    @property
    def text(self) -> str:
        """The design in a sentence, for the report."""
        made = f"of one {self.by}" if self.by else f"of {self.size} items"
        return (
            f"Randomized blocks {made}: every condition answers every item, and one block ends"
            " before the next begins."
        )

    def problems(self, layout: Layout) -> list[str]:
        """Needs a field or a size."""
        if bool(self.by) == (self.size is not None):
            return ["give by (a field of the items) or size (items of a block), and not both"]
        if self.size is not None and self.size < 1:
            return [f"size: {self.size!r} is not a number of items"]
        return _two_conditions(layout)

    def item_problems(self, layout: Layout, items: ItemLabels) -> list[str]:  # noqa: ARG002
        """Needs two blocks."""
        missing = items.missing(self.by)
        if missing is not None:
            return [f"by: item {missing + 1} has no field {self.by!r}"]
        blocks = len(set(self._blocks(items)))
        return [] if blocks > 1 else [f"there is one block only; {_count(items)}"]

    def assign(self, layout: Layout, items: ItemLabels) -> Assignment:
        """Make the blocks."""
        return Blocked(layout, self._blocks(items))

    def _blocks(self, items: ItemLabels) -> list[str]:
        if self.size is None:
            return items.of(self.by)
        return [f"block {number // self.size + 1}" for number in range(items.count)]


@dataclass(frozen=True, slots=True, kw_only=True)
class LatinSquare(ExperimentDesign):
    """Every condition answers every item, in counterbalanced order.

    Each item is assigned one sequence of the conditions. Each condition is equally often in each
    period, and follows each other condition equally often (Williams 1949). A period ends before the
    next begins. It is for conditions whose order may matter: caches that get warm, stores that
    learn, services that drift. The report has each metric by period, and a test of the periods.
    """

    kind: ClassVar[str] = "latin_square"

    @property
    def text(self) -> str:
        """The design in a sentence, for the report."""
        return (
            "Latin square: every condition answers every item, in the sequence that the item was"
            " assigned at random; each condition is equally often in each period, and follows each"
            " other one equally often."
        )

    def problems(self, layout: Layout) -> list[str]:
        """Needs two conditions and random order."""
        fixed = [] if layout.randomize else ["randomize=False: sequences are assigned at random"]
        return [*_two_conditions(layout), *fixed]

    def item_problems(self, layout: Layout, items: ItemLabels) -> list[str]:
        """Needs an item for each sequence."""
        sequences = len(williams(len(layout.conditions)))
        if items.count < sequences:
            return [f"its {sequences} sequences need an item each; {_count(items)}"]
        return []

    def assign(self, layout: Layout, items: ItemLabels) -> Assignment:
        """Assign sequences to items."""
        return Sequences(layout, items.count, williams(len(layout.conditions)))


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeSeries(ExperimentDesign):
    """Every condition answers every item once in each period; the repeats are the periods.

    A period ends before the next begins. The report has each metric by period, the change per
    period of each condition, and how these changes differ.

    Attributes:
        every_ms: The time from the beginning of a period to that of the next; None begins the next
            at once.
    """

    kind: ClassVar[str] = "time_series"
    every_ms: float | None = None

    @property
    def text(self) -> str:
        """The design in a sentence, for the report."""
        pause = "" if self.every_ms is None else f", which begin {self.every_ms:g} ms apart"
        return f"Time series: every condition answers every item in each of the periods{pause}."

    def problems(self, layout: Layout) -> list[str]:
        """Needs three periods."""
        found = []
        if layout.repeat < 3:
            found.append(f"repeat is the number of periods, and {layout.repeat} gives no series")
        if self.every_ms is not None and not self.every_ms > 0:
            found.append(f"every_ms: {self.every_ms!r} is not a positive number of milliseconds")
        return found

    def assign(self, layout: Layout, items: ItemLabels) -> Assignment:
        """Make each repeat a period."""
        return Crossed(layout, items.count, periodic=True)


def _count(items: ItemLabels) -> str:
    return f"the data set has {items.count}"


def _two_conditions(layout: Layout) -> list[str]:
    found = len(layout.conditions)
    return [] if found > 1 else [f"it needs two conditions; the experiment has {found}"]
