"""Any figure as SVG, and the drawing of values with their intervals."""

from collections.abc import Iterator

from .._model.figures import EcdfFigure, Figure, IntervalFigure, LineFigure, Point
from . import svg
from .axes import Scale, linear
from .curves import ecdf_svg, lines_svg

_WIDTH, _ROW, _TOP, _BOTTOM, _LABEL, _RIGHT = 720, 30, 10, 46, 200, 44
_MAX_LABEL = 24


def figure_svg(figure: Figure) -> str:
    """Return a figure as SVG markup. Every text in it is escaped."""
    match figure:
        case IntervalFigure():
            return _intervals_svg(figure)
        case LineFigure():
            return lines_svg(figure)
        case EcdfFigure():
            return ecdf_svg(figure)


def _intervals_svg(figure: IntervalFigure) -> str:
    floor = _TOP + _ROW * len(figure.points)
    scale = linear(_numbers(figure), _LABEL, _WIDTH - _RIGHT)
    parts = []
    for tick in scale.ticks:
        parts += [
            svg.line("grid", scale(tick), _TOP, scale(tick), floor),
            svg.words("tick", scale(tick), floor + 18, scale.tick_text(tick)),
        ]
    if figure.reference is not None:
        x = scale(figure.reference)
        parts.append(svg.line("reference", x, _TOP, x, floor))
    for number, point in enumerate(figure.points):
        parts += _point(point, scale, _TOP + _ROW * (number + 0.5), bars=figure.bars)
    middle = (_LABEL + _WIDTH - _RIGHT) / 2
    parts.append(svg.words("axis", middle, floor + _BOTTOM - 8, figure.axis))
    return svg.page(_WIDTH, floor + _BOTTOM, figure.caption or "values with their intervals", parts)


def _point(point: Point, scale: Scale, y: float, *, bars: bool) -> Iterator[str]:
    yield svg.label("label", _LABEL - 14, y + 4, point.label, _MAX_LABEL)
    if bars:
        yield svg.box("bar", scale(0.0), scale(point.value), y - _ROW * 0.3, _ROW * 0.6)
    if point.low is not None and point.high is not None:
        kind = "interval whisker" if bars else "interval"
        yield svg.line(kind, scale(point.low), y, scale(point.high), y)
    if not bars:
        yield svg.dot("value", scale(point.value), y, 4.5)


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
