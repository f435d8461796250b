"""The text of a PDF, and the numbers of a report that it lacks."""

from collections import Counter
from collections.abc import Iterator
from importlib import import_module
from itertools import islice
from pathlib import Path
from typing import Any

from .._core.errors import MissingExtraError, ReportError
from .._core.plain_files import open_plain
from .._model.document import Document
from .findings import Finding
from .numbers import Numbers, expected_numbers, missing_number

_MAX_PAGES = 2000
_MAX_BYTES = 64 << 20


def pdf_text(path: Path) -> str:
    """Return the text of the pages of a PDF.

    Args:
        path: The file.

    Raises:
        MissingExtraError: The extra ``check`` is not installed.
        ReportError: The file cannot be read as a PDF, or is very large.
    """
    try:
        reader: Any = import_module("pypdf")
    except ImportError as error:
        raise MissingExtraError("check", "pypdf") from error
    try:
        with open_plain(path, _MAX_BYTES) as file:
            pages = reader.PdfReader(file, strict=False).pages
            number = len(pages)
            text = "\n".join(page.extract_text() for page in islice(pages, _MAX_PAGES))
    except FileNotFoundError:
        raise
    except Exception as error:  # a damaged file of others makes it raise anything
        raise ReportError(f"{path} cannot be read as a PDF: {error}") from error
    if number > _MAX_PAGES:
        raise ReportError(f"{path} has {number:,} pages; {_MAX_PAGES:,} at most are read")
    return text


def pdf_findings(text: str, document: Document) -> Iterator[Finding]:
    """Yield the numbers of the report that stand in a PDF less often than in the report.

    A PDF has its texts in any order, with numbers of pages, of tables and at the axes of figures
    between them. Numbers that it has beyond those of the report are therefore no findings.

    Args:
        text: The text of the PDF.
        document: The report.
    """
    left = Counter(Numbers(text).values)
    expected = expected_numbers(document, "typst")
    for at, number in enumerate(expected.values):
        if left[number]:
            left[number] -= 1
        else:
            yield missing_number(expected, at, "pdf")
