"""Parts of a report from their plain values, as ``to_dict`` gives them."""

from collections.abc import Mapping
from dataclasses import MISSING, fields
from typing import Any

from .._core.errors import ReportError
from .._numbers.interval import Interval
from .._numbers.number import Number
from .blocks import Bullets, Callout, Code, KeyValues, Paragraph, TestLine
from .cells import Cell, ColumnSpan, RowGroup
from .charts import (
    Dot,
    MatrixFigure,
    PairedFigure,
    RaincloudFigure,
    RankFigure,
    ScatterFigure,
    TimelineFigure,
    TimeSpan,
)
from .data import DataSet, Recipe
from .document import Section
from .evidence import Artifact, Provenance, Reference, References, Verdict
from .figures import Curve, EcdfFigure, IntervalFigure, LineFigure, Point, Sample
from .inline import InlineText
from .tables import Table

PARTS: dict[str, type] = {
    kind.__name__: kind
    for kind in (
        *(Bullets, Callout, Code, KeyValues, Paragraph, TestLine, InlineText),
        *(Cell, ColumnSpan, RowGroup, Table, Number, Interval),
        *(DataSet, Recipe),
        *(Artifact, Provenance, Reference, References, Verdict, Section),
        *(Dot, MatrixFigure, PairedFigure, RaincloudFigure, RankFigure),
        *(ScatterFigure, TimelineFigure, TimeSpan),
        *(Curve, EcdfFigure, IntervalFigure, LineFigure, Point, Sample),
    )
}
_AS_WRITTEN = ("metadata",)


def part_from(values: Mapping[str, Any], kind: type | None = None, where: str = "report") -> Any:
    """Return the part that plain values describe.

    Args:
        values: The fields by name; ``type`` is the name of the class.
        kind: The class; None takes it from ``type``.
        where: The place of the values, for errors.

    Returns:
        The part, checked as if it had been made by hand.

    Raises:
        ReportError: The type is unknown, or a field is missing, unknown or does not fit.
    """
    name = values.get("type", kind.__name__ if kind else None)
    found = kind if kind and name == kind.__name__ else PARTS.get(str(name))
    if found is None:
        raise ReportError(f"{where}: unknown type {name!r}; this is not a report's own JSON")
    known = {field.name: field for field in fields(found)}
    given = {key: value for key, value in values.items() if key != "type"}
    if unknown := given.keys() - known.keys():
        raise ReportError(f"{where}: {found.__name__} has no field {min(unknown)!r}")
    for field in known.values():
        needed = field.default is MISSING and field.default_factory is MISSING
        if needed and field.name not in given:
            raise ReportError(f"{where}: {found.__name__} needs the field {field.name!r}")
    return found(
        **{
            key: value if key in _AS_WRITTEN else _decoded(value, f"{where}, {key}")
            for key, value in given.items()
        }
    )


def _decoded(value: Any, where: str) -> Any:
    if isinstance(value, Mapping):
        return part_from(value, where=where)
    if isinstance(value, list | tuple):
        return tuple(_decoded(entry, f"{where}[{n}]") for n, entry in enumerate(value))
    return value
