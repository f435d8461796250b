"""Errors of reports and formats.

ReporterError
├── ReportError (ValueError)         a part of a report does not fit together
├── FormatError (ValueError)         a format that cannot be added, or whose result is not text
├── UnknownFormatError (ValueError)  a name that no format has
├── UnknownNumberError (KeyError)    a name that no number of a report has
└── MissingExtraError (ImportError)  a format or figure needs an optional package
"""

from collections.abc import Iterable

from .shown import shown


class ReporterError(Exception):
    """The base of every error that this library raises on purpose."""

    @shown
    def __str__(self) -> str:
        return super().__str__()


class ReportError(ReporterError, ValueError):
    """A part of a report does not fit together, such as a row of the wrong length."""


class FormatError(ReporterError, ValueError):
    """A format cannot be added as given, or its renderer returned something other than text.

    Attributes:
        name: The name of the format.
    """

    name: str

    def __init__(self, name: str, problem: str) -> None:
        self.name = name
        super().__init__(f"format {name!r}: {problem}")


class UnknownFormatError(ReporterError, ValueError):
    """A name that no format has.

    Attributes:
        name: The name as given.
        known: The names of all formats.
    """

    name: str
    known: tuple[str, ...]

    def __init__(self, name: str, known: Iterable[str]) -> None:
        self.name = name
        self.known = tuple(known)
        hint = _nearest(name, self.known)
        super().__init__(
            f"unknown format {name!r}; {hint}known: {', '.join(self.known)};"
            " add one with register_format(name, render, extension)"
        )


class UnknownNumberError(ReporterError, KeyError):
    """A name that no number of a report has.

    Attributes:
        name: The name as given.
        known: The names of all numbers.
    """

    name: str
    known: tuple[str, ...]

    def __init__(self, name: str, known: Iterable[str]) -> None:
        self.name = name
        self.known = tuple(known)
        hint = _nearest(name, self.known)
        self._text = f"no number is named {name!r}; {hint}known: {', '.join(self.known) or 'none'}"
        super().__init__(self._text)

    @shown
    def __str__(self) -> str:
        return self._text  # KeyError would print the text in quotes


class MissingExtraError(ReporterError, ImportError):
    """A format or figure needs an optional package.

    Attributes:
        extra: The extra that installs it.
        package: The name of the package.
    """

    extra: str
    package: str

    def __init__(self, extra: str, package: str) -> None:
        self.extra = extra
        self.package = package
        super().__init__(
            f"{package} is not installed; pip install 'crucible-framework-reporter[{extra}]'"
        )


def _nearest(name: str, known: tuple[str, ...]) -> str:
    from difflib import get_close_matches  # noqa: PLC0415  # only an error needs it

    near = get_close_matches(name, known, n=1)
    return f"did you mean {near[0]!r}? " if near else ""
