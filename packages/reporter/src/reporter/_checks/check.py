"""Check a finished text, a file, or all formats of a report."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from .._core.errors import MissingExtraError, ReportError, UnknownFormatError
from .._core.names import is_portable
from .._core.plain_files import read_plain
from .._report.formats import check_format, render
from .._report.report import Report
from .findings import Finding

if TYPE_CHECKING:
    from .numbers import Numbers

CHECKED_FORMATS = ("html", "jupyter", "latex", "latex-twocolumn", "markdown", "typst")
_FORMATS = {
    ".md": "markdown",
    ".markdown": "markdown",
    ".tex": "latex",
    ".html": "html",
    ".htm": "html",
    ".ipynb": "jupyter",
    ".typ": "typst",
    ".txt": "text",
    ".csv": "csv",
    ".json": "json",
}
_MOST = 10_000


def check_text(
    text: str, format: str = "text", *, report: Report | None = None, stem: str = "report"
) -> tuple[Finding, ...]:
    """Return what does not fit in a finished text, which may be anybody's.

    The p-value of each t, F, chi-square, z and r statistic is recomputed. With a report, every
    number of the text is compared with the report too, and each line that differs from the
    report's in digits alone is named: identifiers, hashes, drawings and code too.

    Args:
        text: The text.
        format: ``markdown``, ``latex``, ``html``, ``jupyter``, ``typst``, ``csv``, ``json``, or
            ``text`` for others.
        report: The report that the text was made from. A text in LaTeX or CSV may be any of the
            files of its format, such as a table.
        stem: The name of the main file of the format without its extension.

    Returns:
        The findings in order; empty when all fits. At most 10,000 numbers and 10,000 lines are
        listed, and the p-values of the first 10,000 statistics recomputed; a finding says so where
        there are more.

    Raises:
        ReportError: The text is not of this format, such as a notebook that is not JSON.

    Example:
        >>> for finding in check_text("The gain is real, t(18) = 2.31, p = .003."):
        ...     print(finding.message)
        p = .003 does not follow from t: it is 0.0326 to 0.0333
    """
    from .rendered import Rendering  # noqa: PLC0415  # only a check needs it

    if report is None or format == "text":
        return tuple(_in_plain_text(text, format, report))
    rendering = Rendering(text, report, format, stem)
    in_order = rendering.is_main and format in CHECKED_FORMATS
    findings = list(_in_plain_text(text, format, report if in_order else None))
    findings += _first(rendering.findings([each.context for each in findings]))
    return tuple(findings)


def _in_plain_text(
    text: str, format: str, report: Report | None = None, expected: "Numbers | None" = None
) -> Iterator[Finding]:
    """Yield what does not fit in a text without its markup: p-values, and numbers of a report."""
    from .numbers import number_findings  # noqa: PLC0415  # only a check needs them
    from .plain import plain_text  # noqa: PLC0415
    from .statistics import statistic_findings  # noqa: PLC0415

    plain = plain_text(text, format)
    yield from statistic_findings(plain, format)
    if report is not None:
        yield from _first(number_findings(plain, report, format, expected))


def _first(findings: Iterator[Finding]) -> Iterator[Finding]:
    """Yield the first findings, and one that says so where there are more."""
    for number, each in enumerate(findings):
        if number == _MOST:
            message = f"there are more than {_MOST:,} differences; the others are not listed"
            yield Finding(kind=each.kind, message=message, format=each.format)
            return
        yield each


def check_file(path: str | Path, *, report: Report | None = None) -> tuple[Finding, ...]:
    """Return what does not fit in a finished file. Its extension selects the format.

    In a PDF (extra ``check``) the numbers of the report are counted: one whose digit was changed is
    missing. Its other numbers, such as those of pages, are no findings.

    Args:
        path: The file.
        report: The report that the file was made from.

    Returns:
        The findings, as of ``check_text``.

    Raises:
        UnknownFormatError: The extension belongs to no format that can be read.
        ReportError: The file is not UTF-8, or not what its extension says.
        MissingExtraError: The file is a PDF, and the extra ``check`` is not installed.
    """
    path = Path(path)
    if path.suffix.lower() == ".pdf":
        return _check_pdf(path, report)
    name = _FORMATS.get(path.suffix.lower())
    if name is None:
        raise UnknownFormatError(path.suffix or str(path), sorted([*_FORMATS, ".pdf"]))
    try:
        text = read_plain(path)
    except UnicodeDecodeError as error:
        raise ReportError(f"{path} is not UTF-8: {error}") from error
    except ValueError as error:
        raise ReportError(f"{path}: {error}") from error
    # A rendering is compared with the file, and not written; its own name matters only in LaTeX.
    stem = path.stem if is_portable(path.stem) else "report"
    return check_text(text, name, report=report, stem=stem)


def _check_pdf(path: Path, report: Report | None) -> tuple[Finding, ...]:
    from .pdf import pdf_findings, pdf_text  # noqa: PLC0415  # only a check needs them
    from .statistics import statistic_findings  # noqa: PLC0415

    text = pdf_text(path)
    missing = pdf_findings(text, report) if report is not None else ()
    return (*statistic_findings(text, "pdf"), *missing)


def check_report(report: Report, formats: Sequence[str] | None = None) -> tuple[Finding, ...]:
    """Render a report, read each text back, and return what does not fit.

    Args:
        report: The report.
        formats: The formats to check; None takes every text format that is installed.

    Returns:
        The findings, as of ``check_text``; empty when every format has every number.
    """
    from .expected import figures_last  # noqa: PLC0415  # only a check needs them
    from .numbers import expected_numbers  # noqa: PLC0415

    findings: list[Finding] = []
    orders = {}  # the numbers of the report in the two orders that formats have
    for name in _installed() if formats is None else formats:
        if name not in CHECKED_FORMATS:
            findings += _in_plain_text(render(report, name), name)
            continue
        last = figures_last(name)
        if last not in orders:
            orders[last] = expected_numbers(report, name)
        findings += _in_plain_text(render(report, name), name, report, orders[last])
    return tuple(findings)


def _installed() -> list[str]:
    names = []
    for name in CHECKED_FORMATS:
        with suppress(MissingExtraError):
            check_format(name)
            names.append(name)
    return names
