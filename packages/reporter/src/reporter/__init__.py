"""One report model, rendered as Markdown and HTML."""

from ._errors import ReporterError, ReportError, UnknownFormatError
from ._render import extension, formats, register, render, write
from ._report import (
    Bullets,
    Callout,
    Code,
    IntervalFigure,
    KeyValues,
    Paragraph,
    Point,
    Report,
    Section,
    Span,
    Table,
)

__all__ = [
    "Bullets",
    "Callout",
    "Code",
    "IntervalFigure",
    "KeyValues",
    "Paragraph",
    "Point",
    "Report",
    "ReportError",
    "ReporterError",
    "Section",
    "Span",
    "Table",
    "UnknownFormatError",
    "extension",
    "formats",
    "register",
    "render",
    "write",
]
