"""The rows as tables: ``results.csv`` and ``results.parquet``, written and compared in batches."""

import csv
import io
import re
import sys
from array import array
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import accumulate, islice
from pathlib import Path
from typing import Any

from .._core.files import replacing
from .._core.secrets import redacted_text
from .._core.text import printable
from .._design.bulk import BLOCK_ROWS
from .._engine.journal import Journal
from .._plan.plan import Plan
from .._rows.cells import OWN_COLUMNS, Cells
from .._rows.store import JournalRows

# What a spreadsheet takes for a formula (OWASP, CSV injection), unless it is a number.
_FORMULA = re.compile(r"\s*[=+\-@\uFF1D\uFF0B\uFF0D\uFF20]|[\t\r\n]")
_NUMBER = re.compile(r"[+-]?(\d[\d,]*\.?\d*|\.\d+)([eE][+-]?\d+)?%?")
_TYPES = {
    "index": "int64",
    "repeat": "int32",
    "period": "int32",
    "seed": "int64",
    "attempts": "int32",
    "correct": "bool_",
    "score": "float64",
    "cost_usd": "float64",
    "confidence": "float64",
    "consensus": "float64",
    "latency_ms": "float64",
}
_TEXTS = OWN_COLUMNS - _TYPES.keys()
_CODES = {"int32": "i", "int64": "q", "double": "d"}  # of the module array
_MOST_TEXT = 2**31 - 1
RETRIED = ("world", "time")
VOLATILE_COLUMNS = ("latency_ms",)


def read_rows(plan: Plan, journal: Journal) -> JournalRows:
    """The finished rows in the order of the plan, as the plan now is.

    Of a row that was asked again, the last counts.
    """
    return JournalRows(plan, journal)


def finished_rows(
    plan: Plan, journal: Journal, *, again: Collection[str] = ()
) -> tuple[bytearray, dict[int, int]]:
    """Which rows of the plan the journal has, as the plan now is.

    Args:
        plan: The plan.
        journal: The journal.
        again: Leave out rows that failed for one of these causes.

    Returns:
        One byte for each row of the plan, 1 where the journal has it; and the attempts that rows
        have had which were left out, by their numbers.
    """
    done = bytearray(len(plan))
    tried: dict[int, int] = {}
    ends = journal.ends()
    while block := list(islice(ends, BLOCK_ROWS)):
        for row, item in zip(block, plan.items_of(block), strict=True):
            if item >= 0:
                left_out = bool(row.error_type and row.failure in again)
                done[row.index] = not left_out
                if left_out:
                    tried[row.index] = row.attempts
                else:
                    tried.pop(row.index, None)
    return done, tried


def csv_text(names: Sequence[str], cells: Cells) -> str:
    """Cells as lines of CSV (RFC 4180, with plain newlines); an unknown value is an empty cell.

    It is made for people: a text that a spreadsheet would calculate has ``'`` before it, and what
    changes the direction of reading is escaped. ``results.parquet`` has the texts as they are.

    Args:
        names: The names of the columns.
        cells: The cells, column by column.
    """
    columns = (
        _csv_cells(column) if name in _TEXTS else column
        for name, column in zip(names, cells, strict=True)
    )
    return _lines(zip(*columns, strict=True))


def csv_head(names: Sequence[str]) -> str:
    """The first line of the table as CSV.

    Args:
        names: The names of the columns.
    """
    return _lines([[_csv_cell(name) for name in names]])


def _lines(rows: Iterable[Iterable[Any]]) -> str:
    file = io.StringIO()
    csv.writer(file, lineterminator="\n").writerows(rows)
    return file.getvalue()


def _csv_cells(column: Sequence[str | None]) -> list[str]:
    """Most columns of texts have few different ones."""
    cells = {cell: _csv_cell(cell) for cell in set(column)}
    return [cells[cell] for cell in column]


def _csv_cell(cell: str | None) -> str:
    if not cell:
        return ""
    text = printable(cell)
    if _FORMULA.match(text) and not _NUMBER.fullmatch(text):
        return f"'{text}"
    return text


@contextmanager
def table_writer(
    csv_path: Path, parquet_path: Path, names: Sequence[str]
) -> Iterator[Callable[[Cells], None]]:
    """Writes the table as CSV and as Parquet, batch by batch; both files are there at the end.

    Args:
        csv_path: The CSV file.
        parquet_path: The Parquet file.
        names: The names of the columns.

    Returns:
        A function that takes the cells of a batch, column by column.
    """
    import pyarrow.parquet as pq

    with (
        replacing(csv_path) as csv_file,
        replacing(parquet_path) as parquet_file,
        csv_file.open("wb") as file,
        pq.ParquetWriter(parquet_file, arrow_schema(names), compression="zstd") as writer,
    ):
        file.write(csv_head(names).encode())

        def write(cells: Cells) -> None:
            file.write(redacted_text(csv_text(names, cells)).encode())
            writer.write_table(arrow_table(names, cells))

        yield write


def arrow_table(names: Sequence[str], cells: Cells) -> Any:
    """Cells as a ``pyarrow.Table``.

    Args:
        names: The names of the columns.
        cells: The cells, column by column.
    """
    import pyarrow as pa

    schema = arrow_schema(names)
    arrays = [arrow_array(values, field.type) for field, values in zip(schema, cells, strict=True)]
    return pa.Table.from_arrays(arrays, schema=schema)


def arrow_array(values: Sequence[Any], kind: Any) -> Any:
    """Values as a ``pyarrow.Array``.

    Where pandas is installed, ``pyarrow.array`` loads it, which takes longer than a small run.

    Args:
        values: Texts, numbers or truth values, and None.
        kind: Their type, one of ``arrow_schema``.
    """
    import pyarrow as pa

    if "pandas" in sys.modules:
        return pa.array(values, type=kind)
    known, missing, given = None, values.count(None), values
    if missing == len(values):
        return pa.nulls(missing, kind)
    if missing:
        known = _bits(each is not None for each in values)
        nothing = "" if pa.types.is_string(kind) else 0
        values = [nothing if each is None else each for each in values]
    if not pa.types.is_string(kind):
        code = _CODES.get(str(kind))
        numbers = _bits(values) if code is None else pa.py_buffer(array(code, values))
        return pa.Array.from_buffers(kind, len(values), [known, numbers])
    text = "".join(values)
    data = text.encode()
    if len(data) > _MOST_TEXT:
        return pa.array(given, type=kind)  # in several parts
    sizes = map(len, values if text.isascii() else map(str.encode, values))
    ends = pa.py_buffer(array("i", accumulate(sizes, initial=0)))
    return pa.StringArray.from_buffers(len(values), ends, pa.py_buffer(data), known)


def _bits(truths: Iterable[bool]) -> Any:
    """A buffer of Arrow with one bit for each."""
    import pyarrow as pa

    in_bytes = bytes(truths)
    buffers = [None, pa.py_buffer(in_bytes)]
    return pa.Array.from_buffers(pa.int8(), len(in_bytes), buffers).cast(pa.bool_()).buffers()[1]


def arrow_schema(names: Sequence[str]) -> Any:
    """The types of the columns as a ``pyarrow.Schema``.

    Args:
        names: The names of the columns.
    """
    import pyarrow as pa

    kinds = ("string" if name in _TEXTS else _TYPES.get(name, "float64") for name in names)
    return pa.schema([(name, getattr(pa, kind)()) for name, kind in zip(names, kinds, strict=True)])
