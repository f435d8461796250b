"""Render a report in a format of a name: as text, as files by name, or into a folder."""

import os
import unicodedata
from collections.abc import Mapping
from pathlib import Path

from .._core.errors import FormatError, UnknownFormatError
from .._core.names import is_portable
from .registry import (
    FileRenderer,
    Renderer,
    add_format,
    check_installed,
    find_format,
    registered_formats,
)
from .report import Report

_PORTABLE = (
    "must be the name of a file without folders that every system takes for the same: no device"
    ' of Windows (nul, con), none of <>:"|?*, no point or blank at the end, 255 bytes at most'
)
_MORE_EXTENSIONS = {".markdown": "markdown", ".htm": "html"}


def format_names() -> tuple[str, ...]:
    """Return the names of all formats, sorted.

    Example:
        >>> "markdown" in format_names()
        True
    """
    return tuple(sorted(registered_formats()))


def extension(format: str) -> str:
    """Return the extension of the main file of a format.

    Args:
        format: The name of the format.

    Returns:
        The extension with its dot, such as ``.md``.

    Raises:
        UnknownFormatError: The name is not the name of a format.
    """
    return find_format(format)[1].extension


def check_format(format: str) -> None:
    """Check that a format can be written here, before the work whose report it is begins.

    Args:
        format: The name of the format.

    Raises:
        UnknownFormatError: The name is not the name of a format.
        MissingExtraError: The format needs a package that is not installed.

    Example:
        >>> check_format("markdown")
    """
    check_installed(find_format(format)[0])


def register_format(
    name: str, render: Renderer | FileRenderer, extension: str, *, replace: bool = False
) -> None:
    """Add a format of your own.

    A package adds formats to every program through entry points of the group
    ``crucible_reporter.formats``: each names a pair (render, extension).

    Args:
        name: The name of the format.
        render: A function that turns a report into text or bytes, or an object whose method
            ``files(report, stem)`` returns the content of several files by name, the main file
            first. It must escape every text itself.
        extension: The extension of the main file, with the dot.
        replace: Replace the format that has this name.

    Raises:
        FormatError: The name is empty or taken, the extension has no dot, or ``render`` cannot be
            called.

    Example:
        >>> register_format("title", lambda report: report.title, ".txt")
    """
    add_format(name, render, extension, replace=replace)


def render_files(
    report: Report, format: str = "markdown", *, stem: str = "report"
) -> dict[str, bytes]:
    r"""Return a report as files.

    Args:
        report: The report.
        format: The name of a format.
        stem: The name of the main file without its extension.

    Returns:
        The content of each file by its name, the main file first.

    Raises:
        UnknownFormatError: The name is not the name of a format.
        FormatError: The stem or a name of a file is none on some system (``nul``, ``a:b``), or
            the renderer of a registered format returned something other than text, bytes, or a
            mapping of names to them.

    Example:
        >>> from reporter import Report
        >>> render_files(Report(title="Two models"), "markdown", stem="models")
        {'models.md': b'# Two models\n'}
    """
    name, (renderer, ending) = find_format(format)
    if not is_portable(stem):
        raise FormatError(name, f"stem {stem!r:.60} {_PORTABLE}")
    if isinstance(renderer, FileRenderer):
        files: object = renderer.files(report, stem)
    else:
        files = {stem + ending: renderer(report)}
    if not isinstance(files, Mapping) or not files:
        raise FormatError(name, f"its renderer returned {type(files).__name__}; return a mapping")
    return {_checked_name(each, name): _content(files[each], name) for each in files}


def render(report: Report, format: str = "markdown") -> str:
    r"""Return the main file of a report as text.

    Args:
        report: The report.
        format: ``markdown``, ``html``, ``latex``, or another name of ``format_names()``.

    Returns:
        The text of the whole file.

    Raises:
        UnknownFormatError: The name is not the name of a format.
        FormatError: The format is not a text, or the renderer of a registered format returned
            something else.

    Example:
        >>> from reporter import Report
        >>> render(Report(title="Two models"), "markdown")
        '# Two models\n'
    """
    content = next(iter(render_files(report, format).values()))
    try:
        return content.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError as error:
        problem = "its file is not text; use render_files or write"
        raise FormatError(find_format(format)[0], problem) from error


def write(report: Report, path: str | Path, format: str | None = None) -> Path:
    """Write a report to a file, with the files that its format puts beside it.

    A file of that name is replaced at once, never half written. The main file is written last.

    Args:
        report: The report.
        path: The main file; missing folders are made.
        format: The name of the format; None takes it from the extension of the file.

    Returns:
        The path of the main file.

    Raises:
        UnknownFormatError: The name, or the extension, belongs to no format.
        FormatError: The name of the file is none on some system (``nul.md``, ``a:b.md``), or the
            renderer of a registered format returned something other than files.
    """
    path = Path(path)
    name = format or _format_of(path)
    ending = extension(name)
    # Listings of macOS decompose letters; it takes both forms for one file.
    stem = unicodedata.normalize("NFC", path.name.removesuffix(ending) or path.stem)
    main, *beside = render_files(report, name, stem=stem).items()
    path.parent.mkdir(parents=True, exist_ok=True)
    for each, content in beside:
        _replace_file(path.with_name(each), content)
    _replace_file(path, main[1])
    return path


def _replace_file(path: Path, content: bytes) -> None:
    # Every writer has a file of its own, so that two at once do not mix their texts.
    temporary = path.with_name(f".{path.name}.{os.urandom(8).hex()}.part")
    try:
        temporary.write_bytes(content)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def _content(content: object, name: str) -> bytes:
    if isinstance(content, str):
        return content.encode("utf-8", "replace")
    if isinstance(content, bytes):
        return content
    raise FormatError(name, f"its renderer returned {type(content).__name__}; return str or bytes")


def _checked_name(file: object, name: str) -> str:
    if isinstance(file, str) and is_portable(file):
        return file
    raise FormatError(name, f"file {file!r:.60} {_PORTABLE}")


def _format_of(path: Path) -> str:
    name = path.name.lower()
    formats = registered_formats()
    extensions = _MORE_EXTENSIONS | {
        each.extension.lower(): key for key, each in reversed(list(formats.items()))
    }
    fitting = [end for end in extensions if name.endswith(end)]
    if fitting:
        return extensions[max(fitting, key=len)]  # .report.txt before .txt
    raise UnknownFormatError(path.suffix or str(path), format_names())
