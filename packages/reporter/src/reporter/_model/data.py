"""Measured values, and how numbers of the report follow from them."""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .._core.checks import checked_text, checked_tuple, set_fields
from .._core.errors import ReportError
from .._core.json_values import Value

Datum = str | float | bool | None
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*", re.ASCII)


@dataclass(frozen=True, slots=True)
class DataSet(Value):
    """Columns of measured values.

    Attributes:
        name: Its name, of letters, digits and underscores; it becomes part of a file's name.
        columns: The values by the name of their column: a dictionary, or pairs (name, values). All
            columns have the same length. NaN is kept as None.

    Raises:
        ReportError: A name or a value does not fit, or the lengths differ.
    """

    name: str
    columns: Mapping[str, Sequence[Datum]] | Sequence[tuple[str, Sequence[Datum]]]

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(checked_text(self.name, "data, name")):
            raise ReportError(f"data {self.name!r}: a name has letters, digits and underscores")
        pairs = self.columns.items() if isinstance(self.columns, Mapping) else self.columns
        columns = tuple(
            (checked_text(name, f"data {self.name!r}, column"), _values(values, name))
            for name, values in pairs
        )
        lengths = {name: len(values) for name, values in columns}
        if len(set(lengths.values())) > 1 or len(lengths) != len(columns):
            raise ReportError(
                f"data {self.name!r}: columns need equal lengths and different names, got {lengths}"
            )
        set_fields(self, columns=columns)

    def column(self, name: str) -> tuple[Datum, ...]:
        """Return the values of a column.

        Raises:
            ReportError: There is no column of this name.
        """
        columns: dict[str, tuple[Datum, ...]] = dict(self.columns)  # type: ignore[arg-type]
        if name not in columns:
            raise ReportError(f"data {self.name!r}: no column {name!r}; known: {list(columns)}")
        return columns[name]


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe(Value):
    """How a number of the report follows from the data.

    A notebook runs the code, so it must come from the author of the report and never from a model.

    Attributes:
        number: The name of the number.
        code: A Python expression of its value. ``data`` has the columns: ``data["run"]["score"]``.
        setup: Statements to run before, such as imports.

    Raises:
        ReportError: A field is not a text, or the code is not a Python expression.
    """

    number: str
    code: str
    setup: str = ""

    def __post_init__(self) -> None:
        checked_text(self.number, "recipe, number")
        for field, mode in (("code", "eval"), ("setup", "exec")):
            source = checked_text(getattr(self, field), f"recipe {self.number!r}, {field}")
            try:
                compile(source, "recipe", mode)
            except (SyntaxError, ValueError) as error:
                raise ReportError(
                    f"recipe {self.number!r}: {field} is not Python: {error}"
                ) from error


def _values(values: Any, name: str) -> tuple[Datum, ...]:
    return tuple(_datum(value, name) for value in checked_tuple(values, f"column {name!r}"))


def _datum(value: Any, name: str) -> Datum:
    if value is None or isinstance(value, str | bool):
        return value
    if hasattr(value, "item") and callable(value.item):
        value = value.item()  # a scalar of numpy
    if isinstance(value, int | str | bool):
        return value
    if not isinstance(value, float):
        raise ReportError(f"column {name!r}: expected numbers or texts, got {type(value).__name__}")
    if math.isinf(value):
        raise ReportError(f"column {name!r}: a value is infinite; leave it out or pass None")
    return None if math.isnan(value) else value
