"""Curves and empirical distribution functions as drawings."""

from collections.abc import Iterable, Iterator, Sequence

from .._model.figures import Curve, EcdfFigure, LineFigure
from .axes import Scale, linear, logarithmic
from .shapes import Dot, Drawing, Line, Path, Position, Shape, Words, cut

WIDTH, HEIGHT = 720.0, 340.0
LEFT, RIGHT, TOP, FLOOR = 78.0, 520.0, 12.0, 288.0
_KEY, _KEY_ROW, _MAX_LABEL = 540.0, 24.0, 19
# More dots than this on one curve touch each other.
_MAX_DOTS = 40

Positions = list[Position]


def draw_lines(figure: LineFigure) -> Drawing:
    """Return a drawing with a line for each curve and a dot at each point."""
    x = linear((value for curve in figure.curves for value in curve.x), LEFT, RIGHT)
    heights = (each for curve in figure.curves for each in (*curve.y, *curve.low, *curve.high))
    y = linear(heights, FLOOR, TOP)
    parts: list[Shape] = [
        *frame(x, y, figure.x_axis, figure.y_axis),
        *_key(curve.label for curve in figure.curves),
    ]
    if figure.diagonal:
        low, high = max(x.low, y.low), min(x.high, y.high)
        shapes = [Line("reference", x(low), y(low), x(high), y(high))] if low < high else []
        parts += shapes
    for number, curve in enumerate(figure.curves):
        if curve.low:
            parts.append(Path(f"band b{number}", _band(curve, x, y), closed=True))
        positions = _distinct(zip(map(x, curve.x), map(y, curve.y), strict=True))
        parts.append(Path(f"curve c{number}", positions))
        if len(positions) <= _MAX_DOTS:
            parts += [Dot(f"dot d{number}", *position, 3.5) for position in positions]
    return Drawing(WIDTH, HEIGHT, figure.caption or "curves", tuple(parts))


def _band(curve: Curve, x: Scale, y: Scale) -> Positions:
    """Return the outline of the intervals: the upper ends, then the lower ones backwards."""
    upper = zip(map(x, curve.x), map(y, curve.high), strict=True)
    lower = zip(map(x, curve.x), map(y, curve.low), strict=True)
    return [*_distinct(upper), *reversed(_distinct(lower))]


def draw_ecdf(figure: EcdfFigure) -> Drawing:
    """Return a drawing with a step function from 0 to 1 for each sample."""
    values = [value for sample in figure.samples for value in sample.values]
    x = (logarithmic if figure.log else linear)(values, LEFT, RIGHT)
    y = linear((0.0, 1.0), FLOOR, TOP)
    parts: list[Shape] = [
        *frame(x, y, figure.axis, "share at or below"),
        *_key(sample.label for sample in figure.samples),
    ]
    for number, sample in enumerate(figure.samples):
        steps = list(_step_function(sample.values, x, y))
        parts.append(Path(f"curve c{number}", steps))
    return Drawing(WIDTH, HEIGHT, figure.caption or "cumulative distributions", tuple(parts))


def _step_function(values: Sequence[float], x: Scale, y: Scale) -> Iterator[Position]:
    """Yield one step for each position that the drawing resolves, for any number of values."""
    steps: dict[float, float] = {}
    for number, value in enumerate(sorted(values), start=1):
        steps[round(2 * x(value)) / 2] = round(y(number / len(values)), 1)
    before = FLOOR
    yield (LEFT, before)
    for position, height in steps.items():
        yield (position, before)
        yield (position, height)
        before = height
    yield (RIGHT, before)


def _distinct(positions: Iterable[tuple[float, float]]) -> Positions:
    """Return the positions, rounded, without those equal to the one before."""
    distinct: Positions = []
    for x, y in positions:
        position = (round(x, 1), round(y, 1))
        if not distinct or distinct[-1] != position:
            distinct.append(position)
    return distinct


def frame(x: Scale, y: Scale, x_axis: str, y_axis: str) -> Iterator[Shape]:
    """Yield the grid, the numbers and the names of two axes."""
    for tick in x.ticks:
        yield Line("grid", x(tick), TOP, x(tick), FLOOR)
        yield Words("tick", x(tick), FLOOR + 18, x.tick_text(tick))
    for tick in y.ticks:
        yield Line("grid", LEFT, y(tick), RIGHT, y(tick))
        yield Words("label tick-left", LEFT - 8, y(tick) + 4, y.tick_text(tick))
    yield Words("axis", (LEFT + RIGHT) / 2, HEIGHT - 10, x_axis)
    yield Words("axis", 14, (TOP + FLOOR) / 2, y_axis, turned=True)


def _key(labels: Iterable[str]) -> Iterator[Shape]:
    for number, text in enumerate(labels):
        y = TOP + _KEY_ROW * (number + 0.5)
        yield Line(f"curve c{number}", _KEY, y, _KEY + 30, y)
        yield Words("key", _KEY + 38, y + 4, cut(text, _MAX_LABEL))
