"""Questions whose choices stand in their text only, so that a letter is all that can be read."""

import re
from numbers import Integral
from typing import Any

from .._core.errors import PredictionError
from .._data.item import LETTERS, Item
from .verdict import answers_of

_LETTER = re.compile(r"\(?([A-Z])\)?[.:]?")
_LISTED = re.compile(r"^[^\S\n]*[(\[]?([A-Z])[)\].:]\s*\S", re.MULTILINE)
# One line, so that a list of all choices is not one.
_COPIED = re.compile(r"\s*\(?([A-Z])\)?[.:)][ \t]+\S[^\n]*\s*")
_LEAST = 4
# A text that no answer repeats stands for each choice whose text is not known.
_UNKNOWN = "\uf8ff"


def unlisted_choices(item: Item) -> tuple[str, ...]:
    """Stand-ins for the choices of an item that lists none: as many as its text or answer needs.

    Raises:
        PredictionError: The right answer is neither a letter nor an index.
    """
    rights = [_index(each) for each in answers_of(item)]
    if None in rights:
        raise PredictionError(
            f"scorer 'choice': item {item.id!r} lists no choices, and its answer"
            f" {item.expected!r} is not a letter; give it choices, or pass scorer='text'",
            ids=(item.id,),
        )
    listed = 0
    for letter in _LISTED.findall(item.question):
        listed += listed < len(LETTERS) and letter == LETTERS[listed]
    size = max(_LEAST, listed, *(right + 1 for right in rights if right is not None))
    return tuple(f"{_UNKNOWN}{position}{_UNKNOWN}" for position in range(size))


def letter_first(text: str | None) -> str | None:
    """The letter of an answer that is a letter and the text of its choice, such as "B. Paris"."""
    found = None if text is None else _COPIED.fullmatch(text)
    if text is None or found is None:
        return text
    before, after = found.start(1), len(text) - found.end(1)
    return f"{' ' * before}{found[1]}{' ' * after}"  # in its place, so that its span is right


def _index(expected: Any) -> int | None:
    if isinstance(expected, Integral) and not isinstance(expected, bool):
        return int(expected) if 0 <= int(expected) < len(LETTERS) else None
    found = _LETTER.fullmatch(str(expected).strip().upper())
    return LETTERS.index(found[1]) if found else None
