"""The numbers of a figure as a table, for formats without drawings and for screen readers."""

from collections.abc import Sequence

from .._model.evidence import Provenance
from .._model.figures import EcdfFigure, Figure, IntervalFigure, LineFigure
from .._model.tables import Table
from .._numbers.texts import number_text

_MAX_ROWS = 25
_QUANTILES = (0.5, 0.9, 0.95, 0.99)


def figure_table(figure: Figure) -> Table:
    """Return the numbers of a figure."""
    match figure:
        case IntervalFigure():
            return _intervals(figure)
        case LineFigure():
            return _curves(figure)
        case EcdfFigure():
            return _quantiles(figure)


def provenance_table(block: Provenance) -> Table:
    """Return the files of a report with their hashes."""
    return Table(
        columns=("File", "Content", "SHA-256"),
        rows=[(each.path, each.description, each.sha256) for each in block.artifacts],
        align=("left", "left", "left"),
    )


def empirical_quantile(ordered: Sequence[float], quantile: float) -> float:
    """Return the smallest value at which the distribution function reaches *quantile*.

    The inverse of the empirical distribution function, without interpolation: definition 1 of
    Hyndman and Fan (1996), Sample quantiles in statistical packages.
    """
    # The product may miss a whole number by its last bit: 0.95 * 20 must give rank 19.
    rank = -int(-round(quantile * len(ordered), 9) // 1)
    return ordered[max(rank, 1) - 1]


def _intervals(figure: IntervalFigure) -> Table:
    ends = any(point.low is not None for point in figure.points)
    rows = [
        (point.label, _number(point.value))
        + ((_number(point.low), _number(point.high)) if ends else ())
        for point in figure.points
    ]
    notes = "" if figure.reference is None else f"Reference: {_number(figure.reference)}."
    return Table(
        columns=("", figure.axis or "value", *(("low", "high") if ends else ())),
        rows=rows,
        caption=figure.caption,
        notes=notes,
    )


def _curves(figure: LineFigure) -> Table:
    rows, left_out = [], 0
    for curve in figure.curves:
        shown = _even_indices(len(curve.x), _MAX_ROWS)
        left_out += len(curve.x) - len(shown)
        rows += [(curve.label, _number(curve.x[index]), _number(curve.y[index])) for index in shown]
    return Table(
        columns=("", figure.x_axis or "x", figure.y_axis or "y"),
        rows=rows,
        caption=figure.caption,
        notes=f"{left_out} points between these are left out." if left_out else "",
    )


def _quantiles(figure: EcdfFigure) -> Table:
    rows = []
    for sample in figure.samples:
        ordered = sorted(sample.values)
        values = (
            ordered[0],
            *(empirical_quantile(ordered, quantile) for quantile in _QUANTILES),
            ordered[-1],
        )
        rows.append((sample.label, str(len(ordered)), *map(_number, values)))
    return Table(
        columns=("", "n", "min", *(f"P{round(100 * quantile)}" for quantile in _QUANTILES), "max"),
        rows=rows,
        caption=figure.caption,
        notes=f"{figure.axis or 'Values'}; percentiles without interpolation.",
    )


def _even_indices(length: int, max_indices: int) -> Sequence[int]:
    """Return indices spread evenly over a sequence, with its first and its last."""
    if length <= max_indices:
        return range(length)
    return [round(step * (length - 1) / (max_indices - 1)) for step in range(max_indices)]


def _number(value: float | None) -> str:
    return "-" if value is None else number_text(value, digits=6, trim=True)
