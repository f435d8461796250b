"""A table as every format sets it: texts, spans, groups, and footnotes with their marks."""

from collections.abc import Sequence
from dataclasses import dataclass

from .cells import Cell, ColumnSpan, as_cell
from .tables import Alignment, CellContent, Table

# Longer tables are for programs, not for readers.
MAX_ROWS = 500
_LETTERS = "abcdefghijklmnoprstuvwxyz"  # Unicode has no raised q


@dataclass(frozen=True, slots=True)
class SetCell:
    """A cell with its text, the marks of its footnotes, its alignment and its emphasis."""

    text: str
    marks: str
    align: Alignment
    strong: bool = False


@dataclass(frozen=True, slots=True)
class SetGroup:
    """Rows with the head above them; empty for rows without one."""

    label: str
    rows: tuple[tuple[SetCell, ...], ...]


@dataclass(frozen=True, slots=True)
class TableLayout:
    """A table with its marks decided.

    Attributes:
        spans: The heads over several columns, level by level.
        heads: The heads of the columns.
        groups: The rows in their groups; one group without a label for a plain table.
        footnotes: (mark, text) in order.
    """

    spans: tuple[tuple[ColumnSpan, ...], ...]
    heads: tuple[SetCell, ...]
    groups: tuple[SetGroup, ...]
    footnotes: tuple[tuple[str, str], ...]


def table_layout(table: Table, *, max_rows: int | None = MAX_ROWS) -> TableLayout:
    """Return the layout of a table. Marks are letters in reading order.

    Args:
        table: The table.
        max_rows: Rows after so many are left out, and a footnote says so; None keeps all.
    """
    marks: dict[str, str] = {}
    alignment = table.alignment
    heads = _set_row(table.columns, alignment, marks)
    rows = [_set_row(row, alignment, marks) for row in table.rows[:max_rows]]
    groups, start = [], 0
    for group in table.groups:
        if start < len(rows):
            groups.append(SetGroup(group.label, tuple(rows[start : start + group.rows])))
        start += group.rows
    if not table.groups:
        groups = [SetGroup("", tuple(rows))]
    footnotes = tuple((mark, text) for text, mark in marks.items())
    if len(rows) < len(table.rows):
        text = f"The first {len(rows):,} of {len(table.rows):,} rows; the CSV format has all."
        footnotes += (("", text),)
    spans = tuple(tuple(level) for level in table.spans)
    return TableLayout(spans, heads, tuple(groups), footnotes)


def _set_row(
    row: Sequence[CellContent], alignment: Sequence[Alignment], marks: dict[str, str]
) -> tuple[SetCell, ...]:
    return tuple(
        _set_cell(as_cell(cell, "cell"), align, marks)
        for cell, align in zip(row, alignment, strict=True)
    )


def _set_cell(cell: Cell, align: Alignment, marks: dict[str, str]) -> SetCell:
    for text in cell.footnotes:
        marks.setdefault(text, _mark(len(marks)))
    own = ",".join(marks[text] for text in cell.footnotes)
    return SetCell(cell.text, own, align, cell.strong)


def _mark(number: int) -> str:
    """Return a, b, ..., z, aa, ab and so on."""
    first, last = divmod(number, len(_LETTERS))
    return (_mark(first - 1) if first else "") + _LETTERS[last]
