r"""Find the number in a model's answer, exactly.

In this order: the ``answer`` field of a JSON object, what follows ``####``, the last ``\boxed{}``,
the last "answer is", the last number of the text.
"""

import math
import re
from collections.abc import Iterator
from fractions import Fraction

from .number_forms import next_number
from .outcome import Extraction, declines, nothing_in

_ANSWER_FIELD = re.compile(
    r'"(?:final[ _]?)?answer"\s*:\s*(?:"((?:[^"\\]|\\.)*)"?|([^,}\]\n]*))', re.IGNORECASE
)
# "#### Step 2" and "#### 2. Add them" are headings, not answers.
_HASHES = re.compile(r"####[ \t]*(?!\d+[.):]\s+\S)(?P<rest>[^\sA-Za-z#].*)")
_STATED = re.compile(
    r"(?:\banswer\s*(?:is|:|=)(?!\s*not\b)|^A:)[ \t*_:]*(?P<rest>[^\n]*)",
    re.IGNORECASE | re.MULTILINE,
)
# From the end of a number to an equals sign with nothing but arithmetic between.
_EQUALS = re.compile(
    r"(?:[\s\d.,()$\u20ac\u00a3\u00a5%{}+*/\u2212\u00d7\u00b7\u00f7^x-]|\\(?:times|cdot|div)\b)*"
    r"(?:=|\u2248|\\approx\b)"
)


def extract_number(text: str | None) -> Extraction:
    """The number that a text states as its answer.

    Thousands separators, currency signs and percent signs are read over: "$1,234.50" is 1234.5 and
    "50 %" is 50. Fractions and powers of ten are computed exactly. Of an equation such as
    "3 + 4 = 7" the result counts. Words such as "million" are not multiplied in.

    Args:
        text: A model's answer.

    Returns:
        ``found`` with a ``fractions.Fraction``, or the reason why none was found.
    """
    if text is None or not text.strip():
        return Extraction(outcome="empty")
    for start, end in _places(text):
        found = _result(text, start, end)
        if found is not None:
            return found
    if _ANSWER_FIELD.search(text):
        # The field for the answer has no number, so other numbers are not the answer.
        return nothing_in(text)
    if declines(text):
        return Extraction(outcome="refused")
    return _last(text) or nothing_in(text)


def as_number(value: object) -> Fraction | None:
    """An expected answer as an exact number; None where it is not a number."""
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, int):
        return Fraction(value)
    if isinstance(value, float):
        # 0.1 means a tenth, not the binary number nearest to it.
        return Fraction(repr(float(value))) if math.isfinite(value) else None
    found = extract_number(str(value))
    return found.value if found.outcome == "found" else None


def _places(text: str) -> Iterator[tuple[int, int]]:
    """Where an answer is stated, the most explicit form first, the last statement of each."""
    fields = list(_ANSWER_FIELD.finditer(text))
    if fields:
        group = 1 if fields[-1][1] is not None else 2
        yield fields[-1].span(group)
    hashes = list(_HASHES.finditer(text))
    if hashes:
        yield hashes[-1].span("rest")
    boxed = text.rfind("\\boxed{")
    if boxed >= 0:
        yield boxed + len("\\boxed{"), _closing_brace(text, boxed + len("\\boxed{"))
    if not fields:
        for match in reversed(list(_STATED.finditer(text))):
            if not match["rest"].strip():
                return  # "Answer:" alone on its line announces what follows
            yield match.span("rest")


def _closing_brace(text: str, start: int) -> int:
    depth = 1
    for position in range(start, len(text)):
        depth += (text[position] == "{") - (text[position] == "}")
        if depth == 0:
            return position
    return len(text)


def _result(text: str, start: int, end: int) -> Extraction | None:
    """The first number of a statement, or the right side of an equation that begins with it."""
    found = next_number(text, start, end)
    while found is not None:
        value, span = found
        equals = _EQUALS.match(text, span[1], end)
        following = next_number(text, equals.end(), end) if equals else None
        if following is None:
            return Extraction(outcome="found", value=value, span=span)
        found = following
    return None


def _last(text: str) -> Extraction | None:
    last, position = None, 0
    while (found := next_number(text, position, len(text))) is not None:
        last, position = found, found[1][1]
    return None if last is None else Extraction(outcome="found", value=last[0], span=last[1])
