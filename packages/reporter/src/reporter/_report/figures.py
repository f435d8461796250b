"""The figures of a report, and a figure as SVG."""

from .._model.document import figures_in
from .._model.figures import FigureValue
from .report import Report


def figures_of(report: Report) -> tuple[FigureValue, ...]:
    """Return the figures of a report in reading order, those of subsections included.

    Args:
        report: The report.

    Returns:
        The figures.
    """
    return tuple(figures_in(report.sections))


def draw(figure: FigureValue) -> str:
    """Return a figure as SVG that needs no style sheet, for a file or a notebook.

    Args:
        figure: The figure.

    Returns:
        The markup, in which every text is escaped.
    """
    from .._figures.drawing import draw_figure  # noqa: PLC0415  # only a drawing needs them
    from .._figures.svg import drawing_svg  # noqa: PLC0415

    return drawing_svg(draw_figure(figure), standalone=True)
