r"""Plain text as LaTeX that shows exactly this text, in ASCII.

Letters with accents become accent commands. Characters that the fonts of pdfLaTeX lack are given
to ``\reportchar``, which prints them with LuaLaTeX and XeLaTeX, and their code with pdfLaTeX.
"""

import re
import unicodedata

from ..._core.text import one_line, printable
from ..._model.inline import Inline, InlineText, inline_pieces
from .symbols import ACCENTS, SYMBOLS

_LONG_WORD = re.compile(r"[^\s-]{30,}")
_PART = 15
# A hyphen before digits is a minus sign, unless a word stands before it.
_MINUS = re.compile(r"(?<![\w.)\]-])-(?=[\d$∞.])")
_MARKS = {"emphasis": r"\emph", "strong": r"\textbf", "code": r"\texttt"}
_BREAK = "\ue000"  # a private character that plain texts cannot hold, see printable


def escape(text: str) -> str:
    """Return plain text as LaTeX; line breaks become spaces."""
    return _escaped(_MINUS.sub("\u2212", one_line(text).strip()))


def inline(text: Inline) -> str:
    """Return a text with its emphasis."""
    pieces = inline_pieces(text)
    return "".join(_piece(piece) for piece in pieces).strip()


def code_lines(text: str) -> list[str]:
    """Return the lines of a program, in which every space and sign is kept."""
    return [_code(line.expandtabs(4)).replace(" ", "~") for line in printable(text).splitlines()]


def _code(text: str) -> str:
    return _escaped(text).replace("{'}", r"\textquotesingle{}")


def _piece(piece: str | InlineText) -> str:
    if isinstance(piece, str):
        return _escaped(_MINUS.sub("\u2212", one_line(piece)))
    inner = (_code if piece.style == "code" else _escaped)(one_line(piece.text))
    return f"{_MARKS[piece.style]}{{{inner}}}" if inner.strip() else inner


def _escaped(text: str) -> str:
    words = _LONG_WORD.sub(lambda match: _with_breaks(match[0]), text.replace(_BREAK, "\ufffd"))
    composed = unicodedata.normalize("NFC", words)
    return "".join(_sign(sign) for sign in _clusters(composed)).replace(" \\%", "~\\%")


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
    if " " <= cluster <= "~":
        return cluster
    base, *marks = tuple(unicodedata.normalize("NFD", cluster))
    text = SYMBOLS.get(base) or (base if base.isascii() else _character(base))
    # \\d and \\b set an alignment, which an accent above cannot hold, so they come last.
    for number, mark in enumerate(sorted(marks, key=lambda each: each in "\u0323\u0331")):
        dotless = rf"\{base}" if base in "ij" and number == 0 and mark in ACCENTS else text
        text = f"{ACCENTS[mark]}{{{dotless}}}" if mark in ACCENTS else text + _character(mark)
    return text


def _character(sign: str) -> str:
    return rf"\reportchar{{{ord(sign):04X}}}"
