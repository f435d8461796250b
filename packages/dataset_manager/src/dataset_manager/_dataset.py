"""A data set: items that never change, with a hash that says which they are."""

import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from types import MappingProxyType
from typing import Any, overload

from ._canonical import canonical
from ._errors import InvalidItemsError
from ._item import Item

_MOST_SHOWN = 5


class Dataset(Sequence[Item]):
    """Items in a fixed order.

    Its attributes cannot be set. Items are shared between data sets, not copied, so what they hold
    is not to be changed either: ``map`` makes a data set of changed ones.

    Args:
        items: The items; every id must be there and unique.
        name: What the data set is called.
        version: Which version of it this is.
        split: ``train``, ``test`` and so on; empty where there is none.
        scorer: The name of the scorer that fits its answers; None when none does.
        synthetic: Whether it was generated and is no benchmark.
        metadata: Anything else: source, licence, how it was sampled.

    Raises:
        InvalidItemsError: An id is missing or used twice, or something is no ``Item``.
    """

    __slots__ = (
        "_hash",
        "_items",
        "_places",
        "metadata",
        "name",
        "scorer",
        "split",
        "synthetic",
        "version",
    )
    name: str
    version: str
    split: str
    scorer: str | None
    synthetic: bool
    metadata: Mapping[str, Any]
    _items: tuple[Item, ...]
    _places: Mapping[str, int]
    _hash: str | None

    def __init__(
        self,
        items: Iterable[Item],
        *,
        name: str,
        version: str = "1",
        split: str = "",
        scorer: str | None = "text",
        synthetic: bool = False,
        metadata: Mapping[str, Any] | None = None,
    ) -> None:
        held = tuple(items)
        _check_items(held, name)
        places = {item.id: place for place, item in enumerate(held)}
        if len(places) != len(held):
            _refuse_repeated_ids(held, name)
        values = {
            "_items": held,
            "_places": places,
            "_hash": None,
            "name": name,
            "version": version,
            "split": split,
            "scorer": scorer,
            "synthetic": synthetic,
            "metadata": MappingProxyType(dict(metadata or {})),
        }
        for attribute, value in values.items():
            object.__setattr__(self, attribute, value)

    def __setattr__(self, name: str, value: object) -> None:
        """Refused: other code relies on the content that the hash names."""
        raise AttributeError(f"a Dataset never changes; {name!r} is set when it is made")

    def __delattr__(self, name: str) -> None:
        """Refused, as setting is."""
        raise AttributeError(f"a Dataset never changes; {name!r} stays")

    def __reduce__(self) -> tuple[Any, ...]:
        """Copies and other processes get one that is made anew from the same parts."""
        return _remade, (
            self._items,
            {
                "name": self.name,
                "version": self.version,
                "split": self.split,
                "scorer": self.scorer,
                "synthetic": self.synthetic,
                "metadata": dict(self.metadata),
            },
        )

    @classmethod
    def from_items(
        cls,
        items: Iterable[Item],
        *,
        name: str,
        version: str = "1",
        split: str = "",
        scorer: str | None = "text",
        synthetic: bool = False,
        metadata: Mapping[str, Any] | None = None,
    ) -> "Dataset":
        """A data set of these items; the same as ``Dataset(items, ...)``."""
        return cls(
            items,
            name=name,
            version=version,
            split=split,
            scorer=scorer,
            synthetic=synthetic,
            metadata=metadata,
        )

    def __len__(self) -> int:
        return len(self._items)

    def __iter__(self) -> Iterator[Item]:
        return iter(self._items)

    @overload
    def __getitem__(self, index: int) -> Item: ...
    @overload
    def __getitem__(self, index: slice) -> "Dataset": ...
    def __getitem__(self, index: int | slice) -> "Item | Dataset":
        """An item, or the data set of a slice."""
        if isinstance(index, slice):
            return self.with_items(self._items[index])
        return self._items[index]

    def __contains__(self, value: object) -> bool:
        """Whether an item, or an item with this id, is in it."""
        identifier = value.id if isinstance(value, Item) else value
        return identifier in self._places

    def ids(self) -> tuple[str, ...]:
        """The ids in order."""
        return tuple(item.id for item in self._items)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Dataset) and self.content_hash == other.content_hash

    def __hash__(self) -> int:
        return hash(self.content_hash)

    def get(self, item_id: str) -> Item:
        """The item with this id.

        Raises:
            KeyError: There is none.
        """
        return self._items[self._places[item_id]]

    @property
    def content_hash(self) -> str:
        """The SHA-256 of the items in their order, each as canonical JSON, in hexadecimal."""
        if self._hash is None:
            found = sha256()
            for item in self._items:
                found.update(item_line(item))
            object.__setattr__(self, "_hash", found.hexdigest())
        return self._hash or ""

    def with_items(self, items: Iterable[Item], **metadata: Any) -> "Dataset":
        """A data set like this one, with other items and with more metadata."""
        return Dataset(
            items,
            name=self.name,
            version=self.version,
            split=self.split,
            scorer=self.scorer,
            synthetic=self.synthetic,
            metadata={**self.metadata, **metadata},
        )

    def filter(self, keep: Callable[[Item], bool]) -> "Dataset":
        """The items that are to be kept."""
        return self.with_items(item for item in self if keep(item))

    def map(self, change: Callable[[Item], Item]) -> "Dataset":
        """Every item changed."""
        return self.with_items(change(item) for item in self)

    def take(self, count: int) -> "Dataset":
        """The first items."""
        return self[: max(0, count)]

    def unique(self) -> "Dataset":
        """Each question once: of items with equal input and answer the first is kept.

        How many were dropped is recorded in the metadata under ``duplicates_dropped``.
        """
        seen: set[str] = set()
        kept = []
        for item in self:
            mark = canonical([item.input, item.expected, item.metadata.get("subject")])
            if mark not in seen:
                seen.add(mark)
                kept.append(item)
        return self.with_items(kept, duplicates_dropped=len(self) - len(kept))

    def to_jsonl(self, path: str | Path) -> Path:
        """Write the items as JSON Lines, one canonical object a line; an older file is replaced."""
        path = Path(path)
        temporary = path.with_name(f".{path.name}.{os.getpid()}.part")
        try:
            with temporary.open("wb") as file:
                file.writelines(map(item_line, self))
            temporary.replace(path)
        finally:
            temporary.unlink(missing_ok=True)
        return path

    def __str__(self) -> str:
        parts = [self.name, self.split, f"{len(self)} items", f"SHA-256 {self.content_hash[:12]}"]
        if self.synthetic:
            parts.append("SYNTHETIC")
        return ", ".join(part for part in parts if part)

    def __repr__(self) -> str:
        return f"<Dataset {self}>"


