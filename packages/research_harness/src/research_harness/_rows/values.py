"""The values of a metric in one condition, as an array of items and repeats."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from statistics import fmean
from typing import TYPE_CHECKING, Any, TypeAlias, overload

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class Censored(float):
    """A lower bound of a value: the true one is at least as large."""

    __slots__ = ()


# Values of one condition: by item, then by repeat; None where unknown.
ByItem: TypeAlias = Mapping[str, Mapping[int, float | None]]


class ItemIds(Sequence[str]):
    """The ids of some items of a data set, looked up when they are needed.

    Args:
        known: The ids of all items.
        numbers: The numbers of these.
    """

    def __init__(self, known: Sequence[str], numbers: "NDArray[np.int32]") -> None:
        self.known, self.numbers = known, numbers

    def __len__(self) -> int:
        return len(self.numbers)

    def __iter__(self) -> Iterator[str]:
        return map(self.known.__getitem__, self.numbers.data)

    @overload
    def __getitem__(self, number: int) -> str: ...
    @overload
    def __getitem__(self, number: slice) -> "ItemIds": ...
    def __getitem__(self, number: int | slice) -> "str | ItemIds":
        """The id at a place."""
        if isinstance(number, slice):
            return ItemIds(self.known, self.numbers[number])
        return self.known[int(self.numbers[number])]

    def at(self, places: "NDArray[np.int64]") -> "ItemIds":
        """The ids at some places.

        Args:
            places: The places.
        """
        return ItemIds(self.known, self.numbers[places])


class ItemValues(Mapping[str, Mapping[int, float | None]]):
    """The values of one condition by item and repeat. It reads like a mapping of mappings.

    Args:
        items: The items, in the order of their first row.
        values: Items by repeats; not a number where unknown.
        there: Where there is a row.
        cut: Where the value is a lower bound only.
    """

    def __init__(
        self,
        items: Sequence[str],
        values: "NDArray[np.float64]",
        there: "NDArray[np.bool_]",
        cut: "NDArray[np.bool_]",
    ) -> None:
        self.ids: Sequence[str] = items
        self.matrix, self.there, self.cut = values, there, cut
        self.known = ~np_isnan(values)

    @classmethod
    def of(cls, given: ByItem) -> "ItemValues":
        """The values of a mapping of mappings.

        Args:
            given: By item, then by repeat.
        """
        import numpy as np

        if isinstance(given, ItemValues):
            return given
        width = 1 + max((repeat for row in given.values() for repeat in row), default=0)
        values = np.full((len(given), width), np.nan)
        there, cut = np.zeros(values.shape, bool), np.zeros(values.shape, bool)
        for number, row in enumerate(given.values()):
            for repeat, value in row.items():
                there[number, repeat] = True
                cut[number, repeat] = isinstance(value, Censored)
                if value is not None:
                    values[number, repeat] = value
        return cls(list(given), values, there, cut)

    def __len__(self) -> int:
        return len(self.ids)

    def __iter__(self) -> Iterator[str]:
        return iter(self.ids)

    def __getitem__(self, item: str) -> Mapping[int, float | None]:
        """The values of an item by repeat."""
        number = self._numbers[item]
        return {
            int(repeat): self._value(number, int(repeat))
            for repeat in self.there[number].nonzero()[0]
        }

    def _value(self, number: int, repeat: int) -> float | None:
        if not self.known[number, repeat]:
            return None
        value = float(self.matrix[number, repeat])
        return Censored(value) if self.cut[number, repeat] else value

    @cached_property
    def _numbers(self) -> dict[str, int]:
        return {item: number for number, item in enumerate(self.ids)}

    def ids_at(self, places: "NDArray[np.int64]") -> Sequence[str]:
        """The items at some places.

        Args:
            places: The places.
        """
        if isinstance(self.ids, ItemIds):
            return self.ids.at(places)
        return [self.ids[place] for place in places]

    @cached_property
    def means(self) -> "NDArray[np.float64]":
        """The mean of the known values of each item; not a number without any."""
        import numpy as np

        if self.matrix.shape[1] == 1:
            return self.matrix[:, 0]
        found = np.full(len(self.ids), np.nan)
        for number, row in enumerate(self.known):
            if row.any():
                found[number] = fmean(self.matrix[number, row].tolist())
        return found


def np_isnan(values: Any) -> Any:
    """Where values are not a number."""
    import numpy as np

    return np.isnan(values)


class KnownRows(Sequence[Sequence[float]]):
    """The known values of each item that has any, as lists that are made when they are needed.

    Args:
        given: The values by item and repeat.
    """

    def __init__(self, given: ItemValues) -> None:
        self._given = given
        self._numbers = given.known.any(axis=1).nonzero()[0]
        counts = given.known[self._numbers].sum(axis=1)
        self.total = int(counts.sum())
        self.once: bool = bool((counts == 1).all())
        self.cut = int((given.cut & given.known).sum())

    @cached_property
    def items(self) -> Sequence[str]:
        """The items."""
        return self._given.ids_at(self._numbers)

    @property
    def means(self) -> "NDArray[np.float64]":
        """The mean of each item."""
        found: NDArray[np.float64] = self._given.means[self._numbers]
        return found

    @property
    def flat(self) -> "NDArray[np.float64]":
        """All known values."""
        found: NDArray[np.float64] = self._given.matrix[self._given.known]
        return found

    @property
    def flat_cut(self) -> "NDArray[np.bool_]":
        """Which of all known values are lower bounds."""
        found: NDArray[np.bool_] = self._given.cut[self._given.known]
        return found

    @property
    def place_of_each(self) -> "NDArray[np.int64]":
        """Where the item of each of all known values stands."""
        found: NDArray[np.int64] = self._given.known.nonzero()[0]
        return found

    @property
    def item_of_each(self) -> Sequence[str]:
        """The item of each of all known values."""
        return self._given.ids_at(self.place_of_each)

    def __len__(self) -> int:
        return len(self._numbers)

    def __iter__(self) -> Iterator[Sequence[float]]:
        if self.once and not self.cut:
            yield from ([value] for value in self.flat.tolist())
            return
        for number in range(len(self)):
            yield self[number]

    @overload
    def __getitem__(self, number: int) -> Sequence[float]: ...
    @overload
    def __getitem__(self, number: slice) -> Sequence[Sequence[float]]: ...
    def __getitem__(self, number: int | slice) -> Sequence[Any]:
        """The known values of an item; those that were cut off are ``Censored``."""
        if isinstance(number, slice):
            return [self[each] for each in range(*number.indices(len(self)))]
        at = self._numbers[number]
        known = self._given.known[at]
        values: list[float] = self._given.matrix[at, known].tolist()
        if not self.cut:
            return values
        cut = self._given.cut[at, known].tolist()
        return [Censored(v) if c else v for v, c in zip(values, cut, strict=True)]


def row_means(rows: Sequence[Sequence[float]]) -> "NDArray[np.float64]":
    """The mean of each item.

    Args:
        rows: The values of each item.
    """
    if isinstance(rows, KnownRows):
        return rows.means
    import numpy as np

    return np.array([fmean(row) for row in rows])
