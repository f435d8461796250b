r"""Find the number that a model gives as its answer, exactly.

In this order: the ``answer`` field of a JSON object, what follows ``####``, the last ``\boxed{}``,
the last "answer is", the last number of the text.
"""

import re
from collections.abc import Iterator
from fractions import Fraction

from ._extraction import Extraction, nothing_in

_NUMBER = re.compile(
    r"""
    (?P<sign>[-+\u2212])?\s?
    (?P<currency>[$\u20ac\u00a3\u00a5])?\s?
    (?P<inner>[-\u2212])?
    (?P<whole>\d{1,3}(?:,\d{3})+(?!\d)|\d+)?
    (?P<part>\.\d+)?
    (?P<power>[eE][-+]?\d{1,3}(?![\w.]))?
    (?:\s?/\s?(?P<under>\d+)(?![\d/]))?
    """,
    re.VERBOSE,
)
_POWER_OF_TEN = re.compile(r"\s?(?:[x*\u00d7\u00b7]|\\times|\\cdot)\s?10\s?\^\s?\{?(-?\d{1,3})\}?")
_ANSWER_FIELD = re.compile(r'"answer"\s*:\s*(?:"((?:[^"\\]|\\.)*)"?|([^,}\]\n]*))', re.IGNORECASE)
_HASHES = re.compile(r"####\s*(.+)")
_STATED = re.compile(
    r"(?:\banswer\s*(?:is|:|=)|\btherefore,?|^A:)\s*(?P<rest>[^\n]*)", re.IGNORECASE | re.MULTILINE
)


def extract_number(text: str | None) -> Extraction:
    """The number that a text gives as its answer.

    Thousands separators, currency signs and percent signs are read over: "$1,234.50" is 1234.5 and
    "50 %" is 50. Fractions and powers of ten are computed exactly.

    Args:
        text: What a model wrote.

    Returns:
        ``found`` with a ``fractions.Fraction``, or the reason why there is none.
    """
    if text is None or not text.strip():
        return Extraction(outcome="empty")
    for start, end in _places(text):
        numbers = list(_numbers(text, start, end))
        if numbers:
            return numbers[0]
    if _ANSWER_FIELD.search(text):
        # The field for the answer is there and holds no number: other numbers are not the answer.
        return nothing_in(text)
    numbers = list(_numbers(text, 0, len(text)))
    return numbers[-1] if numbers else nothing_in(text)


def as_number(value: object) -> Fraction | None:
    """A right answer as an exact number; None when it is none."""
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, int):
        return Fraction(value)
    if isinstance(value, float):
        # 0.1 means a tenth, not the binary number nearest to it.
        return Fraction(repr(value)) if value == value and abs(value) != float("inf") else None  # noqa: PLR0124  # not-a-number
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
        yield hashes[-1].span(1)
    boxed = text.rfind("\\boxed{")
    if boxed >= 0:
        yield boxed + len("\\boxed{"), _closing_brace(text, boxed + len("\\boxed{"))
    if not fields:
        for match in reversed(list(_STATED.finditer(text))):
            yield match.span("rest")


def _closing_brace(text: str, start: int) -> int:
    depth = 1
    for place in range(start, len(text)):
        depth += (text[place] == "{") - (text[place] == "}")
        if depth == 0:
            return place
    return len(text)


def _numbers(text: str, start: int, end: int) -> Iterator[Extraction]:
    place = start
    while place < end:
        match = None if text[place].isspace() else _NUMBER.match(text, place, end)
        if match is None or (match["whole"] is None and match["part"] is None):
            place += 1
            continue
        if match["sign"] is None and place and text[place - 1].isalpha() and text[place - 1] != "x":
            place = match.end()  # part of a name, such as GPT4
            continue
        value, stop = _value(text, match, end)
        yield Extraction(outcome="found", value=value, span=(place, stop))
        place = stop


def _value(text: str, match: re.Match[str], end: int) -> tuple[Fraction, int]:
    digits = (match["whole"] or "0").replace(",", "") + (match["part"] or "")
    value = Fraction(digits + (match["power"] or ""))
    stop = match.end()
    under = match["under"]
    if under and int(under):
        value /= int(under)
    power = _POWER_OF_TEN.match(text, stop, end)
    if power:
        value *= Fraction(10) ** int(power[1])
        stop = power.end()
    minus = match["inner"] is not None or (
        match["sign"] in ("-", "\u2212") and _is_unary(text, match.start())
    )
    return (-value if minus else value), stop


def _is_unary(text: str, place: int) -> bool:
    """A minus after a word or a number joins or subtracts; elsewhere it makes a number negative."""
    before = text[:place].rstrip(" ")
    if not before:
        return True
    touching = place > 0 and text[place - 1] != " "
    return not (before[-1].isdigit() or (touching and before[-1].isalpha()))
