"""Tables of plain text."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from .._core.checks import checked_text, checked_texts, checked_tuple, set_fields
from .._core.errors import ReportError
from .._core.json_values import Value

Alignment = Literal["left", "right", "center"]
# Cells for a value that is not known; they do not make a column of numbers one of words.
_MISSING = ("", "-", "unknown")


@dataclass(frozen=True, slots=True, kw_only=True)
class Table(Value):
    """A table.

    Attributes:
        columns: The heads of the columns.
        rows: The cells, row by row, each row as long as ``columns``.
        caption: What the table shows.
        notes: A remark below the table.
        align: ``left``, ``right`` or ``center`` for each column; empty aligns columns of numbers
            to the right and others to the left.

    Raises:
        ReportError: A row, or ``align``, is not as long as ``columns``, or a cell is not a text.
    """

    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    caption: str = ""
    notes: str = ""
    align: Sequence[Alignment] = ()

    def __post_init__(self) -> None:
        where = f"table {self.caption!r}" if self.caption else "table"
        columns = checked_texts(self.columns, f"{where}, columns")
        if not columns:
            raise ReportError(f"{where}: columns is empty; name at least one column")
        checked_text(self.caption, "table, caption")
        checked_text(self.notes, f"{where}, notes")
        set_fields(
            self,
            columns=columns,
            rows=_checked_rows(self.rows, len(columns), where),
            align=_checked_align(self.align, len(columns), where),
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


def _checked_rows(rows: object, width: int, where: str) -> tuple[tuple[str, ...], ...]:
    checked = []
    for number, row in enumerate(checked_tuple(rows, f"{where}, rows"), start=1):
        cells = checked_texts(row, f"{where}, row {number}")
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


def _is_numeric(cells: Sequence[str]) -> bool:
    """Return whether a column holds numbers, some of which may be missing."""
    known = [cell.strip() for cell in cells if cell.strip() not in _MISSING]
    return bool(known) and all(cell.lstrip("+-<>$[ .∞")[:1].isdigit() for cell in known)
