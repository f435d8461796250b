"""Tables from columns, records and frames of pandas, Polars and Arrow."""

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol, runtime_checkable

from .._core.errors import ReportError
from .._model.cells import Cell
from .._model.tables import Alignment, Table
from .._numbers.number import Number
from .._numbers.units import Unit


@runtime_checkable
class FrameLike(Protocol):
    """A frame as pandas and Polars have it: names of columns, and a column by its name."""

    @property
    def columns(self) -> Any:
        """The names of the columns."""
        ...

    def __getitem__(self, name: Any, /) -> Any:
        """Return a column."""
        ...


@runtime_checkable
class ArrowLike(Protocol):
    """A table as Arrow has it."""

    def to_pydict(self) -> dict[str, list[Any]]:
        """Return the columns by name."""
        ...


TableData = Mapping[str, Sequence[Any]] | Sequence[Mapping[str, Any]] | FrameLike | ArrowLike


def table_from(
    data: TableData,
    *,
    units: Mapping[str, Unit] | None = None,
    heads: Mapping[str, str] | None = None,
    caption: str = "",
    notes: str = "",
    align: Sequence[Alignment] = (),
    label: str = "",
) -> Table:
    """Return a table from columns of values.

    Args:
        data: A dictionary of columns, a list of records, or a frame of pandas, Polars or Arrow.
        units: The unit of columns of numbers by name; other numbers have none.
        heads: The heads of columns by name; other columns have their name.
        caption: What the table shows.
        notes: A remark below the table.
        align: As of ``Table``.
        label: The name by which texts refer to the table.

    Returns:
        The table. Missing values read as a dash.

    Raises:
        ReportError: The data have no columns, the columns differ in length, or a unit or head is
            for a column that does not exist.

    Example:
        >>> table = table_from(
        ...     {"model": ["a", "b"], "accuracy": [0.912, 0.943]}, units={"accuracy": "share"}
        ... )
        >>> table.rows[1][1].text
        '94.3 %'
    """
    columns = columns_of(data)
    units, heads = units or {}, heads or {}
    if unknown := (units.keys() | heads.keys()) - columns.keys():
        raise ReportError(f"table_from: no column {min(unknown)!r}; known: {', '.join(columns)}")
    lengths = {name: len(values) for name, values in columns.items()}
    if len(set(lengths.values())) != 1:
        raise ReportError(f"table_from: the columns have different lengths: {lengths}")
    cells = {name: [_cell(each, units.get(name)) for each in columns[name]] for name in columns}
    return Table(
        columns=[heads.get(name, name) for name in columns],
        rows=list(zip(*cells.values(), strict=True)),
        caption=caption,
        notes=notes,
        align=align,
        label=label,
    )


def columns_of(data: object) -> dict[str, list[Any]]:
    """Return the columns of data by name, or raise a ``ReportError`` that says what fits."""
    if isinstance(data, Mapping):
        found = {str(name): list(values) for name, values in data.items()}
    elif isinstance(data, ArrowLike):
        found = {str(name): list(values) for name, values in data.to_pydict().items()}
    elif isinstance(data, FrameLike):
        found = {str(name): list(data[name]) for name in data.columns}
    elif isinstance(data, Sequence) and data and all(isinstance(row, Mapping) for row in data):
        found = _columns_of_records(data)
    else:
        raise ReportError(
            f"table_from: {type(data).__name__} has no columns; give a dictionary of columns, a"
            " list of records, or a frame"
        )
    if not found:
        raise ReportError("table_from: the data have no columns")
    return found


def _columns_of_records(rows: Iterable[Mapping[str, Any]]) -> dict[str, list[Any]]:
    rows = list(rows)
    names = dict.fromkeys(str(name) for row in rows for name in row)
    return {name: [row.get(name) for row in rows] for name in names}


def _cell(value: Any, unit: Unit | None) -> str | Number | Cell:
    if isinstance(value, Number | Cell | str):
        return value
    if hasattr(value, "item") and callable(value.item):
        value = value.item()  # a scalar of numpy
    if _is_missing(value):
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return Number(value=value, unit=unit or "number")
    return str(value)


def _is_missing(value: Any) -> bool:
    """Return whether a value is None, NaN, or the missing value of pandas."""
    if value is None or type(value).__name__ in ("NAType", "NaTType"):
        return True
    return isinstance(value, float) and math.isnan(value)
