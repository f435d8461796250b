"""The scorers of answers in LaTeX: by algebra, and by the rule of MATH's authors."""

from typing import Any

from ..._data.item import Item
from ..._extraction.cleaning import cleaned
from ..._extraction.numbers import as_number
from ..._extraction.outcome import nothing_in
from ..verdict import Score, Scorer, answers_of, cleaning_for, text_of
from .boxes import LONGEST, answer_in, boxed
from .equality import equal
from .hendrycks import same_text


def score_math(prediction: Any, item: Item) -> Score:
    r"""Correct when the answer equals the right one as mathematics.

    The answer is the last ``\boxed{}``, else what is stated, else the whole of a short text.
    Texts of one form and equal numbers need nothing more; the rest is compared by math-verify.

    Raises:
        MissingExtraError: math-verify is not installed.
    """
    text = text_of(prediction) or ""
    whole = cleaned(text, cleaning_for(item))
    found = answer_in(whole.text)
    if found is None or not found.text.strip() or len(found.text) > LONGEST:
        return Score(correct=False, value=0.0, outcome=nothing_in(whole.text).outcome)
    correct = any(_equal(str(right), found.text) for right in answers_of(item))
    return Score(
        correct=correct,
        value=float(correct),
        outcome="cut" if whole.cut else "found",
        extracted=found.text.strip(),
        how=found.how,
    )


def _equal(right: str, given: str) -> bool:
    if same_text(right, given):
        return True
    numbers = as_number(right), as_number(given)
    if None not in numbers:
        return numbers[0] == numbers[1]
    return equal(right, given)


def official_math(prediction: Any, item: Item) -> Score:
    r"""The content of the last ``\boxed{}``, as a text in the authors' form (Hendrycks et al.)."""
    text = text_of(prediction) or ""
    given = boxed(text)
    if given is None:
        return Score(correct=False, value=0.0, outcome=nothing_in(text).outcome)
    correct = any(same_text(str(right), given) for right in answers_of(item))
    return Score(
        correct=correct, value=float(correct), outcome="found", extracted=given, how="boxed"
    )


MATH_SCORERS: dict[str, Scorer] = {"math": score_math, "official_math": official_math}
