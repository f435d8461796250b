"""The rows as tables: ``results.csv`` and ``results.parquet``.

Columns that are the same in every run with the same seed come first; ``latency_ms``, which is
measured unless the run's time is simulated, comes last.
"""

import csv
import io
import json
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import islice
from operator import attrgetter
from pathlib import Path
from typing import Any

from .._core.files import replacing
from .._core.secrets import redacted_text
from .._core.text import printable
from .._design.designs import Between, Blocks, LatinSquare, Within
from .._engine.journal import Journal
from .._outcome.row import Row, is_planned
from .._plan.plan import Plan
from .._rows.store import JournalRows

# What a spreadsheet takes for a formula (OWASP, CSV injection), unless it is a number.
_FORMULA = re.compile(r"[=+\-@\t\r\n]")
_NUMBER = re.compile(r"[+-]?(\d[\d,]*\.?\d*|\.\d+)([eE][+-]?\d+)?%?")
_ADDRESS = re.compile(r"0x[0-9a-fA-F]{6,}")
_FIRST = (
    "index",
    "condition",
    "repeat",
    "seed",
    "item_id",
    "prediction",
    "expected",
    "correct",
    "score",
    "extraction",
    "cost_usd",
    "confidence",
    "consensus",
)
_LAST = ("metadata", "source", "attempts", "error_type", "failure", "error", "latency_ms")
_BATCH_ROWS = 10_000
_SHORT = 40
RETRIED = ("world", "time")
_DESIGN = ("arm", "block", "period")
_OWN = frozenset({*_FIRST, *_DESIGN, *_LAST})
VOLATILE_COLUMNS = ("latency_ms",)


def read_rows(plan: Plan, journal: Journal) -> JournalRows:
    """The finished rows in the order of the plan, as the plan now is.

    Of a row that was asked again, the last counts.
    """
    return JournalRows(plan, journal)


def finished_rows(plan: Plan, journal: Journal, *, again: Collection[str] = ()) -> bytearray:
    """One byte for each row of the plan: 1 where the journal has it, as the plan now is.

    Args:
        plan: The plan.
        journal: The journal.
        again: Leave out rows that failed for one of these causes.
    """
    done = bytearray(len(plan))
    for row in journal:
        if is_planned(row, plan):
            done[row.index] = not (row.failed and row.failure in again)
    return done


def records(
    rows: Iterable[Row], plan: Plan, returned: Iterable[str]
) -> tuple[tuple[str, ...], Iterator[tuple[Any, ...]]]:
    """The rows as a table.

    Args:
        rows: The rows.
        plan: Their plan.
        returned: The names of the numbers that conditions returned.

    Returns:
        The column names and the cells, row by row.
    """
    extra = {_column(name): name for name in returned}
    columns = (*_FIRST, *design_columns(plan), *sorted(extra), *_LAST)
    special = _special_cells(rows, plan)
    cells = tuple(special.get(name) or _cell_of(name, extra) for name in columns)
    return columns, (tuple(cell(row) for cell in cells) for row in rows)


def _special_cells(rows: Iterable[Row], plan: Plan) -> dict[str, Callable[[Row], Any]]:
    if isinstance(rows, JournalRows):
        item_of: Callable[[Row], Any] = lambda row: plan.items[rows.item_number(row)]  # noqa: E731
    else:
        by_id = {item.id: item for item in plan.items}
        item_of = lambda row: by_id[row.item_id]  # noqa: E731  # as above
    return {
        "seed": lambda row: plan.seed + row.repeat,
        "prediction": lambda row: as_text(row.prediction),
        "expected": lambda row: as_text(item_of(row).expected),
        "metadata": lambda row: as_text(row.metadata) if row.metadata else None,
        "error": lambda row: _ADDRESS.sub("0x...", row.error),
    }


def _cell_of(name: str, extra: Mapping[str, str]) -> Callable[[Row], Any]:
    if name in extra:
        return lambda row: row.values.get(extra[name])
    return attrgetter(name)


def design_columns(plan: Plan) -> tuple[str, ...]:
    """The columns of the design that a plan has: group, block and period.

    Args:
        plan: The plan.
    """
    design = getattr(plan.design, "assignment", plan.design)
    if isinstance(design, Within):
        return ()
    if isinstance(design, Between):
        return ("arm", "block") if design.stratify_by else ("arm",)
    if isinstance(design, Blocks):
        return ("block",)
    return ("arm", "period") if isinstance(design, LatinSquare) else ("period",)


