"""Where two files that should be equal are not."""

import csv
import json
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from itertools import zip_longest
from pathlib import Path
from typing import Any

from .._core.files import read_json
from .._core.text import printable
from .._outcome.responses import VOLATILE
from .manifest import file_hash
from .responses import RESPONSES


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One difference between two things that should be equal.

    Attributes:
        file: The file, relative to the artifact folder.
        location: Where in it: a row and column, or a path through the JSON; empty for all of it.
        first: What the first run (or the manifest) has there.
        second: What the second run (or the file itself) has there.
    """

    file: str
    location: str
    first: str
    second: str

    @property
    def place(self) -> str:
        """Deprecated: ``location``."""
        text = "Difference.place is now Difference.location"
        warnings.warn(text, DeprecationWarning, stacklevel=2)
        return self.location

    def to_dict(self) -> dict[str, object]:
        """The difference as plain values."""
        return {each.name: getattr(self, each.name) for each in fields(self)}

    def __str__(self) -> str:
        where = f"{self.file}, {self.location}" if self.location else self.file
        return printable(f"{where}: {self.first} != {self.second}")


def file_differences(
    name: str, first: Path, second: Path, *, volatile: frozenset[str], skip: frozenset[str]
) -> Iterator[Difference]:
    missing = [str(path) for path in (first, second) if not path.is_file()]
    if missing:
        yield Difference(
            file=name, location="", first="in one run", second=f"missing: {missing[0]}"
        )
    elif name.endswith(".json"):
        values = (without_metrics(read_json(path), skip) for path in (first, second))
        yield from json_differences(name, "", *values)
    elif name.endswith(".csv"):
        one, two = (path.read_text(encoding="utf-8") for path in (first, second))
        yield from csv_differences(name, one, two, volatile)
    elif name == RESPONSES:
        yield from _response_differences(first, second, skip=VOLATILE if volatile else ())
    elif name.endswith(".jsonl"):
        yield from _line_differences(name, first, second)
    else:
        yield Difference(
            file=name, location="", first=file_hash(first)[:12], second=file_hash(second)[:12]
        )


def without_metrics(value: Any, skip: frozenset[str]) -> Any:
    """JSON without the entries that speak of some metrics."""
    if isinstance(value, dict):
        return {key: without_metrics(entry, skip) for key, entry in value.items()}
    if isinstance(value, list):
        return [
            without_metrics(entry, skip)
            for entry in value
            if not (isinstance(entry, dict) and entry.get("metric") in skip)
        ]
    return value


def json_differences(name: str, location: str, first: Any, second: Any) -> Iterator[Difference]:
    """Where two JSON values differ."""
    if isinstance(first, dict) and isinstance(second, dict):
        for key in sorted({*first, *second}):
            inner = f"{location}.{key}" if location else key
            yield from json_differences(name, inner, first.get(key), second.get(key))
    elif isinstance(first, list) and isinstance(second, list) and len(first) == len(second):
        for number, pair in enumerate(zip(first, second, strict=True)):
            yield from json_differences(name, f"{location}[{number}]", *pair)
    elif first != second:
        yield Difference(file=name, location=location, first=_short(first), second=_short(second))


def csv_differences(
    name: str, first: str, second: str, volatile: frozenset[str]
) -> Iterator[Difference]:
    tables = [list(csv.reader(text.splitlines(keepends=True))) for text in (first, second)]
    heads = [table[0] if table else [] for table in tables]
    if heads[0] != heads[1]:
        yield Difference(file=name, location="line 1", first=str(heads[0]), second=str(heads[1]))
        return
    for number, rows in enumerate(zip_longest(tables[0][1:], tables[1][1:]), start=1):
        if rows[0] is None or rows[1] is None:
            lengths = (f"{len(table) - 1} rows" for table in tables)
            yield Difference(
                file=name, location="", **dict(zip(("first", "second"), lengths, strict=True))
            )
            return
        for column, one, two in zip(heads[0], rows[0], rows[1], strict=False):
            if one != two and column not in volatile:
                yield Difference(
                    file=name,
                    location=f"row {number}, column {column}",
                    first=_short(one),
                    second=_short(two),
                )


def _response_differences(
    first: Path, second: Path, *, skip: Sequence[str]
) -> Iterator[Difference]:
    import pyarrow.parquet as pq

    one, two = (pq.read_table(path) for path in (first, second))
    if one.num_rows != two.num_rows or one.column_names != two.column_names:
        shapes = (f"{each.num_rows} calls, {each.num_columns} columns" for each in (one, two))
        yield Difference(file=RESPONSES, location="", first=next(shapes), second=next(shapes))
        return
    for column in (each for each in one.column_names if each not in skip):
        if one[column].equals(two[column]):
            continue
        values = zip(one[column].to_pylist(), two[column].to_pylist(), strict=True)
        for number, (value, other) in enumerate(values, start=1):
            if value != other:
                yield Difference(
                    file=RESPONSES,
                    location=f"call {number}, column {column}",
                    first=_short(value),
                    second=_short(other),
                )


def _line_differences(name: str, first: Path, second: Path) -> Iterator[Difference]:
    with first.open(encoding="utf-8") as one, second.open(encoding="utf-8") as two:
        for number, (line, other) in enumerate(zip_longest(one, two, fillvalue=""), start=1):
            if line != other:
                yield Difference(
                    file=name, location=f"line {number}", first=_short(line), second=_short(other)
                )


def _short(value: object) -> str:
    text = value.strip() if isinstance(value, str) else json.dumps(value, default=repr)
    text = repr(text) if isinstance(value, str) else text
    return text if len(text) <= 60 else f"{text[:57]}..."
