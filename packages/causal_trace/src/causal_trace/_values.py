"""Read the values that models write in many ways: confidences and lists."""

import re

_NUMBER = re.compile(r"^[~≈]?\s*([+-]?(?:\d+(?:\.\d*)?|\.\d+))\s*(%|/\s*10{1,2}\b)?\s*$")
_ITEM = re.compile(r"^\s*(?:[-*•]|\(?\d+[.)]|\(?[a-zA-Z][.)])\s+")


def read_confidence(text: str | None) -> tuple[float | None, str]:
    """A stated confidence as a share.

    Args:
        text: As written, such as ``0.85``, ``.9``, ``85%`` or ``8/10``; None when there was none.

    Returns:
        The share in [0, 1] or None, and what is odd about it or an empty text. A word such as
        "high" gives
        None: what number a model means by it is not ours to invent.
    """
    if text is None or not text.strip():
        return None, ""
    match = _NUMBER.match(text.strip())
    if match is None:
        return None, f"confidence {text.strip()[:40]!r} is no number and is left out"
    value, unit = float(match[1]), (match[2] or "").replace(" ", "")
    scale = {"%": 100.0, "/10": 10.0, "/100": 100.0}.get(unit, 1.0)
    share = value / scale
    if 0 <= share <= 1:
        return share, ""
    if not unit and 1 < value <= 100:
        return value / 100, f"confidence {match[1]} is above 1 and read as percent"
    return None, f"confidence {text.strip()[:40]!r} is outside 0 to 1 and is left out"


def read_alternatives(text: str) -> list[str]:
    """A list of alternatives: one per line, or separated by semicolons, or by commas.

    Commas inside brackets do not separate.
    """
    lines = [line for line in text.splitlines() if line.strip()]
    if len(lines) > 1 or (lines and _ITEM.match(lines[0])):
        entries = [_ITEM.sub("", line) for line in lines]
    elif ";" in text:
        entries = text.split(";")
    else:
        entries = _split_commas(text)
    return [entry.strip() for entry in entries if entry.strip()]


def _split_commas(text: str) -> list[str]:
    parts, depth = [""], 0
    for character in text:
        depth += (character in "([{") - (character in ")]}" and depth > 0)
        if character == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += character
    return parts
