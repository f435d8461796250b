"""The cells of a table, and the heads over several columns or rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from .._core.checks import checked_text, checked_texts, set_fields
from .._core.errors import ReportError
from .._core.json_values import Value
from .._numbers.number import Number


@dataclass(frozen=True, slots=True)
class Cell(Value):
    """A cell with footnotes or emphasis. A plain cell is a text or a ``Number`` by itself.

    Attributes:
        content: A text or a ``Number``.
        footnotes: The texts of its footnotes. Equal texts in one table share a mark.
        strong: Print it in bold.

    Raises:
        ReportError: The content is neither a text nor a ``Number``, or a footnote is empty.
    """

    content: str | Number
    footnotes: Sequence[str] = ()
    strong: bool = False

    def __post_init__(self) -> None:
        if not isinstance(self.content, Number):
            checked_text(self.content, "cell")
        footnotes = checked_texts(self.footnotes, "cell, footnotes")
        if not all(text.strip() for text in footnotes):
            raise ReportError("cell: a footnote is empty; give it a text")
        set_fields(self, footnotes=footnotes, strong=bool(self.strong))

    @property
    def text(self) -> str:
        """The text of the cell, without the marks of its footnotes."""
        return self.content.cell_text if isinstance(self.content, Number) else self.content


@dataclass(frozen=True, slots=True)
class ColumnSpan(Value):
    """A head over several columns.

    Attributes:
        label: Its text; empty for columns without one.
        columns: How many columns it covers.

    Raises:
        ReportError: The label is not a text, or it covers no column.
    """

    label: str
    columns: int

    def __post_init__(self) -> None:
        checked_text(self.label, "column span, label")
        _check_count(self.columns, f"column span {self.label!r}, columns")


@dataclass(frozen=True, slots=True)
class RowGroup(Value):
    """A head over several rows.

    Attributes:
        label: Its text.
        rows: How many rows it covers.

    Raises:
        ReportError: The label is not a text, or it covers no row.
    """

    label: str
    rows: int

    def __post_init__(self) -> None:
        checked_text(self.label, "row group, label")
        _check_count(self.rows, f"row group {self.label!r}, rows")


def as_cell(value: Any, where: str) -> Cell:
    """Return a cell from what a row holds, or raise a ``ReportError`` that names its place."""
    if isinstance(value, Cell):
        return value
    return Cell(value if isinstance(value, Number) else checked_text(value, where))


def cell_text(value: str | Number | Cell) -> str:
    """Return the text of a cell, without the marks of its footnotes."""
    if isinstance(value, str):
        return value
    return value.text if isinstance(value, Cell) else value.cell_text


def _check_count(count: object, where: str) -> None:
    if not isinstance(count, int) or isinstance(count, bool) or count < 1:
        raise ReportError(f"{where}: expected a whole number from 1 on, got {count!r}")
