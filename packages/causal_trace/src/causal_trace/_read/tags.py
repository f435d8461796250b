"""Find the tags of the trace format in any text, however sloppily they are written.

Every search here is linear in the text: an answer can be made to be slow to read.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from html import unescape

FIELDS = (
    "decision",
    "reasoning",
    "alternatives",
    "confidence",
    "code_section",
    "spec_reference",
)
_NAMES = "|".join(("event", "alternative", "code", *FIELDS))
_BEGIN = r"<\s{0,3}"
_START = re.compile(rf"<!--|<!\[CDATA\[|{_BEGIN}(/?)\s{{0,3}}({_NAMES})(?=[\s/>])", re.IGNORECASE)
_CLOSING = re.compile(rf"{_BEGIN}/\s{{0,3}}({_NAMES})(?=[\s/>])", re.IGNORECASE)
_BOUNDARY = re.compile(rf"{_BEGIN}(?:/\s{{0,3}}event(?=[\s/>])|event\s+[a-z])", re.IGNORECASE)
_CODE_LINE = re.compile(r"^[ \t]{0,20}<code(?=[\s>])", re.IGNORECASE | re.MULTILINE)
_EVENT_LINE = re.compile(r"^[ \t]{0,20}<event\s+[a-z]", re.IGNORECASE | re.MULTILINE)
_ATTRIBUTE = re.compile(
    r"""([A-Za-z_:][\w:.-]*)\s*(?:=\s*(?:"([^"]*)"|'([^']*)'|["']?([^\s"'>]+)))?"""
)
_ENDINGS = {"<!--": "-->", "<![CDATA[": "]]>"}
_LONGEST_HEAD = 4000


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


class Scanner:
    """Gives the tags of a text one after the other, without those in comments and CDATA."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.unclosed: list[int] = []
        self._missing: set[str] = set()

    def next(self, place: int) -> Tag | None:
        """The first tag at or after a place; places must not go back."""
        while found := _START.search(self.text, place):
            if found[2] is not None:
                return _read(self.text, found)
            place = self._skip(found)
        return None

    def _skip(self, found: re.Match[str]) -> int:
        """Behind a comment or CDATA; one without an end hides nothing."""
        ending = _ENDINGS[found[0].upper()]
        end = -1 if ending in self._missing else self.text.find(ending, found.end())
        if end < 0:
            self._missing.add(ending)
            self.unclosed.append(found.start())
            return found.end()
        return end + len(ending)


class Landmarks:
    """Where elements end, for the few tags whose meaning depends on what comes later."""

    def __init__(self, text: str) -> None:
        self._text = text

    def closing(self, name: str, after: int) -> int | None:
        """Where the next ``</name>`` begins."""
        return _next(self._closings.get(name, []), after)

    def boundary(self, after: int) -> int:
        """Where an event ends at the latest: at its end, at the next event or with the text."""
        found = _next(self._boundaries, after)
        return len(self._text) if found is None else found

    def code_line(self, after: int) -> int | None:
        """Where the next line begins with ``<code>``."""
        return _next(self._code_lines, after)

    def event_line(self, after: int) -> int | None:
        """Where the next line begins with ``<event ...>``."""
        return _next(self._event_lines, after)

    @cached_property
    def _closings(self) -> dict[str, list[int]]:
        found: dict[str, list[int]] = {}
        for match in _CLOSING.finditer(self._text):
            found.setdefault(match[1].lower(), []).append(match.start())
        return found

    @cached_property
    def _boundaries(self) -> list[int]:
        return [match.start() for match in _BOUNDARY.finditer(self._text)]

    @cached_property
    def _code_lines(self) -> list[int]:
        return [match.start() for match in _CODE_LINE.finditer(self._text)]

    @cached_property
    def _event_lines(self) -> list[int]:
        return [match.start() for match in _EVENT_LINE.finditer(self._text)]


def content(raw: str) -> str:
    """The text between two tags: comments gone, entities and CDATA resolved."""
    return "".join(_resolved(raw)).strip()


def _resolved(raw: str) -> Iterator[str]:
    place = 0
    missing: set[str] = set()
    for found in re.finditer(r"<!--|<!\[CDATA\[", raw):
        ending = _ENDINGS[found[0]]
        if found.start() < place or ending in missing:
            continue
        end = raw.find(ending, found.end())
        if end < 0:
            missing.add(ending)
            continue
        yield unescape(raw[place : found.start()])
        if ending == "]]>":
            yield raw[found.end() : end]
        place = end + len(ending)
    yield unescape(raw[place:])


def _next(places: list[int], after: int) -> int | None:
    index = bisect_left(places, after)
    return places[index] if index < len(places) else None


def _read(text: str, found: re.Match[str]) -> Tag:
    """Read to the end of the tag; one without ``>`` ends before the next ``<`` or with its line."""
    place = _end_of_head(text, found.end())
    inside = text[found.end() : place]
    end = place + 1 if text[place : place + 1] == ">" else place
    empty = inside.rstrip().endswith("/")
    attributes = {
        match[1].lower(): unescape(match[2] or match[3] or match[4] or "")
        for match in _ATTRIBUTE.finditer(inside.rstrip().removesuffix("/"))
    }
    return Tag(found[2].lower(), found.start(), end, bool(found[1]), empty, attributes)


def _end_of_head(text: str, begin: int) -> int:
    quote = ""
    for place in range(begin, min(len(text), begin + _LONGEST_HEAD)):
        character = text[place]
        if quote:
            if character == "<" and _START.match(text, place):
                break  # a quote that was never closed must not swallow the next tag
            quote = "" if character == quote else quote
        elif character in "\"'" and text[place - 1] in "= \t\n":
            quote = character
        elif character in "><":
            return place
    stop = re.compile(r"[><\n]").search(text, begin)
    return stop.start() if stop else len(text)
