"""Rows of CSV, JSON Lines and Parquet files; imported only when a file is read."""

import csv
import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from .._core.errors import DataError, MissingExtraError
from .._learning.plain_files import bounded_lines, require_plain
from .parquet_pages import bounded_rows

_RATIO = 50


def rows(path: str | Path) -> Iterator[Mapping[str, Any]]:
    """The rows of a file, by the ending of its name.

    Raises:
        DataError: The file cannot be read.
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
        require_plain(path)
        yield from read(path)
    except OSError as error:
        raise DataError(f"{path}: {error.strerror or error}") from error
    except UnicodeError as error:
        raise DataError(f"{path}: {error}; save it as UTF-8") from error
    except DataError:
        raise
    except ValueError as error:
        raise DataError(f"{path}: {error}") from error


def _csv(path: Path) -> Iterator[Mapping[str, Any]]:
    with path.open(newline="", encoding=_encoding(path)) as file:
        lines = bounded_lines(file)
        header = next(lines, "")
        separator = max(",;\t", key=header.count)
        names = [name.strip() for name in next(csv.reader([header], delimiter=separator), [])]
        twice = {name for name in names if name and names.count(name) > 1}
        if twice:
            raise DataError(f"{path}: columns of one name: {', '.join(sorted(twice))}; rename them")
        try:
            for number, row in enumerate(csv.DictReader(lines, names, delimiter=separator), 1):
                if None in row:
                    raise DataError(f"{path}, row {number}: it has more fields than the header")
                yield row
        except csv.Error as error:
            raise DataError(f"{path}: {error}") from error


def _encoding(path: Path) -> str:
    """UTF-8, or UTF-16 with a mark of its order, as spreadsheets write it."""
    with path.open("rb") as file:
        start = file.read(2)
    return "utf-16" if start in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"


def _jsonl(path: Path) -> Iterator[Mapping[str, Any]]:
    with path.open(encoding=_encoding(path)) as file:
        for number, line in enumerate(bounded_lines(file), start=1):
            if line.strip():
                try:
                    yield json.loads(line)
                except (ValueError, RecursionError) as error:
                    raise DataError(f"{path}, line {number}: {error}") from error


def _parquet(path: Path) -> Iterator[Mapping[str, Any]]:
    try:
        import pyarrow.parquet as pq  # noqa: PLC0415  # an extra
    except ImportError as error:
        raise MissingExtraError(str(path), extra="parquet", package="pyarrow") from error
    try:
        with pq.ParquetFile(path) as file:
            rows = bounded_rows(path, ratio=_RATIO, at_once=10_000)
            for batch in file.iter_batches(batch_size=rows):
                yield from batch.to_pylist()
    except (ValueError, MemoryError) as error:  # pyarrow's errors of damaged files
        raise DataError(f"{path}: {error}") from error
