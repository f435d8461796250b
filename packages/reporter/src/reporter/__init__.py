"""One report model, rendered as Markdown and HTML."""

from ._core.errors import FormatError, ReporterError, ReportError, UnknownFormatError
from ._model.blocks import Bullets, Callout, Code, KeyValues, Paragraph, TestLine
from ._model.document import Section
from ._model.figures import Curve, EcdfFigure, IntervalFigure, LineFigure, Point, Sample
from ._model.inline import Span
from ._model.numbers import (
    interval_text,
    milliseconds_text,
    money_text,
    number_text,
    p_text,
    percent_text,
)
from ._model.tables import Table
from ._report.formats import extension, formats, register, render, write
from ._report.report import Report

__all__ = [
    "Bullets",
    "Callout",
    "Code",
    "Curve",
    "EcdfFigure",
    "FormatError",
    "IntervalFigure",
    "KeyValues",
    "LineFigure",
    "Paragraph",
    "Point",
    "Report",
    "ReportError",
    "ReporterError",
    "Sample",
    "Section",
    "Span",
    "Table",
    "TestLine",
    "UnknownFormatError",
    "extension",
    "formats",
    "interval_text",
    "milliseconds_text",
    "money_text",
    "number_text",
    "p_text",
    "percent_text",
    "register",
    "render",
    "write",
]
