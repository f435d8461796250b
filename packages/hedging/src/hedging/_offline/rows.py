"""Rows of CSV, JSON Lines and Parquet files; imported only when a file is read."""

import csv
import io
import json
import os
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import compress, islice
from operator import itemgetter
from pathlib import Path
from typing import IO, Any, BinaryIO

from .._core.errors import DataError, MissingExtraError
from .._learning.plain_files import MOST_LINE, bounded_lines, open_plain
from .parquet_pages import bounded_rows

_RATIO = 50
_AT_ONCE = 10_000
_FEW = 500  # of text: they stay in the cache of the processor


class _NoColumn:
    """In place of a value that a row has no column for."""

    def __repr__(self) -> str:
        return "no such column"


NO_COLUMN = _NoColumn()


@dataclass(slots=True)
class Block:
    """Some rows of a file, by column.

    Attributes:
        numbers: The number of each row in its file, from 1.
        columns: Name to the values of the rows; ``NO_COLUMN`` where a row has no such column.
    """

    numbers: Sequence[int]
    columns: Mapping[str, Sequence[Any]]

    def where(self, wanted: Mapping[str, str]) -> "Block":
        """The rows whose columns have these texts.

        Args:
            wanted: Column to its text.
        """
        found = self
        for name, text in wanted.items():
            fits = [each == str(text) for each in map(str, found.columns[name])]
            if not all(fits):
                columns = {key: list(compress(c, fits)) for key, c in found.columns.items()}
                found = Block(list(compress(found.numbers, fits)), columns)
        return found


def blocks(path: str | Path, names: Collection[str]) -> Iterator[Block]:
    """The rows of a file, by the ending of its name.

    Args:
        path: The file.
        names: The columns to read.

    Raises:
        DataError: The file cannot be read, or has no such column.
        MissingExtraError: A Parquet file without the extra ``parquet``.
    """
    if not isinstance(path, str | os.PathLike):
        raise DataError(f"{path!r:.60} is not the path of a file")
    path = Path(path)
    readers = {".csv": _csv, ".tsv": _csv, ".jsonl": _jsonl, ".parquet": _parquet}
    read = readers.get(path.suffix.lower())
    if read is None:
        raise DataError(f"{path} is not a .csv, .tsv, .jsonl or .parquet file; convert it to one")
    try:
        with open_plain(path) as file:
            yield from read(path, file, names)
    except OSError as error:
        raise DataError(f"{path}: {error.strerror or error}") from error
    except UnicodeError as error:
        raise DataError(f"{path}: {error}; save it as UTF-8") from error
    except DataError:
        raise
    except ValueError as error:
        raise DataError(f"{path}: {error}") from error


def _require(path: Path, names: Collection[str], known: Collection[str], holder: str) -> None:
    missing = [name for name in names if name not in known]
    if missing:
        columns = ", ".join(known) or "none"
        raise DataError(f"{path}: no column {missing[0]!r}; {holder} {columns}")


def _lines(file: IO[str]) -> Iterator[str]:
    # A short file has no long line.
    return iter(file) if os.fstat(file.fileno()).st_size <= MOST_LINE else bounded_lines(file)


def _csv(path: Path, opened: BinaryIO, names: Collection[str]) -> Iterator[Block]:
    with io.TextIOWrapper(opened, newline="", encoding=_encoding(opened)) as file:
        lines = _lines(file)
        header = next(lines, "")
        separator = max(",;\t", key=header.count)
        known = [name.strip() for name in next(csv.reader([header], delimiter=separator), [])]
        twice = {name for name in known if name and known.count(name) > 1}
        if twice:
            raise DataError(f"{path}: columns of one name: {', '.join(sorted(twice))}; rename them")
        _require(path, names, known, "the file has")
        places = {name: itemgetter(known.index(name)) for name in names}
        number = 1
        try:
            reader = filter(None, csv.reader(lines, delimiter=separator))
            while rows := list(islice(reader, _FEW)):
                if set(map(len, rows)) != {len(known)}:
                    rows = [_fitted(path, n, row, len(known)) for n, row in enumerate(rows, number)]
                numbers = range(number, number + len(rows))
                yield Block(numbers, {name: list(map(get, rows)) for name, get in places.items()})
                number += len(rows)
        except csv.Error as error:
            raise DataError(f"{path}: {error}") from error


def _fitted(path: Path, number: int, row: list[Any], width: int) -> list[Any]:
    """A row with as many fields as the header; separators at its end are no fields."""
    if any(map(str.strip, row[width:])):
        raise DataError(f"{path}, row {number}: it has more fields than the header")
    return [*row[:width], *[None] * (width - len(row))]


def _encoding(file: BinaryIO) -> str:
    """UTF-8, or UTF-16 with a mark of its order, as spreadsheets write it."""
    start = file.read(2)
    file.seek(0)
    return "utf-16" if start in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"


def _jsonl(path: Path, opened: BinaryIO, names: Collection[str]) -> Iterator[Block]:
    known: dict[str, None] = {}
    with io.TextIOWrapper(opened, encoding=_encoding(opened)) as file:
        parsed = _parsed(path, _lines(file))
        while rows := list(islice(parsed, _FEW)):
            numbers = [number for number, _ in rows]
            columns: dict[str, Sequence[Any]] = {
                name: [row.get(name, NO_COLUMN) for _, row in rows] for name in names
            }
            yield Block(numbers, columns)
            known.update(dict.fromkeys(rows[0][1]))
            known.update(dict.fromkeys(name for name in names if _is_in(columns[name])))
    if known:
        _require(path, names, known, "the rows have")


def _is_in(column: Sequence[Any]) -> bool:
    return any(each is not NO_COLUMN for each in column)


def _parsed(path: Path, lines: Iterable[str]) -> Iterator[tuple[int, Mapping[str, Any]]]:
    decoder: Any = json.JSONDecoder()
    scan = decoder.scan_once  # json.loads takes longer for a short line
    for number, line in enumerate(lines, start=1):
        text = line.strip()
        if not text:
            continue
        try:
            row, end = scan(text, 0)
            if end != len(text):
                row = json.loads(line)
        except StopIteration:
            raise DataError(f"{path}, line {number}: {text:.60} is not JSON") from None
        except (ValueError, RecursionError) as error:
            raise DataError(f"{path}, line {number}: {error}") from error
        if not isinstance(row, dict):
            raise DataError(f"{path}, row {number}: {row!r:.60} has no columns; give objects")
        yield number, row


def _parquet(path: Path, opened: BinaryIO, names: Collection[str]) -> Iterator[Block]:
    try:
        import pyarrow.parquet as pq  # noqa: PLC0415  # an extra
    except ImportError as error:
        raise MissingExtraError(str(path), extra="parquet", package="pyarrow") from error
    try:
        with pq.ParquetFile(opened) as file:
            size = bounded_rows(opened, ratio=_RATIO, at_once=_AT_ONCE)
            _require(path, names, file.schema_arrow.names, "the file has")
            number = 1
            for batch in file.iter_batches(batch_size=size, columns=list(names)):
                columns = {name: batch.column(name).to_pylist() for name in names}
                yield Block(range(number, number + batch.num_rows), columns)
                number += batch.num_rows
    except (ValueError, MemoryError) as error:  # pyarrow's errors of damaged files
        raise DataError(f"{path}: {error}") from error
