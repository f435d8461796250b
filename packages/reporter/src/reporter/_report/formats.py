"""The formats by name: render a report as text, or write it to a file."""

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
_MORE_EXTENSIONS = {".markdown": "markdown", ".htm": "html"}


def format_names() -> tuple[str, ...]:
    """Return the names of all formats, sorted.

    Example:
        >>> format_names()
        ('html', 'markdown')
    """
    return tuple(sorted(_formats))


def extension(format: str) -> str:
    """Return the extension of the files of a format.

    Args:
        format: The name of the format.

    Returns:
        The extension with its dot, such as ``.md``.

    Raises:
        UnknownFormatError: The name is not the name of a format.
    """
    return _formats[_known_name(format)][1]


def register_format(name: str, render: Renderer, extension: str, *, replace: bool = False) -> None:
    """Add a format of your own.

    Args:
        name: The name of the format.
        render: A function that turns a report into text. It must escape every text itself.
        extension: The extension of its files, with the dot.
        replace: Replace the format that has this name.

    Raises:
        FormatError: The name is empty or taken, the extension has no dot, or ``render`` cannot be
            called.

    Example:
        >>> register_format("title", lambda report: report.title, ".txt")
    """
    if not name:
        raise FormatError(name, "the name is empty; give the format a name")
    if (name in _formats or name in _ALIASES) and not replace:
        raise FormatError(name, "the name is taken; pass replace=True to replace that format")
    if not extension.startswith(".") or "/" in extension or "\\" in extension:
        raise FormatError(name, f"extension {extension!r} must begin with a dot, such as '.txt'")
    if not callable(render):
        raise FormatError(name, "render must be a function that turns a report into text")
    _formats[name] = (render, extension)


def render(report: Report, format: str = "markdown") -> str:
    r"""Return a report as text of a format.

    Args:
        report: The report.
        format: ``markdown``, ``html``, or the name of a registered format.

    Returns:
        The text of the whole file.

    Raises:
        UnknownFormatError: The name is not the name of a format.
        FormatError: The renderer of a registered format returned something other than text.

    Example:
        >>> from reporter import Report
        >>> render(Report(title="Two models"), "markdown")
        '# Two models\n'
    """
    name = _known_name(format)
    text: object = _formats[name][0](report)
    if not isinstance(text, str):
        raise FormatError(name, f"its renderer returned {type(text).__name__}; return a str")
    return text


def write(report: Report, path: str | Path, format: str | None = None) -> Path:
    """Write a report to a file. A file of that name is replaced at once, never half written.

    Args:
        report: The report.
        path: The file; missing folders are made.
        format: The name of the format; None takes it from the extension of the file.

    Returns:
        The path of the file.

    Raises:
        UnknownFormatError: The name, or the extension, belongs to no format.
        FormatError: The renderer of a registered format returned something other than text.
    """
    path = Path(path)
    text = render(report, format or _format_of(path))
    path.parent.mkdir(parents=True, exist_ok=True)
    # Every writer has a file of its own, so that two at once do not mix their texts.
    temporary = path.with_name(f".{path.name}.{uuid4().hex}.part")
    try:
        temporary.write_text(text, encoding="utf-8", errors="replace", newline="\n")
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
    return path


def _known_name(name: str) -> str:
    if name not in _formats:
        name = _ALIASES.get(name, name)
    if name not in _formats:
        raise UnknownFormatError(name, format_names())
    return name


def _format_of(path: Path) -> str:
    name = path.name.lower()
    extensions = _MORE_EXTENSIONS | {end.lower(): each for each, (_, end) in _formats.items()}
    fitting = [end for end in extensions if name.endswith(end)]
    if fitting:
        return extensions[max(fitting, key=len)]  # .report.txt before .txt
    raise UnknownFormatError(path.suffix or str(path), format_names())
