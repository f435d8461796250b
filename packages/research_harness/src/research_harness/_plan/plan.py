"""The plan: which condition answers which item in which row, in a seeded order.

The design of the experiment assigns the rows. They are computed when they are needed; only the data
set is in memory.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, Protocol

import msgspec

from .._definition.condition import AnyCondition
from .._design.bulk import place_columns, places
from .._design.design import ExperimentDesign
from .._design.designs import Within
from .._design.layout import ItemLabels, Layout, Place


class RowOfPlan(Protocol):
    """What a row belongs to, as a journal states it."""

    @property
    def index(self) -> int:
        """The number of the row."""
        ...

    @property
    def item_id(self) -> str:
        """The id of its item."""
        ...

    @property
    def condition(self) -> str:
        """The name of its condition."""
        ...

    @property
    def repeat(self) -> int:
        """The number of its repeat."""
        ...


class Trial(msgspec.Struct, frozen=True, kw_only=True):
    """One row to come: one condition answers one item in one repeat.

    Attributes:
        index: The row's number in the plan, from 0.
        condition: The condition.
        item: The item of the data set.
        repeat: The number of the repeat, from 0.
        seed: The experiment's seed plus the repeat; models and tie-breaks of this row start from
            it.
        arm: The group that the design assigned the item to: the condition of ``Between``, the
            sequence of ``LatinSquare``; empty otherwise.
        block: The block of ``Blocks`` or the stratum of ``Between``; empty otherwise.
        period: The number of the period of ``LatinSquare`` or ``TimeSeries``, from 0.
    """

    index: int
    condition: AnyCondition
    item: Any
    repeat: int
    seed: int
    arm: str = ""
    block: str = ""
    period: int = 0


class Plan:
    """All rows of an experiment, in the order in which they are started.

    Args:
        conditions: The conditions.
        items: The items; anything with a length and an index.
        repeat: How many times each condition answers each item.
        seed: The experiment's seed.
        randomize: False keeps the data set's order and the conditions' order.
        design: Assigns the rows.
    """

    def __init__(
        self,
        conditions: Sequence[AnyCondition],
        items: Sequence[Any],
        *,
        repeat: int,
        seed: int,
        randomize: bool = True,
        design: ExperimentDesign | None = None,
    ) -> None:
        self.conditions: tuple[AnyCondition, ...] = tuple(conditions)
        self.items: Sequence[Any] = items
        self.repeat: int = repeat
        self.seed: int = seed
        self.randomize: bool = randomize
        self.design: ExperimentDesign = design or Within()
        layout = Layout(
            conditions=tuple(each.name for each in self.conditions),
            levels={each.name: each.levels for each in self.conditions},
            repeat=repeat,
            seed=seed,
            randomize=randomize,
        )
        self._assignment = self.design.assign(layout, item_labels(items))
        self._length = len(self._assignment)

    def __len__(self) -> int:
        return self._length

    def __getitem__(self, index: int) -> Trial:
        """The row of this number."""
        if not 0 <= index < self._length:
            raise IndexError(f"row {index} of {len(self)}")
        return self._trial(index, self._assignment[index])

    def _trial(self, index: int, place: Place) -> Trial:
        return Trial(
            index=index,
            condition=self.conditions[place.condition],
            item=self.items[place.item],
            repeat=place.repeat,
            seed=self.seed + place.repeat,
            arm=place.arm,
            block=place.block,
            period=place.period,
        )

    def place(self, index: int) -> Place:
        """Where a row stands.

        Args:
            index: The row's number.
        """
        return self._assignment[index]

    def places(self) -> Iterator[Place]:
        """Where all rows stand, in their order."""
        return places(self._assignment, range(self._length))

    def item_of(self, index: int, item_id: str, condition: str, repeat: int) -> int | None:
        """The number of the item of a row; None when the plan does not have the row.

        Args:
            index: The row's number.
            item_id: The id of its item.
            condition: The name of its condition.
            repeat: The number of its repeat.
        """
        if not 0 <= index < self._length:
            return None
        place = self._assignment[index]
        found = self.conditions[place.condition].name, self._ids[place.item], place.repeat
        return place.item if found == (condition, item_id, repeat) else None

    def items_of(self, keys: Sequence[RowOfPlan]) -> list[int]:
        """The numbers of the items of many rows; -1 where the plan does not have the row.

        Args:
            keys: What the rows belong to.
        """
        known = [0 <= key.index < self._length for key in keys]
        rows = [key.index if there else 0 for key, there in zip(keys, known, strict=True)]
        if not self._length:
            return [-1] * len(keys)
        names, ids = [each.name for each in self.conditions], self._ids
        found = (each.tolist() for each in place_columns(self._assignment, rows))
        return [
            item
            if there
            and key.condition == names[condition]
            and key.item_id == ids[item]
            and key.repeat == repeat
            else -1
            for key, there, condition, item, repeat in zip(keys, known, *found, strict=True)
        ]

    @cached_property
    def _ids(self) -> list[str]:
        return [item.id for item in self.items]

    def __iter__(self) -> Iterator[Trial]:
        return self._trials(range(len(self)))

    def _trials(self, rows: range) -> Iterator[Trial]:
        return map(self._trial, rows, places(self._assignment, rows))

    @property
    def phases(self) -> Sequence[range]:
        """Ranges of rows; each begins when the one before it has ended."""
        return self._assignment.phases

    def pending(self, done: bytearray, rows: range | None = None) -> Iterator[Trial]:
        """The rows that are still to run.

        Args:
            done: One byte for each row of the plan: 1 for a finished row.
            rows: The rows to look at; None for all.

        Returns:
            The trials, in the order of the plan.
        """
        looked_at = range(len(self)) if rows is None else rows
        if 2 * done.count(1, looked_at.start, looked_at.stop) > len(looked_at):
            return (self[index] for index in looked_at if not done[index])
        return (trial for trial in self._trials(looked_at) if not done[trial.index])


def item_labels(items: Sequence[Any]) -> ItemLabels:
    """The items as a design sees them.

    Args:
        items: The items of the data set.
    """

    def label(number: int, name: str) -> str | None:
        metadata = getattr(items[number], "metadata", None)
        value = metadata.get(name) if isinstance(metadata, Mapping) else None
        return None if value is None else str(value)

    return ItemLabels(count=len(items), label=label)
