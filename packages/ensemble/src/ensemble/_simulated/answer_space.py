"""Right and wrong answers to a question, in the form in which a model would give them."""

import math
import re
from collections.abc import Callable
from fractions import Fraction
from itertools import pairwise

from .._core.queries import Question, choices_of, letter, right_answer
from .._core.rendering import shown
from .._core.values import Value

_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
# Compiled when they are first needed, to spare the import.
_NUMBER = r"([$\u20ac\u00a3]?)(-?\d{1,3}(?:,\d{3})+|-?\d+)(\.\d+|/[1-9]\d*)?(%?)"
_BARE_LETTER = r"(\(?)([A-Z])(\)?)"
# Near misses are the commoner ones: off by one, then further away, to either side.
_STEPS = (1, -1, 2, -2, 10, -10, 5, -5, 3, -3)
_OPPOSITES = {"true": "false", "yes": "no", "valid": "invalid", "correct": "incorrect"}
_OPPOSITE = {**_OPPOSITES, **{wrong: right for right, wrong in _OPPOSITES.items()}}
_WRONG_TEXTS = 1000


class WrongAnswers(Value):
    """The wrong answers to a question.

    Attributes:
        size: How many there are.
        text: Writes one of them, by its index.
        power: How strongly the first ones are preferred; 1 when all are equally likely.
    """

    size: int
    text: Callable[[int], str]
    power: int = 1

    def draw(self, uniform: float) -> str:
        """The wrong answer that belongs to a number in (0, 1)."""
        return self.text(min(int(uniform**self.power * self.size), self.size - 1))

    @property
    def chance(self) -> float:
        """The probability that two that are drawn apart are the same."""
        if self.power == 1:
            return 1 / self.size
        ends = [math.pow(index / self.size, 1 / self.power) for index in range(self.size + 1)]
        return sum((end - begin) ** 2 for begin, end in pairwise(ends))


def wrong_answers(question: Question) -> WrongAnswers:
    """The wrong answers of the right kind to a question, none equal to the right one.

    Another choice, the opposite of yes, a number near by, or a text that says that it is wrong;
    there are many such texts, because models that err on open questions seldom err alike.
    """
    right = right_answer(question)
    texts = [str(choice) for choice in choices_of(question)]
    for offered in ([letter(index) for index in range(len(texts))], texts):
        others = [choice for choice in offered if choice != right]
        if others and right in offered:
            return WrongAnswers(size=len(others), text=others.__getitem__)
    opposite = _OPPOSITE.get(right.lower())
    if opposite is not None:
        text = opposite.capitalize() if right[0].isupper() else opposite
        return WrongAnswers(size=1, text=lambda _: text)
    bare = re.fullmatch(_BARE_LETTER, right)
    if bare is not None:
        others = [f"{bare[1]}{each}{bare[3]}" for each in _LETTERS[:5] if each != bare[2]]
        return WrongAnswers(size=len(others), text=others.__getitem__)
    number = re.fullmatch(_NUMBER, right.strip())
    if number is not None:
        steps = [_wrong_number(number, step) for step in _STEPS]
        return WrongAnswers(size=len(steps), text=steps.__getitem__, power=2)
    return WrongAnswers(size=_WRONG_TEXTS, text=lambda index: f"wrong answer {index}")


def wrong_answer(
    question: Question, uniform: float, *, attraction: float, same_wrong: float | None
) -> str:
    """A wrong answer, which may be the one that attracts all who err on this question.

    Args:
        question: The question.
        uniform: Selects the answer of this model; in (0, 1).
        attraction: Selects the attractive answer, the same for all models; in (0, 1).
        same_wrong: The probability that two models that err say the same; None for what chance
            gives. It is never less than that.
    """
    wrong = wrong_answers(question)
    if same_wrong is None:
        return wrong.draw(uniform)
    # Two who err say the same when both are attracted, s ** 2, and else as often as by chance.
    chance = wrong.chance
    drawn_in = 1.0 if chance >= 1 else max(0.0, (same_wrong - chance) / (1 - chance)) ** 0.5
    if uniform < drawn_in:
        return wrong.draw(attraction)
    return wrong.draw((uniform - drawn_in) / (1 - drawn_in))


def _wrong_number(right: re.Match[str], step: int) -> str:
    before, whole, part, after = right.groups()
    # Exactly: from 2 ** 53 on, a floating-point number does not change by one.
    value = Fraction(whole.replace(",", "") + (part or "")) + step
    return f"{before}{shown(value)}{after}"