def _column(name: str) -> str:
    """The column of a number that conditions return; the results' own columns keep their names."""
    return f"returned_{name}" if name in _OWN else name


def csv_text(columns: Sequence[str], cells: Iterable[Sequence[Any]]) -> str:
    """The table as CSV (RFC 4180, with plain newlines); an unknown value is an empty cell.

    It is made for people: a text that a spreadsheet would calculate has ``'`` before it, and what
    changes the direction of reading is escaped. ``results.parquet`` has the texts as they are.
    """
    return csv_lines([columns]) + csv_lines(cells)


def csv_lines(cells: Iterable[Sequence[Any]]) -> str:
    """Rows of cells as lines of CSV.

    Args:
        cells: The cells, row by row.
    """
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerows([_csv_cell(cell) for cell in row] for row in cells)
    return file.getvalue()


def _csv_cell(cell: Any) -> Any:
    if cell is None:
        return ""
    if not isinstance(cell, str):
        return cell
    return _short_text(cell) if len(cell) <= _SHORT else _csv_text_cell(cell)


@lru_cache(maxsize=4_096)
def _short_text(cell: str) -> str:
    """Texts such as the names of conditions come again in every row."""
    return _csv_text_cell(cell)


def _csv_text_cell(cell: str) -> str:
    text = printable(cell)
    if _FORMULA.match(text) and not _NUMBER.fullmatch(text):
        return f"'{text}"
    return text


def write_tables(
    csv_path: Path,
    parquet_path: Path,
    columns: Sequence[str],
    cells: Iterable[Sequence[Any]],
    on_rows: Callable[[int], None] = lambda _: None,
) -> None:
    """Write the table as CSV and as Parquet, in one pass, without keeping it in memory.

    Args:
        csv_path: The CSV file.
        parquet_path: The Parquet file.
        columns: The names of the columns.
        cells: The cells, row by row.
        on_rows: Called with the number of rows that were written.
    """
    import pyarrow.parquet as pq

    iterator, done = iter(cells), 0
    with (
        replacing(csv_path) as csv_file,
        replacing(parquet_path) as parquet_file,
        csv_file.open("wb") as file,
        pq.ParquetWriter(parquet_file, arrow_schema(columns), compression="zstd") as writer,
    ):
        file.write(csv_text(columns, ()).encode())
        while batch := list(islice(iterator, _BATCH_ROWS)):
            file.write(redacted_text(csv_lines(batch)).encode())
            writer.write_table(arrow_table(columns, batch))
            done += len(batch)
            on_rows(done)


def arrow_table(columns: Sequence[str], cells: Sequence[Sequence[Any]]) -> Any:
    """The table as a ``pyarrow.Table``, with the types that the cells have."""
    import pyarrow as pa

    schema = arrow_schema(columns)
    by_column = list(zip(*cells, strict=True)) or [() for _ in columns]
    arrays = [
        pa.array(_numbers(values) if field.type == pa.float64() else values, type=field.type)
        for field, values in zip(schema, by_column, strict=True)
    ]
    return pa.Table.from_arrays(arrays, schema=schema)


def _numbers(values: Iterable[Any]) -> list[float | None]:
    return [None if value is None else float(value) for value in values]


def arrow_schema(columns: Sequence[str]) -> Any:
    """The types of the columns as a ``pyarrow.Schema``.

    Args:
        columns: The names of the columns.
    """
    import pyarrow as pa

    fixed: dict[str, pa.DataType] = {
        "index": pa.int64(),
        "repeat": pa.int32(),
        "period": pa.int32(),
        "seed": pa.int64(),
        "attempts": pa.int32(),
        "correct": pa.bool_(),
        "score": pa.float64(),
        "cost_usd": pa.float64(),
        "confidence": pa.float64(),
        "consensus": pa.float64(),
        "latency_ms": pa.float64(),
    }
    texts = _OWN - fixed.keys()
    return pa.schema(
        (name, pa.string() if name in texts else fixed.get(name, pa.float64())) for name in columns
    )


def as_text(value: Any) -> str | None:
    """A cell: text stays as it is, None stays None, anything else becomes JSON."""
    if value is None or isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False, sort_keys=True, default=repr)
