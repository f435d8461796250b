"""Scatter plots, and pairs of values joined by lines."""

from .._model.charts import PairedFigure, ScatterFigure
from .axes import linear
from .curves import FLOOR, HEIGHT, LEFT, RIGHT, TOP, WIDTH, frame
from .shapes import Dot, Drawing, Line, Path, Position, Shape, Words, cut

_MAX_LABEL, _LABEL_GAP = 22, 14.0
_BEFORE, _AFTER = 230.0, 540.0
_MAX_LINES = 300


def draw_scatter(figure: ScatterFigure) -> Drawing:
    """Return a drawing with a named dot for each point, and the front as steps."""
    x = linear((dot.x for dot in figure.dots), LEFT, RIGHT)
    y = linear((dot.y for dot in figure.dots), FLOOR, TOP)
    shapes: list[Shape] = [*frame(x, y, figure.x_axis, figure.y_axis)]
    if figure.front:
        shapes.append(Path("curve c1", _steps([(x(d.x), y(d.y)) for d in figure.front_dots])))
    taken: list[float] = []
    for dot in sorted(figure.dots, key=lambda each: -each.y):
        place = (round(x(dot.x), 1), round(y(dot.y), 1))
        shapes.append(Dot("value", *place, 4.5))
        height = place[1] + 4 if not taken else max(place[1] + 4, taken[-1] + _LABEL_GAP)
        taken.append(height)
        shapes.append(Words("key", RIGHT + 18, height, cut(dot.label, _MAX_LABEL)))
        shapes.append(Line("grid", place[0] + 5, place[1], RIGHT + 14, height - 4))
    height = max(HEIGHT, taken[-1] + 10)
    return Drawing(WIDTH, height, figure.caption or "points", tuple(shapes))


def draw_paired(figure: PairedFigure) -> Drawing:
    """Return a drawing with a line from each item's value on the left to that on the right."""
    y = linear((*figure.before, *figure.after), FLOOR, TOP)
    shapes: list[Shape] = []
    for tick in y.ticks:
        shapes.append(Line("grid", LEFT, y(tick), RIGHT + 120, y(tick)))
        shapes.append(Words("label tick-left", LEFT - 8, y(tick) + 4, y.tick_text(tick)))
    every = -(-len(figure.before) // _MAX_LINES)
    pairs = list(zip(figure.before, figure.after, strict=True))
    for before, after in pairs[::every]:
        shapes.append(Line("pair", _BEFORE, y(before), _AFTER, y(after)))
    means = [sum(side) / len(side) for side in (figure.before, figure.after)]
    shapes.append(Line("interval", _BEFORE, y(means[0]), _AFTER, y(means[1])))
    for place, name, mean in zip((_BEFORE, _AFTER), figure.labels, means, strict=True):
        shapes.append(Dot("value", place, y(mean), 5.5))
        shapes.append(Words("note", place, FLOOR + 22, cut(name, _MAX_LABEL)))
    shapes.append(Words("axis", 14, (TOP + FLOOR) / 2, figure.axis, turned=True))
    title = figure.caption or "pairs of values"
    return Drawing(WIDTH, HEIGHT, title, tuple(shapes))


def _steps(positions: list[Position]) -> list[Position]:
    steps: list[Position] = []
    for x, y in positions:
        if steps:
            steps.append((round(x, 1), steps[-1][1]))
        steps.append((round(x, 1), round(y, 1)))
    return steps
