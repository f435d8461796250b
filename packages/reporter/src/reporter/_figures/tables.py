"""The numbers of a figure as a table: for formats without drawings, and for screen readers."""

from collections.abc import Sequence

from .._model.figures import EcdfFigure, Figure, IntervalFigure, LineFigure
from .._model.numbers import number_text
from .._model.tables import Table

_MOST_ROWS = 25
_SHARES = (0.5, 0.9, 0.95, 0.99)


def figure_table(figure: Figure) -> Table:
    """What the figure shows, in numbers."""
    match figure:
        case IntervalFigure():
            return _intervals(figure)
        case LineFigure():
            return _curves(figure)
        case EcdfFigure():
            return _quantiles(figure)


def quantile(ordered: Sequence[float], share: float) -> float:
    """The smallest value that at least this share of the values do not exceed.

    It is read off the empirical distribution function itself, without interpolation (Hyndman and
    Fan 1996, definition 1).
    """
    # The product may miss a whole number by its last bit: 0.95 * 20 must give rank 19.
    rank = -int(-round(share * len(ordered), 9) // 1)
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
        shown = _evenly(len(curve.x), _MOST_ROWS)
        left_out += len(curve.x) - len(shown)
        rows += [(curve.label, _number(curve.x[place]), _number(curve.y[place])) for place in shown]
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
        values = (ordered[0], *(quantile(ordered, share) for share in _SHARES), ordered[-1])
        rows.append((sample.label, str(len(ordered)), *map(_number, values)))
    return Table(
        columns=("", "n", "min", *(f"P{round(100 * share)}" for share in _SHARES), "max"),
        rows=rows,
        caption=figure.caption,
        notes=f"{figure.axis or 'Values'}; percentiles without interpolation.",
    )


def _evenly(count: int, most: int) -> Sequence[int]:
    """Places spread over a sequence, its ends among them."""
    if count <= most:
        return range(count)
    return [round(place * (count - 1) / (most - 1)) for place in range(most)]


def _number(value: float | None) -> str:
    return "-" if value is None else number_text(value, digits=6, trim=True)
