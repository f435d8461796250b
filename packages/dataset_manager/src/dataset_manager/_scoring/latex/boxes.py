r"""The answer in a text with LaTeX: the last ``\boxed{}``, or what is stated."""

import re
from typing import NamedTuple

from ..._extraction.outcome import How

LONGEST = 400  # characters of an answer; a longer one is a text
_MOST_TRIED = 20  # boxes from the end, so that thousands of open ones take no time
_BOX = re.compile(r"\\(?:boxed|fbox)\s*(?P<brace>\{)?")
_BRACE = re.compile(r"\\[\\{}]|[{}]")
_STATED = re.compile(
    r"(?:\banswer\s+is\b|\banswer\s*:|\bAnswer\b\s*=|####)[*_]{0,3}\s*:?\s*(?P<answer>[^\n]{1,600})",
    re.IGNORECASE,
)
_DOLLARS = re.compile(r"\$([^$\n]{1,400})\$")


class Answer(NamedTuple):
    """The text of an answer and the route by which it was found."""

    text: str
    how: How


def boxed(text: str) -> str | None:
    r"""The content of the last ``\boxed{}``; of ``\boxed 5``, what is before the next dollar."""
    found = list(_BOX.finditer(text))
    for match in found[: -_MOST_TRIED - 1 : -1]:
        if match["brace"] is None:
            return re.split(r"[$\n]", text[match.end() :], maxsplit=1)[0].strip()
        end = _closing(text, match.end())
        if end is not None:
            return text[match.end() : end]
    return None


def _closing(text: str, start: int) -> int | None:
    depth = 1
    for brace in _BRACE.finditer(text, start, start + LONGEST + 1):
        depth += (brace[0] == "{") - (brace[0] == "}")
        if not depth:
            return brace.start()
    return None


def answer_in(text: str) -> Answer | None:
    """The answer in a text; None where nothing says which part of it is the answer."""
    inside = boxed(text)
    if inside is not None:
        return Answer(inside, "boxed")
    stated = list(_STATED.finditer(text))
    if stated:
        return Answer(_bare(stated[-1]["answer"]), "stated")
    if len(text.strip()) <= LONGEST and "\n" not in text.strip():
        formulas = _DOLLARS.findall(text)
        return Answer(formulas[-1] if formulas else _bare(text), "lone")
    formulas = _DOLLARS.findall(text)
    return Answer(formulas[-1], "last_resort") if formulas else None


def _bare(text: str) -> str:
    """A statement without its dollars, marks of emphasis and final stop."""
    inside = _DOLLARS.search(text)
    if inside is not None:
        return inside[1]
    return re.sub(r"^\\[(\[]|\\[)\]]$", "", text.strip().strip("*_").rstrip(".").strip()).strip()
