"""The numbers of a figure as a table, for formats without drawings and for screen readers."""

from .._model.evidence import Provenance
from .._model.figures import EcdfFigure, FigureValue, IntervalFigure, LineFigure
from .._model.tables import Table
from .chart_tables import chart_table, even_indices, number_cell, quantile_table


def figure_table(figure: FigureValue) -> Table:
    """Return the numbers of a figure."""
    match figure:
        case IntervalFigure():
            return _intervals(figure)
        case LineFigure():
            return _curves(figure)
        case EcdfFigure():
            return quantile_table(figure.samples, figure.caption, figure.axis)
        case _:
            return chart_table(figure)


def provenance_table(block: Provenance) -> Table:
    """Return the files of a report with their hashes."""
    return Table(
        columns=("File", "Content", "SHA-256"),
        rows=[(each.path, each.description, each.sha256) for each in block.artifacts],
        align=("left", "left", "left"),
    )


def _intervals(figure: IntervalFigure) -> Table:
    ends = any(point.low is not None for point in figure.points)
    rows = [
        (point.label, number_cell(point.value))
        + ((number_cell(point.low), number_cell(point.high)) if ends else ())
        for point in figure.points
    ]
    notes = "" if figure.reference is None else f"Reference: {number_cell(figure.reference)}."
    return Table(
        columns=("", figure.axis or "value", *(("low", "high") if ends else ())),
        rows=rows,
        caption=figure.caption,
        notes=notes,
    )


def _curves(figure: LineFigure) -> Table:
    bands = any(curve.low for curve in figure.curves)
    rows, left_out = [], 0
    for curve in figure.curves:
        shown = even_indices(len(curve.x))
        left_out += len(curve.x) - len(shown)
        for at in shown:
            ends = (curve.low[at], curve.high[at]) if curve.low else (None, None)
            numbers = (curve.x[at], curve.y[at], *(ends if bands else ()))
            rows.append((curve.label, *map(number_cell, numbers)))
    return Table(
        columns=(
            "",
            figure.x_axis or "x",
            figure.y_axis or "y",
            *(("low", "high") if bands else ()),
        ),
        rows=rows,
        caption=figure.caption,
        notes=f"{left_out} points between these are left out." if left_out else "",
    )
