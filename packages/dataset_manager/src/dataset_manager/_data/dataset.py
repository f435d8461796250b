"""The data set and its operations; every operation makes a new one."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Self

from .._core.canonical import canonical
from .._core.deprecated import renamed_arguments
from .._core.streams import key
from .card import DataCard, card_of
from .fields import FieldMapping
from .files import read_file
from .item import AUTO, Item, value_of
from .partition import divided
from .rows import Rows
from .shuffling import with_shuffled_choices
from .tables import (
    from_arrow,
    from_pandas,
    from_records,
    to_arrow,
    to_pandas,
    write_jsonl,
    write_parquet,
)


class Dataset(Rows):
    """Items in a fixed order, with a content hash.

    Its attributes cannot be set, and items are made anew whenever one is asked for. What an input
    or a field holds is shared, not copied, so it is not to be changed: ``map`` makes a data set of
    changed items.
    """

    __slots__ = ()

    @classmethod
    def from_items(
        cls,
        items: Iterable[Item],
        *,
        name: str,
        version: str = "1",
        split: str = "",
        scorer: str | None = AUTO,
        synthetic: bool = False,
        metadata: Mapping[str, Any] | None = None,
    ) -> Self:
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

    def filter(self, keep: Callable[[Item], bool]) -> Self:
        """The items for which ``keep`` is true.

        Args:
            keep: A function of an item that returns True or False.
        """
        return self._made(self._columns.where(bool(keep(item)) for item in self), self._about)

    def map(self, change: Callable[[Item], Item]) -> Self:
        """Every item changed.

        Args:
            change: A function of an item that returns an item.
        """
        return self.with_items(change(item) for item in self)

    def sort(self, by: str | Callable[[Item], Any] = "id", *, reverse: bool = False) -> Self:
        """The items sorted by a field or a function; the sort is stable.

        Args:
            by: ``id``, ``expected``, a field of the metadata (``a.b`` for nested ones), a function.
            reverse: Largest first.

        Raises:
            ValueError: An item lacks the field.
        """
        marks = [value_of(item, by) for item in self]
        return self.select(sorted(range(len(self)), key=marks.__getitem__, reverse=reverse))

    @renamed_arguments(count="n")
    def take(self, n: int) -> Self:
        """The first ``n`` items.

        Args:
            n: How many items.
        """
        return self[: max(0, n)]

    @renamed_arguments(count="n")
    def skip(self, n: int) -> Self:
        """All but the first ``n`` items.

        Args:
            n: How many items.
        """
        return self[max(0, n) :]

    def shuffle(self, *, seed: int = 0) -> Self:
        """The items in an order that depends on the seed and their ids only.

        Args:
            seed: Selects the order.
        """
        ids = self._columns.ids
        order = sorted(range(len(self)), key=lambda position: key(seed, "shuffle", ids[position]))
        return self.select(order, shuffle_seed=seed)

    def concat(self, *others: "Dataset") -> Self:
        """The items of this data set, then those of the others.

        Args:
            others: The data sets that follow.

        Raises:
            InvalidItemsError: An id is in two of them.
        """
        if not others:
            return self
        every: tuple[Dataset, ...] = (self, *others)
        parts = [data.content_hash for data in every]
        return self.with_items((item for data in every for item in data), parts=parts)

    def __add__(self, other: "Dataset") -> Self:
        return self.concat(other)

    def unique(self, by: str | Callable[[Item], Any] | None = None) -> Self:
        """Each question once: of equal ones the first is kept.

        How many were dropped is recorded in the metadata under ``duplicates_dropped``.

        Args:
            by: The field or function that is compared; input, answer and subject when left out.
        """
        seen: set[str] = set()
        kept = []
        for position, item in enumerate(self):
            mark = canonical(_identity(item) if by is None else value_of(item, by))
            if mark not in seen:
                seen.add(mark)
                kept.append(position)
        return self.select(kept, duplicates_dropped=len(self) - len(kept))

    def batches(self, size: int) -> Iterator[Self]:
        """Data sets of ``size`` items each; the last one may have fewer.

        Args:
            size: The number of items of a batch.

        Raises:
            ValueError: ``size`` is below 1.
        """
        if size < 1:
            raise ValueError(f"size: {size!r} is not a number of items; give at least 1")
        return (self[start : start + size] for start in range(0, len(self), size))

    def shard(self, count: int, index: int) -> Self:
        """Every ``count``-th item from ``index`` on, so that the shards of a data set make it up.

        Args:
            count: The number of shards.
            index: Which one, from 0.

        Raises:
            ValueError: ``index`` is not between 0 and ``count`` - 1.
        """
        if not 0 <= index < count:
            raise ValueError(f"index: {index!r} is not between 0 and {count - 1}")
        return self.select(range(index, len(self), count), shard=index, shards=count)

    def split_into(self, sizes: Mapping[str, float], *, seed: int = 0) -> dict[str, Self]:
        """Parts that share no item, by name; see ``split_dataset``.

        Args:
            sizes: The shares of the parts, which sum to 1, or their numbers of items.
            seed: Selects the draw.

        Returns:
            The parts by name.
        """
        return divided(self, sizes, seed=seed)

    def group_by(self, by: str | Callable[[Item], Any]) -> dict[str, Self]:
        """A data set for each value of a field, in the order in which the values come.

        Args:
            by: A field, or a function of the item.

        Returns:
            The groups by the text of their value.

        Raises:
            ValueError: An item lacks the field.
        """
        groups: dict[str, list[int]] = {}
        for position, item in enumerate(self):
            groups.setdefault(str(value_of(item, by)), []).append(position)
        return {name: self.select(positions, group=name) for name, positions in groups.items()}

    def with_field(self, name: str, values: Callable[[Item], Any] | Sequence[Any]) -> Self:
        """A field of the metadata added or replaced, by a function or by one value an item.

        Args:
            name: The name of the field.
            values: A function of the item, or one value for each item in order.

        Raises:
            ValueError: There are more or fewer values than items.
        """
        found = [values(item) for item in self] if callable(values) else list(values)
        if len(found) != len(self):
            raise ValueError(f"values: {len(found)} for {len(self)} items")
        return self.with_items(
            Item(item.id, item.input, item.expected, {**item.metadata, name: value})
            for item, value in zip(self, found, strict=True)
        )

    def without_fields(self, *names: str) -> Self:
        """The items without these fields of the metadata.

        Args:
            names: The names of the fields.
        """
        return self.with_items(
            Item(
                item.id,
                item.input,
                item.expected,
                {name: value for name, value in item.metadata.items() if name not in names},
            )
            for item in self
        )

    def shuffle_choices(self, *, seed: int = 0) -> Self:
        """The choices of every item in another order, with the expected answer moved along.

        An answer given as an index or a letter becomes the new index or letter, one given as text
        stays. The order is kept in the item's metadata under ``choice_order``.

        Args:
            seed: Selects the orders.

        Raises:
            InvalidItemsError: The expected answer of an item is not among its choices.
        """
        return self.with_items(
            (with_shuffled_choices(item, seed) for item in self), choice_seed=seed
        )

    def card(self) -> DataCard:
        """The card of this data set: source, content, and how it was drawn."""
        return card_of(self)

    def _repr_html_(self) -> str:
        """The card, for a notebook."""
        return self.card().to_html()

    def to_jsonl(self, path: str | Path) -> Path:
        """Write the items as JSON Lines, one canonical object a line; ``.gz`` is packed.

        An older file is replaced once the new one is whole.

        Args:
            path: The path to write.

        Returns:
            The path.
        """
        return write_jsonl(self, Path(path))

    def to_records(self) -> list[dict[str, Any]]:
        """The items as mappings with ``id``, ``input``, ``expected`` and ``metadata``."""
        return [item.to_dict() for item in self]

    def to_arrow(self) -> Any:
        """The items as an Arrow table that ``from_arrow`` reads back. Needs pyarrow."""
        return to_arrow(self)

    def to_pandas(self) -> Any:
        """The items as a pandas frame that ``from_pandas`` reads back. Needs pandas."""
        return to_pandas(self)

    def to_parquet(self, path: str | Path) -> Path:
        """Write the items as Parquet; an older file is replaced. Needs pyarrow.

        Args:
            path: The path to write.

        Returns:
            The path.
        """
        return write_parquet(self, Path(path))

    @classmethod
    def from_file(cls, path: str | Path, *, fields: FieldMapping | None = None) -> Self:
        """A data set of a file: JSONL, JSON, CSV, TSV or Parquet, as ``load_sync`` reads it.

        Args:
            path: The file.
            fields: Which field is the question, the answer and so on.

        Returns:
            The data set.
        """
        return read_file(cls, Path(path), fields=fields)

    @classmethod
    def from_records(
        cls,
        records: Iterable[Mapping[str, Any]],
        *,
        name: str,
        fields: FieldMapping | None = None,
    ) -> Self:
        """A data set of mappings, with the usual spellings of their fields or with your own.

        Args:
            records: The mappings.
            name: The name of the data set.
            fields: Which field is the question, the answer and so on.

        Returns:
            The data set.
        """
        return from_records(cls, records, name=name, fields=fields)

    @classmethod
    def from_arrow(
        cls, table: Any, *, name: str | None = None, fields: FieldMapping | None = None
    ) -> Self:
        """A data set of an Arrow table: of ``to_arrow``, or any with a question and an answer.

        Args:
            table: The Arrow table.
            name: The name of the data set; that of the table when left out.
            fields: Which field is the question, the answer and so on.

        Returns:
            The data set.
        """
        return from_arrow(cls, table, name=name, fields=fields)

    @classmethod
    def from_pandas(
        cls, frame: Any, *, name: str | None = None, fields: FieldMapping | None = None
    ) -> Self:
        """A data set of a pandas frame: of ``to_pandas``, or any with a question and an answer.

        Args:
            frame: The pandas frame.
            name: The name of the data set; that of the frame when left out.
            fields: Which field is the question, the answer and so on.

        Returns:
            The data set.
        """
        return from_pandas(cls, frame, name=name, fields=fields)


def _identity(item: Item) -> list[Any]:
    return [item.input, item.expected, item.metadata.get("subject")]
