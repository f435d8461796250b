"""One report model, rendered as Markdown and HTML."""

from ._blocks import Bullets, Callout, Code, KeyValues, Paragraph, Span, Table, TestLine
from ._errors import FormatError, ReporterError, ReportError, UnknownFormatError
from ._figures import Curve, EcdfFigure, IntervalFigure, LineFigure, Point, Sample
from ._numbers import (
    interval_text,
    milliseconds_text,
    money_text,
    number_text,
    p_text,
    percent_text,
)
from ._render import extension, formats, register, render, write
from ._report import Report, Section

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
