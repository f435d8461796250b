"""The finished rows of a run in the order of the plan, read when they are needed."""

import weakref
from array import array
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import BinaryIO, overload

from .._design.bulk import BLOCK_ROWS
from .._engine.journal import Journal
from .._outcome.row import Row, RowKey
from .._plan.plan import Plan, RowOfPlan


class JournalRows(Sequence[Row]):
    """The rows of a journal that the plan has, each once, without keeping them in memory.

    Of a row that was asked again, the last counts.

    Args:
        plan: The plan as it now is.
        journal: The journal.

    Attributes:
        close: Closes the journal; the rows cannot be read any more.
        returned: The names of the numbers that conditions returned, sorted.
    """

    def __init__(self, plan: Plan, journal: Journal) -> None:
        self._plan, self._journal = plan, journal
        self._file = journal.open()
        self.close = weakref.finalize(self, _close, self._file)
        self._offsets = array("q", [-1]) * len(plan)
        self._items = array("l", [-1]) * len(plan)
        self._count = 0
        returned: set[str] = set()
        found = iter(()) if self._file is None else journal.keys(self._file)
        while block := list(islice(found, BLOCK_ROWS)):
            items = plan.items_of([key for _, key in block])
            for (offset, key), item in zip(block, items, strict=True):
                if item >= 0:
                    self._items[key.index] = item
                    self._count += self._offsets[key.index] < 0
                    self._offsets[key.index] = offset
                    returned.update(key.values)
        self.returned = tuple(sorted(returned))

    def identities(self) -> Iterator[RowOfPlan]:
        """What the rows belong to, in the order of the plan; the journal is not read."""
        names, items = [each.name for each in self._plan.conditions], self._plan.items
        ids = [item.id for item in items]
        for index, place in enumerate(self._plan.places()):
            if self._offsets[index] >= 0:
                yield RowKey(index, ids[place.item], names[place.condition], place.repeat)

    def item_number(self, row: Row) -> int:
        """The number of a row's item in the data set.

        Args:
            row: One of these rows.
        """
        return self._items[row.index]

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[Row]:
        """The rows in the order of the plan."""
        for offset in self._offsets:
            if offset >= 0:
                yield self._at(offset)

    @overload
    def __getitem__(self, number: int) -> Row: ...
    @overload
    def __getitem__(self, number: slice) -> list[Row]: ...
    def __getitem__(self, number: int | slice) -> Row | list[Row]:
        """The row of this number among the finished ones."""
        there = [offset for offset in self._offsets if offset >= 0]
        if isinstance(number, slice):
            return [self._at(offset) for offset in there[number]]
        return self._at(there[number])

    def _at(self, offset: int) -> Row:
        assert self._file is not None  # noqa: S101  # an offset came from it
        return self._journal.row_at(self._file, offset)


def identities(rows: Iterable[Row]) -> Iterable[RowOfPlan]:
    """What rows belong to, read from the journal only where it must be.

    Args:
        rows: The rows.
    """
    return rows.identities() if isinstance(rows, JournalRows) else rows


def _close(file: BinaryIO | None) -> None:
    if file is not None:
        file.close()
