r"""Find the number that an answer gives, exactly.

In this order: the ``answer`` field of a JSON object, what follows ``####``, the last ``\boxed{}``,
the last "answer is", the last number of the text.
"""

import re
from collections.abc import Iterator
from fractions import Fraction

from .reading import Reading

# Longer runs of digits are the stutter of a model, and Python refuses to convert thousands of them.
_MOST_DIGITS = 400

_MINUS = ("-", "\u2212")
_GROUP = r"(?:,|\{,\}|\\,|[\u00a0\u2009\u202f])\d{3}"
_NUMBER = re.compile(
    rf"""
    (?P<sign>[-+\u2212])?\s?
    (?:\\?[$\u20ac\u00a3\u00a5])?\s?
    (?P<inner>[-\u2212])?
    (?:
        (?P<comma>\d{{1,3}}(?:\.\d{{3}})+,\d+(?![\d.,]*\d))     # 1.234,56
      | (?:(?P<mixed>\d+)\s?)?
        \\[dt]?frac\s?\{{\s?(?P<top>-?\d+)\s?\}}\s?\{{\s?(?P<bottom>\d+)\s?\}}
      | (?P<before>\d+)[ ](?P<over>\d+)/(?P<of>\d+)(?![\d/])     # 2 1/2
      | (?P<whole>\d{{1,3}}(?:{_GROUP})+(?!\d)|\d+)?(?P<part>\.\d+)?
        (?P<power>[eE][-+]?\d{{1,3}}(?!\w))?
        (?:\s?/\s?(?P<under>\d+)(?![\d/]|\.\d))?
    )
    """,
    re.VERBOSE,
)
_TIMES_TEN = re.compile(r"\s?(?:[x*\u00d7\u00b7]|\\times|\\cdot)\s?10\s?\^\s?\{?(-?\d{1,3})\}?")
_BEGIN = re.compile(r"[-+\u2212$\u20ac\u00a3\u00a5.\\\d]")

_FIELD = re.compile(
    r'"(?:final[ _]?)?answer"\s*:\s*'
    r'(?:"(?P<quoted>[^"\\]*+(?:\\.[^"\\]*+)*+)"?|(?P<bare>[^,}\]\n]*))',
    re.IGNORECASE,
)
_HASHES = re.compile(r"####[ \t]*(?P<rest>[^\n]+)")
_STATED = re.compile(
    r"(?:\banswer\s*(?:is|:|=)(?!\s*not\b)|^A:)(?P<rest>[^\n]*)", re.IGNORECASE | re.MULTILINE
)
# From the end of a number to an equals sign with nothing but arithmetic between.
_EQUALS = re.compile(
    r"(?:[\s\d.,()$\u20ac\u00a3\u00a5%{}+*/\u2212\u00d7\u00b7\u00f7^x-]|\\(?:times|cdot|div)\b)*="
)
# A number that is denied, or that says to how many places another one is rounded.
_DENIED = re.compile(
    r"(?:\bnot|n't|\brather than|\binstead of)\s+(?:the\s+)?[\\$\u20ac*_(-]{0,4}$", re.IGNORECASE
)
_ROUNDED = re.compile(r"\bround(?:s|ed|ing)?\s+(?:up\s+|down\s+|off\s+)?to\s+$", re.IGNORECASE)
_PLACES = re.compile(r"[ -](?:decimals?|significant|digits?|places?)\b", re.IGNORECASE)
# A dash behind a label joins; on the next line it is a sign or the mark of a list.
_LABEL = re.compile(
    r"(?:\b(?:answer|total|result|sum|solution)[*_]{0,3}[ \t]{0,3}"
    r"|:[*_]{0,3}[ \t]{0,3}(?P<below>\n))$",
    re.IGNORECASE,
)
_NEAR = 40


def number_key(answer: str) -> Fraction | None:
    r"""The number an answer gives, by the most explicit form of stating it; None without one.

    Separators of thousands, currency and percent signs are read over: "$1,234.50" is 1234.5 and
    "50 %" is 50. Of an equation such as "3 + 4 = 7" the result counts.
    """
    key = read_number(answer).key
    return key if isinstance(key, Fraction) else None


def read_number(answer: str) -> Reading:
    """The same, with where it was found: ``field``, ``hashes``, ``boxed``, ``stated``, ``last``."""
    for how, start, end in _statements(answer):
        found = _result(answer, start, end)
        if found is not None:
            return Reading(found, how)
    if _FIELD.search(answer):
        # The field for the answer is there and holds no number: other numbers are not the answer.
        return Reading(None, "field")
    last, index = None, 0
    while (following := _next(answer, index, len(answer))) is not None:
        value, start, index = following
        if not _is_set_aside(answer, start, index):
            last = value
    return Reading(last, "" if last is None else "last")


