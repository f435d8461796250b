"""A data set: items that never change, with a hash that says which they are."""

import json
import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from types import MappingProxyType
from typing import Any, overload

from ._errors import InvalidItemsError
from ._item import Item

_MOST_SHOWN = 5


class Dataset(Sequence[Item]):
    """Items in a fixed order.

    Args:
        items: The items; every id must be there and unique.
        name: What the data set is called.
        version: Which version of it this is.
        split: ``train``, ``test`` and so on; empty where there is none.
        scorer: The name of the scorer that fits its answers; None when none does.
        synthetic: Whether it was generated and is no benchmark.
        metadata: Anything else: source, licence, how it was sampled.

    Raises:
        InvalidItemsError: An id is missing or used twice.
    """

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
        self._items = tuple(items)
        self.name = name
        self.version = version
        self.split = split
        self.scorer = scorer
        self.synthetic = synthetic
        self.metadata: Mapping[str, Any] = MappingProxyType(dict(metadata or {}))
        self._places = {item.id: place for place, item in enumerate(self._items)}
        self._hash: str | None = None
        _check_ids(self._items, self._places, name)

    @classmethod
    def from_items(cls, items: Iterable[Item], *, name: str, **options: Any) -> "Dataset":
        """A data set of these items; takes what ``Dataset`` takes."""
        return cls(items, name=name, **options)

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
                found.update(canonical(item.to_dict()).encode("utf-8", "surrogatepass"))
                found.update(b"\n")
            self._hash = found.hexdigest()
        return self._hash

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
        with temporary.open("w", encoding="utf-8", newline="\n") as file:
            for item in self:
                file.write(canonical(item.to_dict()) + "\n")
        temporary.replace(path)
        return path

    def __str__(self) -> str:
        parts = [self.name, self.split, f"{len(self)} items", f"SHA-256 {self.content_hash[:12]}"]
        if self.synthetic:
            parts.append("SYNTHETIC")
        return ", ".join(part for part in parts if part)

    def __repr__(self) -> str:
        return f"<Dataset {self}>"


def canonical(value: Any) -> str:
    """A value as JSON in one form: keys in order, no spaces, tuples as lists."""
    return json.dumps(
        value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=_plain
    )


def _plain(value: object) -> Any:
    if isinstance(value, Mapping):
        return dict(value)
    return repr(value)


def _check_ids(items: Sequence[Item], places: Mapping[str, int], name: str) -> None:
    missing = [place for place, item in enumerate(items) if not item.id]
    if missing:
        raise InvalidItemsError(f"{name}: items without an id at places {_shown(missing)}")
    if len(places) == len(items):
        return
    counts = Counter(item.id for item in items)
    twice = [identifier for identifier, count in counts.items() if count > 1]
    raise InvalidItemsError(f"{name}: ids used more than once: {_shown(twice)}")


def _shown(values: Sequence[object]) -> str:
    text = ", ".join(repr(value) for value in values[:_MOST_SHOWN])
    return text if len(values) <= _MOST_SHOWN else f"{text} and {len(values) - _MOST_SHOWN} more"
