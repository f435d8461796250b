"""The written forms of numbers, each read without rounding.

A number that is read in part is not read: a range, a date or a term with a letter gives a token
without a value, and the token says whether it is ambiguous.
"""

import re
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from .._core.later import compiled_later

# Longer runs of digits are the stutter of a model, and Python refuses to convert thousands of them.
_MOST_DIGITS = 400
_MOST_POWER = 400

_SUPER = "\u2070\u00b9\u00b2\u00b3\u2074\u2075\u2076\u2077\u2078\u2079\u207b"
_SUPERS = str.maketrans(_SUPER, "0123456789-")
_VULGAR = {
    "\u00bd": (1, 2), "\u2153": (1, 3), "\u2154": (2, 3), "\u00bc": (1, 4), "\u00be": (3, 4),
    "\u2155": (1, 5), "\u2156": (2, 5), "\u2157": (3, 5), "\u2158": (4, 5), "\u2159": (1, 6),
    "\u215a": (5, 6), "\u215b": (1, 8), "\u215c": (3, 8), "\u215d": (5, 8), "\u215e": (7, 8),
}  # fmt: skip
# One character for one, so that positions stay.
SAME_LENGTH = str.maketrans(
    "\uff10\uff11\uff12\uff13\uff14\uff15\uff16\uff17\uff18\uff19\uff0d\u2212\u2044\uff0c\uff0e\u2019\u00d7\u22c5\u00b7\uff1d\uff1a\uff08\uff09\uff05\u066b\u066c",
    "0123456789--/,.'***=:()%.,",
)
_SCALES = {"hundred": 2, "thousand": 3, "million": 6, "billion": 9, "trillion": 12}

