"""The finished rows of a run in the order of the plan, read when they are needed."""

import weakref
from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import BinaryIO, overload

from .._design.bulk import BLOCK_ROWS
from .._engine.journal import Journal
from .._outcome.row import Row, RowKey
from .._plan.plan import Plan, RowOfPlan

_ONE_FILE = 1 << 48  # more than any file has


class JournalRows(Sequence[Row]):
    """The rows of a journal that the plan has, each once, without keeping them in memory.

    Of a row that was asked again, the last counts.

    Args:
        plan: The plan as it now is.
        journal: The journal.
        on_line: Called with the number of each row in the journal and the text of its line.

    Attributes:
        close: Closes the journal; the rows cannot be read any more.
    """

    def __init__(
        self, plan: Plan, journal: Journal, on_line: Callable[[int, bytes], None] | None = None
    ) -> None:
        self._plan, self._journal = plan, journal
        self._files = [journal.open()]
        self.close = weakref.finalize(self, _close, self._files)
        self._offsets = array("q", [-1]) * len(plan)
        self._items = array("i", [-1]) * len(plan)
        self._count = 0
        self._returned: set[str] = set()
        if self._files[0] is not None:
            self._find(journal.keys(self._files[0], on_line), 0)

    @property
    def returned(self) -> tuple[str, ...]:
        """The names of the numbers that conditions returned, sorted."""
        return tuple(sorted(self._returned))

    def add(self, later: Path) -> None:
        """Let the rows of another file take the place of those that they are of.

        Args:
            later: The file, in the form of a journal.
        """
        journal = Journal(later)
        file = journal.open()
        self._files.append(file)
        if file is not None:
            self._find(journal.keys(file), (len(self._files) - 1) * _ONE_FILE)

    def _find(self, keys: Iterator[tuple[int, RowKey]], first: int) -> None:
        """Note where rows are, from the position that stands for the begin of their file."""
        while block := list(islice(keys, BLOCK_ROWS)):
            items = self._plan.items_of([key for _, key in block])
            for (offset, key), item in zip(block, items, strict=True):
                if item >= 0:
                    self._items[key.index] = item
                    self._count += self._offsets[key.index] < 0
                    self._offsets[key.index] = first + offset
                    self._returned.update(key.values)

    def has(self, index: int) -> bool:
        """Whether the row with this number is there.

        Args:
            index: The number of a row in the plan.
        """
        return 0 <= index < len(self._offsets) and self._offsets[index] >= 0

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
        number, start = divmod(offset, _ONE_FILE)
        file = self._files[number]
        assert file is not None  # noqa: S101  # an offset came from it
        return self._journal.row_at(file, start)


def identities(rows: Iterable[Row]) -> Iterable[RowOfPlan]:
    """What rows belong to, read from the journal only where it must be.

    Args:
        rows: The rows.
    """
    return rows.identities() if isinstance(rows, JournalRows) else rows


def _close(files: list[BinaryIO | None]) -> None:
    for file in files:
        if file is not None:
            file.close()
