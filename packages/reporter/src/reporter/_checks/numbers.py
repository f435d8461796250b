"""The numbers of a text compared with those of the report."""

import re
from array import array
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cached_property
from itertools import pairwise

from .._model.document import Document
from .alignment import common_pairs
from .expected import expected_texts, free_texts
from .findings import Finding

# A number that stands alone: not within a word, an identifier or an address.
_NUMBER = re.compile(
    r"(?<![\w.,])(?=[-+$.\d])[-+]?\$?(?:\d++(?!,\d)|\d{1,3}(?:,\d{3})+)?(?:\.\d++)?(?<=\d)"
    r"(?:e[-+]?\d++)?(?!\w|[.,]\d)"
)
_AROUND = 40
_BETWEEN = "\x00"  # the texts of a report, where they are read as one


class Numbers:
    """The numbers of a text in order, of which few are looked at more closely.

    Attributes:
        values: Each number as it is written, without commas between thousands and without a plus.
    """

    def __init__(self, text: str) -> None:
        self._text = text
        self.values: list[str] = _NUMBER.findall(text)
        if "," in text or "+" in text:
            self.values = [each.replace(",", "").lstrip("+") for each in self.values]

    @cached_property
    def _starts(self) -> "array[int]":
        # A text of 2 MB has a million numbers: their places take less memory than objects.
        return array("Q", (match.start() for match in _NUMBER.finditer(self._text)))

    def context(self, at: int) -> str:
        """Return the text around a number."""
        start = self._starts[at]
        end = start + len(_NUMBER.match(self._text, start)[0])  # type: ignore[index]  # found there
        before = self._text[max(0, start - _AROUND) : start].rpartition(_BETWEEN)[2]
        after = self._text[end : end + _AROUND].partition(_BETWEEN)[0]
        return " ".join((before + self._text[start:end] + after).split())


def number_findings(
    text: str, document: Document, format: str, expected: Numbers | None = None
) -> Iterator[Finding]:
    """Yield the numbers that a finished text lacks, and those that the report does not have.

    Args:
        text: The text without its markup.
        document: The report.
        format: The format of the text.
        expected: Those of the report, as of ``expected_numbers``, where they are known already.
    """
    expected, found = expected or expected_numbers(document, format), Numbers(text)
    if expected.values == found.values:
        return
    free = Counter(_joined(free_texts(document)).values)
    edges = [(-1, -1), *common_pairs(expected.values, found.values)]
    edges.append((len(expected.values), len(found.values)))
    for (low, start), (high, end) in pairwise(edges):
        yield from (missing_number(expected, at, format) for at in range(low + 1, high))
        for at in range(start + 1, end):
            if not free[found.values[at]]:
                yield _extra_number(found, at, format)


def expected_numbers(document: Document, format: str) -> Numbers:
    """Return the numbers of a report in the order of a format, apart from heads and captions."""
    return _joined(expected_texts(document, format))


def missing_number(expected: Numbers, at: int, format: str) -> Finding:
    """Return the finding that a finished text lacks a number of the report."""
    message = f"the report has {expected.values[at]}, which is missing"
    return Finding(
        kind="missing number", message=message, context=expected.context(at), format=format
    )


def _extra_number(found: Numbers, at: int, format: str) -> Finding:
    message = f"{found.values[at]} is not a number of the report at this place"
    return Finding(kind="extra number", message=message, context=found.context(at), format=format)


def _joined(texts: Iterable[str]) -> Numbers:
    return Numbers(_BETWEEN.join(" ".join(text.split()) for text in texts))
