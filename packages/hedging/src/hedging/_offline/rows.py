"""Rows of CSV, JSON Lines and Parquet files; imported only when a file is read."""

import csv
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from .._core.errors import DataError, MissingExtraError


def rows(path: str | Path) -> Iterator[Mapping[str, Any]]:
    """The rows of a file, by the ending of its name.

    Raises:
        DataError: The file cannot be read.
        MissingExtraError: A Parquet file without the extra ``parquet``.
    """
    path = Path(path)
    read = {".csv": _csv, ".jsonl": _jsonl, ".parquet": _parquet}.get(path.suffix)
    if read is None:
        raise DataError(f"{path} is not a .csv, .jsonl or .parquet file; convert it to one")
    try:
        yield from read(path)
    except OSError as error:
        raise DataError(f"{path}: {error.strerror or error}") from error


def _csv(path: Path) -> Iterator[Mapping[str, Any]]:
    with path.open(newline="", encoding="utf-8-sig") as file:
        yield from csv.DictReader(file)


def _jsonl(path: Path) -> Iterator[Mapping[str, Any]]:
    with path.open(encoding="utf-8") as file:
        for number, line in enumerate(file, start=1):
            if line.strip():
                try:
                    yield json.loads(line)
                except ValueError as error:
                    raise DataError(f"{path}, line {number}: {error}") from error


def _parquet(path: Path) -> Iterator[Mapping[str, Any]]:
    try:
        import pyarrow.parquet as pq  # noqa: PLC0415  # an extra
    except ImportError as error:
        raise MissingExtraError(str(path), extra="parquet", package="pyarrow") from error
    for batch in pq.ParquetFile(path).iter_batches():
        yield from batch.to_pylist()
