"""What a design is given, and what it gives: the place of every row."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """What a design assigns to: conditions and repeats, as the class of the experiment has them.

    Attributes:
        conditions: The names of the conditions.
        levels: The levels of each condition's parameters, by the condition's name.
        repeat: How many times each item is answered by a condition.
        seed: The experiment's seed.
        randomize: Whether orders are random.
    """

    conditions: tuple[str, ...]
    levels: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    repeat: int = 1
    seed: int = 0
    randomize: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemLabels:
    """The items as a design sees them: how many, and the values of their fields.

    Attributes:
        count: The number of items.
        label: The value of a field of an item's metadata, by the item's number and the field's
            name; None where the item does not have it.
    """

    count: int
    label: Callable[[int, str], str | None]

    def of(self, name: str) -> list[str]:
        """The values of a field of all items; empty texts without a field.

        Args:
            name: The field; empty for none.
        """
        return [(self.label(number, name) or "") if name else "" for number in range(self.count)]

    def missing(self, name: str) -> int | None:
        """The number of the first item without a field; None when all have it."""
        if not name:
            return None
        return next((n for n in range(self.count) if self.label(n, name) is None), None)


class Place(NamedTuple):
    """Where a row stands: which condition answers which item, when, and in which group.

    Attributes:
        condition: The number of the condition.
        item: The number of the item.
        repeat: The number of the repeat.
        arm: The group that the item was assigned to; empty when all items are treated alike.
        block: The block or stratum of the item; empty without blocks.
        period: The number of the period, from 0.
    """

    condition: int
    item: int
    repeat: int
    arm: str = ""
    block: str = ""
    period: int = 0


class Assignment(Protocol):
    """The places of all rows, computed when they are asked for."""

    @property
    def phases(self) -> Sequence[range]:
        """Ranges of rows; each begins when the one before it has ended."""
        ...

    def __len__(self) -> int:
        """The number of rows."""
        ...

    def __getitem__(self, index: int) -> Place:
        """The place of a row."""
        ...
