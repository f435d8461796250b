"""Read confidences and lists of alternatives, in the forms that models write."""

import json
import math
import re

_ABOUT = r"(?:[~≈]|(?:about|around|roughly|approximately|approx\.?|circa|ca?\.)\s)?\s*+"
_DIGITS = r"[+-]?(?:\d+(?:[.,]\d*)?|[.,]\d+)"
_UNIT = r"(?:%|percent\b|pct\b|(?:/|(?:out\s)?of)\s*+\d{1,4}\b(?![.,/]\d))"
_NUMBER = re.compile(
    rf"""{_ABOUT}(?P<value>{_DIGITS})\s*+(?P<unit>{_UNIT})?
        \s*+(?:[(\u2013\u2014-].*|[.,;]\s*+)?""",
    re.DOTALL | re.IGNORECASE | re.VERBOSE,
)
_RANGE = re.compile(
    rf"{_ABOUT}{_DIGITS}\s*+{_UNIT}?\s*+(?:-|\u2013|\u2014|\bto\b)\s*+{_DIGITS}\s*+{_UNIT}?",
    re.IGNORECASE,
)
_MARKUP = "*_`\"'\u201c\u201d "
_ITEM = re.compile(r"\s*(?:[-*\u2022\u2013]|\(?\d{1,3}[.)]|\(?[a-zA-Z]\))\s+")
_ELEMENT = re.compile(r"<(li|item|option)>([^<]*)</\1>", re.IGNORECASE)
_NUMBERED = re.compile(r"\s*\(?1[.)]\s.*?\s\(?2[.)]\s")
_NUMBER_BETWEEN = re.compile(r"(?:^|\s)\(?\d{1,3}[.)]\s+")
_SEPARATOR = re.compile(r"[,()\[\]{}]")
_THOUSANDS = re.compile(r"\d,\d{3}(?!\d)")
_MISSING = {"", "-", "n/a", "na", "none"}
# A number without a unit from 1 to 10 may be on a scale of five or ten: it is not read as percent.
_MIN_PERCENT = 10
_MAX_SHOWN = 40


def read_confidence(text: str | None) -> tuple[float | None, str]:
    """Return a stated confidence as a number in [0, 1].

    Args:
        text: As written, such as ``0.85``, ``.9``, ``85%``, ``3/4``, ``about 80 percent`` or
            ``0.9 (fairly sure)``; None when the model stated none.

    Returns:
        The number or None, and the problem or an empty text. A word such as "high" gives None:
        there is no standard number for it. So do a range and a bound, which state no number.
    """
    if text is None or text.strip().lower() in _MISSING:
        return None, ""
    given = text.strip()
    bare = given.strip(_MARKUP)
    if _RANGE.fullmatch(bare):
        return None, f"{given[:_MAX_SHOWN]!r} is a range and is left out"
    match = _NUMBER.fullmatch(bare)
    if match is None:
        return None, f"{given[:_MAX_SHOWN]!r} is not a number and is left out"
    value, unit = float(match["value"].replace(",", ".")), (match["unit"] or "").lower()
    scale = _scale(unit)
    share = value / scale if scale else math.nan
    if 0 <= share <= 1:
        return share, ""
    if not unit and _MIN_PERCENT < value <= 100:  # percent
        return value / 100, f"{match['value']} is above 1 and read as percent"
    return None, f"{given[:_MAX_SHOWN]!r} is outside 0 to 1 and is left out"


def _scale(unit: str) -> float:
    if not unit:
        return 1.0
    whole = re.search(r"\d+", unit)
    return float(whole[0]) if whole else 100.0


def read_alternatives(text: str) -> list[str]:
    """Return the alternatives of a list: bullets, lines, or separated by semicolons or commas.

    Numbers in one line, a list in brackets and elements such as ``<li>`` separate too.

    Commas inside brackets and inside numbers do not separate.
    """
    if not text:
        return []
    lines = [line for line in text.splitlines() if line.strip()]
    if (found := _marked_up(text.strip())) is not None:
        entries = found
    elif len(lines) == 1 and _NUMBERED.match(lines[0]):
        entries = _NUMBER_BETWEEN.split(lines[0])
    elif lines and _ITEM.match(lines[0]):
        entries = _bullets(lines)
    elif ";" in text:
        entries = " ".join(lines).split(";")
    elif len(lines) > 1 and not any(line.rstrip().endswith(",") for line in lines):
        entries = lines
    else:
        entries = _split_commas(" ".join(line.strip() for line in lines))
    return [entry.strip() for entry in entries if entry.strip().lower() not in _MISSING]


def _marked_up(text: str) -> list[str] | None:
    """Return the texts of a list in brackets or of list elements; None where it is neither."""
    if text.startswith("[") and text.endswith("]"):
        try:
            values = json.loads(text)
        except (ValueError, RecursionError):
            values = []
        if values and all(isinstance(each, str) for each in values):
            return list(map(str, values))
        inside = text[1:-1]
        if "[" in inside or "]" in inside:
            return None
        return [each.strip().strip("\"'") for each in _split_commas(inside)]
    elements = _ELEMENT.findall(text) if "</" in text else []
    return [each for _, each in elements] or None


def _bullets(lines: list[str]) -> list[str]:
    """Return the entries. A line without a bullet continues the entry before it."""
    entries: list[list[str]] = []
    for line in lines:
        found = _ITEM.match(line)
        if found:
            entries.append([line[found.end() :]])
        else:
            entries[-1].append(line.strip())
    return [" ".join(entry) for entry in entries]


def _split_commas(text: str) -> list[str]:
    parts, depth, begin = [], 0, 0
    for found in _SEPARATOR.finditer(text):
        character, index = found[0], found.start()
        if character != ",":
            depth = depth + 1 if character in "([{" else max(0, depth - 1)
        elif depth == 0 and not _in_number(text, index):
            parts.append(text[begin:index])
            begin = index + 1
    return [*parts, text[begin:]]


def _in_number(text: str, index: int) -> bool:
    """Return whether the comma separates thousands, as in 10,000."""
    return index > 0 and _THOUSANDS.match(text, index - 1) is not None