_INTEGER = r"""
    (?P<indian>\d{1,2}(?:,\d{2})+,\d{3}(?!\d))
  | (?P<points>\d{1,3}(?:\.\d{3}){2,}(?:,\d{1,2})?(?![\d.]\d)|\d{1,3}\.\d{3},\d{1,2}(?!\d))
  | (?P<groups>\d{1,3}(?:(?:,|\{,\}|\\[,; ]|,\\!|')\d{3})+(?!\d)|\d{1,3}(?:_\d{3})+(?![\d_])
      |\d{1,3}(?:[ \u00a0\u2009\u202f]\d{3})+(?![\d/]|[ ]\d))
  | (?P<plain>\d+)
"""
_NUMBER = compiled_later(
    rf"""
    (?P<frac>\d*\s?\\[dtc]?frac\s?(?:\{{\s*(?P<over>-?\d+(?:\{{,\}}\d{{3}})*)\s*\}}|\s?(?P<over1>\d))\s?
       (?:\{{\s*(?P<under>\d+)\s*\}}|(?P<under1>\d)))
  | (?P<whole>{_INTEGER})?
    (?P<mixed>(?:[ ]|[ ]and[ ])(?=\d+/\d)(?P<mover>\d+)/(?P<munder>\d+)(?![\d/]|\.\d))?
    (?P<part>\.\d+)?
    (?P<vulgar>[ ]?[{"".join(_VULGAR)}])?
    (?P<e>[eE][-+]?\d{{1,3}}(?![\w.]))?
    (?P<slash>\s?/\s?(?P<sunder>\d+)(?![\d/]|\.\d))?
    """,
    re.VERBOSE,
)
_POWER = compiled_later(
    rf"\s?(?:\^|\*\*)\s?(?:\{{\s?(-?\d{{1,4}})\s?\}}|(-?\d{{1,4}}))|([{_SUPER}]{{1,5}})"
)
_TIMES_TEN = compiled_later(
    rf"\s?(?:[x*]|\\times|\\cdot)\s?10\s?"
    rf"(?:(?:\^|\*\*)\s?(?:\{{\s?(-?\d{{1,4}})\s?\}}|(-?\d{{1,4}}))|([{_SUPER}]{{1,5}}))"
)
_PARTS = {"half": 2, "third": 3, "quarter": 4}
_AND_A_PART = compiled_later(rf"\s+and\s+(?:a|one)\s+({'|'.join(_PARTS)})\b", re.IGNORECASE)
# Millions or metres, a unit or its count, feet and inches.
_SHORT_SCALE = compiled_later(
    r"(?:M|MM|mn|bn|B|K)\b|\s?(?:dozen|lakh|crore)s?\b|['\u2032]\s?\d|\s[eE]\s?[-+]?\d"
    r"|\s?[\u767e\u5343\u4e07\u842c\u5104\u4ebf\ubc31\ucc9c\ub9cc\uc5b5]"
)
# A number in base two, or a decimal fraction that goes on.
_SUBSCRIPT = compiled_later(r"_\{?\d|\.?\d?\s?\\(?:overline|bar|dot)\b|\u0305")
# The second part of a time or a length: "2 hours 30 minutes", "2h30m".
_COMPOUND = compiled_later(
    r"\s?(?:years?|months?|weeks?|days?|hours?|hrs?|h|minutes?|mins?|feet|foot|ft|yards?|pounds?|lbs?"
    r"|kg|km|meters?|metres?|quarts?|gallons?)\s?(?:,|and)?\s?\d+\s?"
    r"(?:months?|weeks?|days?|hours?|hrs?|h|minutes?|mins?|m|seconds?|secs?|s|inch(?:es)?|in|feet|ft"
    r"|ounces?|oz|g|m|cm|pints?|quarts?)\b",
    re.IGNORECASE,
)
# A power that no number here has, and millions of a currency behind its sign.
_FAR_POWER = compiled_later(r"[eE][-+]?\d{4,}")
_MILLIONS = compiled_later(r"m\b")
_CURRENCY = compiled_later(r"[$\u20ac\u00a3\u00a5\u20b9]\s?$")
_SIGNS = 3
_SCALE = compiled_later(rf"\s?({'|'.join(_SCALES)})s?\b", re.IGNORECASE)
_BEGIN = compiled_later(rf"[\d.\\{''.join(_VULGAR)}]")
_MINUS_WORD = compiled_later(r"\b(?:minus|negative)\s$", re.IGNORECASE)
# Letters that make a term, of which the digits are the coefficient only.
_TERM = compiled_later(
    r"\s?(?:\\(?:pi|sqrt|alpha|theta|log|ln|sin|cos)\b|[\u03c0\u221a\u221e])|[xyznijkab](?![A-Za-z])"
    r"|\s?[*]?\s?\\?sqrt"
)
_TIME = compiled_later(r":\d{2}\s?(?:[ap]\.?m\b)?(?!\d)", re.IGNORECASE)
# "2:00 pm" is the hour 2, whole; GSM8K states such answers as 2. "3:45 pm" is not a number.
_FULL_HOUR = compiled_later(r":00\s?[ap]\.?m\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Token:
    """A number in a text; without a value it is not one, or it has several readings."""

    value: Fraction | None
    start: int
    end: int
    doubt: Literal["", "ambiguous", "nothing"] = ""


def next_token(text: str, position: int, end: int) -> Token | None:
    """The first number of ``text[position:end]``, where it stands and what it is worth."""
    while (begin := _BEGIN.search(text, position, end)) is not None:
        position = begin.start()
        match = _NUMBER.match(text, position, end)
        if match is None or not _has_digits(match):
            position += 1
            continue
        if _is_in_a_name(text, position):
            position = max(match.end(), _run(text, position, end))
            continue
        return _signed(text, _token(text, match, end))
    return None


def _has_digits(match: re.Match[str]) -> bool:
    return any(match[name] for name in ("frac", "whole", "part", "vulgar"))


def _is_in_a_name(text: str, position: int) -> bool:
    """Whether the digits belong to a name such as GPT-4 or x2; ``x`` multiplies, as in 3x10."""
    before = text[position - 1 : position] if position else ""
    if _spells(before):
        return before != "x"
    return before == "-" and position > 1 and _spells(text[position - 2])


def _spells(before: str) -> bool:
    """Whether digits behind this letter go on with its word: not in a script without spaces."""
    return before.isalpha() and before < _WITHOUT_SPACES


def _token(text: str, match: re.Match[str], end: int) -> Token:  # noqa: C901, PLR0911  # by form
    start, stop = match.span()
    if stop - start > _MOST_DIGITS:
        return Token(None, start, stop, "nothing")
    hour = _FULL_HOUR.match(text, stop, end)
    if hour and re.fullmatch(r"0?[1-9]|1[0-2]", match[0]):
        return Token(Fraction(int(match[0])), start, hour.end())
    doubt = _doubt(text, match, end)
    if doubt:
        return Token(None, start, doubt[1], doubt[0])
    value = _value(match)
    if value is None:
        return Token(None, start, stop, "nothing")
    power = _POWER.match(text, stop, end)
    if power:
        exponent = _exponent(power)
        if power[3] and value != 10:  # a square, or a mark of a footnote
            return Token(None, start, power.end(), "ambiguous")
        if abs(exponent) > _MOST_POWER or value.numerator.bit_length() * abs(exponent) > 4000:
            return Token(None, start, power.end(), "nothing")
        if exponent < 0 and not value:
            return Token(None, start, power.end(), "nothing")
        value, stop = value**exponent, power.end()
    else:
        ten = _TIMES_TEN.match(text, stop, end)
        if ten and abs(_exponent(ten)) <= _MOST_POWER:
            value, stop = value * Fraction(10) ** _exponent(ten), ten.end()
    value, stop = _in_words(text, value, stop, end)
    if _TERM.match(text, stop, end):
        return Token(None, start, stop, "nothing")
    return Token(value, start, stop)


def _in_words(text: str, value: Fraction, stop: int, end: int) -> tuple[Fraction, int]:
    """The number with the half or the million behind it, and where that ends."""
    more = _AND_A_PART.match(text, stop, end)
    if more:
        value, stop = value + Fraction(1, _PARTS[more[1].lower()]), more.end()
    scale = _SCALE.match(text, stop, end)
    if scale:
        value, stop = value * 10 ** _SCALES[scale[1].lower()], scale.end()
    return value, stop


def _doubt(  # noqa: PLR0911, C901  # a return for each form that looks like a number
    text: str, match: re.Match[str], end: int
) -> tuple[Literal["ambiguous", "nothing"], int] | None:
    """Forms that look like a number and are another thing, or could be two."""
    stop = match.end()
    if match["plain"] and not match["part"] and re.match(r",\d", text[stop : min(end, stop + 2)]):
        following = re.compile(r",(\d+)(?!\d)").match(text, stop, end)
        if (
            following
            and len(following[1]) != 3
            and not re.match(r",\d", text[following.end() :][:2])
        ):
            return "ambiguous", following.end()  # a decimal comma, or a list
    if match["plain"] and match["part"] and re.match(r"\.\d", text[stop : min(end, stop + 2)]):
        return "nothing", _run(text, stop, end)  # a version
    if match["plain"] and re.match(r"/\d", text[stop : min(end, stop + 2)]):
        run = _run(text, stop, end)
        if text.count("/", stop, run) > 1 or match["slash"]:
            return "nothing", run  # a date
    for several in (_SHORT_SCALE, _SUBSCRIPT, _COMPOUND):
        found = several.match(text, stop, end)
        if found:
            return "ambiguous", found.end()
    if _FAR_POWER.match(text, stop, end):
        return "nothing", _run(text, stop, end)
    if _MILLIONS.match(text, stop, end) and _CURRENCY.search(text[: match.start()][-_SIGNS:]):
        return "ambiguous", stop + 1
    time = _TIME.match(text, stop, end)
    if time:
        return "nothing", time.end()
    if re.match(r"\s?:\s?\d", text[stop : min(end, stop + 4)]):
        return "ambiguous", _run(text, stop + 1, end)  # a ratio
    if match["plain"] == "0" and re.match(
        r"[bxo][0-9a-f]", text[stop : min(end, stop + 2)], re.IGNORECASE
    ):
        return "ambiguous", _run(text, stop, end)
    return None


def _run(text: str, position: int, end: int) -> int:
    found = re.compile(r"[\w./:]*").match(text, position, end)
    return found.end() if found else position


def _value(match: re.Match[str]) -> Fraction | None:
    """The value without its sign; None for a division by zero."""
    if match["frac"]:
        whole = re.match(r"\d*", match["frac"])
        over = re.sub(r"[^\d-]", "", match["over"] or match["over1"])
        under = int(match["under"] or match["under1"])
        if not under or not re.fullmatch(r"-?\d+", over):
            return None
        ahead = int(whole[0]) if whole and whole[0] else 0
        return ahead + Fraction(int(over), under)
    value = _whole(match)
    if match["vulgar"]:
        value += Fraction(*_VULGAR[match["vulgar"].strip()])
    under = match["munder"] or match["sunder"]  # type: ignore[assignment]
    if under and not int(under):
        return None
    if match["mixed"]:
        return value + Fraction(int(match["mover"]), int(under))
    return value / int(under) if under else value


def _whole(match: re.Match[str]) -> Fraction:
    text = match["whole"] or "0"
    if match["points"]:
        ahead, _, cents = text.partition(",")
        return Fraction(ahead.replace(".", "") + ("." + cents if cents else ""))
    digits = re.sub(r"\D", "", text) or "0"
    return Fraction(digits + (match["part"] or "") + (match["e"] or ""))


def _exponent(match: re.Match[str]) -> int:
    text = match[1] or match[2] or match[3].translate(_SUPERS)
    return int(text) if re.fullmatch(r"-?\d+", text) else 0


# Thai and the scripts behind it in Unicode, those of East Asia among them.
_WITHOUT_SPACES = "\u0e00"
# Between a word and a number, with spaces, a dash says "is" in Russian.
_RUSSIAN = compiled_later(r"[\u0400-\u04ff]\s$")
_SIGN = compiled_later(
    r"(?P<sign>[-+\u2013\u2014\u00b1])?(?P<space>\s?)(?:\\?[$\u20ac\u00a3\u00a5\u20b9]\s?(?P<inner>-)?)?$"
)


# A dash behind a label joins, and on the next line it is a sign or the mark of a list.
_LABEL = compiled_later(
    r"(?:\b(?:answer|ans|total|result|sum|solution)[*_]{0,3}[ \t]{0,3}|:[*_]{0,3}[ \t]{0,3}\n)$",
    re.IGNORECASE,
)


def _signed(text: str, token: Token) -> Token:  # noqa: PLR0911  # a return for each sign
    """The number with its sign and currency."""
    before = text[max(0, token.start - 12) : token.start]
    sign = _SIGN.search(before)
    if re.search(r"(?:\\pm|\u00b1)\s?\\?\$?$", before):
        return Token(None, token.start, token.end, "ambiguous")
    word = _MINUS_WORD.search(before)
    if token.value is None or sign is None:
        return token
    if word:
        return Token(-token.value, token.start - len(word[0]), token.end)
    start = token.start - (len(before) - sign.start())
    if sign["inner"]:
        return Token(-token.value, start, token.end)
    mark = sign["sign"]
    if mark and sign["space"] and _RUSSIAN.search(text[max(0, start - 3) : start]):
        return token
    if mark and sign["space"] and _LABEL.search(text, max(0, start - 12), start):
        return Token(None, start, token.end, "ambiguous") if "\n" in text[start - 1] else token
    if mark == "\u2014" and _is_unary(text, start):
        return Token(None, start, token.end, "ambiguous")
    if mark in ("-", "\u2013") and _is_unary(text, start):
        return Token(-token.value, start, token.end)
    return token if mark != "+" else Token(token.value, start, token.end)


def _is_unary(text: str, position: int) -> bool:
    """A minus after a word or a number joins or subtracts; elsewhere it makes a number negative."""
    before = position - 1
    while before >= 0 and text[before] == " ":
        before -= 1
    if before < 0:
        return True
    touching = before == position - 1
    return not (
        text[before].isdigit() or text[before] in ")]%" or (touching and _spells(text[before]))
    )


_UNITS = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
]
_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_WORD = compiled_later(
    rf"[\s*_:\"'$]*(?:about |exactly |only )?"
    rf"(?P<minus>(?:minus|negative)\s)?"
    rf"(?:(?P<tens>{'|'.join(_TENS)})(?:[- ](?P<ones>{'|'.join(_UNITS[1:10])}))?"
    rf"|(?P<unit>{'|'.join(_UNITS)}))\b(?!\s+(?:hundred|thousand|million|of the)\b)",
    re.IGNORECASE,
)


