"""The numbers of a text compared with those of the report."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import NamedTuple

from .._model.document import Document
from .alignment import common_pairs
from .expected import expected_texts, free_texts
from .findings import Finding

# A number that stands alone: not within a word, an identifier or an address.
_NUMBER = re.compile(
    r"(?<![\w.,])[-+]?\$?(?:\d{1,3}(?:,\d{3})+|\d+)?(?:\.\d+)?(?<=\d)(?:e[-+]?\d+)?(?!\w|[.,]\d)"
)
_AROUND = 40


class Found(NamedTuple):
    """A number as it is written, and its place in a text.

    The text around it is cut out only where a finding shows it: of a million numbers few are one.
    """

    number: str
    text: str
    start: int
    end: int

    @property
    def context(self) -> str:
        """The text around the number."""
        return " ".join(self.text[max(0, self.start - _AROUND) : self.end + _AROUND].split())


def numbers_in(text: str) -> Iterator[Found]:
    """Yield the numbers of a text, without commas between thousands and without a plus."""
    for match in _NUMBER.finditer(text):
        yield Found(match[0].replace(",", "").lstrip("+"), text, *match.span())


def number_findings(text: str, document: Document, format: str) -> Iterator[Finding]:
    """Yield the numbers that a finished text lacks, and those that the report does not have.

    Args:
        text: The text without its markup.
        document: The report.
        format: The format of the text.
    """
    expected = expected_numbers(document, format)
    found = list(numbers_in(text))
    free = Counter(each.number for each in _numbers(free_texts(document)))
    pairs = common_pairs([each.number for each in expected], [each.number for each in found])
    edges = [(-1, -1), *pairs, (len(expected), len(found))]
    for (low, start), (high, end) in pairwise(edges):
        missing = expected[low + 1 : high]
        extra = [each for each in found[start + 1 : end] if not free[each.number]]
        yield from (missing_number(each, format) for each in missing)
        yield from (_extra_number(each, format) for each in extra)


def expected_numbers(document: Document, format: str) -> list[Found]:
    """Return the numbers of a report in the order of a format, apart from heads and captions."""
    return _numbers(expected_texts(document, format))


def missing_number(found: Found, format: str) -> Finding:
    """Return the finding that a finished text lacks a number of the report."""
    message = f"the report has {found.number}, which is missing"
    return Finding(kind="missing number", message=message, context=found.context, format=format)


def _extra_number(found: Found, format: str) -> Finding:
    message = f"{found.number} is not a number of the report at this place"
    return Finding(kind="extra number", message=message, context=found.context, format=format)


def _numbers(texts: Iterable[str]) -> list[Found]:
    return [found for text in texts for found in numbers_in(" ".join(text.split()))]
