"""Plain text as Typst. Every text is a string, in which no sign of the markup has a meaning."""

import re

from ..._core.text import one_line, printable
from ..._model.inline import Inline, InlineText, inline_pieces

_LONG_WORD = re.compile(r"[^\s-]{30,}")
_PART = 15
_MARKS = {"emphasis": "emph", "strong": "strong", "code": "raw"}


def string(text: str) -> str:
    """Return plain text as a string of Typst; line breaks become spaces."""
    return _quoted(_with_breaks(one_line(text)))


def exact_string(text: str) -> str:
    """Return plain text as a string of Typst with its line breaks, without any other."""
    return _quoted(printable(text))


def inline(text: Inline) -> str:
    """Return a text with its emphasis as a block of code, whose parts Typst joins."""
    return "{" + "; ".join(_piece(piece) for piece in inline_pieces(text)) + "}"


def _piece(piece: str | InlineText) -> str:
    if isinstance(piece, str):
        return string(piece)
    if piece.style == "code":
        return f"raw({_quoted(one_line(piece.text))})"
    return f"{_MARKS[piece.style]}({string(piece.text)})"


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + escaped.replace("\n", "\\n").replace("\r", "").replace("\t", "\\t") + '"'


def _with_breaks(text: str) -> str:
    """Return the text with places to break in words longer than a line (zero-width spaces)."""
    return _LONG_WORD.sub(
        lambda match: "\u200b".join(
            match[0][at : at + _PART] for at in range(0, len(match[0]), _PART)
        ),
        text,
    )
