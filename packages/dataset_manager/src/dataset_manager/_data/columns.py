"""Items by column: a million of them are a handful of lists, not a million objects.

A field of the metadata that the first item has is a column. Fields that only later items have are
rare, and are kept by row.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from itertools import compress, repeat, starmap
from typing import Any

from .._core.errors import InvalidItemsError
from .item import Item

_MOST_SHARED = 4096


class Missing(Enum):
    """The value in a column for an item without the field."""

    MISSING = 0


MISSING = Missing.MISSING


@dataclass(slots=True)
class Columns:
    """The columns of a data set. They are filled once and never changed after that.

    Attributes:
        ids: The ids.
        inputs: The questions.
        expected: The correct answers.
        metadata: The fields of the metadata by name, with ``MISSING`` for items without it.
        rare: Fields that the first item does not have, by row.
        holed: The fields that some item may lack.
    """

    ids: list[str] = field(default_factory=list)
    inputs: list[Any] = field(default_factory=list)
    expected: list[Any] = field(default_factory=list)
    metadata: dict[str, list[Any]] = field(default_factory=dict)
    rare: dict[int, dict[str, Any]] = field(default_factory=dict)
    holed: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, items: Iterable[Item], name: str) -> "Columns":
        """The columns of items.

        Raises:
            InvalidItemsError: An element is not an ``Item``, or an id is not a text.
        """
        made = cls()
        shared: dict[Any, Any] = {}
        without_id = []
        for position, item in enumerate(items):
            if not isinstance(item, Item):
                raise InvalidItemsError(
                    f"{name}: at position {position} is {type(item).__name__}, not an Item;"
                    " dataset_manager.item_from_mapping makes one of a mapping"
                )
            identifier: object = item.id
            if not isinstance(identifier, str) or not identifier:
                without_id.append(position)
            made.ids.append(item.id)
            made.inputs.append(item.input)
            made.expected.append(_shared(item.expected, shared))
            made._add_metadata(position, item.metadata, shared)
        if without_id:
            raise InvalidItemsError(
                f"{name}: items without an id at positions {listed(without_id)}; an id is a text"
            )
        return made

    def _add_metadata(
        self, position: int, fields: Mapping[str, Any], shared: dict[Any, Any]
    ) -> None:
        if position == 0:
            self.metadata = {name: [] for name in fields}
        for name, column in self.metadata.items():
            value = fields.get(name, MISSING)
            if value is MISSING:
                self.holed.add(name)
            column.append(_shared(value, shared))
        if len(fields) > len(self.metadata) or not self.metadata.keys() >= fields.keys():
            columns = self.metadata
            self.rare[position] = {name: fields[name] for name in fields if name not in columns}

    def item(self, position: int) -> Item:
        """The item of a row."""
        found = {
            name: column[position]
            for name, column in self.metadata.items()
            if column[position] is not MISSING
        }
        if position in self.rare:
            found |= self.rare[position]
        return Item(self.ids[position], self.inputs[position], self.expected[position], found)

    def items(self) -> Iterator[Item]:
        """The items in order, made one at a time."""
        return starmap(Item, self.rows())

    def rows(self) -> Iterator[tuple[str, Any, Any, dict[str, Any]]]:
        """Id, input, right answer and metadata of each item, in order."""
        names, rare = tuple(self.metadata), self.rare
        rows = zip(*self.metadata.values(), strict=True) if names else repeat(())
        heads = zip(self.ids, self.inputs, self.expected, rows, strict=False)
        for position, (identifier, question, expected, row) in enumerate(heads):
            found = dict(zip(names, row, strict=True))
            if self.holed:
                found = {name: value for name, value in found.items() if value is not MISSING}
            if position in rare:
                found |= rare[position]
            yield identifier, question, expected, found

    def take(self, positions: Sequence[int]) -> "Columns":
        """The rows at these positions, in this order."""
        return Columns(
            ids=[self.ids[position] for position in positions],
            inputs=[self.inputs[position] for position in positions],
            expected=[self.expected[position] for position in positions],
            metadata={
                name: [column[position] for position in positions]
                for name, column in self.metadata.items()
            },
            rare={new: self.rare[old] for new, old in enumerate(positions) if old in self.rare}
            if self.rare
            else {},
            holed=self.holed,
        )

    def where(self, keep: Iterable[bool]) -> "Columns":
        """The rows where ``keep`` is true."""
        return self.take(list(compress(range(len(self.ids)), keep)))

    def column(self, name: str) -> list[Any]:
        """``id``, ``input``, ``expected``, or a field of the metadata."""
        known = {"id": self.ids, "input": self.inputs, "expected": self.expected}
        if name in known:
            return list(known[name])
        column = self.metadata.get(name, [MISSING] * len(self.ids))
        return [
            self.rare.get(position, {}).get(name, MISSING) if value is MISSING else value
            for position, value in enumerate(column)
        ]

    def fields(self) -> tuple[str, ...]:
        """The fields that the metadata of any item has."""
        rare = {name: None for row in self.rare.values() for name in row}
        return tuple(dict.fromkeys([*self.metadata, *rare]))


def _shared(value: Any, known: dict[Any, Any]) -> Any:
    """One object for all equal texts, such as the subject of a thousand questions."""
    if type(value) is not str:
        return value
    if value in known:
        return known[value]
    if len(known) < _MOST_SHARED:
        known[value] = value
    return value


def listed(values: Sequence[object], most: int = 5) -> str:
    """The first of some values for a message."""
    text = ", ".join(repr(value) for value in values[:most])
    return text if len(values) <= most else f"{text} and {len(values) - most} more"
