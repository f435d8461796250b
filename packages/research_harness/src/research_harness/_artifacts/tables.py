"""The rows as tables: ``results.csv`` and ``results.parquet``.

Columns that are the same in every run with the same seed come first; ``latency_ms``, which is
measured unless the run's time is simulated, comes last.
"""

import csv
import io
import json
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from .._core.files import replacing
from .._core.text import printable
from .._design.designs import Between, Blocks, LatinSquare, Within
from .._engine.journal import Journal
from .._outcome.row import Row, is_planned
from .._plan.plan import Plan

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
RETRIED = ("world", "time")
_DESIGN = ("arm", "block", "period")
_OWN = frozenset({*_FIRST, *_DESIGN, *_LAST})
VOLATILE_COLUMNS = ("latency_ms",)


def read_rows(plan: Plan, journal: Journal) -> list[Row]:
    """The finished rows in the order of the plan, as the plan now is.

    Of a row that was asked again, the last counts.
    """
    rows: dict[int, Row] = {}
    for row in journal:
        if is_planned(row, plan):
            rows[row.index] = row
    return [rows[index] for index in sorted(rows)]


def finished_rows(plan: Plan, journal: Journal, *, without_failures: bool = False) -> bytearray:
    """One byte for each row of the plan: 1 where the journal has it, as the plan now is.

    Args:
        plan: The plan.
        journal: The journal.
        without_failures: Leave out rows that failed because a service was away or too slow.
    """
    done = bytearray(len(plan))
    for row in journal:
        if is_planned(row, plan):
            done[row.index] = not (without_failures and row.failure in RETRIED)
    return done


def records(rows: Iterable[Row], plan: Plan) -> tuple[tuple[str, ...], list[tuple[Any, ...]]]:
    """The rows as a table.

    Returns:
        The column names and the cells, row by row.
    """
    rows = list(rows)
    extra = {_column(name): name for row in rows for name in row.values}
    columns = (*_FIRST, *design_columns(plan), *sorted(extra), *_LAST)
    expected = {item.id: as_text(item.expected) for item in plan.items}
    cells = []
    for row in rows:
        special = {
            "seed": plan.seed + row.repeat,
            "prediction": as_text(row.prediction),
            "expected": expected[row.item_id],
            "metadata": as_text(row.metadata) if row.metadata else None,
            "error": _ADDRESS.sub("0x...", row.error),
        }
        cells.append(
            tuple(
                special[name]
                if name in special
                else row.values.get(extra[name])
                if name in extra
                else getattr(row, name)
                for name in columns
            )
        )
    return columns, cells


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
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow([_csv_cell(name) for name in columns])
    writer.writerows([[_csv_cell(cell) for cell in row] for row in cells])
    return file.getvalue()


def _csv_cell(cell: Any) -> Any:
    if cell is None:
        return ""
    if not isinstance(cell, str):
        return cell
    text = printable(cell)
    if _FORMULA.match(text) and not _NUMBER.fullmatch(text):
        return f"'{text}"
    return text


def write_parquet(path: Path, columns: Sequence[str], cells: Sequence[Sequence[Any]]) -> None:
    """The table as Parquet, with the types that the cells have."""
    import pyarrow.parquet as pq

    table = arrow_table(columns, cells)
    with replacing(path) as temporary:
        pq.write_table(table, temporary, compression="zstd")


def arrow_table(columns: Sequence[str], cells: Sequence[Sequence[Any]]) -> Any:
    """The table as a ``pyarrow.Table``, with the types that the cells have."""
    import pyarrow as pa

    by_column = list(zip(*cells, strict=True)) or [() for _ in columns]
    fixed = {
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
    arrays = [
        pa.array(
            [float(cell) if kind == pa.float64() and cell is not None else cell for cell in values],
            type=kind,
        )
        for name, values in zip(columns, by_column, strict=True)
        for kind in [pa.string() if name in texts else fixed.get(name, pa.float64())]
    ]
    return pa.Table.from_arrays(arrays, names=list(columns))


def as_text(value: Any) -> str | None:
    """A cell: text stays as it is, None stays None, anything else becomes JSON."""
    if value is None or isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False, sort_keys=True, default=repr)
