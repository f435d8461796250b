"""The formats by name, with those that other packages add through entry points."""

import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, Protocol, runtime_checkable

from .._core.errors import FormatError, MissingExtraError, UnknownFormatError
from .report import Report

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

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


@dataclass(frozen=True, slots=True)
class _Later:
    """A renderer whose module is imported when it is used first: no report needs them all."""

    load: Callable[[], FileRenderer]

    def files(self, report: Report, stem: str) -> Mapping[str, str | bytes]:
        return self.load().files(report, stem)


def _csv() -> FileRenderer:
    from .._formats.data.csv_files import CsvRenderer  # noqa: PLC0415

    return CsvRenderer()


def _jupyter() -> FileRenderer:
    from .._formats.notebook.page import NotebookRenderer  # noqa: PLC0415

    return NotebookRenderer()


def _latex(layout: Literal["article", "twocolumn"] = "article") -> FileRenderer:
    from .._formats.latex.page import LatexRenderer  # noqa: PLC0415

    return LatexRenderer(layout)


def _pdf(columns: int = 1) -> FileRenderer:
    from .._formats.typst.pdf import PdfRenderer  # noqa: PLC0415

    return PdfRenderer(columns)


def _typst(report: Report) -> str:
    from .._formats.typst.page import render_typst  # noqa: PLC0415

    return render_typst(report)


_formats: dict[str, RegisteredFormat] = {
    "csv": RegisteredFormat(_Later(_csv), ".csv"),
    "html": RegisteredFormat(Report.to_html, ".html"),
    "html-interactive": RegisteredFormat(partial(Report.to_html, interactive=True), ".html"),
    "json": RegisteredFormat(Report.to_json, ".json"),
    "jupyter": RegisteredFormat(_Later(_jupyter), ".ipynb"),
    "latex": RegisteredFormat(_Later(_latex), ".tex"),
    "latex-twocolumn": RegisteredFormat(_Later(partial(_latex, "twocolumn")), ".tex"),
    "markdown": RegisteredFormat(Report.to_markdown, ".md"),
    "pdf": RegisteredFormat(_Later(_pdf), ".pdf"),
    "pdf-twocolumn": RegisteredFormat(_Later(partial(_pdf, 2)), ".pdf"),
    "typst": RegisteredFormat(_typst, ".typ"),
}
_EXTRAS = {
    "html-interactive": ("charts", "vl_convert"),
    "jupyter": ("jupyter", "nbformat"),
    "pdf": ("typst", "typst"),
    "pdf-twocolumn": ("typst", "typst"),
}
_BUILT_IN = dict(_formats)
_plugins_seen = False


def registered_formats() -> Mapping[str, RegisteredFormat]:
    """Return all formats by name; the first call finds those of other packages."""
    global _plugins_seen  # noqa: PLW0603  # once a process
    if not _plugins_seen:
        _plugins_seen = True
        from importlib.metadata import entry_points  # noqa: PLC0415  # slow to import

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


def check_installed(name: str) -> None:
    """Raise a ``MissingExtraError`` when the extra of a format of ours is not installed."""
    extra, package = _EXTRAS.get(name, ("", ""))
    if not extra or _formats[name] is not _BUILT_IN[name]:
        return  # also a format of the user's that has the name of one of ours
    try:
        found = find_spec(package) is not None
    except (ImportError, ValueError):  # blocked, or half removed
        found = False
    if not found:
        raise MissingExtraError(extra, package)


def _add_plugin(point: "EntryPoint") -> None:
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
