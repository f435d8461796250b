"""The written forms of numbers, each read without rounding."""

import re
from fractions import Fraction

Found = tuple[Fraction, tuple[int, int]]

# Longer runs of digits are the stutter of a model, and Python refuses to convert thousands of them.
_MOST_DIGITS = 400

_SIGN = r"(?P<sign>[-+\u2212])?\s?"
_GROUP = r"(?:,|\{,\}|\\,|,\\!|[\u00a0\u2009\u202f])\d{3}"
_NUMBER = re.compile(
    rf"""
    {_SIGN}
    (?P<currency>\\?[$\u20ac\u00a3\u00a5])?\s?
    (?P<inner>[-\u2212])?
    (?P<whole>\d{{1,3}}(?:{_GROUP})+(?!\d)|\d+)?
    (?:[ ](?P<over>\d+)(?=/))?
    (?P<part>\.\d+)?
    (?P<power>[eE][-+]?\d{{1,3}}(?![\w.]))?
    (?:\s?/\s?(?P<under>\d+)(?![\d/]|\.\d))?
    """,
    re.VERBOSE,
)
_FRACTION = re.compile(
    rf"{_SIGN}(?P<currency>\\?\$)?(?P<whole>\d+)?\s?"
    r"\\[dt]?frac\{\s*(?P<inner>[-\u2212])?(?P<over>\d+)\s*\}\{\s*(?P<under>\d+)\s*\}"
)
_POWER_OF_TEN = re.compile(r"\s?(?:[x*\u00d7\u00b7]|\\times|\\cdot)\s?10\s?\^\s?\{?(-?\d{1,3})\}?")
_BEGIN = re.compile(r"[-+\u2212$\u20ac\u00a3\u00a5.\\\d]")


def next_number(text: str, start: int, end: int) -> Found | None:
    """The first number of ``text[start:end]`` and where it stands."""
    position = start
    while (begin := _BEGIN.search(text, position, end)) is not None:
        position = begin.start()
        match = _FRACTION.match(text, position, end) or _NUMBER.match(text, position, end)
        if match is None or not _has_digits(match):
            position += 1
            continue
        name = match["sign"] is None and _is_in_a_name(text, position)
        value = None if name else _value(match)
        if value is None:
            position = match.end()
            continue
        return _finish(text, match, value, end)
    return None


def _has_digits(match: re.Match[str]) -> bool:
    groups = match.groupdict()
    return any(groups.get(part) for part in ("whole", "part", "under"))


def _is_in_a_name(text: str, position: int) -> bool:
    """Whether the digits here belong to a name such as GPT4; x is a sign of multiplication."""
    return position > 0 and text[position - 1].isalpha() and text[position - 1] != "x"


def _value(match: re.Match[str]) -> Fraction | None:
    """The value without its sign; None for a text that looks like a number but is not one."""
    if match.end() - match.start() > _MOST_DIGITS:
        return None
    parts = {"part": None, "power": None, **match.groupdict()}
    whole = re.sub(r"\D", "", parts["whole"] or "") or "0"
    over, under = parts["over"], parts["under"]
    if under and not int(under):
        return None
    if over and under:
        return Fraction(whole) + Fraction(int(over), int(under))
    value = Fraction(whole + (parts["part"] or "") + (parts["power"] or ""))
    return value / int(under) if under else value


def _finish(text: str, match: re.Match[str], value: Fraction, end: int) -> Found:
    stop = match.end()
    power = _POWER_OF_TEN.match(text, stop, end)
    if power:
        value *= Fraction(10) ** int(power[1])
        stop = power.end()
    minus = match["inner"] is not None or (
        match["sign"] in ("-", "\u2212") and _is_unary(text, match.start())
    )
    return (-value if minus else value), (match.start(), stop)


def _is_unary(text: str, position: int) -> bool:
    """A minus after a word or a number joins or subtracts; elsewhere it makes a number negative."""
    before = position - 1
    while before >= 0 and text[before] == " ":
        before -= 1
    if before < 0:
        return True
    touching = before == position - 1
    return not (
        text[before].isdigit() or text[before] in ")]%" or (touching and text[before].isalpha())
    )
