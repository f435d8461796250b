"""Find the tags of the trace format in any text, however sloppily they are written."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

FIELDS = (
    "decision",
    "reasoning",
    "alternatives",
    "confidence",
    "code_section",
    "spec_reference",
)
_NAMES = ("event", "alternative", "code", *FIELDS)
_OPENING = re.compile(rf"<\s*(/?)\s*({'|'.join(_NAMES)})(?=[\s/>])", re.IGNORECASE)
_ATTRIBUTE = re.compile(
    r"""([A-Za-z_:][\w:.-]*)\s*(?:=\s*("[^"]*"|'[^']*'|[^\s"'>]+))?""",
)
_SKIPPED = re.compile(r"<!--.*?(?:-->|\Z)|<!\[CDATA\[.*?(?:\]\]>|\Z)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Tag:
    """One tag.

    Attributes:
        name: Its name in lower case.
        start: Where it begins.
        end: Where the text after it begins.
        closing: Whether it is ``</name>``.
        empty: Whether it is ``<name/>``.
        attributes: Its attributes, names in lower case.
    """

    name: str
    start: int
    end: int
    closing: bool
    empty: bool
    attributes: dict[str, str]


def find_tags(text: str) -> Iterator[Tag]:
    """The tags in their order; those in comments, CDATA and ``<code>`` are not looked at."""
    place = 0
    skipped = _SKIPPED.search(text)
    while found := _OPENING.search(text, place):
        while skipped is not None and skipped.end() <= found.start():
            skipped = _SKIPPED.search(text, skipped.end())
        if skipped is not None and skipped.start() <= found.start():
            place = skipped.end()
            continue
        tag = _read(text, found)
        yield tag
        place = tag.end
        if tag.name == "code" and not tag.closing and not tag.empty:
            end = re.search(r"<\s*/\s*code\s*>", text[place:], re.IGNORECASE)
            place = len(text) if end is None else place + end.start()


def _read(text: str, found: re.Match[str]) -> Tag:
    """Read to the end of the tag; one without ``>`` ends before the next ``<`` or with its line."""
    place, quote = found.end(), ""
    while place < len(text):
        character = text[place]
        if quote:
            quote = "" if character == quote else quote
        elif character in "\"'" and text[place - 1] in "= \t\n":
            quote = character
        elif character in "><":
            break
        place += 1
    if place == len(text):
        # An open quote must not swallow the rest of the text.
        stop = re.compile(r"[><\n]").search(text, found.end())
        place = stop.start() if stop else len(text)
    inside = text[found.end() : place]
    end = place + 1 if place < len(text) and text[place] == ">" else place
    empty = inside.rstrip().endswith("/")
    attributes = {
        match[1].lower(): (match[2] or "").strip("\"'")
        for match in _ATTRIBUTE.finditer(inside.rstrip().removesuffix("/"))
    }
    return Tag(found[2].lower(), found.start(), end, bool(found[1]), empty, attributes)