def item_line(item: Item) -> bytes:
    """An item as one line of JSON, in the form that is hashed and written.

    Raises:
        InvalidItemsError: It holds something that JSON cannot hold.
    """
    try:
        line = canonical(item.to_dict())
    except (TypeError, ValueError, RecursionError) as error:
        raise InvalidItemsError(
            f"item {item.id!r} cannot be written as JSON: {error}", ids=(item.id,)
        ) from error
    # Half a surrogate pair has no UTF-8; its escape, \ud800, is what JSON writes too.
    return line.encode("utf-8", "backslashreplace") + b"\n"


def _remade(items: tuple[Item, ...], values: dict[str, Any]) -> Dataset:
    return Dataset(items, **values)


def _check_items(items: Sequence[Item], name: str) -> None:
    for place, item in enumerate(items):
        if not isinstance(item, Item):
            raise InvalidItemsError(
                f"{name}: at place {place} is {type(item).__name__}, not an Item;"
                " dataset_manager.item_from_mapping makes one of a mapping"
            )
    missing = [place for place, item in enumerate(items) if not _is_id(item.id)]
    if missing:
        raise InvalidItemsError(
            f"{name}: items without an id at places {_shown(missing)}; an id is a text"
        )


def _is_id(value: object) -> bool:
    return isinstance(value, str) and value != ""


def _refuse_repeated_ids(items: Sequence[Item], name: str) -> None:
    counts = Counter(item.id for item in items)
    twice = tuple(identifier for identifier, count in counts.items() if count > 1)
    raise InvalidItemsError(f"{name}: ids used more than once: {_shown(twice)}", ids=twice)


def _shown(values: Sequence[object]) -> str:
    text = ", ".join(repr(value) for value in values[:_MOST_SHOWN])
    return text if len(values) <= _MOST_SHOWN else f"{text} and {len(values) - _MOST_SHOWN} more"
