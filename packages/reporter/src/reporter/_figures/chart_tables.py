"""The numbers of charts as tables."""

from collections.abc import Sequence

from .._model.charts import (
    MatrixFigure,
    PairedFigure,
    RaincloudFigure,
    RankFigure,
    ScatterFigure,
    TimelineFigure,
)
from .._model.figures import FigureValue, Sample
from .._model.tables import Table
from .._numbers.texts import number_text

_MAX_ROWS = 25
_QUANTILES = (0.5, 0.9, 0.95, 0.99)
_QUARTILES = (0.25, 0.5, 0.75)


def chart_table(figure: FigureValue) -> Table:
    """Return the numbers of a chart."""
    match figure:
        case ScatterFigure():
            return _scatter(figure)
        case PairedFigure():
            return _paired(figure)
        case RaincloudFigure():
            return quantile_table(figure.samples, figure.caption, figure.axis, _QUARTILES)
        case MatrixFigure():
            rows = [
                (name, *map(number_cell, row))
                for name, row in zip(figure.rows, figure.values, strict=True)
            ]
            return Table(columns=("", *figure.columns), rows=rows, caption=figure.caption)
        case RankFigure():
            return _ranks(figure)
        case TimelineFigure():
            return _timeline(figure)
    raise TypeError(f"{type(figure).__name__} has no table")


def quantile_table(
    samples: Sequence[Sample],
    caption: str,
    axis: str,
    quantiles: Sequence[float] = _QUANTILES,
) -> Table:
    """Return the size, the ends and some quantiles of each sample."""
    rows = []
    for sample in samples:
        ordered = sorted(sample.values)
        middle = (empirical_quantile(ordered, quantile) for quantile in quantiles)
        values = (ordered[0], *middle, ordered[-1])
        rows.append((sample.label, str(len(ordered)), *map(number_cell, values)))
    return Table(
        columns=("", "n", "min", *(f"P{round(100 * each)}" for each in quantiles), "max"),
        rows=rows,
        caption=caption,
        notes=f"{axis or 'Values'}; percentiles without interpolation.",
    )


def empirical_quantile(ordered: Sequence[float], quantile: float) -> float:
    """Return the smallest value at which the distribution function reaches *quantile*.

    The inverse of the empirical distribution function, without interpolation: definition 1 of
    Hyndman and Fan (1996), Sample quantiles in statistical packages.
    """
    # The product may miss a whole number by its last bit: 0.95 * 20 must give rank 19.
    rank = -int(-round(quantile * len(ordered), 9) // 1)
    return ordered[max(rank, 1) - 1]


def even_indices(length: int, max_indices: int = _MAX_ROWS) -> Sequence[int]:
    """Return indices spread evenly over a sequence, with its first and its last."""
    if length <= max_indices:
        return range(length)
    return [round(step * (length - 1) / (max_indices - 1)) for step in range(max_indices)]


def number_cell(value: float | None) -> str:
    """Return a number with up to six digits; a dash for None."""
    return "-" if value is None else number_text(value, digits=6, trim=True)


def _scatter(figure: ScatterFigure) -> Table:
    front = figure.front_dots if figure.front else ()
    return Table(
        columns=(
            "",
            figure.x_axis or "x",
            figure.y_axis or "y",
            *(("on the front",) if figure.front else ()),
        ),
        rows=[
            (
                dot.label,
                number_cell(dot.x),
                number_cell(dot.y),
                *(("yes" if dot in front else "no",) if figure.front else ()),
            )
            for dot in figure.dots
        ],
        caption=figure.caption,
    )


def _paired(figure: PairedFigure) -> Table:
    shown = even_indices(len(figure.before))
    left_out = len(figure.before) - len(shown)
    pairs = [(figure.before[at], figure.after[at]) for at in shown]
    return Table(
        columns=("Item", *figure.labels, "difference"),
        rows=[
            (str(at + 1), *map(number_cell, (before, after, after - before)))
            for at, (before, after) in zip(shown, pairs, strict=True)
        ],
        caption=figure.caption,
        notes=f"{left_out} items between these are left out." if left_out else figure.axis,
    )


def _ranks(figure: RankFigure) -> Table:
    ordered = sorted(figure.ranks, key=lambda pair: pair[1])
    return Table(
        columns=("", "mean rank"),
        rows=[(name, number_cell(rank)) for name, rank in ordered],
        caption=figure.caption,
        notes=f"Critical difference: {number_cell(figure.critical_difference)}.",
    )


def _timeline(figure: TimelineFigure) -> Table:
    labels = dict.fromkeys(span.label for span in figure.spans)
    rows = []
    for label in labels:
        spans = [span for span in figure.spans if span.label == label]
        busy = sum(span.end - span.start for span in spans)
        ends = (min(span.start for span in spans), max(span.end for span in spans), busy)
        rows.append((label, str(len(spans)), *map(number_cell, ends)))
    return Table(
        columns=("", "n", "first start", "last end", "sum of durations"),
        rows=rows,
        caption=figure.caption,
        notes=figure.axis,
    )
