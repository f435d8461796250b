"""The orders of rows: crossed, between, in blocks, in sequences, period by period."""

from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate

from .layout import Layout, Place
from .permutation import Permutation, stream_key


class Crossed:
    """Every condition answers every item in every repeat; the rows of an item are neighbours.

    Args:
        layout: Conditions, repeats and seed.
        items: The number of items.
        periodic: Each repeat is a period, which begins when the one before has ended.

    Attributes:
        width: The number of conditions.
        orders: The order of the items in each repeat.
    """

    def __init__(self, layout: Layout, items: int, *, periodic: bool = False) -> None:
        self.layout, self.items, self.periodic = layout, items, periodic
        self.width = len(layout.conditions)
        self._last: tuple[int, int, Sequence[int]] | None = None
        self.orders = [
            Permutation(items, stream_key(layout.seed, "items", number))
            for number in range(layout.repeat)
        ]

    @property
    def phases(self) -> Sequence[range]:
        """One for all rows, or one for each period."""
        if not self.periodic:
            return (range(len(self)),)
        size = self.width * self.items
        return [range(start, start + size) for start in range(0, len(self), size)]

    def __len__(self) -> int:
        return self.width * self.items * self.layout.repeat

    def __getitem__(self, index: int) -> Place:
        """The place of a row."""
        group, slot = divmod(index, self.width)
        repeat, number = divmod(group, self.items)
        period = repeat if self.periodic else 0
        if not self.layout.randomize:
            return Place(slot, number, repeat, period=period)
        last = self._last
        if last is None or last[0] != group:
            item = self.orders[repeat][number]
            last = group, item, shuffled(self.width, self.layout.seed, repeat, item)
            self._last = last  # the rows of a group are mostly asked for in turn
        return Place(last[2][slot], last[1], repeat, period=period)


