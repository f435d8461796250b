"""How much of a table of others is read at once."""

from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import Any

from .._core.errors import OutputError
from .._core.system import open_plain
from .parquet_pages import bounded_rows, largest_values, rows_at_once

_RATIO = 150  # prompts with the same examples pack to a hundredth


def parquet_rows(path: Path, *, at_once: int = 65_536) -> int:
    """How many rows of a Parquet file of others can be read at once.

    Args:
        path: The file.
        at_once: The most rows.

    Raises:
        OutputError: It is not Parquet, or unpacks to more than a file of its size may.
    """
    import pyarrow as pa

    try:
        with open_plain(path) as file:
            return bounded_rows(file, ratio=_RATIO, at_once=at_once)
    except (pa.ArrowException, ValueError, OSError) as error:
        raise OutputError(path, f"it is not Parquet ({error})", reading=True) from error


def filtered_rows(
    path: Path, columns: Sequence[str], fits: Any, *, by: Sequence[str], most: int
) -> Any:
    """The rows of a Parquet file of others that fit, read some at a time.

    The columns that decide are read first, so that the others are unpacked only where a row fits.

    Args:
        path: The file.
        columns: The columns of the table.
        fits: An expression of ``pyarrow.compute``.
        by: The columns that the expression uses.
        most: No batch is read after so many rows that fit.

    Returns:
        A ``pyarrow.Table``.

    Raises:
        OutputError: It is not Parquet, or unpacks to more than a file of its size may.
        pyarrow.ArrowException: A column is missing, or a page is damaged.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    bounds = _bounds(path)
    found, count = [], 0
    with pq.ParquetFile(path) as file:
        for group in range(file.num_row_groups):
            end = _end_of_fitting(_batches(file, group, by, bounds), fits)
            for start, batch in _batches(file, group, {*columns, *by} if end else (), bounds):
                if start >= end or count >= most:
                    break
                table = pa.Table.from_batches([batch]).filter(fits).select(list(columns))
                found.append(table)
                count += table.num_rows
            if count >= most:
                break
        schema = pa.schema([file.schema_arrow.field(name) for name in columns])
    return pa.concat_tables(found) if found else schema.empty_table()


def _bounds(path: Path) -> tuple[int, dict[int, int]]:
    import pyarrow as pa

    try:
        with open_plain(path) as file:
            return largest_values(file, ratio=_RATIO)
    except (pa.ArrowException, ValueError, OSError) as error:
        raise OutputError(path, f"it is not Parquet ({error})", reading=True) from error


def _batches(
    file: Any, group: int, names: Collection[str], bounds: tuple[int, dict[int, int]]
) -> Iterator[tuple[int, Any]]:
    """The rows of a group, as many at a time as fit, each batch with the number of its first."""
    if not names:
        return
    most, largest = bounds
    parts = [file.schema.column(each).path.split(".")[0] for each in range(len(file.schema))]
    sizes = [size for number, size in largest.items() if parts[number] in names]
    start = 0
    for batch in file.iter_batches(
        rows_at_once(most, sizes), row_groups=[group], columns=sorted(names)
    ):
        yield start, batch
        start += len(batch)


def _end_of_fitting(batches: Iterator[tuple[int, Any]], fits: Any) -> int:
    """The end of the last batch with a row that fits; 0 without one."""
    import pyarrow as pa

    end = 0
    for start, batch in batches:
        if pa.Table.from_batches([batch]).filter(fits).num_rows:
            end = start + len(batch)
    return end
