"""A matrix of values as shaded squares with their numbers."""

from .._model.charts import MatrixFigure
from .._numbers.texts import number_text
from .shapes import Box, Drawing, Shape, Words, cut

_LABEL, _WIDTH, _TOP, _ROW = 150.0, 720.0, 84.0, 28.0
_MAX_CELL, _MAX_LABEL, _SHADES, _DIGITS_FROM = 90.0, 18, 60, 42.0


def draw_matrix(figure: MatrixFigure) -> Drawing:
    """Return a drawing whose shades grow with the values, up to 60 % to keep digits readable."""
    width = min(_MAX_CELL, (_WIDTH - _LABEL) / len(figure.columns))
    known = [value for row in figure.values for value in row if value is not None] or [0.0]
    low = min(known) if figure.low is None else figure.low
    high = max(known) if figure.high is None else figure.high
    shapes: list[Shape] = []
    for at, name in enumerate(figure.columns):
        x = _LABEL + (at + 0.5) * width
        shapes.append(Words("turned", x + 4, _TOP - 6, cut(name, 12), turned=True))
    for number, (name, row) in enumerate(zip(figure.rows, figure.values, strict=True)):
        y = _TOP + number * _ROW
        shapes.append(Words("label", _LABEL - 10, y + _ROW * 0.65, cut(name, _MAX_LABEL)))
        for at, value in enumerate(row):
            if value is not None:
                shade = _shade(value, low, high)
                shapes.append(Box(f"shade{shade}", _LABEL + at * width, y, width - 1, _ROW - 1))
            if width >= _DIGITS_FROM:
                text = "-" if value is None else number_text(value, digits=2, trim=True)
                x = _LABEL + (at + 0.5) * width
                shapes.append(Words("note", x, y + _ROW * 0.65, text))
    height = _TOP + _ROW * len(figure.rows) + 8
    return Drawing(_WIDTH, height, figure.caption or "matrix of values", tuple(shapes))


def _shade(value: float, low: float, high: float) -> int:
    """Return a shade in steps of five, from 5 to 60."""
    if high <= low:
        return 30
    share = min(max((value - low) / (high - low), 0.0), 1.0)
    return 5 * max(1, round(share * _SHADES / 5))
