"""A text in Markdown without its markup, in time that grows with its length alone.

A search from each opening for its end takes hours for 2 MB of openings, so the places of all ends
are known before.
"""

import html
import re
from bisect import bisect_left
from collections import defaultdict

from .._formats.markdown.text import RAISED_MARKS

_MARKS = re.compile(
    r"^(?P<fence>`{3,})[^\n`]*\n|\\(?P<sign>[!-/:-@\[-`{-~])|(?P<ticks>`+)"
    r"|^[ \t]*\d+\. |<(?P<address>https?://[^<>\s]*)>|(?P<entity>&#?\w+;)|(?P<bar>\|)|\*",
    re.MULTILINE,
)
_TICKS = re.compile("`+")
_CLOSING_LINE = re.compile("^(`{3,}) *$", re.MULTILINE)
_FOOTNOTE_MARKS = re.compile(f"[{RAISED_MARKS}]+")


def unmarked(text: str) -> str:
    """Return what a reader sees of a text in Markdown; code is shown as it is.

    Args:
        text: The content of the file.
    """
    code = _Code(text)
    parts, at = [], 0
    while match := _MARKS.search(text, at):
        parts.append(text[at : match.start()])
        if match["fence"] or match["ticks"]:
            shown, at = code.at(match)
        else:
            shown, at = _shown(match), match.end()
        parts.append(shown)
    # A mark of a footnote behind a number is no part of it.
    return _FOOTNOTE_MARKS.sub(" ", "".join(parts) + text[at:])


def _shown(match: re.Match[str]) -> str:
    if match["entity"]:
        return html.unescape(match["entity"])
    return " ; " if match["bar"] else match["sign"] or match["address"] or ""


class _Code:
    """The blocks and spans of code of a text, by the length of the run of ticks that ends them."""

    def __init__(self, text: str) -> None:
        self._text, self._paragraph = text, -1
        self._runs: dict[int, list[int]] = defaultdict(list)
        self._lines: dict[int, list[int]] = defaultdict(list)
        for match in _TICKS.finditer(text):
            self._runs[len(match[0])].append(match.start())
        for match in _CLOSING_LINE.finditer(text):
            self._lines[len(match[1])].append(match.start())

    def at(self, match: re.Match[str]) -> tuple[str, int]:
        """Return the code that opens at a match, and where it ends: "" for ticks without an end."""
        if match["fence"]:
            end = _first_from(self._lines[len(match["fence"])], match.end() + 1)
            if end is not None:
                return self._text[match.end() : end - 1], end + len(match["fence"])
        start = match.end("fence" if match["fence"] else "ticks")
        ticks = start - match.start()
        end = _first_from(self._runs[ticks], start + 1)
        if end is None or end > self._end_of_paragraph(start):
            return "", start
        return self._text[start:end], end + ticks

    def _end_of_paragraph(self, at: int) -> int:
        if self._paragraph < at:
            end = self._text.find("\n\n", at)
            self._paragraph = len(self._text) if end < 0 else end
        return self._paragraph


def _first_from(places: list[int], at: int) -> int | None:
    number = bisect_left(places, at)
    return places[number] if number < len(places) else None
