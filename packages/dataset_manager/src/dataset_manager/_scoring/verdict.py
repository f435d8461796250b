"""The verdict on one prediction."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from .._core.canonical import json_safe
from .._data.item import Item
from .._extraction.outcome import Found


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
        scorer: The name of the scorer that gave it.
        span: Where in the prediction the answer stands, as begin and end in characters; None where
            the prediction is no text, or was taken as a whole.
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
    """Every answer that is right."""
    expected = item.expected
    return list(expected) if isinstance(expected, (list, tuple)) else [expected]


def text_of(prediction: Any) -> str | None:
    """A prediction as text; None for none at all."""
    return None if prediction is None else str(prediction)
