"""Right and wrong answers to a question, in the form in which a model would give them."""

import re
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from ._model import Question
from ._normalize import shown

_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_NUMBER = re.compile(r"([$\u20ac\u00a3]?)(-?\d{1,3}(?:,\d{3})+|-?\d+)(\.\d+|/[1-9]\d*)?(%?)")
_BARE_LETTER = re.compile(r"(\(?)([A-Z])(\)?)")
# Near misses are the commoner ones: off by one, then further away, to either side.
_STEPS = (1, -1, 2, -2, 10, -10, 5, -5, 3, -3)
_OPPOSITES = {"true": "false", "yes": "no", "valid": "invalid", "correct": "incorrect"}
_OPPOSITE = {**_OPPOSITES, **{wrong: right for right, wrong in _OPPOSITES.items()}}
_WRONG_TEXTS = 1000


def right_answer(question: Question) -> str:
    """The right answer; for a choice given by its place, its letter."""
    expected = question.expected
    if isinstance(expected, list | tuple) and expected:
        expected = expected[0]
    if _choices(question) and type(expected) is int:
        return letter(expected)
    return str(expected)


def wrong_answer(question: Question, uniform: float) -> str:
    """A wrong answer of the right kind, never equal to the right one.

    Another choice, the opposite of yes, a number near by, or a text that says that it is wrong;
    there are many such texts, because models that err on open questions seldom err alike.

    Args:
        question: The question.
        uniform: Selects the answer; in (0, 1).
    """
    right = right_answer(question)
    texts = [str(choice) for choice in _choices(question)]
    for offered in ([letter(place) for place in range(len(texts))], texts):
        others = [choice for choice in offered if choice != right]
        if others and right in offered:
            return others[int(uniform * len(others))]
    opposite = _OPPOSITE.get(right.lower())
    if opposite is not None:
        return opposite.capitalize() if right[0].isupper() else opposite
    bare = _BARE_LETTER.fullmatch(right)
    if bare is not None:
        others = [each for each in _LETTERS[:5] if each != bare[2]]
        return f"{bare[1]}{others[int(uniform * len(others))]}{bare[3]}"
    number = _NUMBER.fullmatch(right.strip())
    if number is not None:
        return _wrong_number(number, uniform)
    return f"wrong answer {int(uniform * _WRONG_TEXTS)}"


def _wrong_number(right: re.Match[str], uniform: float) -> str:
    before, whole, part, after = right.groups()
    step = _STEPS[int(uniform**2 * len(_STEPS))]
    # Exactly: from 2 ** 53 on, a floating-point number does not change by one.
    value = Fraction(whole.replace(",", "") + (part or "")) + step
    return f"{before}{shown(value)}{after}"


def _choices(question: Question) -> Sequence[Any]:
    """What a question offers to choose from; nothing when it is open."""
    given = question.input
    return given.get("choices", ()) if isinstance(given, Mapping) else ()


def letter(place: int) -> str:
    """What a choice is called: A to Z, then 27 and so on."""
    return _LETTERS[place] if place < len(_LETTERS) else str(place + 1)
