"""Code blocks between fences, as in Markdown."""

import re
from collections.abc import Iterator
from typing import NamedTuple

# What ends a line for ``str.splitlines``.
_BREAK = "\n\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029"
_BEGINS_LINE = "|".join(rf"(?<=(?<![^{_BREAK}]){' ' * blanks}[`~])" for blanks in range(4))
# A search for one of two signs is fast; behind it is looked up whether it begins a line.
_FENCE = re.compile(
    rf"([`~](?:{_BEGINS_LINE})(?:(?<=`)```*+|(?<=~)~~~*+))"
    rf"[ \t]*+([^`{_BREAK}]*+)(?:\r\n|[{_BREAK}]|\Z)"
)


class Fenced(NamedTuple):
    """One fenced block.

    Attributes:
        text: The text between the fences.
        start: The position of the opening fence.
        end: The position after the block.
        closed: Whether there is a closing fence.
    """

    text: str
    start: int
    end: int
    closed: bool


def find_fenced(text: str) -> Iterator[Fenced]:
    """Yield the fenced blocks in their order. An unclosed one ends with the text."""
    for start, begin, content_end, end, closed in _blocks(text):
        yield Fenced(text[begin:content_end].rstrip("\r\n"), start, end, closed)


def closed_spans(text: str) -> list[tuple[int, int]]:
    """Return the spans of the fenced blocks that are closed, in their order."""
    return [(start, end) for start, _, _, end, closed in _blocks(text) if closed]


def _blocks(text: str) -> Iterator[tuple[int, int, int, int, bool]]:
    """Yield start, begin and end of the content, end, and whether it is closed, of each block."""
    if "```" not in text and "~~~" not in text:
        return
    opening, start, begin = "", 0, 0
    for found in _FENCE.finditer(text):
        signs, after = found.groups()
        first, end = found.span()
        while first and text[first - 1] == " ":
            first -= 1
        if not opening:
            opening, start, begin = signs, first, end
        elif signs.startswith(opening) and not after.strip():
            yield start, begin, first, end, True
            opening = ""
    if opening:
        yield start, begin, len(text), len(text), False


def unwrapped(code: str) -> str:
    """Return the content of a code element without the fences that some models put inside it.

    Fences are removed only if there is no text outside of them; else they belong to the code.
    """
    blocks = list(find_fenced(code)) if "```" in code or "~~~" in code else ()
    position, outside = 0, ""
    for block in blocks:
        outside += code[position : block.start]
        position = block.end
    outside += code[position:]
    if blocks and not outside.strip():
        return "\n\n".join(block.text for block in blocks)
    return code.strip("\r\n")
