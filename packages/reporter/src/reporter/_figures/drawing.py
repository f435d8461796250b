"""Any figure as a drawing, and the drawing of values with their intervals."""

from collections.abc import Callable, Iterator
from typing import Any

from .._model.charts import (
    MatrixFigure,
    PairedFigure,
    RaincloudFigure,
    RankFigure,
    ScatterFigure,
    TimelineFigure,
)
from .._model.figures import EcdfFigure, FigureValue, IntervalFigure, LineFigure, Point
from .axes import Scale, linear
from .clouds import draw_raincloud
from .curves import draw_ecdf, draw_lines
from .matrix import draw_matrix
from .points import draw_paired, draw_scatter
from .rows import draw_ranks, draw_timeline
from .shapes import Dot, Drawing, Line, Shape, Words, box_between, cut

_WIDTH, _ROW, _TOP, _BOTTOM, _LABEL, _RIGHT = 720, 30, 10, 46, 200, 44
_MAX_LABEL = 24


_DRAW: dict[type, Callable[[Any], Drawing]] = {
    EcdfFigure: draw_ecdf,
    LineFigure: draw_lines,
    MatrixFigure: draw_matrix,
    PairedFigure: draw_paired,
    RaincloudFigure: draw_raincloud,
    RankFigure: draw_ranks,
    ScatterFigure: draw_scatter,
    TimelineFigure: draw_timeline,
}


def draw_figure(figure: FigureValue) -> Drawing:
    """Return a figure as a drawing."""
    if isinstance(figure, IntervalFigure):
        return _draw_intervals(figure)
    return _DRAW[type(figure)](figure)


def _draw_intervals(figure: IntervalFigure) -> Drawing:
    floor = _TOP + _ROW * len(figure.points)
    scale = linear(_numbers(figure), _LABEL, _WIDTH - _RIGHT)
    parts: list[Shape] = []
    for tick in scale.ticks:
        parts += [
            Line("grid", scale(tick), _TOP, scale(tick), floor),
            Words("tick", scale(tick), floor + 18, scale.tick_text(tick)),
        ]
    if figure.reference is not None:
        x = scale(figure.reference)
        parts.append(Line("reference", x, _TOP, x, floor))
    for number, point in enumerate(figure.points):
        parts += _point(point, scale, _TOP + _ROW * (number + 0.5), bars=figure.bars)
    middle = (_LABEL + _WIDTH - _RIGHT) / 2
    parts.append(Words("axis", middle, floor + _BOTTOM - 8, figure.axis))
    title = figure.caption or "values with their intervals"
    return Drawing(_WIDTH, floor + _BOTTOM, title, tuple(parts))


def _point(point: Point, scale: Scale, y: float, *, bars: bool) -> Iterator[Shape]:
    yield Words("label", _LABEL - 14, y + 4, cut(point.label, _MAX_LABEL))
    if bars:
        yield box_between("bar", scale(0.0), scale(point.value), y - _ROW * 0.3, _ROW * 0.6)
    if point.low is not None and point.high is not None:
        kind = "interval whisker" if bars else "interval"
        yield Line(kind, scale(point.low), y, scale(point.high), y)
    if not bars:
        yield Dot("value", scale(point.value), y, 4.5)


def _numbers(figure: IntervalFigure) -> Iterator[float]:
    """Yield the numbers that the axis covers."""
    if figure.bars:
        yield 0.0
    if figure.reference is not None:
        yield figure.reference
    for point in figure.points:
        yield point.value
        if point.low is not None and point.high is not None:
            yield point.low
            yield point.high
