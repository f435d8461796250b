"""Tables of plain text."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from .._core.checks import freeze, several, text, texts
from .._core.errors import ReportError

Align = Literal["left", "right", "center"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table.

    Attributes:
        columns: The heads of the columns.
        rows: The cells, row by row, each row as long as ``columns``.
        caption: What it shows.
        notes: A remark below it.
        align: ``left``, ``right`` or ``center`` for each column; numbers to the right when left
            out.

    Raises:
        ReportError: A row, or ``align``, is not as long as ``columns``, or a cell is no text.
    """

    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    caption: str = ""
    notes: str = ""
    align: Sequence[Align] = ()

    def __post_init__(self) -> None:
        where = f"table {self.caption!r}" if self.caption else "table"
        columns = texts(self.columns, f"{where}, columns")
        width = len(columns)
        if not columns:
            raise ReportError(f"{where}: there are no columns")
        rows = []
        for number, row in enumerate(several(self.rows, f"{where}, rows"), start=1):
            cells = texts(row, f"{where}, row {number}")
            if len(cells) != width:
                raise ReportError(f"{where}: row {number} has {len(cells)} cells, not {width}")
            rows.append(cells)
        align = texts(self.align, f"{where}, align")
        if align and len(align) != width:
            raise ReportError(f"{where}: align has {len(align)} entries, not {width}")
        for entry in align:
            if entry not in get_args(Align):
                raise ReportError(f"{where}: unknown align {entry!r}; known: left, right, center")
        text(self.caption, "table, caption")
        text(self.notes, f"{where}, notes")
        freeze(self, columns=columns, rows=tuple(rows), align=align)

    @property
    def alignment(self) -> tuple[Align, ...]:
        """The alignment of each column: as given, else right for columns of numbers."""
        if self.align:
            return tuple(self.align)
        return tuple(
            "right" if _numeric([row[column] for row in self.rows]) else "left"
            for column in range(len(self.columns))
        )


def _numeric(cells: Sequence[str]) -> bool:
    """Whether a column holds numbers, some of which may be missing."""
    known = [cell.strip() for cell in cells if cell.strip() not in ("", "-", "unknown")]
    return bool(known) and all(cell.lstrip("+-<>$[ .∞")[:1].isdigit() for cell in known)
