"""Blocks of code between fences, as Markdown has them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})[ \t]*([^\n`]*)$")


@dataclass(frozen=True, slots=True)
class Fenced:
    """One fenced block.

    Attributes:
        text: What stands between the fences.
        start: Where the opening fence begins.
        end: Where the text after the block begins.
        closed: Whether there is a closing fence.
    """

    text: str
    start: int
    end: int
    closed: bool


def find_fenced(text: str) -> Iterator[Fenced]:
    """The fenced blocks in their order; one that is not closed ends with the text."""
    opening = ""
    start = begin = place = 0
    for line in text.splitlines(keepends=True):
        found = _FENCE.match(line.rstrip("\r\n"))
        if found and not opening:
            opening, start, begin = found[1], place, place + len(line)
        elif found and found[1].startswith(opening) and not found[2].strip():
            yield Fenced(text[begin:place].rstrip("\r\n"), start, place + len(line), closed=True)
            opening = ""
        place += len(line)
    if opening:
        yield Fenced(text[begin:].rstrip("\r\n"), start, len(text), closed=False)


def unwrapped(code: str) -> str:
    """The content of a code element without the fences that some models put inside it.

    Fences are removed only when nothing stands outside of them; else they belong to the code.
    """
    blocks = list(find_fenced(code))
    place, outside = 0, ""
    for block in blocks:
        outside += code[place : block.start]
        place = block.end
    outside += code[place:]
    if blocks and not outside.strip():
        return "\n\n".join(block.text for block in blocks)
    return code.strip("\r\n")
