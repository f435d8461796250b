"""Find the markers that open and close reasoning, and those that are only mentioned."""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Literal, NamedTuple

from .._core.fences import closed_spans
from .._core.text import may_name

_NAMES = (
    "antml:thinking|antthinking|seed:think|longcat_think|thinking|thoughts|thought|think|scratchpad"
    "|reflection"
)
# Words that answers and events use too: they are markers only where one opens the text.
_OPENING_NAMES = (
    "analysis|chain_of_thought|inner_monologue|internal_reasoning|rationale|reasoning"
    "|thought_process"
)
_WORDS = (
    "think",
    "thought",
    "scratchpad",
    "reflection",
    "<|inner_",
    "channel",
    "[unused1",
)  # one of them is in every marker
_TAG_END = r"(?:\s[^<>]{0,200})?\s{0,3}>"
_OPENING = re.compile(rf"[\s\ufeff]*(<\s{{0,3}}({_OPENING_NAMES}){_TAG_END})", re.IGNORECASE)
_MARKER = re.compile(
    rf"""<\s{{0,3}}(?P<close>/?)\s{{0,3}}(?P<name>{_NAMES}){_TAG_END}
    |<(?P<odd_close>\\?/)(?P<odd>{_NAMES})(?:>|(?=[ \t]*(?:\n|\Z)))
    |\[(?P<bracket_close>[\\/]?)(?P<bracket>(?-i:THINK))\]
    |\[(?P<unused>unused)1(?:6|(?P<unused_close>7))\]
    |\uff1c(?P<wide_close>/?)(?P<wide>think)\uff1e
    |\u25c1(?P<kimi_close>/?)(?P<kimi>think)\u25b7
    |<\|(?P<phase>begin|start|end)_?(?:of_)?(?P<thought>thought|thinking|think)\|>
    |<\|(?P<before>thought|thinking|think)(?:_?(?:begin|start|(?P<before_close>end)))?\|>
    |<\|end\|>\s{{0,3}}<\|begin\|>assistant\s{{0,3}}<\|(?P<content_close>content)\|>
    |<\|(?P<inner>inner)_(?:prefix|(?P<inner_close>suffix))\|>
    |<\|(?P<channel>channel)>thought|<channel(?P<channel_close>\|)>""",
    re.IGNORECASE | re.VERBOSE,
)
_NAMED = ("name", "odd", "bracket", "unused", "wide", "kimi", "thought", "before", "inner")
# Granite writes its reasoning between two phrases, the first of which opens the text.
_HERE = r"\*{0,2}Here(?:'s|\u2019s| is) my"
_PHRASE = re.compile(rf"[\s\ufeff]*({_HERE} thought process:\*{{0,2}})", re.IGNORECASE)
_PHRASE_END = re.compile(rf"{_HERE} response:\*{{0,2}}", re.IGNORECASE)
_EVENT = re.compile(r"<\s{0,3}(?P<close>/?)\s{0,3}event(?=[\s/>])", re.IGNORECASE)
_QUOTES = {"`": "`", '"': '"', "'": "'", "\u201c": "\u201d", "\u2018": "\u2019", "\u00ab": "\u00bb"}

Place = Literal["text", "quoted", "fence", "event"]


class Marker(NamedTuple):
    """One marker.

    Attributes:
        name: Its name in lower case.
        closing: Whether it closes reasoning.
        start: The position of its first character.
        end: The position after its last character.
        place: Where it stands. Only one in the text itself opens or closes reasoning.
        misspelt: Whether it is written as no template does, such as one with a backslash.
        sign: What it begins with: ``[THINK]`` and ``<think>`` share a name.
    """

    name: str
    closing: bool
    start: int
    end: int
    place: Place
    sign: str = "<"
    misspelt: bool = False


