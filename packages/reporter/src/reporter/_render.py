"""The formats by name, and the two ways of using them."""

import os
from collections.abc import Callable
from pathlib import Path

from ._errors import UnknownFormatError
from ._html import render_html
from ._markdown import render_markdown
from ._report import Report

Renderer = Callable[[Report], str]

_formats: dict[str, tuple[Renderer, str]] = {
    "html": (render_html, ".html"),
    "markdown": (render_markdown, ".md"),
}
_ALIASES = {"md": "markdown", "htm": "html"}


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
        ValueError: The name is known already, or the extension has no dot.
    """
    if name in _formats and not replace:
        raise ValueError(f"format {name!r} is known already; pass replace=True to replace it")
    if not extension.startswith("."):
        raise ValueError(f"extension: {extension!r} must begin with a dot")
    _formats[name] = (render, extension)


def render(report: Report, format: str = "markdown") -> str:
    """A report as text of a format.

    Args:
        report: The report.
        format: ``markdown``, ``html``, or a registered one.

    Raises:
        UnknownFormatError: No format has this name.
    """
    return _formats[_known(format)][0](report)


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
    temporary = path.with_name(f".{path.name}.{os.getpid()}.part")
    temporary.write_text(text, encoding="utf-8", newline="\n")
    temporary.replace(path)
    return path


def _known(name: str) -> str:
    name = _ALIASES.get(name, name)
    if name not in _formats:
        raise UnknownFormatError(name, formats())
    return name


def _by_ending(path: Path) -> str:
    for name, (_, ending) in _formats.items():
        if path.suffix == ending:
            return name
    raise UnknownFormatError(path.suffix or str(path), formats())
