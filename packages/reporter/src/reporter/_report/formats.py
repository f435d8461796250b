"""The formats by name, and the two ways of using them."""

from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

from .._core.errors import FormatError, UnknownFormatError
from .._formats.html.page import render_html
from .._formats.markdown.page import render_markdown
from .report import Report

Renderer = Callable[[Report], str]

_formats: dict[str, tuple[Renderer, str]] = {
    "html": (render_html, ".html"),
    "markdown": (render_markdown, ".md"),
}
_ALIASES = {"md": "markdown", "htm": "html"}
_MORE_ENDINGS = {".markdown": "markdown", ".htm": "html"}


def formats() -> tuple[str, ...]:
    """The names of the formats."""
    return tuple(sorted(_formats))


def extension(format: str) -> str:
    """The ending of the files of a format, such as ``.md``.

    Raises:
        UnknownFormatError: No format has this name.
    """
    return _formats[_known(format)][1]


def register(name: str, render: Renderer, extension: str, *, replace: bool = False) -> None:
    """Add a format of your own.

    Args:
        name: Its name.
        render: Turns a report into text; it must escape every text itself.
        extension: The ending of its files, with the dot.
        replace: Allow a name that is known already.

    Raises:
        FormatError: The name is empty or known already, or the extension has no dot.
    """
    if not name:
        raise FormatError(name, "a format needs a name")
    if (name in _formats or name in _ALIASES) and not replace:
        raise FormatError(name, "it is known already; pass replace=True to replace it")
    if not extension.startswith(".") or "/" in extension or "\\" in extension:
        raise FormatError(name, f"extension {extension!r} must begin with a dot, such as '.txt'")
    if not callable(render):
        raise FormatError(name, "render must be a function that turns a report into text")
    _formats[name] = (render, extension)


def render(report: Report, format: str = "markdown") -> str:
    """A report as text of a format.

    Args:
        report: The report.
        format: ``markdown``, ``html``, or a registered one.

    Raises:
        UnknownFormatError: No format has this name.
        FormatError: A format of your own gave something else than text.
    """
    name = _known(format)
    text: object = _formats[name][0](report)
    if not isinstance(text, str):
        raise FormatError(name, f"its renderer gave {type(text).__name__}, not text")
    return text


def write(report: Report, path: str | Path, format: str | None = None) -> Path:
    """Write a report to a file, which is replaced when there.

    Args:
        report: The report.
        path: The file.
        format: The format; by the ending of the path when left out.

    Raises:
        UnknownFormatError: No format has this name, or this ending.
    """
    path = Path(path)
    text = render(report, format or _by_ending(path))
    path.parent.mkdir(parents=True, exist_ok=True)
    # A name of its own, so that two writers do not meet in it; readers never see half a page.
    temporary = path.with_name(f".{path.name}.{uuid4().hex}.part")
    try:
        temporary.write_text(text, encoding="utf-8", errors="replace", newline="\n")
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
    return path


def _known(name: str) -> str:
    if name not in _formats:
        name = _ALIASES.get(name, name)
    if name not in _formats:
        raise UnknownFormatError(name, formats())
    return name


def _by_ending(path: Path) -> str:
    name = path.name.lower()
    endings = _MORE_ENDINGS | {ending.lower(): each for each, (_, ending) in _formats.items()}
    fitting = [ending for ending in endings if name.endswith(ending)]
    if fitting:
        return endings[max(fitting, key=len)]  # .report.txt comes before .txt
    raise UnknownFormatError(path.suffix or str(path), formats())
