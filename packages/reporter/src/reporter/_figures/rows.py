"""Mean ranks with their critical difference, and timelines."""

from .._model.charts import RankFigure, TimelineFigure
from .axes import linear
from .shapes import Box, Dot, Drawing, Line, Shape, Words, cut

_WIDTH, _LABEL, _RIGHT = 720.0, 190.0, 676.0
_TOP, _ROW, _BOTTOM, _MAX_LABEL = 40.0, 24.0, 44.0, 23
_MIN_BAR = 0.6


def draw_ranks(figure: RankFigure) -> Drawing:
    """Return a drawing with a row for each method and a thick line over each group."""
    ordered = sorted(figure.ranks, key=lambda pair: pair[1])
    scale = linear((1.0, *(rank for _, rank in ordered)), _LABEL, _RIGHT)
    cliques = figure.cliques
    top = _TOP + 10 * len(cliques)
    floor = top + _ROW * len(ordered)
    shapes: list[Shape] = []
    for tick in scale.ticks:
        shapes.append(Line("grid", scale(tick), top, scale(tick), floor))
        shapes.append(Words("tick", scale(tick), floor + 18, scale.tick_text(tick)))
    start = scale(scale.low)
    length = (figure.critical_difference / (scale.high - scale.low)) * (_RIGHT - _LABEL)
    if length <= _RIGHT - _LABEL:
        shapes.append(Line("rule", start, 12, start + length, 12))
        shapes.append(Words("key", start + length + 8, 16, "critical difference"))
    for number, (first, last) in enumerate(cliques):
        y = _TOP - 8 + 10 * number
        shapes.append(Line("clique", scale(first) - 3, y, scale(last) + 3, y))
    for number, (name, rank) in enumerate(ordered):
        y = top + _ROW * (number + 0.5)
        shapes.append(Words("label", _LABEL - 14, y + 4, cut(name, _MAX_LABEL)))
        shapes.append(Dot("value", scale(rank), y, 4.5))
    shapes.append(Words("axis", (_LABEL + _RIGHT) / 2, floor + _BOTTOM - 8, "mean rank"))
    return Drawing(_WIDTH, floor + _BOTTOM, figure.caption or "mean ranks", tuple(shapes))


def draw_timeline(figure: TimelineFigure) -> Drawing:
    """Return a drawing with a row for each label and a bar for each span."""
    labels = list(dict.fromkeys(span.label for span in figure.spans))
    times = (time for span in figure.spans for time in (span.start, span.end))
    scale = linear(times, _LABEL, _RIGHT)
    floor = 10 + _ROW * len(labels)
    shapes: list[Shape] = []
    for tick in scale.ticks:
        shapes.append(Line("grid", scale(tick), 10, scale(tick), floor))
        shapes.append(Words("tick", scale(tick), floor + 18, scale.tick_text(tick)))
    for number, label in enumerate(labels):
        y = 10 + _ROW * (number + 0.5)
        shapes.append(Words("label", _LABEL - 14, y + 4, cut(label, _MAX_LABEL)))
        bars = {
            (round(scale(span.start), 1), round(scale(span.end), 1)): None
            for span in figure.spans
            if span.label == label
        }
        shapes += [
            Box("bar", start, y - _ROW * 0.3, max(end - start, _MIN_BAR), round(_ROW * 0.6, 1))
            for start, end in bars
        ]
    shapes.append(Words("axis", (_LABEL + _RIGHT) / 2, floor + _BOTTOM - 8, figure.axis))
    return Drawing(_WIDTH, floor + _BOTTOM, figure.caption or "timeline", tuple(shapes))
