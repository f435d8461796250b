"""The result of looking for an answer in a text, before any scoring."""

import re
from dataclasses import dataclass
from typing import Any, Literal

from .._core.canonical import json_safe
from .._core.later import compiled_later

Found = Literal["found", "cut", "ambiguous", "refused", "empty", "not_found"]
How = Literal["boxed", "marked", "stated", "lone", "last_resort"]
# The outcomes that come with an answer.
WITH_ANSWER = ("found", "cut")

_REFUSAL = compiled_later(
    r"\b(?:I(?:'m| am)? (?:sorry(?! (?:for|about)\b)"
    r"|cannot|can't|can not|unable|not able)|as an AI\b"
    r"|(?:cannot|can't|unable to) (?:answer|help|assist|provide|determine)"
    r"|I (?:do not|don't) know|I have no idea|(?:cannot|can't|could not) be (?:determined|answered)"
    r"|not enough information|insufficient information|\bN/A\b)",
    re.IGNORECASE,
)


# A text that begins by declining; what follows is not an answer unless it is stated as one.
_DECLINES = compiled_later(
    r"\W*(?:(?:I(?:'m| am)|we(?:'re| are)) sorry[,.]?\s+(?:but\s+)?)?(?:I|we)\s*"
    r"(?:cannot|can't|can not|won't|will not|do not|don't|(?:'m| am) (?:unable|not able) to)\s+"
    r"(?:\w+ly\s+)?(?:answer|help|assist|provide|comply|solve|determine|respond|know)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Extraction:
    """An answer found in a text, or the reason why none was found.

    Attributes:
        outcome: ``found``; ``cut`` when it was found before a run-on that was cut off;
            ``ambiguous`` when several answers compete; ``refused`` when the model declines;
            ``empty`` without a text; ``not_found`` otherwise.
        value: The answer, where one was found.
        span: Its start and end in the text, in characters.
        how: The route: ``boxed`` in a box of LaTeX; ``marked`` after a mark, in a tag or a field;
            ``stated`` in a sentence; ``lone`` where the text is the answer and nothing else;
            ``last_resort`` where nothing says that it is the answer; None without an answer.
    """

    outcome: Found
    value: Any = None
    span: tuple[int, int] | None = None
    how: How | None = None

    @property
    def answered(self) -> bool:
        """Whether there is an answer: the outcome is ``found`` or ``cut``."""
        return self.outcome in WITH_ANSWER

    def to_dict(self) -> dict[str, object]:
        """The extraction as plain values."""
        return {
            "outcome": self.outcome,
            "value": json_safe(self.value),
            "span": None if self.span is None else list(self.span),
            "how": self.how,
        }


def nothing_in(text: str) -> Extraction:
    """The reason why no answer was found in a text."""
    if not text.strip():
        return Extraction(outcome="empty")
    return Extraction(outcome="refused" if _REFUSAL.search(_straight(text)) else "not_found")


def declines(text: str) -> bool:
    """Whether a text begins by declining to answer."""
    return _DECLINES.match(_straight(text)) is not None


def _straight(text: str) -> str:
    return text.replace("\u2019", "'")
