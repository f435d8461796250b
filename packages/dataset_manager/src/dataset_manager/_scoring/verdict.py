"""The score of one prediction."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from .._core.canonical import json_safe
from .._core.shown import shown
from .._data.item import Item
from .._extraction.cleaning import CLEAN, Cleaning
from .._extraction.outcome import WITH_ANSWER, Found, How


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """The score of one prediction.

    Attributes:
        correct: Whether the answer is correct.
        value: 1 or 0, or anything between for scorers with partial credit.
        outcome: ``found``, ``cut``, ``ambiguous``, ``refused``, ``empty`` or ``not_found``.
            ``cut`` is found before a run-on that was cut off. All but these two mean that no
            answer was found, which is not the same as a wrong answer.
        extracted: The answer as it was compared; None where none was found.
        scorer: The name of the scorer.
        span: The start and end of the answer in the prediction, in characters; None where
            the prediction is not a text, or was taken as a whole.
        how: The route by which the answer was found: ``boxed``, ``marked``, ``stated``, ``lone``
            or ``last_resort``; None without an answer, or where the scorer has no routes.
    """

    correct: bool
    value: float
    outcome: Found
    extracted: Any = None
    scorer: str = ""
    span: tuple[int, int] | None = None
    how: How | None = None

    @property
    def answered(self) -> bool:
        """Whether an answer was found, also before a run-on."""
        return self.outcome in WITH_ANSWER

    def to_dict(self) -> dict[str, object]:
        """The score as plain values."""
        return {
            "correct": self.correct,
            "value": self.value,
            "outcome": self.outcome,
            "extracted": json_safe(self.extracted),
            "scorer": self.scorer,
            "span": None if self.span is None else list(self.span),
            "how": self.how,
        }

    @shown
    def __str__(self) -> str:
        verdict = "right" if self.correct else "wrong"
        return f"{verdict}: {self.extracted!r}" if self.answered else f"wrong: {self.outcome}"


Scorer = Callable[[Any, Item], Score]
AsyncScorer = Callable[[Any, Item], Awaitable[Score]]


def answers_of(item: Item) -> list[Any]:
    """All correct answers of an item."""
    expected = item.expected
    return list(expected) if isinstance(expected, (list, tuple)) else [expected]


def text_of(prediction: Any) -> str | None:
    """A prediction as text; None where it is missing."""
    return None if prediction is None else str(prediction)


def cleaning_for(item: Item) -> Cleaning:
    """The steps of cleaning for an answer to an item, whose question it may repeat."""
    return Cleaning(question=item.question) if item.question else CLEAN