class _Spans(NamedTuple):
    """Spans of a text in order, none within another."""

    starts: Sequence[int]
    ends: Sequence[int]

    @classmethod
    def of(cls, spans: Sequence[tuple[int, int]]) -> "_Spans":
        if not spans:
            return _NO_SPANS
        return cls([start for start, _ in spans], [end for _, end in spans])

    def around(self, position: int) -> bool:
        """Return whether a position lies in one of them."""
        index = bisect_right(self.starts, position) - 1
        return index >= 0 and position < self.ends[index]


_NO_SPANS = _Spans((), ())
_new_marker = tuple.__new__  # faster than the constructor of a named tuple


def find_markers(text: str) -> list[Marker]:
    """Return the markers of a text in order, in time linear in its length."""
    found = [each.span() for each in _MARKER.finditer(text)] if may_name(text, _WORDS) else []
    opening, phrase = _OPENING.match(text), _PHRASE.match(text)
    if not found and opening is None and phrase is None:
        return []
    fences = _Spans.of(closed_spans(text))
    events = _Spans.of(_event_spans(text))
    markers = []
    for start, end in found:
        name, closing, sign, misspelt = _kind(text[start:end])
        place = _place(text, start, end, fences, events)
        markers.append(_new_marker(Marker, (name, closing, start, end, place, sign, misspelt)))
    if phrase is not None and (ending := _PHRASE_END.search(text, phrase.end())) is not None:
        markers = [
            Marker("thought process", False, phrase.start(1), phrase.end(), "text"),
            Marker("thought process", True, *ending.span(), "text"),
            *(each for each in markers if each.start > ending.start()),
        ]
    if opening is not None:
        markers += _opening_block(text, opening, fences, events)
        markers.sort(key=lambda marker: marker.start)
    return markers


def _opening_block(
    text: str,
    opening: re.Match[str],
    fences: _Spans,
    events: _Spans,
) -> Iterator[Marker]:
    """Yield the markers of the block that opens a text, up to the one that closes it.

    Behind it the same tag may be a part of the answer, such as the field of an event.
    """
    name = opening[2].lower()
    tag = re.compile(rf"<\s{{0,3}}(/?)\s{{0,3}}{name}{_TAG_END}", re.IGNORECASE)
    depth = 0
    for found in tag.finditer(text, opening.start(1)):
        closing = bool(found[1])
        place = _place(text, found.start(), found.end(), fences, events)
        yield Marker(name, closing, found.start(), found.end(), place)
        if place == "text":
            depth += -1 if closing else 1
        if depth == 0:
            return


@lru_cache(maxsize=256)  # a text repeats its markers
def _kind(written: str) -> tuple[str, bool, str, bool]:
    """Return the name of a marker, whether it closes, its first sign, and whether it is odd."""
    found = _MARKER.match(written)
    groups = {} if found is None else {key: each for key, each in found.groupdict().items() if each}
    closing = (
        any(key.endswith("close") for key in groups) or groups.get("phase", "").lower() == "end"
    )
    rest = "think" if "content_close" in groups else "channel"
    name = next((groups[key] for key in _NAMED if key in groups), rest)
    sign = "<|" if written.startswith(("<|", "<channel|")) else written[0]
    misspelt = "odd" in groups or "wide" in groups or "\\" in written
    return name.lower(), closing, sign, misspelt


def _place(
    text: str,
    start: int,
    end: int,
    fences: _Spans,
    events: _Spans,
) -> Place:
    if fences.starts and fences.around(start):
        return "fence"
    if events.starts and events.around(start):
        return "event"
    closing = _QUOTES.get(text[start - 1]) if start else None
    return "quoted" if closing is not None and text.startswith(closing, end) else "text"


def _event_spans(text: str) -> list[tuple[int, int]]:
    """Return the spans of the events that are closed before the next begins."""
    spans: list[tuple[int, int]] = []
    if not may_name(text, ("event",)):
        return spans
    begin: int | None = None
    for found in _EVENT.finditer(text):
        if not found["close"]:
            begin = found.start()
        elif begin is not None:
            spans.append((begin, found.end()))
            begin = None
    return spans
