"""The plan: each condition answers each item in each repeat, in a seeded random order.

The rows of one item are neighbours, so that a drift of the service during the run affects all
conditions alike. The rows are computed when they are needed; only the data set is in memory.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from .._definition.condition import AnyCondition
from .permutation import Permutation, stream_key


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """One row to come: one condition answers one item in one repeat.

    Attributes:
        index: The row's number in the plan, from 0.
        condition: The condition.
        item: The item of the data set.
        repeat: The number of the repeat, from 0.
        seed: The experiment's seed plus the repeat; models and tie-breaks of this row start from
            it.
    """

    index: int
    condition: AnyCondition
    item: Any
    repeat: int
    seed: int


class Plan:
    """All rows of an experiment, in the order in which they are started.

    Args:
        conditions: The conditions.
        items: The items; anything with a length and an index.
        repeat: How many times each condition answers each item.
        seed: The experiment's seed.
        randomize: False keeps the data set's order and the conditions' order.
    """

    def __init__(
        self,
        conditions: Sequence[AnyCondition],
        items: Sequence[Any],
        *,
        repeat: int,
        seed: int,
        randomize: bool = True,
    ) -> None:
        self.conditions: tuple[AnyCondition, ...] = tuple(conditions)
        self.items: Sequence[Any] = items
        self.repeat: int = repeat
        self.seed: int = seed
        self.randomize: bool = randomize
        self._orders = [
            Permutation(len(items), stream_key(seed, "items", number)) for number in range(repeat)
        ]

    def __len__(self) -> int:
        return len(self.conditions) * len(self.items) * self.repeat

    def __getitem__(self, index: int) -> Trial:
        """The row of this number."""
        width = len(self.conditions)
        block, slot = divmod(index, width)
        repeat, number = divmod(block, len(self.items))
        if not 0 <= repeat < self.repeat:
            raise IndexError(f"row {index} of {len(self)}")
        if not self.randomize:
            return self._trial(index, slot, number, repeat)
        position = self._orders[repeat][number]
        if width > 1:
            order = Permutation(width, stream_key(self.seed, "conditions", repeat, position))
            slot = order[slot]
        return self._trial(index, slot, position, repeat)

    def __iter__(self) -> Iterator[Trial]:
        return (self[index] for index in range(len(self)))

    def pending(self, done: bytearray) -> Iterator[Trial]:
        """The rows that are still to run.

        Args:
            done: One byte for each row of the plan: 1 for a finished row.

        Returns:
            The trials, in the order of the plan.
        """
        return (self[index] for index in range(len(self)) if not done[index])

    def _trial(self, index: int, slot: int, position: int, repeat: int) -> Trial:
        return Trial(
            index=index,
            condition=self.conditions[slot],
            item=self.items[position],
            repeat=repeat,
            seed=self.seed + repeat,
        )
