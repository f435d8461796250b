"""The score of one prediction."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from .._core.canonical import json_safe
from .._data.item import Item
from .._extraction.outcome import Found


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """The score of one prediction.

    Attributes:
        correct: Whether the answer is correct.
        value: 1 or 0, or anything between for scorers with partial credit.
        outcome: How the answer was found: ``found``, ``ambiguous``, ``refused``, ``empty`` or
            ``not_found``. All but ``found`` mean that no answer was found, which is not the same
            as a wrong answer.
        extracted: The answer as it was compared; None where none was found.
        scorer: The name of the scorer.
        span: The start and end of the answer in the prediction, in characters; None where
            the prediction is not a text, or was taken as a whole.
    """

    correct: bool
    value: float
    outcome: Found
    extracted: Any = None
    scorer: str = ""
    span: tuple[int, int] | None = None

    def to_dict(self) -> dict[str, object]:
        """The score as plain values."""
        return {
            "correct": self.correct,
            "value": self.value,
            "outcome": self.outcome,
            "extracted": json_safe(self.extracted),
            "scorer": self.scorer,
            "span": None if self.span is None else list(self.span),
        }

    def __str__(self) -> str:
        verdict = "right" if self.correct else "wrong"
        return (
            f"{verdict}: {self.extracted!r}"
            if self.outcome == "found"
            else f"wrong: {self.outcome}"
        )


Scorer = Callable[[Any, Item], Score]


def answers_of(item: Item) -> list[Any]:
    """All correct answers of an item."""
    expected = item.expected
    return list(expected) if isinstance(expected, (list, tuple)) else [expected]


def text_of(prediction: Any) -> str | None:
    """A prediction as text; None where it is missing."""
    return None if prediction is None else str(prediction)
