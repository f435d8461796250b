"""How much of a table of others is read at once."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from .._core.errors import OutputError
from .parquet_pages import bounded_rows

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
        return bounded_rows(path, ratio=_RATIO, at_once=at_once)
    except (pa.ArrowException, ValueError, OSError) as error:
        raise OutputError(path, f"it is not Parquet ({error})", reading=True) from error


def filtered_rows(
    path: Path, columns: Sequence[str], fits: Any, *, by: Sequence[str] = (), most: int
) -> Any:
    """The rows of a Parquet file of others that fit, read some at a time.

    Args:
        path: The file.
        columns: The columns of the table.
        fits: An expression of ``pyarrow.compute``.
        by: Other columns that the expression uses.
        most: No batch is read after so many rows that fit.

    Returns:
        A ``pyarrow.Table``.

    Raises:
        OutputError: It is not Parquet, or unpacks to more than a file of its size may.
        pyarrow.ArrowException: A column is missing, or a page is damaged.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    at_once = parquet_rows(path)
    found, count = [], 0
    with pq.ParquetFile(path) as file:
        for batch in file.iter_batches(at_once, columns=[*columns, *by]):
            table = pa.Table.from_batches([batch]).filter(fits).select(list(columns))
            found.append(table)
            count += table.num_rows
            if count >= most:
                break
        schema = pa.schema([file.schema_arrow.field(name) for name in columns])
    return pa.concat_tables(found) if found else schema.empty_table()
