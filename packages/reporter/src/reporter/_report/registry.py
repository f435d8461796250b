"""The formats by name, with those that other packages add through entry points."""

import warnings
from collections.abc import Callable, Mapping
from importlib.metadata import EntryPoint, entry_points
from typing import Any, NamedTuple, Protocol, runtime_checkable

from .._core.errors import FormatError, UnknownFormatError
from .._formats.data.csv_files import CsvRenderer
from .._formats.html.page import render_html
from .._formats.latex.page import LatexRenderer
from .._formats.markdown.page import render_markdown
from .._formats.notebook.page import NotebookRenderer
from .._formats.typst.page import render_typst
from .._formats.typst.pdf import PdfRenderer
from .report import Report

ENTRY_POINTS = "crucible_reporter.formats"
ALIASES = {
    "md": "markdown",
    "htm": "html",
    "tex": "latex",
    "ipynb": "jupyter",
    "notebook": "jupyter",
}


@runtime_checkable
class FileRenderer(Protocol):
    """A renderer whose result is several files, such as a page with its tables beside it."""

    def files(self, report: Report, stem: str) -> Mapping[str, str | bytes]:
        """Return the content of each file by its name, the main file first.

        Args:
            report: The report.
            stem: The name of the main file without its extension.
        """
        ...


Renderer = Callable[[Report], str | bytes]


class RegisteredFormat(NamedTuple):
    """A renderer with the extension of its main file."""

    render: Renderer | FileRenderer
    extension: str


_formats: dict[str, RegisteredFormat] = {
    "csv": RegisteredFormat(CsvRenderer(), ".csv"),
    "html": RegisteredFormat(render_html, ".html"),
    "json": RegisteredFormat(Report.to_json, ".json"),
    "jupyter": RegisteredFormat(NotebookRenderer(), ".ipynb"),
    "latex": RegisteredFormat(LatexRenderer(), ".tex"),
    "latex-twocolumn": RegisteredFormat(LatexRenderer("twocolumn"), ".tex"),
    "markdown": RegisteredFormat(render_markdown, ".md"),
    "pdf": RegisteredFormat(PdfRenderer(), ".pdf"),
    "pdf-twocolumn": RegisteredFormat(PdfRenderer(columns=2), ".pdf"),
    "typst": RegisteredFormat(render_typst, ".typ"),
}
_plugins_seen = False


def registered_formats() -> Mapping[str, RegisteredFormat]:
    """Return all formats by name; the first call finds those of other packages."""
    global _plugins_seen  # noqa: PLW0603  # once a process
    if not _plugins_seen:
        _plugins_seen = True
        for point in entry_points(group=ENTRY_POINTS):
            _add_plugin(point)
    return _formats


def add_format(
    name: str, render: Renderer | FileRenderer, extension: str, *, replace: bool = False
) -> None:
    """Add a format, or raise a ``FormatError`` that says what does not fit."""
    if not name:
        raise FormatError(name, "the name is empty; give the format a name")
    if (name in _formats or name in ALIASES) and not replace:
        raise FormatError(name, "the name is taken; pass replace=True to replace that format")
    if not extension.startswith(".") or "/" in extension or "\\" in extension:
        raise FormatError(name, f"extension {extension!r} must begin with a dot, such as '.txt'")
    if not callable(render) and not isinstance(render, FileRenderer):
        raise FormatError(name, "render must be a function that turns a report into text or bytes")
    _formats[name] = RegisteredFormat(render, extension)


def find_format(name: str) -> tuple[str, RegisteredFormat]:
    """Return a format by its name or another name of it.

    Raises:
        UnknownFormatError: No format has this name.
    """
    formats = registered_formats()
    known = name if name in formats else ALIASES.get(name, name)
    if known not in formats:
        raise UnknownFormatError(name, sorted(formats))
    return known, formats[known]


def _add_plugin(point: EntryPoint) -> None:
    """Add the format of another package; a broken one is named in a warning and left out."""
    try:
        loaded: Any = point.load()
        render, extension = loaded
        add_format(point.name, render, extension)
    except Exception as error:  # noqa: BLE001  # any error of a package that is not ours
        warnings.warn(
            f"format {point.name!r} of entry point {point.value!r} cannot be used:"
            f" {type(error).__name__}: {error!s:.200}",
            RuntimeWarning,
            stacklevel=3,
        )
