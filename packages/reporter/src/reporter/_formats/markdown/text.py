"""Plain text as Markdown that shows exactly this text."""

import re
import string
from collections.abc import Iterator

from ..._core.text import one_line, printable
from ..._model.inline import Inline, inline_pieces

# Characters that can begin or end markup: always, or only outside a word, before an entity, or
# before a link.
_SIGNS = re.compile(r"([\\`*<|~$@]|(?<![^\W_])_|_(?![^\W_])|&(?=[#\w])|\](?=[(:\[]))")
_SIGNS_BESIDE_MARKS = re.compile(r"([\\`*_<|~$@]|&(?=[#\w])|\](?=[(:\[]))")
_AT_BEGIN = re.compile(r"^([-+](?=[-+\s]|$)|[=#>]|\[(?=[ xX]\](?:\s|$))|\d+(?=[.)](?:\s|$)))")
# Number signs at the end of a heading are taken for its closing sequence.
_AT_END = re.compile(r"(?<=\s)(#+)$")
# Addresses that GitHub turns into links without markup.
_ADDRESS = re.compile(r"(://)|(?<=www)(\.)", re.IGNORECASE)
_TICKS = re.compile(r"`+")
RAISED_MARKS = "ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻ˒"
_RAISED = str.maketrans("abcdefghijklmnoprstuvwxyz,", RAISED_MARKS)
_MARKS = {"emphasis": "*", "strong": "**"}


def escape(text: str) -> str:
    """Return plain text as Markdown; line breaks become spaces."""
    return _begin(cell(text))


def cell(text: str) -> str:
    """Return plain text for the cell of a table, where a block cannot begin."""
    return _signs(one_line(text).strip(), _SIGNS)


def heading(text: str) -> str:
    """Return plain text for a heading."""
    return _AT_END.sub(r"\\\1", escape(text))


def strong(text: str) -> str:
    """Return plain text in bold that stands alone in its line."""
    inner = cell(text)
    return f"**{inner}**" if inner else ""


def superscript(marks: str) -> str:
    """Return the marks of footnotes as raised letters, which need no markup."""
    return marks.translate(_RAISED)


def code_block(text: str, language: str) -> str:
    """Return text between fences that are longer than any run of backticks in it."""
    fence = "`" * max(3, _longest_run(text) + 1)
    return f"{fence}{re.sub(r'[^A-Za-z0-9_+-]', '', language)}\n{printable(text)}\n{fence}"


def inline(text: Inline) -> str:
    """Return a text with its emphasis."""
    if isinstance(text, str):
        return escape(text)
    pieces = _pieces(text)
    parts = [
        _code_span(piece) if style == "code" else _signs(piece, _SIGNS_BESIDE_MARKS)
        for style, piece in pieces
    ]
    for index, (style, _) in enumerate(pieces):
        if style in _MARKS:
            _mark(pieces, parts, index)
    return _begin("".join(parts).strip())


def _begin(line: str) -> str:
    return _AT_BEGIN.sub(_escaped_begin, line)


def _escaped_begin(match: re.Match[str]) -> str:
    """Put the backslash before a sign, and behind a number, before its dot."""
    return f"{match[0]}\\" if match[0].isdigit() else f"\\{match[0]}"


def _signs(line: str, signs: re.Pattern[str]) -> str:
    return _ADDRESS.sub(lambda match: f"\\{match[0]}", signs.sub(r"\\\1", line))


def _pieces(text: Inline) -> list[tuple[str, str]]:
    """Return (style, text) pairs, with "" for plain text and neighbours of one style joined."""
    merged: list[tuple[str, str]] = []
    for style, piece in _split(text):
        if merged and merged[-1][0] == style:
            merged[-1] = (style, merged[-1][1] + piece)
        elif piece:
            merged.append((style, piece))
    return merged


def _split(text: Inline) -> Iterator[tuple[str, str]]:
    """Yield the pieces. Emphasis cannot begin or end with a space, so such a space goes outside."""
    for piece in inline_pieces(text):
        if isinstance(piece, str):
            yield "", one_line(piece)
            continue
        line = one_line(piece.text)
        inner = line.strip()
        if piece.style == "code" and inner:
            yield "code", line
            continue
        yield "", line[: len(line) - len(line.lstrip())]
        if inner:
            yield piece.style, inner
            yield "", line[len(line.rstrip()) :]


def _mark(pieces: list[tuple[str, str]], parts: list[str], index: int) -> None:
    """Put the marks around one piece.

    CommonMark (0.31, section 6.2) takes ``*`` for a mark depending on the characters on both sides.
    A letter that would prevent the mark is written as a character reference, which begins and ends
    with punctuation.
    """
    style = pieces[index][0]
    before = pieces[index - 1][0] if index else None
    after = pieces[index + 1][0] if index + 1 < len(pieces) else None
    mark = _MARKS[style]
    if style == "emphasis" and "strong" in (before, after):
        mark = "_"  # *a***b** CommonMark reads as two emphases
    inner = parts[index]
    if before == "" and (mark == "_" or not inner[0].isalnum()):
        parts[index - 1] = parts[index - 1][:-1] + _referenced(parts[index - 1][-1])
    if after == "" and (mark == "_" or not inner[-1].isalnum()):
        parts[index + 1] = _referenced(parts[index + 1][0]) + parts[index + 1][1:]
    parts[index] = f"{mark}{inner}{mark}"


def _referenced(sign: str) -> str:
    return sign if sign in string.punctuation or sign.isspace() else f"&#{ord(sign)};"


def _code_span(text: str) -> str:
    fence = "`" * (_longest_run(text) + 1)
    pad = " " if text[0] in " `" or text[-1] in " `" else ""
    return f"{fence}{pad}{text}{pad}{fence}"


def _longest_run(text: str) -> int:
    return max((len(run) for run in _TICKS.findall(text)), default=0)