def shuffled(width: int, seed: int, repeat: int, item: int) -> Sequence[int]:
    """An item's own random order of conditions."""
    if width == 1:
        return (0,)
    order = Permutation(width, stream_key(seed, "conditions", repeat, item))
    found = [order[slot] for slot in range(width - 1)]
    return [*found, width * (width - 1) // 2 - sum(found)]  # the one that is left


class Separate:
    """Each item is answered by one condition, with the numbers of items as equal as can be.

    Args:
        layout: Conditions, repeats and seed.
        strata: The stratum of each item; in each stratum the conditions are as equal as can be.
    """

    def __init__(self, layout: Layout, strata: Sequence[str]) -> None:
        self._layout, self._strata = layout, strata
        self._arms = balanced(len(layout.conditions), strata, layout.seed, "arms")
        self._orders = [
            Permutation(len(strata), stream_key(layout.seed, "items", number))
            for number in range(layout.repeat)
        ]

    @property
    def phases(self) -> Sequence[range]:
        """One for all rows."""
        return (range(len(self)),)

    def __len__(self) -> int:
        return len(self._strata) * self._layout.repeat

    def __getitem__(self, index: int) -> Place:
        """The place of a row."""
        repeat, number = divmod(index, len(self._strata))
        item = self._orders[repeat][number] if self._layout.randomize else number
        arm = self._arms[item]
        return Place(arm, item, repeat, self._layout.conditions[arm], self._strata[item])


def balanced(groups: int, strata: Sequence[str], seed: int, label: str) -> list[int]:
    """Random groups of items: within each stratum, and in all, of sizes as equal as can be.

    The items of a stratum come in random order and take the groups in turn. The turn goes on from
    one stratum to the next.

    Args:
        groups: The number of groups.
        strata: The stratum of each item.
        seed: The experiment's seed.
        label: What is assigned.

    Returns:
        The group of each item.
    """
    members: dict[str, list[int]] = {}
    for item, stratum in enumerate(strata):
        members.setdefault(stratum, []).append(item)
    assigned = [0] * len(strata)
    letters = Permutation(groups, stream_key(seed, label, "letters"))
    turn = 0
    for stratum in sorted(members):
        items = members[stratum]
        order = Permutation(len(items), stream_key(seed, label, "stratum", stratum))
        for position in range(len(items)):
            assigned[items[order[position]]] = letters[turn % groups]
            turn += 1
    return assigned


class Blocked:
    """Every condition answers every item, one block of items after the other.

    Args:
        layout: Conditions, repeats and seed.
        blocks: The block of each item.
    """

    def __init__(self, layout: Layout, blocks: Sequence[str]) -> None:
        self._layout, self._blocks = layout, blocks
        self._width = len(layout.conditions)
        members: dict[str, list[int]] = {}
        for item, block in enumerate(blocks):
            members.setdefault(block, []).append(item)
        names = list(members)
        if layout.randomize:
            order = Permutation(len(names), stream_key(layout.seed, "blocks"))
            names = [names[order[position]] for position in range(len(names))]
        self._members = [members[name] for name in names]
        sizes = [len(items) * self._width * layout.repeat for items in self._members]
        self._starts = [0, *accumulate(sizes)]

    @property
    def phases(self) -> Sequence[range]:
        """One for each block."""
        return [range(*ends) for ends in zip(self._starts[:-1], self._starts[1:], strict=True)]

    def __len__(self) -> int:
        return self._starts[-1]

    def __getitem__(self, index: int) -> Place:
        """The place of a row."""
        number = bisect_right(self._starts, index) - 1
        items = self._members[number]
        group, slot = divmod(index - self._starts[number], self._width)
        repeat, position = divmod(group, len(items))
        layout = self._layout
        if layout.randomize:
            key = stream_key(layout.seed, "block", number, repeat)
            position = Permutation(len(items), key)[position]
            slot = shuffled(self._width, layout.seed, repeat, items[position])[slot]
        item = items[position]
        return Place(slot, item, repeat, block=self._blocks[item])


class Sequences:
    """Every condition answers every item, in the sequence that the item was assigned.

    The first conditions of all sequences make a period, which ends before the second begins.

    Args:
        layout: Conditions, repeats and seed.
        items: The number of items.
        sequences: The orders of the conditions, by their numbers.
    """

    def __init__(self, layout: Layout, items: int, sequences: Sequence[Sequence[int]]) -> None:
        self._layout, self._items, self._sequences = layout, items, sequences
        self._width = len(layout.conditions)
        # Which condition has which letter is random too.
        letters = Permutation(self._width, stream_key(layout.seed, "letters"))
        self._letters = [letters[number] for number in range(self._width)]
        self._arms = [
            balanced(len(sequences), [""] * items, layout.seed + number, "sequences")
            for number in range(layout.repeat)
        ]

    @property
    def phases(self) -> Sequence[range]:
        """One for each period of each repeat."""
        size = self._items
        return [range(start, start + size) for start in range(0, len(self), size)]

    def __len__(self) -> int:
        return self._width * self._items * self._layout.repeat

    def __getitem__(self, index: int) -> Place:
        """The place of a row."""
        number, position = divmod(index, self._items)
        repeat, period = divmod(number, self._width)
        key = stream_key(self._layout.seed, "period", repeat, period)
        item = Permutation(self._items, key)[position]
        arm = self._arms[repeat][item]
        slot = self._letters[self._sequences[arm][period]]
        return Place(slot, item, repeat, f"sequence {arm + 1}", period=period)


def williams(conditions: int) -> list[list[int]]:
    """Sequences in which each condition is in each period, and follows each other, equally often.

    Williams, "Experimental designs balanced for the estimation of residual effects of treatments",
    Australian Journal of Scientific Research 2 (1949). An even number needs as many sequences as
    conditions, an odd number twice as many.

    Args:
        conditions: The number of conditions.
    """
    first = [(number + 1) // 2 if number % 2 else -number // 2 for number in range(conditions)]
    square = [[(start + each) % conditions for each in first] for start in range(conditions)]
    return square if conditions % 2 == 0 else square + [row[::-1] for row in square]
