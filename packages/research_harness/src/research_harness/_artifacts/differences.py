"""Where two files that should be equal are not."""

import csv
import json
import warnings
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from itertools import zip_longest
from pathlib import Path
from typing import Any, Self, TextIO

from .._core.files import is_there, read_json
from .._core.system import open_plain_text
from .._core.text import on_one_line
from .._outcome.responses import VOLATILE
from .._rows.parquet_files import parquet_rows
from .folder import RunFolder
from .manifest import MANIFEST, file_hash, settled
from .responses import RESPONSES

_BATCH = 10_000
_MAX_CELL = 2**31 - 1  # Windows has 32 bits here


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
        return on_one_line(f"{where}: {self.first} != {self.second}")


def file_differences(
    name: str, first: Path, second: Path, *, volatile: frozenset[str], skip: frozenset[str]
) -> Iterator[Difference]:
    missing = [str(path) for path in (first, second) if not is_there(path)]
    if missing:
        yield Difference(
            file=name, location="", first="in one run", second=f"missing: {missing[0]}"
        )
    elif name.endswith(".json"):
        values = (without_metrics(read_json(path), skip) for path in (first, second))
        yield from json_differences(name, "", *values)
    elif name.endswith(".csv"):
        with open_csv(first) as one, open_csv(second) as two:
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


def open_csv(path: Path) -> TextIO:
    """A file of CSV, to be read line by line.

    Args:
        path: The file.
    """
    return open_plain_text(path, newline="")


def csv_differences(
    name: str,
    first: Iterable[str],
    second: Iterable[str],
    volatile: frozenset[str] = frozenset(),
) -> Iterator[Difference]:
    """Where two tables of CSV differ, read row by row.

    Args:
        name: The file.
        first: The lines of one, the head before them.
        second: The lines of the other.
        volatile: Columns that may differ.
    """
    one, two = _csv_rows(first), _csv_rows(second)
    heads = next(one, []), next(two, [])
    if heads[0] != heads[1]:
        yield Difference(file=name, location="line 1", first=str(heads[0]), second=str(heads[1]))
        return
    kept = [(at, column) for at, column in enumerate(heads[0]) if column not in volatile]
    rows = zip_longest(one, two)
    for number, (row, other) in enumerate(rows, start=1):
        if row == other:
            continue
        if row is None or other is None:
            left = 1 + sum(1 for _ in rows)
            lengths = (number - 1 + (left if each is not None else 0) for each in (row, other))
            shown = [f"{length} rows" for length in lengths]
            yield Difference(file=name, location="", first=shown[0], second=shown[1])
            return
        for at, column in kept:
            cells = [each[at] if at < len(each) else "" for each in (row, other)]
            if cells[0] != cells[1]:
                yield Difference(
                    file=name,
                    location=f"row {number}, column {column}",
                    first=_short(cells[0]),
                    second=_short(cells[1]),
                )


def _csv_rows(lines: Iterable[str]) -> Iterator[list[str]]:
    csv.field_size_limit(_MAX_CELL)
    return csv.reader(lines)


def parquet_differences(
    name: str,
    first: Iterable[Any],
    second: Path,
    *,
    unit: str,
    schema: Any,
    skip: Collection[str] = (),
) -> Iterator[Difference]:
    """Where a Parquet file differs from tables with the same columns, read in batches.

    Args:
        name: The file.
        first: The tables that it should hold, one after the other.
        second: The file.
        unit: What one line of it is, such as ``row``.
        schema: The columns that it should have.
        skip: Columns that may differ.
    """
    with TableReader(second, schema) as reader:
        if reader.other_columns:
            yield Difference(file=name, location="columns", **reader.other_columns)
            return
        seen = 0
        for table in first:
            if seen + len(table) <= reader.size:
                part = reader.take(len(table))
                yield from _cell_differences(name, (table, part), before=seen, unit=unit, skip=skip)
            seen += len(table)
        if seen != reader.size:
            ends = [f"{each} {unit}s" for each in (seen, reader.size)]
            yield Difference(file=name, location="", first=ends[0], second=ends[1])


def _cell_differences(
    name: str, tables: tuple[Any, Any], *, before: int, unit: str, skip: Collection[str]
) -> Iterator[Difference]:
    first, second = tables
    for column in first.column_names:
        if column in skip or first[column].equals(second[column]):
            continue
        values = zip(first[column].to_pylist(), second[column].to_pylist(), strict=True)
        for number, (one, two) in enumerate(values, start=before + 1):
            if repr(one) != repr(two):  # not-a-number differs from itself
                yield Difference(
                    file=name,
                    location=f"{unit} {number}, column {column}",
                    first=_short(one),
                    second=_short(two),
                )


