"""Find the tags of the trace format in any text, also malformed ones.

Every search is linear in the length of the text, because an answer may be written to slow down its
reader.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator
from functools import cached_property
from html import unescape
from typing import NamedTuple

FIELDS = (
    "decision",
    "reasoning",
    "alternatives",
    "confidence",
    "code_section",
    "spec_reference",
)
# What models write in place of a name.
OTHER_NAMES = {
    "event_type": "type",
    "rationale": "reasoning",
    "reason": "reasoning",
    "choice": "decision",
    "options": "alternatives",
}
_NAMES = "|".join(("event", "alternative", "code", *FIELDS))
TAG_WORDS = ("<!", "event", "alternative", "code", *FIELDS)  # one of them is in every tag
_BEGIN = r"<\s{0,3}"
# The last two groups are the end of a head without attributes, as most tags have.
_START = re.compile(
    rf"""<!--|<!\[CDATA\[
    |{_BEGIN}(/?)\s{{0,3}}({_NAMES})(?=[\s/>])(?:\s{{0,40}}+(/?)\s{{0,40}}+(>|(?=<)))?""",
    re.IGNORECASE | re.VERBOSE,
)
_CLOSING = re.compile(rf"{_BEGIN}/\s{{0,3}}({_NAMES})(?=[\s/>])", re.IGNORECASE)
_BOUNDARY = re.compile(rf"{_BEGIN}(?:/\s{{0,3}}event(?=[\s/>])|event\s+[a-z])", re.IGNORECASE)
_CODE_LINE = re.compile(r"^[ \t]{0,20}<code(?=[\s>])", re.IGNORECASE | re.MULTILINE)
_EVENT_LINE = re.compile(r"^[ \t]{0,20}<event\s+[a-z]", re.IGNORECASE | re.MULTILINE)
_ATTRIBUTE = re.compile(
    r"""([A-Za-z_:][\w:.-]*)\s*(?:=\s*(?:"([^"]*)"|'([^']*)'|[\u201c\u201e\u2018]([^\u201c\u201d\u2019]*)
    [\u201c\u201d\u2019]|["']?([^\s"'>]+)))?""",
    re.VERBOSE,
)
# The head of most events.
_TYPE_ALONE = re.compile(r"""\s+type=(?:"([^"<>&]*)"|'([^'<>&]*)')>""")
_PLAIN_FIELD = re.compile(rf"\s*+<({'|'.join(FIELDS)})>([^<]*+)</\1>(?!`)")
_OTHER_FIELDS = [other for other, name in OTHER_NAMES.items() if name in FIELDS]
_OTHER_FIELD = re.compile(rf"<({'|'.join(_OTHER_FIELDS)})>([^<]*+)</\1>(?!`)", re.IGNORECASE)
_PLAIN_END = re.compile(r"\s*+</event>(?!`)")
_TAG_IN_QUOTE = rf"(?:!--|!\[CDATA\[|\s{{0,3}}/?\s{{0,3}}(?:{_NAMES})[\s/>])"
# A quote begins behind "=" or a blank. One that was never closed must not swallow the next tag.
_HEAD = re.compile(
    rf"""(?:[^<>"']++|(?<![= \t\n])["']
    |"(?:[^"<]++|<(?!{_TAG_IN_QUOTE}))*+"
    |'(?:[^'<]++|<(?!{_TAG_IN_QUOTE}))*+'
    )*+(?=[<>])""",
    re.IGNORECASE | re.VERBOSE,
)
_HEAD_STOP = re.compile(r"[><\n]")
_ENDINGS = {"<!--": "-->", "<![CDATA[": "]]>"}
_MAX_HEAD = 4000


class Tag(NamedTuple):
    """One tag.

    Attributes:
        name: The name in lower case.
        start: The position of its first character.
        end: The position after its last character.
        closing: Whether it is ``</name>``.
        empty: Whether it is ``<name/>``.
        attributes: The attributes, names in lower case.
    """

    name: str
    start: int
    end: int
    closing: bool
    empty: bool
    attributes: dict[str, str]


_PLAIN_TAGS = {
    f"<{slash}{name}>": (name, slash == "/") for name in _NAMES.split("|") for slash in ("", "/")
}
_new_tag = tuple.__new__  # a third faster than the constructor of a named tuple


class Scanner:
    """Finds the tags of a text one after the other, without those in comments and CDATA.

    Attributes:
        position: Where the search for the next tag begins.
        unclosed: The positions of comments and CDATA sections without an end.
    """

    def __init__(self, text: str) -> None:
        self._text = text
        self.position = 0
        self.unclosed: list[int] = []
        self._missing: set[str] = set()

    def __iter__(self) -> Iterator[Tag]:
        """Yield the first tag at or after ``position``, which the reader moves on."""
        search, text = _START.search, self._text
        while found := search(text, self.position):
            if found[2] is None:
                self.position = self._skip(found)
            else:
                yield _read(text, found)

    def _skip(self, found: re.Match[str]) -> int:
        """Return the position after a comment or CDATA; one without an end is skipped alone."""
        ending = _ENDINGS[found[0].upper()]
        end = -1 if ending in self._missing else self._text.find(ending, found.end())
        if end < 0:
            self._missing.add(ending)
            self.unclosed.append(found.start())
            return found.end()
        return end + len(ending)


plain_field = _PLAIN_FIELD.match
"""Return the field without tags in its text that follows a position: its name and text."""


def has_other_fields(text: str) -> bool:
    """Return whether a text holds a field that has another name; most texts hold none."""
    return _OTHER_FIELD.search(text) is not None


def other_fields(text: str, begin: int, end: int) -> Iterator[tuple[int, str, str]]:
    """Yield the fields of an event that have another name: where, the usual name, the text."""
    for found in _OTHER_FIELD.finditer(text, begin, end):
        yield found.start(), OTHER_NAMES[found[1].lower()], found[2]


def plain_end(text: str, position: int) -> int | None:
    """Return the position after the ``</event>`` that follows; None where another text does."""
    found = _PLAIN_END.match(text, position)
    return None if found is None else found.end()


class TagPositions:
    """The positions of later tags, for tags whose meaning depends on them."""

    def __init__(self, text: str) -> None:
        self._text = text

    def closing(self, name: str, after: int) -> int | None:
        """Return the position of the next ``</name>``."""
        return _next(self._closings.get(name, []), after)

    def boundary(self, after: int) -> int:
        """Return the end of an event: its closing tag, the next event, or the end of the text."""
        found = _next(self._boundaries, after)
        return len(self._text) if found is None else found

    def code_line(self, after: int) -> int | None:
        """Return the position of the next line that begins with ``<code>``."""
        return _next(self._code_lines, after)

    def event_line(self, after: int) -> int | None:
        """Return the position of the next line that begins with ``<event ...>``."""
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


def element_text(raw: str) -> str:
    """Return the text between two tags, without comments, with entities and CDATA resolved."""
    return "".join(_resolved(raw)).strip() if "<!" in raw else unescape(raw).strip()


def _resolved(raw: str) -> Iterator[str]:
    position = 0
    missing: set[str] = set()
    for found in re.finditer(r"<!--|<!\[CDATA\[", raw):
        ending = _ENDINGS[found[0]]
        if found.start() < position or ending in missing:
            continue
        end = raw.find(ending, found.end())
        if end < 0:
            missing.add(ending)
            continue
        yield unescape(raw[position : found.start()])
        if ending == "]]>":
            yield raw[found.end() : end]
        position = end + len(ending)
    yield unescape(raw[position:])


def _next(positions: list[int], after: int) -> int | None:
    index = bisect_left(positions, after)
    return positions[index] if index < len(positions) else None


def _read(text: str, found: re.Match[str]) -> Tag:
    """Read a tag. One without ``>`` ends before the next ``<`` or at the end of its line."""
    start, begin = found.span()
    if (plain := _PLAIN_TAGS.get(found[0])) is not None:
        name, closing = plain
        return _new_tag(Tag, (name, start, begin, closing, False, {}))
    slash, name, empty_slash, head = found.groups()
    name, closing = name.lower(), slash != ""
    if head is not None:
        return _new_tag(Tag, (name, start, begin, closing, empty_slash != "", {}))
    if (alone := _TYPE_ALONE.match(text, begin)) is not None:
        given = alone[1] if alone[1] is not None else alone[2]
        return _new_tag(Tag, (name, start, alone.end(), closing, False, {"type": given}))
    head_end = _end_of_head(text, begin)
    inside = text[begin:head_end].rstrip()
    end = head_end + 1 if text[head_end : head_end + 1] == ">" else head_end
    empty = inside.endswith("/")
    attributes = {
        name.lower(): unescape(double or single or curly or bare)
        for name, double, single, curly, bare in _ATTRIBUTE.findall(inside.removesuffix("/"))
    }
    return Tag(name, start, end, closing, empty, attributes)


def _end_of_head(text: str, begin: int) -> int:
    found = _HEAD.match(text, begin, begin + _MAX_HEAD + 1)
    if found is not None:
        return found.end()
    stop = _HEAD_STOP.search(text, begin)
    return stop.start() if stop else len(text)
