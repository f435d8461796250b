"""Is a prediction right? Extraction is a step of its own, and its outcome stays visible."""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ._choices import extract_choice
from ._errors import UnknownScorerError
from ._extraction import Extraction, Found, nothing_in
from ._item import Item, choice_label
from ._numbers import as_number, extract_number


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """The verdict on one prediction.

    Attributes:
        correct: Whether it is right.
        value: 1 or 0, or anything between for scorers that give partial marks.
        outcome: How the answer was found: ``found``, ``ambiguous``, ``refused``, ``empty`` or
            ``not_found``. All but ``found`` are wrong for want of an answer, which is not the same
            as a wrong answer.
        extracted: The answer as it was compared; None when there was none.
    """

    correct: bool
    value: float
    outcome: Found
    extracted: Any = None

    def __str__(self) -> str:
        verdict = "right" if self.correct else "wrong"
        return (
            f"{verdict}: {self.extracted!r}"
            if self.outcome == "found"
            else f"wrong: {self.outcome}"
        )


Scorer = Callable[[Any, Item], Score]


def score_number(prediction: Any, item: Item) -> Score:
    """Right when the number that the prediction gives equals the expected one exactly."""
    if isinstance(prediction, int | float) and not isinstance(prediction, bool):
        value = as_number(prediction)
        found = Extraction(outcome="not_found" if value is None else "found", value=value)
    else:
        found = extract_number(_text(prediction))
    rights = [as_number(each) for each in _answers(item)]
    correct = found.outcome == "found" and any(found.value == right for right in rights)
    shown = None if found.value is None else _shown(found.value)
    return Score(correct=correct, value=float(correct), outcome=found.outcome, extracted=shown)


def score_choice(prediction: Any, item: Item) -> Score:
    """Right when the choice that the prediction makes is the expected one.

    A whole number is taken for the index of the choice, from 0.
    """
    choices = item.choices
    if isinstance(prediction, int) and not isinstance(prediction, bool):
        inside = 0 <= prediction < len(choices)
        found = Extraction(outcome="found" if inside else "not_found", value=prediction)
    else:
        found = extract_choice(_text(prediction), choices)
    correct = found.outcome == "found" and found.value == _right_choice(item)
    shown = choice_label(found.value) if found.outcome == "found" else None
    return Score(correct=correct, value=float(correct), outcome=found.outcome, extracted=shown)


def score_text(prediction: Any, item: Item) -> Score:
    """Right when the prediction equals an expected text.

    Compared without regard to case, the form of Unicode, spacing, surrounding quotes and a final
    stop. All other punctuation counts: "-5" is not "5".
    """
    text = _text(prediction)
    if text is None or not text.strip():
        return Score(correct=False, value=0.0, outcome="empty")
    plain = plain_text(text)
    correct = any(plain == plain_text(str(each)) for each in _answers(item))
    outcome = "found" if correct or nothing_in(text).outcome != "refused" else "refused"
    return Score(correct=correct, value=float(correct), outcome=outcome, extracted=plain)  # type: ignore[arg-type]  # one of the two


_scorers: dict[str, Scorer] = {
    "choice": score_choice,
    "number": score_number,
    "text": score_text,
}


def score(prediction: Any, item: Item, *, scorer: str | None = "text") -> Score:
    """Score one prediction.

    Args:
        prediction: What the model gave: text, a number, or None for nothing.
        item: The question.
        scorer: ``number``, ``choice``, ``text`` or a registered name.

    Raises:
        UnknownScorerError: No scorer has this name.
    """
    if scorer not in _scorers:
        raise UnknownScorerError(scorer, _scorers)
    return _scorers[scorer](prediction, item)


def scorer_names() -> tuple[str, ...]:
    """The names of the scorers."""
    return tuple(sorted(_scorers))


def register_scorer(name: str, scorer: Scorer, *, replace: bool = False) -> None:
    """Add a scorer of your own.

    Args:
        name: Its name.
        scorer: Takes a prediction and an item, gives a ``Score``.
        replace: Allow a name that is known already.

    Raises:
        ValueError: The name is known already.
    """
    if name in _scorers and not replace:
        raise ValueError(f"scorer {name!r} is known already; pass replace=True to replace it")
    _scorers[name] = scorer


def plain_text(text: str) -> str:
    """A text as it is compared: NFKC, lower case, single spaces, no outer quotes or final stop."""
    text = unicodedata.normalize("NFKC", text).casefold()
    text = re.sub(r"\s+", " ", text).strip()
    if len(text) > 1 and text[0] == text[-1] and text[0] in "\"'`":
        text = text[1:-1].strip()
    return text.removesuffix(".") if len(text) > 1 else text


def _text(prediction: Any) -> str | None:
    return None if prediction is None else str(prediction)


def _answers(item: Item) -> list[Any]:
    return list(item.expected) if isinstance(item.expected, list | tuple) else [item.expected]


def _right_choice(item: Item) -> int | None:
    """The index of the right choice, also where it is given as a letter or by its text."""
    expected: Any = item.expected
    if isinstance(expected, int):
        return expected
    found = extract_choice(str(expected), item.choices)
    return found.value if found.outcome == "found" else None


def _shown(value: Any) -> str:
    if value.denominator == 1:
        return str(value.numerator)
    try:
        decimal = float(value)
    except OverflowError:
        return str(value)
    return repr(decimal) if as_number(decimal) == value else str(value)
