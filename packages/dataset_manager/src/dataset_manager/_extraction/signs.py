"""The signs of a text as they are read: without width, written as entities, or within tags.

What is read this way keeps its place: a span is that in the text as it was given.
"""

from collections.abc import Callable
from dataclasses import replace

from .._core.later import compiled_later
from .outcome import Extraction

# Joiners, marks of direction, soft hyphens, and what makes an emoji of a digit.
_WITHOUT_WIDTH = (
    "\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufe0e\ufe0f\ufeff\u20e3"
)
_ENTITY = r"&(?:[A-Za-z][A-Za-z0-9]{1,24}|#\d{1,7}|#[xX][0-9A-Fa-f]{1,6});"
_EMPHASIS = r"b|strong|i|em|u|mark|code|span|font|tt|p|h[1-6]|div|li|td"
_OPENING = rf"<(?P<opened>{_EMPHASIS})(?:\s[^<>]{{0,200}})?>"
_HIDDEN = compiled_later(
    rf"(?P<nothing>[{_WITHOUT_WIDTH}]+)|(?P<entity>{_ENTITY})"
    rf"|{_OPENING}|</(?P<closed>{_EMPHASIS})\s?>"
)
_CLOSING = compiled_later(rf"</({_EMPHASIS})\s?>")


def _letters_of(first: int) -> dict[int, str]:
    return {first + place: chr(65 + place) for place in range(26)}


# Full width, in a circle, in a square, and the thirteen alphabets of mathematics.
LETTERS_OF_SHAPE: dict[int, str] = {
    **{0xFF41 + place: chr(97 + place) for place in range(26)},
    **{
        code: letter
        for first in (0xFF21, 0x24B6, 0x1F130, 0x1F150, 0x1F170, *range(0x1D400, 0x1D6A4, 52))
        for code, letter in _letters_of(first).items()
    },
}


def read_plainly(text: str, read: Callable[[str], Extraction]) -> Extraction:
    """Read a text as it is shown.

    Args:
        text: The text as it was given.
        read: Reads a text without hidden signs.

    Returns:
        What was read, with its place in the text as it was given.
    """
    if _HIDDEN.search(text) is None:
        return read(text)
    shown, places = _shown(text)
    found = read(shown)
    if found.span is None:
        return found
    start, end = found.span
    last = places[max(start, end - 1)][1] if end > start else places[start][0]
    return replace(found, span=(places[start][0], last))


def shown(text: str) -> str:
    """A text without hidden signs."""
    return text if _HIDDEN.search(text) is None else _shown(text)[0]


def _shown(text: str) -> tuple[str, list[tuple[int, int]]]:
    """The text, and where each of its signs begins and ends in the given one."""
    from html import unescape  # noqa: PLC0415  # takes long to import, and few texts need it

    closed = set(_CLOSING.findall(text))
    parts: list[str] = []
    places: list[tuple[int, int]] = []
    position = 0
    for match in _HIDDEN.finditer(text):
        name = match["opened"] or match["closed"]
        if name is not None and name not in closed:
            continue
        parts.append(text[position : match.start()])
        places += ((place, place + 1) for place in range(position, match.start()))
        sign = unescape(match[0]) if match["entity"] else " " if name else ""
        parts.append(sign)
        places += [match.span()] * len(sign)
        position = match.end()
    parts.append(text[position:])
    places += ((place, place + 1) for place in range(position, len(text) + 1))
    return "".join(parts), places
