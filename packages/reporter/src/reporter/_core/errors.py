"""What can go wrong with a report.

ReporterError
├── ReportError (ValueError)         a part of the report does not fit together
├── FormatError (ValueError)         a format that cannot be added, or that gives no text
└── UnknownFormatError (ValueError)  no format of this name
"""

from collections.abc import Iterable


class ReporterError(Exception):
    """The base of every error this library raises on purpose."""


class ReportError(ReporterError, ValueError):
    """A part of a report does not fit together, such as a row of the wrong length."""


class FormatError(ReporterError, ValueError):
    """A format cannot be added as asked, or its renderer gave something else than text."""

    def __init__(self, name: str, problem: str) -> None:
        self.name = name
        super().__init__(f"format {name!r}: {problem}")


class UnknownFormatError(ReporterError, ValueError):
    """No format has this name."""

    def __init__(self, name: str, known: Iterable[str]) -> None:
        self.name = name
        self.known = tuple(known)
        super().__init__(
            f"unknown format {name!r}; known: {', '.join(self.known)};"
            " add one with register(name, render, extension)"
        )
