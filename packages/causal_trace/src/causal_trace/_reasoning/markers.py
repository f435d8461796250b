"""Find the markers that open and close reasoning, and those that are only mentioned."""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple

from .._core.fences import find_fenced

_NAMES = (
    "antml:thinking|antthinking|seed:think|thinking|thoughts|thought|think|scratchpad|reflection"
)
_MARKER = re.compile(
    rf"""<\s{{0,3}}(?P<close>/?)\s{{0,3}}(?P<name>{_NAMES})(?:\s[^<>]{{0,200}})?\s{{0,3}}>
    |\[(?P<bracket_close>/?)(?P<bracket>(?-i:THINK))\]
    |\u25c1(?P<kimi_close>/?)(?P<kimi>think)\u25b7
    |<\|(?P<phase>begin|start|end)_?(?:of_)?(?P<thought>thought|thinking)\|>""",
    re.IGNORECASE | re.VERBOSE,
)
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
    """

    name: str
    closing: bool
    start: int
    end: int
    place: Place


def find_markers(text: str) -> list[Marker]:
    """Return the markers of a text in order, in time linear in its length."""
    found = list(_MARKER.finditer(text))
    if not found:
        return []
    fences = [(each.start, each.end) for each in find_fenced(text) if each.closed]
    events = list(_event_spans(text))
    kinds: dict[str, tuple[str, bool]] = {}  # a text repeats its markers
    markers = []
    for each in found:
        start, end = each.span()
        written = each[0]
        kind = kinds.get(written)
        if kind is None:
            kind = kinds[written] = _kind(each)
        markers.append(Marker(*kind, start, end, _place(text, start, end, fences, events)))
    return markers


def _kind(found: re.Match[str]) -> tuple[str, bool]:
    """Return the name of a marker, and whether it closes."""
    close, name, bracket_close, bracket, kimi_close, kimi, phase, thought = found.groups()
    closing = bool(close or bracket_close or kimi_close) or (phase or "").lower() == "end"
    return (name or bracket or kimi or thought).lower(), closing


def _place(
    text: str,
    start: int,
    end: int,
    fences: Sequence[tuple[int, int]],
    events: Sequence[tuple[int, int]],
) -> Place:
    if fences and _within(start, fences):
        return "fence"
    if events and _within(start, events):
        return "event"
    closing = _QUOTES.get(text[start - 1]) if start else None
    return "quoted" if closing is not None and closing == text[end : end + 1] else "text"


def _within(position: int, spans: Sequence[tuple[int, int]]) -> bool:
    index = bisect_right(spans, position, key=lambda span: span[0]) - 1
    return index >= 0 and position < spans[index][1]


def _event_spans(text: str) -> Iterator[tuple[int, int]]:
    """Yield the spans of the events that are closed before the next begins."""
    begin: int | None = None
    for found in _EVENT.finditer(text):
        if not found["close"]:
            begin = found.start()
        elif begin is not None:
            yield begin, found.end()
            begin = None
