"""Columns of numbers from files of recorded requests; imported only when a file is read."""

import math
from collections.abc import Collection, Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import Any

from .._core.errors import DataError
from .door import ABSENT, is_absent
from .rows import NO_COLUMN, Block, blocks


class Columns:
    """The numbers of some columns of a file, and what each row asked.

    Blocks of rows without a fault are taken by column; others row by row, to name the fault.

    Args:
        path: The file.
        factors: Column to what its numbers are multiplied by.
        item: The column with what was asked, or None.
        where: Column to the text that a row must have there.
    """

    def __init__(
        self,
        path: str | Path,
        factors: Mapping[str, float],
        item: str | None,
        where: Mapping[str, str],
    ) -> None:
        self._path = path
        self._factors = factors
        self._item = item
        self._where = where
        self._numbers: dict[str, list[list[float]]] = {name: [] for name in factors}
        self.items: list[str] = []

    def read(self) -> None:
        """Read the file.

        Raises:
            DataError: It cannot be read, or a column is missing or does not hold numbers.
            MissingExtraError: A Parquet file without the extra ``parquet``.
        """
        asked = [] if self._item is None else [self._item]
        for block in blocks(self._path, dict.fromkeys([*self._factors, *asked, *self._where])):
            chosen = block.where(self._where)
            if not self._take(chosen):
                self._take_rows(chosen)

    def of(self, name: str) -> tuple[float, ...]:
        """The numbers of a column.

        Args:
            name: The column.
        """
        return tuple(chain.from_iterable(self._numbers[name]))

    def _take(self, block: Block) -> bool:
        """Take all rows at once; not if one of them has a fault or lacks a value."""
        taken = {}
        for name, factor in self._factors.items():
            numbers = _numbers(block.columns[name], factor)
            if numbers is None:
                return False
            taken[name] = numbers
        texts: list[str] = []
        if self._item is not None:
            given = block.columns[self._item]
            texts = list(map(str, given))
            if _some_absent(texts) or any(each is NO_COLUMN for each in given):
                return False
        self._keep(taken, texts)
        return True

    def _take_rows(self, block: Block) -> None:
        taken: dict[str, list[float]] = {name: [] for name in self._factors}
        texts: list[str] = []
        for index, number in enumerate(block.numbers):
            row = {name: column[index] for name, column in block.columns.items()}
            where = f"{self._path}, row {number}"
            self._require_columns(where, row)
            if any(is_absent(row[name]) for name in self._factors):
                continue
            if self._item is not None:
                if is_absent(row[self._item]):
                    raise DataError(f"{where}: no {self._item!r}; give each row what it asked")
                texts.append(str(row[self._item]))
            for name, factor in self._factors.items():
                taken[name].append(self._number(where, row, name) * factor)
        self._keep(taken, texts)

    def _keep(self, taken: Mapping[str, list[float]], texts: Collection[str]) -> None:
        for name, numbers in taken.items():
            self._numbers[name].append(numbers)
        self.items += texts

    def _require_columns(self, where: str, row: Mapping[str, Any]) -> None:
        for name in (*self._factors, *([] if self._item is None else [self._item])):
            if row[name] is NO_COLUMN:
                raise DataError(f"{where}: no column {name!r}; leave such rows out with where=")

    def _number(self, where: str, row: Mapping[str, Any], name: str) -> float:
        value = row[name]
        try:
            number = float(value)
        except (TypeError, ValueError, OverflowError) as error:
            raise DataError(f"{where}: {error}; give columns of numbers") from error
        if not 0 <= number < math.inf or isinstance(value, bool) or "_" in str(value):
            asked = {each: row[each] for each in self._factors}
            raise DataError(
                f"{where}: {asked} is not a time; leave out failed requests with where="
            )
        return number


def _numbers(values: Sequence[Any], factor: float) -> list[float] | None:
    """Finite numbers from 0; None where one is not."""
    kinds = set(map(type, values))
    if any(issubclass(kind, bool) or kind.__name__ == "bool" for kind in kinds):
        return None
    try:
        numbers = list(map(float, values))
        if str in kinds and "_" in "".join(map(str, values)):  # float takes 1_0 as 10
            return None
    except (TypeError, ValueError, OverflowError):
        return None
    if not math.isfinite(sum(numbers)) or min(numbers, default=0.0) < 0:
        return None
    return numbers if factor == 1 else [each * factor for each in numbers]


def _some_absent(texts: Sequence[str]) -> bool:
    return not ABSENT.isdisjoint(map(str.lower, map(str.strip, texts)))