class TableReader:
    """A Parquet file that is read in batches and compared with tables; a context manager.

    Args:
        path: The file.
        schema: The columns that it should have.

    Attributes:
        size: The number of its lines.
        other_columns: How its columns differ, as the texts of a difference; empty when they do not.
    """

    def __init__(self, path: Path, schema: Any) -> None:
        import pyarrow.parquet as pq

        rows = parquet_rows(path, at_once=_BATCH)
        self._file = pq.ParquetFile(path)
        self.size: int = self._file.metadata.num_rows
        found = self._file.schema_arrow
        self.other_columns: dict[str, str] = {}
        if not found.equals(schema):
            ends = (f"{len(each)} columns: {', '.join(each.names)}" for each in (schema, found))
            self.other_columns = {"first": next(ends), "second": next(ends)}
        self._batches = self._file.iter_batches(rows)
        self._left: Any = None
        self._seen = 0
        self._same = not self.other_columns

    @property
    def equal(self) -> bool:
        """Whether all tables were in it, and nothing else is."""
        return self._same and self._seen == self.size

    def compare(self, table: Any) -> None:
        """Compare the next lines with a table.

        Args:
            table: The table.
        """
        self._seen += len(table)
        self._same = (
            self._same and self._seen <= self.size and bool(self.take(len(table)).equals(table))
        )

    def take(self, n: int) -> Any:
        """The next lines.

        Args:
            n: How many; the file has them.
        """
        import pyarrow as pa

        parts: list[Any] = []
        while n > 0:
            batch = self._left if self._left is not None else next(self._batches)
            parts.append(batch.slice(0, n))
            self._left = batch.slice(n) if len(batch) > n else None
            n -= len(parts[-1])
        return pa.Table.from_batches(parts)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()


def _response_differences(
    first: Path, second: Path, *, skip: Sequence[str]
) -> Iterator[Difference]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    rows = parquet_rows(first, at_once=_BATCH)
    with pq.ParquetFile(first) as file:
        tables = (pa.Table.from_batches([each]) for each in file.iter_batches(rows))
        yield from parquet_differences(
            RESPONSES, tables, second, unit="call", schema=file.schema_arrow, skip=skip
        )


def _line_differences(name: str, first: Path, second: Path) -> Iterator[Difference]:
    with open_plain_text(first) as one, open_plain_text(second) as two:
        for number, (line, other) in enumerate(zip_longest(one, two, fillvalue=""), start=1):
            if line != other:
                yield Difference(
                    file=name, location=f"line {number}", first=_short(line), second=_short(other)
                )


def _short(value: object) -> str:
    text = value.strip() if isinstance(value, str) else json.dumps(value, default=repr)
    text = repr(text) if isinstance(value, str) else text
    return text if len(text) <= 60 else f"{text[:57]}..."


def manifest_differences(
    folder: RunFolder, manifest: dict[str, Any], *, virtual_time: bool
) -> Iterator[Difference]:
    """Where a manifest is not what the run gives, or not in the form in which runs write it.

    Its hashes and counts are compared elsewhere.

    Args:
        folder: The run.
        manifest: Its manifest.
        virtual_time: Whether its latencies are simulated.
    """
    # Names stay in the order in which they were read, so that a doubled one is found too.
    written = json.dumps(manifest, indent=2, ensure_ascii=False) + "\n"
    if written.encode("utf-8", "replace") != folder.file(MANIFEST).read_bytes():
        yield Difference(file=MANIFEST, location="form", first="as runs write it", second="another")
    expected = settled(folder, virtual_time=virtual_time)
    known = {*expected, "files", "beside", "events", "records"}
    expected |= dict.fromkeys({*manifest} - known)
    for name, value in expected.items():
        if manifest.get(name) != value:
            first, second = (str(each)[:200] for each in (value, manifest.get(name)))
            yield Difference(file=MANIFEST, location=name[:60], first=first, second=second)


def event_differences(
    manifest: dict[str, Any], counts: dict[str, dict[str, int]]
) -> Iterator[Difference]:
    """Where there are not as many events as the run had at its end.

    Args:
        manifest: The manifest of the run.
        counts: What its event files have.
    """
    expected = manifest.get("events", counts)  # runs of before 0.2 counted none
    for name in sorted({*expected, *counts}):
        first, second = expected.get(name), counts.get(name)
        if first != second:
            yield Difference(
                file=name, location="events", first=f"manifest {first}", second=str(second)
            )
