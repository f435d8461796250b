"""Read the values that models write in many ways: confidences and lists."""

import re

_NUMBER = re.compile(
    r"""[~≈]?\s*(?P<value>[+-]?(?:\d+(?:[.,]\d*)?|[.,]\d+))
        \s*(?P<unit>%|percent\b|(?:/|out\sof)\s*(?:100?|5)\b)?
        \s*(?:[(\u2013\u2014-].*|[.,;]\s*)?""",
    re.DOTALL | re.IGNORECASE | re.VERBOSE,
)
_ITEM = re.compile(r"\s*(?:[-*\u2022\u2013]|\(?\d{1,3}[.)]|\(?[a-zA-Z]\))\s+")
_NONE = {"", "-", "n/a", "na", "none"}
# Between 1 and this a number may as well be on a scale of five or ten.
_SURELY_PERCENT = 10
_SHOWN = 40


def read_confidence(text: str | None) -> tuple[float | None, str]:
    """A stated confidence as a share.

    Args:
        text: As written, such as ``0.85``, ``.9``, ``85%``, ``8/10`` or ``0.9 (fairly sure)``; None
            when there was none.

    Returns:
        The share in [0, 1] or None, and what is odd about it or an empty text. A word such as
        "high" gives None: what number a model means by it is not ours to invent.
    """
    if text is None or text.strip().lower() in _NONE:
        return None, ""
    given = text.strip()
    match = _NUMBER.fullmatch(given)
    if match is None:
        return None, f"{given[:_SHOWN]!r} is no number and is left out"
    value, unit = float(match["value"].replace(",", ".")), (match["unit"] or "").lower()
    share = value / _scale(unit)
    if 0 <= share <= 1:
        return share, ""
    if not unit and _SURELY_PERCENT < value <= 100:  # percent
        return value / 100, f"{match['value']} is above 1 and read as percent"
    return None, f"{given[:_SHOWN]!r} is outside 0 to 1 and is left out"


def _scale(unit: str) -> float:
    if not unit:
        return 1.0
    whole = re.search(r"\d+", unit)
    return float(whole[0]) if whole else 100.0


def read_alternatives(text: str) -> list[str]:
    """A list of alternatives: bullets, one per line, or separated by semicolons or by commas.

    Commas inside brackets and inside numbers do not separate.
    """
    lines = [line for line in text.splitlines() if line.strip()]
    if lines and _ITEM.match(lines[0]):
        entries = _bullets(lines)
    elif ";" in text:
        entries = " ".join(lines).split(";")
    elif len(lines) > 1 and not any(line.rstrip().endswith(",") for line in lines):
        entries = lines
    else:
        entries = _split_commas(" ".join(line.strip() for line in lines))
    return [entry.strip() for entry in entries if entry.strip().lower() not in _NONE]


def _bullets(lines: list[str]) -> list[str]:
    """A line without a bullet goes on with the entry before it."""
    entries: list[str] = []
    for line in lines:
        found = _ITEM.match(line)
        if found:
            entries.append(line[found.end() :])
        else:
            entries[-1] += " " + line.strip()
    return entries


def _split_commas(text: str) -> list[str]:
    parts, depth = [""], 0
    for place, character in enumerate(text):
        depth += (character in "([{") - (character in ")]}" and depth > 0)
        if character == "," and depth == 0 and not _in_number(text, place):
            parts.append("")
        else:
            parts[-1] += character
    return parts


def _in_number(text: str, place: int) -> bool:
    """Whether the comma sets thousands apart, as in 10,000."""
    return re.match(r"\d,\d{3}(?!\d)", text[max(0, place - 1) : place + 5]) is not None
