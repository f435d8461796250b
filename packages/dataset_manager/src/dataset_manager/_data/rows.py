"""Immutable items with a content hash: the base of every data set."""

import warnings
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import replace as changed
from hashlib import sha256
from types import EllipsisType, MappingProxyType
from typing import Any, Self, TypeVar, overload

from .._core.canonical import canonical
from .._core.deprecated import renamed_arguments
from .._core.errors import InvalidItemsError
from .._core.shown import shown
from .columns import MISSING, Columns, listed
from .item import AUTO, Item, fitting_answers


@dataclass(frozen=True, slots=True)
class _About:
    name: str
    version: str
    split: str
    scorer: str | None
    synthetic: bool
    metadata: dict[str, Any]


class Rows(Sequence[Item]):
    """Items in a fixed order.

    Args:
        items: The items; every id must be there and unique.
        name: The name of the data set.
        version: Its version.
        split: ``train``, ``test`` and so on; empty without a split.
        scorer: The name of its scorer; None when none fits. ``auto`` takes the one that the answers
            ask for: ``choice`` where every item has choices, ``number`` where every answer is a
            number or the text of one, else ``text``.
        synthetic: Whether it was generated and is not a benchmark.
        metadata: Source, licence, how it was sampled and so on.

    Raises:
        InvalidItemsError: An id is missing or used twice, or an element is not an ``Item``.
    """

    __slots__ = ("_about", "_columns", "_hash", "_places")
    _about: _About
    _columns: Columns
    _hash: str | None
    _places: dict[str, int] | None

    def __init__(
        self,
        items: Iterable[Item],
        *,
        name: str,
        version: str = "1",
        split: str = "",
        scorer: str | None = AUTO,
        synthetic: bool = False,
        metadata: Mapping[str, Any] | None = None,
    ) -> None:
        columns = Columns.of(items, name)
        if len(set(columns.ids)) != len(columns.ids):
            _refuse_repeated_ids(columns.ids, name)
        if scorer == AUTO:
            scorer = fitting_answers(zip(columns.inputs, columns.expected, strict=True))
        about = _About(name, version, split, scorer, synthetic, dict(metadata or {}))
        self._set(columns, about)

    def _set(self, columns: Columns, about: _About) -> None:
        values = {"_columns": columns, "_about": about, "_hash": None, "_places": None}
        for attribute, value in values.items():
            object.__setattr__(self, attribute, value)

    @classmethod
    def _made(cls, columns: Columns, about: _About) -> Self:
        """A data set of columns whose ids are unique."""
        made = cls.__new__(cls)
        made._set(columns, about)  # noqa: SLF001  # its own
        return made

    def __setattr__(self, name: str, value: object) -> None:
        """Refused, since the content hash must stay true."""
        raise AttributeError(
            f"{name}: a Dataset is immutable; make another one with replace() or map()"
        )

    def __delattr__(self, name: str) -> None:
        """Refused, as setting is."""
        raise AttributeError(f"{name}: a Dataset is immutable; no attribute can be deleted")

    def __reduce__(self) -> tuple[Any, ...]:
        """Copies and other processes rebuild it from the same parts."""
        return type(self)._made, (  # noqa: SLF001  # its own
            self._columns,
            self._about,
        )

    @property
    def name(self) -> str:
        """The name of the data set."""
        return self._about.name

    @property
    def version(self) -> str:
        """Its version."""
        return self._about.version

    @property
    def split(self) -> str:
        """``train``, ``test`` and so on; empty without a split."""
        return self._about.split

    @property
    def scorer(self) -> str | None:
        """The name of its scorer; None without a scorer."""
        return self._about.scorer

    @property
    def synthetic(self) -> bool:
        """Whether it was generated and is not a benchmark."""
        return self._about.synthetic

    @property
    def metadata(self) -> Mapping[str, Any]:
        """Source, licence, how it was sampled and so on, read-only."""
        return MappingProxyType(self._about.metadata)

    def __len__(self) -> int:
        return len(self._columns.ids)

    def __iter__(self) -> Iterator[Item]:
        return self._columns.items()

    @overload
    def __getitem__(self, index: int) -> Item: ...
    @overload
    def __getitem__(self, index: slice) -> Self: ...
    def __getitem__(self, index: int | slice) -> "Item | Self":
        """An item, or the data set of a slice."""
        if type(index) is int and 0 <= index < len(self._columns.ids):
            return self._columns.item(index)
        if isinstance(index, slice):
            return self.select(range(len(self))[index])
        return self._columns.item(range(len(self))[index])

    def __contains__(self, value: object) -> bool:
        """Whether an item, or an item with this id, is in it."""
        return (value.id if isinstance(value, Item) else value) in self._by_id()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Rows) and self.content_hash == other.content_hash

    def __hash__(self) -> int:
        return hash(self.content_hash)

    def _by_id(self) -> dict[str, int]:
        if self._places is None:
            positions = {
                identifier: position for position, identifier in enumerate(self._columns.ids)
            }
            object.__setattr__(self, "_places", positions)
        return self._places or {}

    def get(self, item_id: str) -> Item:
        """The item with this id.

        Args:
            item_id: Its id.

        Returns:
            The item.

        Raises:
            KeyError: No item has this id.
        """
        return self._columns.item(self._by_id()[item_id])

    def ids(self) -> tuple[str, ...]:
        """The ids in order."""
        return tuple(self._columns.ids)

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields that the metadata of any item has."""
        return self._columns.fields()

    def column(self, name: str) -> tuple[Any, ...]:
        """The values of ``id``, ``input``, ``expected`` or a field; None where an item has none.

        Args:
            name: ``id``, ``input``, ``expected`` or a field of the metadata.

        Returns:
            One value for each item, in order.
        """
        return tuple(None if value is MISSING else value for value in self._columns.column(name))

    @property
    def content_hash(self) -> str:
        """The SHA-256 of the items in their order, each as canonical JSON, in hexadecimal."""
        if self._hash is None:
            found = sha256()
            for row in self._columns.rows():
                found.update(_line(*row))
            object.__setattr__(self, "_hash", found.hexdigest())
        return self._hash or ""

    def with_items(self, items: Iterable[Item], **metadata: object) -> Self:
        """A data set like this one, with other items and with more metadata."""
        about = self._with(metadata)
        return type(self)(
            items,
            name=about.name,
            version=about.version,
            split=about.split,
            scorer=about.scorer,
            synthetic=about.synthetic,
            metadata=about.metadata,
        )

    @renamed_arguments(places="positions")
    def select(self, positions: Iterable[int], **metadata: object) -> Self:
        """The items at these positions, in this order.

        Args:
            positions: Each at most once; counted from 0.
            metadata: Notes for the metadata of the result.

        Raises:
            InvalidItemsError: A position is given twice.
            IndexError: A position is outside the data set.
        """
        chosen = range(len(self))
        wanted = [chosen[position] for position in positions]
        if len(set(wanted)) != len(wanted):
            _refuse_repeated_ids([self._columns.ids[position] for position in wanted], self.name)
        return self._made(self._columns.take(wanted), self._with(metadata))

    def replace(
        self,
        *,
        name: str | None = None,
        version: str | None = None,
        split: str | None = None,
        scorer: str | EllipsisType | None = ...,
        metadata: Mapping[str, Any] | None = None,
    ) -> Self:
        """The same items with another name, version, split, scorer or metadata.

        Args:
            name: The new name.
            version: The new version.
            split: The new split.
            scorer: The new scorer; ``auto`` takes the one that the answers ask for.
            metadata: The new metadata, in place of all that was noted; see ``with_metadata``.
        """
        if scorer == AUTO:
            scorer = fitting_answers(zip(self._columns.inputs, self._columns.expected, strict=True))
        about = changed(
            self._about,
            name=self.name if name is None else name,
            version=self.version if version is None else version,
            split=self.split if split is None else split,
            scorer=self.scorer if isinstance(scorer, EllipsisType) else scorer,
            metadata=self._about.metadata if metadata is None else dict(metadata),
        )
        return self._made(self._columns, about)

    __replace__ = replace  # copy.replace of Python 3.13

    def with_metadata(self, **metadata: object) -> Self:
        """The same items with these values in the metadata of the data set.

        Args:
            **metadata: What to note, by name.
        """
        return self._made(self._columns, self._with(metadata))

    def described(
        self,
        *,
        name: str | None = None,
        split: str | None = None,
        scorer: str | EllipsisType | None = ...,
        **metadata: object,
    ) -> Self:
        """The old name of ``replace`` and ``with_metadata``."""
        text = "Dataset.described is now Dataset.replace, or with_metadata for the metadata"
        warnings.warn(text, DeprecationWarning, stacklevel=2)
        return self.with_metadata(**metadata).replace(name=name, split=split, scorer=scorer)

    def _with(self, metadata: Mapping[str, Any]) -> _About:
        return changed(self._about, metadata={**self._about.metadata, **metadata})

    @shown
    def __str__(self) -> str:
        parts = [self.name, self.split, f"{len(self)} items", f"SHA-256 {self.content_hash[:12]}"]
        if self.synthetic:
            parts.append("SYNTHETIC")
        return ", ".join(part for part in parts if part)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self}>"


RowsT = TypeVar("RowsT", bound=Rows)


def item_line(item: Item) -> bytes:
    """An item as one line of JSON, in the form that is hashed and written.

    Raises:
        InvalidItemsError: It has a value that JSON cannot represent.
    """
    return _line(item.id, item.input, item.expected, dict(item.metadata))


def _line(identifier: str, question: Any, expected: Any, metadata: dict[str, Any]) -> bytes:
    record = {"id": identifier, "input": question, "expected": expected, "metadata": metadata}
    try:
        line = canonical(record)
    except (TypeError, ValueError, RecursionError) as error:
        raise InvalidItemsError(
            f"item {identifier!r} cannot be written as JSON: {error}", ids=(identifier,)
        ) from error
    # Half a surrogate pair has no UTF-8; its escape, \ud800, is what JSON writes too.
    return line.encode("utf-8", "backslashreplace") + b"\n"


def _refuse_repeated_ids(ids: Sequence[str], name: str) -> None:
    twice = tuple(identifier for identifier, count in Counter(ids).items() if count > 1)
    raise InvalidItemsError(f"{name}: ids used more than once: {listed(twice)}", ids=twice)