def _statements(text: str) -> Iterator[tuple[str, int, int]]:
    """Where an answer is stated, the most explicit form first, the last statement of each."""
    fields = list(_FIELD.finditer(text))
    if fields:
        yield "field", *fields[-1].span("bare" if fields[-1]["quoted"] is None else "quoted")
    hashes = list(_HASHES.finditer(text))
    if hashes:
        yield "hashes", *hashes[-1].span("rest")
    boxed = text.rfind("\\boxed{")
    if boxed >= 0:
        start = boxed + len("\\boxed{")
        yield "boxed", start, closing_brace(text, start)
    if not fields:
        for match in reversed(list(_STATED.finditer(text))):
            yield "stated", *match.span("rest")


def closing_brace(text: str, start: int) -> int:
    """The index of the brace that closes the one before ``start``; the end without one."""
    depth = 1
    for index in range(start, len(text)):
        depth += (text[index] == "{") - (text[index] == "}")
        if depth == 0:
            return index
    return len(text)


def _result(text: str, start: int, end: int) -> Fraction | None:
    """The first number of a statement, or the right side of an equation that begins with it."""
    found = _next(text, start, end)
    while found is not None:
        value, _, index = found
        equals = _EQUALS.match(text, index, end)
        found = _next(text, equals.end(), end) if equals else None
        if found is None:
            return value
    return None


def _is_set_aside(text: str, start: int, end: int) -> bool:
    near = max(0, start - _NEAR)
    if _DENIED.search(text, near, start):
        return True
    return bool(_ROUNDED.search(text, near, start) and _PLACES.match(text, end))


def _next(text: str, start: int, end: int) -> tuple[Fraction, int, int] | None:
    """The first number of ``text[start:end]``, and where it begins and ends."""
    index = start
    while (begin := _BEGIN.search(text, index, end)) is not None:
        index = begin.start()
        match = _NUMBER.match(text, index, end)
        if match is None or not any(map(str.isdigit, match[0])):
            index += 1  # a sign or a stop without a number
            continue
        value = None if _is_in_a_name(text, index) else _value(match)
        if value is None:
            index = match.end()
            continue
        stop = match.end()
        power = _TIMES_TEN.match(text, stop, end)
        if power is not None:
            value *= Fraction(10) ** int(power[1])
            stop = power.end()
        label = _LABEL.search(text, max(0, index - _NEAR), index) if match["sign"] else None
        joins = label is not None and text[index + 1].isspace()
        if joins and label is not None and label["below"]:
            index = stop
            continue
        minus = match["inner"] is not None or (
            match["sign"] in _MINUS and not joins and _is_unary(text, match.start())
        )
        return (-value if minus else value), index, stop
    return None


def _value(match: re.Match[str]) -> Fraction | None:
    """The value without its sign; None if the text is not a number."""
    if match.end() - match.start() > _MOST_DIGITS:
        return None
    parts = match.groupdict()
    if parts["comma"]:
        return Fraction(parts["comma"].replace(".", "").replace(",", "."))
    if parts["bottom"]:
        return _quotient(parts["mixed"], parts["top"], parts["bottom"])
    if parts["of"]:
        return _quotient(parts["before"], parts["over"], parts["of"])
    if not parts["whole"] and not parts["part"]:
        return None
    whole = re.sub(r"\D", "", parts["whole"] or "") or "0"
    value = Fraction(whole + (parts["part"] or "") + (parts["power"] or ""))
    return value / int(parts["under"]) if parts["under"] and int(parts["under"]) else value


def _quotient(whole: str | None, over: str, under: str) -> Fraction | None:
    return Fraction(whole or 0) + Fraction(int(over), int(under)) if int(under) else None


def _is_in_a_name(text: str, index: int) -> bool:
    """Whether digits here belong to a name such as GPT4; x is a sign of multiplication."""
    return (
        text[index].isdigit()
        and index > 0
        and (text[index - 1].isalpha() or text[index - 1] == "_")
        and text[index - 1] != "x"
    )


def _is_unary(text: str, index: int) -> bool:
    """A minus after a word or a number joins or subtracts; elsewhere it makes a number negative."""
    before = text[max(0, index - 20) : index]
    touching = before.rstrip(" ")
    if not touching:
        return True
    last = touching[-1]
    return not (last.isdigit() or last in ")]%" or (touching == before and last.isalpha()))