_NAMED_PARTS = ("half", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
# "Two thirds"; three quarters may be coins, and a dozen may be one thing.
_PART_IN_WORDS = compiled_later(
    rf"[- ](?:(?P<name>{'|'.join(_NAMED_PARTS)})s?\b|(?:halves|quarters?|dozens?|score)\b)",
    re.IGNORECASE,
)


def number_in_words(text: str, start: int, end: int) -> Token | None:
    """A number below a hundred that is written out at the beginning of a statement."""
    match = _WORD.match(text, start, end)
    if match is None:
        return None
    if match["unit"]:
        value = _UNITS.index(match["unit"].lower())
    else:
        ones = _UNITS.index(match["ones"].lower()) if match["ones"] else 0
        value = 10 * _TENS.index(match["tens"].lower()) + 20 + ones
    begin = match.start("unit") if match["unit"] else match.start("tens")
    part = _PART_IN_WORDS.match(text, match.end(), end)
    if part is not None and part["name"] is None:
        return Token(None, begin, part.end(), "ambiguous")
    share = (
        Fraction(value, _NAMED_PARTS.index(part["name"].lower()) + 2) if part else Fraction(value)
    )
    if match["minus"]:
        share, begin = -share, match.start("minus")
    return Token(share, begin, part.end() if part else match.end())
