"""The figures of a report, and a figure as SVG."""

from typing import Literal

from .._core.errors import ReportError
from .._model.document import figures_in
from .._model.figures import FigureValue
from .report import Report

Engine = Literal["own", "vega"]


def figures_of(report: Report) -> tuple[FigureValue, ...]:
    """Return the figures of a report in reading order, those of subsections included.

    Args:
        report: The report.

    Returns:
        The figures.
    """
    return tuple(figures_in(report.sections))


def draw(figure: FigureValue, *, engine: Engine = "own") -> str:
    """Return a figure as SVG that needs no style sheet, for a file or a notebook.

    Args:
        figure: The figure.
        engine: ``own`` for the drawing of the reports, ``vega`` for Vega-Lite by vl-convert.

    Returns:
        The markup, in which every text is escaped.

    Raises:
        ReportError: The engine is unknown.
        MissingExtraError: The engine is ``vega``, and vl-convert is not installed.
    """
    if engine == "vega":
        from .._figures.vega import vega_specification, vega_svg  # noqa: PLC0415  # an extra

        return vega_svg(vega_specification(figure))
    if engine != "own":
        raise ReportError(f"draw: unknown engine {engine!r}; known: own, vega")
    from .._figures.drawing import draw_figure  # noqa: PLC0415  # only a drawing needs them
    from .._figures.svg import drawing_svg  # noqa: PLC0415

    return drawing_svg(draw_figure(figure), standalone=True)


def vega_lite(figure: FigureValue) -> dict[str, object]:
    """Return a figure as a Vega-Lite specification, for tools that draw or edit such.

    Args:
        figure: The figure.

    Returns:
        The specification with the data inside, as values for JSON.
    """
    from .._figures.vega import vega_specification  # noqa: PLC0415  # only this needs it

    return vega_specification(figure)
