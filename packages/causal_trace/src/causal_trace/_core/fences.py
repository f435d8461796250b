"""Code blocks between fences, as in Markdown."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})[ \t]*([^\n`]*)$")


@dataclass(frozen=True, slots=True)
class Fenced:
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
    if "```" not in text and "~~~" not in text:
        return
    opening = ""
    start = begin = position = 0
    for line in text.splitlines(keepends=True):
        if "```" not in line and "~~~" not in line:
            position += len(line)
            continue
        found = _FENCE.match(line.rstrip("\r\n"))
        if found and not opening:
            opening, start, begin = found[1], position, position + len(line)
        elif found and found[1].startswith(opening) and not found[2].strip():
            yield Fenced(
                text[begin:position].rstrip("\r\n"), start, position + len(line), closed=True
            )
            opening = ""
        position += len(line)
    if opening:
        yield Fenced(text[begin:].rstrip("\r\n"), start, len(text), closed=False)


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
