r"""Plain text as LaTeX that shows exactly this text, in ASCII.

Letters with accents become accent commands. Characters that the fonts of pdfLaTeX lack are given
to ``\reportchar``, which prints them with LuaLaTeX and XeLaTeX where the font has them, and their
code otherwise. Runs from right to left are given to ``\reportrtl``.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from itertools import groupby

from ..._core.text import one_line, printable
from ..._model.inline import Inline, InlineText, inline_pieces
from .symbols import ACCENTS, SYMBOLS

_LONG_WORD = re.compile(r"[^\s-]{30,}")
_PART = 15
# A hyphen before digits is a minus sign, unless a word stands before it.
_MINUS = re.compile(r"(?<![\w.)\]-])-(?=[\d$∞.])")
_MARKS = {"emphasis": r"\emph", "strong": r"\textbf", "code": r"\texttt"}
_OPENING, _CLOSING = "([", ")]"
_MIRRORED = {
    sign: rf"\reportmirror{{{sign}}}{{{other}}}"
    for sign, other in zip(_OPENING + _CLOSING, _CLOSING + _OPENING, strict=True)
}
_BREAK = "\ue000"  # a private character that plain texts cannot hold, see printable


def escape(text: str) -> str:
    """Return plain text as LaTeX; line breaks become spaces."""
    return _escaped(_MINUS.sub("\u2212", one_line(text).strip()))


def inline(text: Inline) -> str:
    """Return a text with its emphasis."""
    pieces = inline_pieces(text)
    return "".join(inline_piece(piece) for piece in pieces).strip()


def code_lines(text: str) -> list[str]:
    """Return the lines of a program, in which every space and sign is kept."""
    return [_code(line.expandtabs(4)).replace(" ", "~") for line in printable(text).splitlines()]


def _code(text: str) -> str:
    return _escaped(text).replace("{'}", r"\textquotesingle{}")


def inline_piece(piece: str | InlineText) -> str:
    """Return a piece of a text with the spaces at its ends."""
    if isinstance(piece, str):
        return _escaped(_MINUS.sub("\u2212", one_line(piece)))
    inner = (_code if piece.style == "code" else _escaped)(one_line(piece.text))
    return f"{_MARKS[piece.style]}{{{inner}}}" if inner.strip() else inner


def _escaped(text: str) -> str:
    words = _LONG_WORD.sub(lambda match: _with_breaks(match[0]), text.replace(_BREAK, "\ufffd"))
    composed = unicodedata.normalize("NFC", words)
    if composed.replace(_BREAK, "").isascii():  # no marks and no run from right to left
        text = composed.translate(_ascii_signs())
    else:
        text = "".join(_run(run) for run in _runs(_clusters(composed)))
    return text.replace(" \\%", "~\\%")


def _runs(clusters: list[str]) -> Iterator[list[str]]:
    """Yield the clusters in runs: those from right to left, and those between them.

    A run from right to left begins and ends with a letter of such a script. Numbers and marks
    between such letters belong to their run, as in Unicode's bidirectional algorithm; Latin
    letters end it.
    """
    start = 0
    while start < len(clusters):
        end = start + 1
        if _direction(clusters[start]) == "R":
            end = _end_of_run(clusters, start)
        else:
            while end < len(clusters) and _direction(clusters[end]) != "R":
                end += 1
        yield clusters[start:end]
        start = end


def _end_of_run(clusters: list[str], start: int) -> int:
    """Return where a run from right to left ends; a bracket belongs to it with its partner only."""
    end, open_brackets = start + 1, 0
    for at in range(start + 1, len(clusters)):
        direction = _direction(clusters[at])
        open_brackets += (clusters[at] in _OPENING) - (clusters[at] in _CLOSING)
        if direction == "L" or open_brackets < 0:
            break
        if (direction == "R" or clusters[at] in _CLOSING) and not open_brackets:
            end = at + 1
    return end


def _run(clusters: list[str]) -> str:
    if _direction(clusters[0]) != "R":
        return "".join(map(_sign, clusters))
    parts = [
        rf"\reportltr{{{text}}}" if number else text
        for number, group in groupby(clusters, _is_number)
        for text in ["".join(_MIRRORED.get(each) or _sign(each) for each in group)]
    ]
    return rf"\reportrtl{{{''.join(parts)}}}"


def _direction(cluster: str) -> str:
    kind = unicodedata.bidirectional(cluster[0])
    # Other brackets end a run, since their partner is not looked for.
    if kind == "L" or cluster in "{}<>":
        return "L"
    return "R" if kind in ("R", "AL") else ""


def _is_number(cluster: str) -> bool:
    return unicodedata.bidirectional(cluster[0]) in ("EN", "AN", "CS", "ES")


def _with_breaks(word: str) -> str:
    return _BREAK.join(word[at : at + _PART] for at in range(0, len(word), _PART))


def _clusters(text: str) -> list[str]:
    """Return each character with the combining marks that follow it."""
    clusters: list[str] = []
    for sign in text:
        if clusters and unicodedata.combining(sign) and clusters[-1] not in (" ", _BREAK):
            clusters[-1] += sign
        else:
            clusters.append(sign)
    return clusters


def _sign(cluster: str) -> str:
    if cluster == _BREAK:
        return r"\allowbreak{}"
    if cluster in SYMBOLS:
        return SYMBOLS[cluster]
    if cluster.isascii() and cluster.isprintable():
        return cluster
    base, *marks = tuple(unicodedata.normalize("NFD", cluster))
    text = SYMBOLS.get(base) or (base if base.isascii() else _character(base))
    # \\d and \\b set an alignment, which an accent above cannot hold, so they come last.
    for number, mark in enumerate(sorted(marks, key=lambda each: each in "\u0323\u0331")):
        dotless = rf"\{base}" if base in "ij" and number == 0 and mark in ACCENTS else text
        text = f"{ACCENTS[mark]}{{{dotless}}}" if mark in ACCENTS else text + _character(mark)
    return text


@cache
def _ascii_signs() -> dict[int, str]:
    signs = (*map(chr, range(128)), _BREAK)
    return {ord(each): text for each in signs if (text := _sign(each)) != each}


def _character(sign: str) -> str:
    return rf"\reportchar{{{ord(sign):04X}}}"
