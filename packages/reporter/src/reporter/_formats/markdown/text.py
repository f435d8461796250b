"""Plain text as Markdown that shows it and nothing else."""

import re
import string
from collections.abc import Iterator

from ..._core.text import one_line, printable
from ..._model.inline import Inline, spans

# What can begin or end markup: always, or only where it does not stand inside a word, before an
# entity, or where a link could follow.
_SIGNS = re.compile(r"([\\`*<|~$@]|(?<![^\W_])_|_(?![^\W_])|&(?=[#\w])|\](?=[(:\[]))")
_MORE_SIGNS = re.compile(r"([\\`*_<|~$@]|&(?=[#\w])|\](?=[(:\[]))")
_AT_BEGIN = re.compile(r"^([-+](?=[-+\s]|$)|[=#>]|\[(?=[ xX]\](?:\s|$))|\d+(?=[.)](?:\s|$)))")
# A heading loses the signs that seem to close it.
_AT_END = re.compile(r"(?<=\s)(#+)$")
# Addresses that would be turned into links without being marked as such.
_ADDRESS = re.compile(r"(://)|(?<=www)(\.)", re.IGNORECASE)
_TICKS = re.compile(r"`+")
_MARKS = {"emphasis": "*", "strong": "**"}


def escape(text: str) -> str:
    """Plain text as Markdown; breaks of line become spaces."""
    return _begin(cell(text))


def cell(text: str) -> str:
    """Plain text for a place where no block can begin, such as a cell of a table."""
    return _signs(one_line(text).strip(), _SIGNS)


def heading(text: str) -> str:
    """Plain text for a heading."""
    return _AT_END.sub(r"\\\1", escape(text))


def strong(text: str) -> str:
    """Plain text that stands alone in a line and is set apart."""
    inner = cell(text)
    return f"**{inner}**" if inner else ""


def code_block(text: str, language: str) -> str:
    """Text between fences that are longer than any in it."""
    fence = "`" * max(3, _longest_run(text) + 1)
    return f"{fence}{re.sub(r'[^A-Za-z0-9_+-]', '', language)}\n{printable(text)}\n{fence}"


def inline(text: Inline) -> str:
    """A text with its emphasis."""
    if isinstance(text, str):
        return escape(text)
    pieces = _pieces(text)
    parts = [
        _code_span(piece) if style == "code" else _signs(piece, _MORE_SIGNS)
        for style, piece in pieces
    ]
    for place, (style, _) in enumerate(pieces):
        if style in _MARKS:
            _mark(pieces, parts, place)
    return _begin("".join(parts).strip())


def _begin(line: str) -> str:
    return _AT_BEGIN.sub(_escaped_begin, line)


def _escaped_begin(match: re.Match[str]) -> str:
    """A sign gets its backslash before it, a number before the dot that follows."""
    return f"{match[0]}\\" if match[0].isdigit() else f"\\{match[0]}"


def _signs(line: str, signs: re.Pattern[str]) -> str:
    return _ADDRESS.sub(lambda match: f"\\{match[0]}", signs.sub(r"\\\1", line))


def _pieces(text: Inline) -> list[tuple[str, str]]:
    """(style, text) in one line each, the style of plain text empty; no two neighbours alike."""
    merged: list[tuple[str, str]] = []
    for style, piece in _split(text):
        if merged and merged[-1][0] == style:
            merged[-1] = (style, merged[-1][1] + piece)
        elif piece:
            merged.append((style, piece))
    return merged


def _split(text: Inline) -> Iterator[tuple[str, str]]:
    """Emphasis cannot begin or end with a space: such a space goes outside."""
    for piece in spans(text):
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


def _mark(pieces: list[tuple[str, str]], parts: list[str], place: int) -> None:
    """Put the marks around one piece.

    CommonMark takes ``*`` for a mark only when what stands on both sides of it allows that. A
    letter that is in the way is written as its number, which ends and begins with punctuation.
    """
    style = pieces[place][0]
    before = pieces[place - 1][0] if place else None
    after = pieces[place + 1][0] if place + 1 < len(pieces) else None
    mark = _MARKS[style]
    if style == "emphasis" and "strong" in (before, after):
        mark = "_"  # *a***b** would be read as something else
    inner = parts[place]
    if before == "" and (mark == "_" or not inner[0].isalnum()):
        parts[place - 1] = parts[place - 1][:-1] + _harmless(parts[place - 1][-1])
    if after == "" and (mark == "_" or not inner[-1].isalnum()):
        parts[place + 1] = _harmless(parts[place + 1][0]) + parts[place + 1][1:]
    parts[place] = f"{mark}{inner}{mark}"


def _harmless(sign: str) -> str:
    return sign if sign in string.punctuation or sign.isspace() else f"&#{ord(sign)};"


def _code_span(text: str) -> str:
    fence = "`" * (_longest_run(text) + 1)
    pad = " " if text[0] in " `" or text[-1] in " `" else ""
    return f"{fence}{pad}{text}{pad}{fence}"


def _longest_run(text: str) -> int:
    return max((len(run) for run in _TICKS.findall(text)), default=0)
