"""Tables of texts and numbers, with heads over columns, groups of rows and footnotes."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

from .._core.checks import checked_text, checked_texts, checked_tuple, set_fields
from .._core.errors import ReportError
from .._core.json_values import Value
from .._numbers.number import Number
from .cells import Cell, ColumnSpan, RowGroup, as_cell, cell_text

Alignment = Literal["left", "right", "center"]
CellContent = str | Number | Cell
# Cells for a value that is not known; they do not make a column of numbers one of words.
_MISSING = ("", "-", "unknown")


@dataclass(frozen=True, slots=True, kw_only=True)
class Table(Value):
    """A table.

    Attributes:
        columns: The heads of the columns: texts, or ``Cell`` values for heads with footnotes.
        rows: The cells, row by row, each row as long as ``columns``: texts, ``Number`` or ``Cell``
            values.
        caption: What the table shows.
        notes: A remark below the table.
        align: ``left``, ``right`` or ``center`` for each column; empty aligns columns of numbers
            to the right and others to the left.
        spans: Heads over several columns, level by level from the top; the spans of each level
            cover all columns.
        groups: Heads over several rows, which together cover all rows; empty for none.
        label: The name by which texts refer to it, such as "tab:accuracy".

    Raises:
        ReportError: A row, ``align``, a level of ``spans`` or ``groups`` does not fit, or a cell
            is neither a text nor a number.
    """

    columns: Sequence[str | Cell]
    rows: Sequence[Sequence[CellContent]]
    caption: str = ""
    notes: str = ""
    align: Sequence[Alignment] = ()
    spans: Sequence[Sequence[ColumnSpan]] = ()
    groups: Sequence[RowGroup] = ()
    label: str = ""

    def __post_init__(self) -> None:
        where = f"table {self.caption!r}" if self.caption else "table"
        columns = _checked_cells(self.columns, f"{where}, columns")
        if not columns:
            raise ReportError(f"{where}: columns is empty; name at least one column")
        for field in ("caption", "notes", "label"):
            checked_text(getattr(self, field), f"table, {field}")
        rows = _checked_rows(self.rows, len(columns), where)
        levels = checked_tuple(self.spans, f"{where}, spans")
        set_fields(
            self,
            columns=columns,
            rows=rows,
            align=_checked_align(self.align, len(columns), where),
            spans=tuple(
                _covering(level, ColumnSpan, len(columns), f"{where}, spans") for level in levels
            ),
            groups=_covering(self.groups, RowGroup, len(rows), f"{where}, groups")
            if self.groups
            else (),
        )

    @property
    def alignment(self) -> tuple[Alignment, ...]:
        """The alignment of each column: as given, else right for columns of numbers."""
        if self.align:
            return tuple(self.align)
        return tuple(
            "right" if _is_numeric([row[column] for row in self.rows]) else "left"
            for column in range(len(self.columns))
        )


def _checked_cells(values: object, where: str) -> tuple[CellContent, ...]:
    cells = checked_tuple(values, where)
    for number, cell in enumerate(cells, start=1):
        if not isinstance(cell, str):
            as_cell(cell, f"{where}, entry {number}")
    return cells


def _checked_rows(rows: object, width: int, where: str) -> tuple[tuple[CellContent, ...], ...]:
    checked = []
    for number, row in enumerate(checked_tuple(rows, f"{where}, rows"), start=1):
        cells = _checked_cells(row, f"{where}, row {number}")
        if len(cells) != width:
            raise ReportError(f"{where}: row {number} has {len(cells)} cells, not {width}")
        checked.append(cells)
    return tuple(checked)


def _checked_align(align: object, width: int, where: str) -> tuple[str, ...]:
    entries = checked_texts(align, f"{where}, align")
    if entries and len(entries) != width:
        raise ReportError(f"{where}: align has {len(entries)} entries, not {width}")
    for entry in entries:
        if entry not in get_args(Alignment):
            known = ", ".join(get_args(Alignment))
            raise ReportError(f"{where}: unknown align {entry!r}; known: {known}")
    return entries


def _covering(
    values: object, kind: type[ColumnSpan] | type[RowGroup], size: int, where: str
) -> tuple[Any, ...]:
    """Return spans or groups that cover exactly all columns or rows."""
    entries = checked_tuple(values, where)
    for entry in entries:
        if not isinstance(entry, kind):
            raise ReportError(
                f"{where}: expected {kind.__name__} values, got {type(entry).__name__}"
            )
    covered: Callable[[Any], int] = lambda entry: (  # noqa: E731  # one use, two types
        entry.columns if isinstance(entry, ColumnSpan) else entry.rows
    )
    total = sum(map(covered, entries))
    if total != size:
        raise ReportError(f"{where}: they cover {total}, not {size}")
    return entries


def _is_numeric(cells: Sequence[CellContent]) -> bool:
    """Return whether a column holds numbers, some of which may be missing."""
    texts = [cell_text(cell).strip() for cell in cells]
    known = [text for text in texts if text not in _MISSING]
    return bool(known) and all(text.lstrip("+-<>$[ .∞")[:1].isdigit() for text in known)
