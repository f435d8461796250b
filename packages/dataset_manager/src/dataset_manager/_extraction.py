"""What was found in a model's answer, apart from whether it is right."""

import re
from dataclasses import dataclass
from typing import Any, Literal

Found = Literal["found", "ambiguous", "refused", "empty", "not_found"]

_REFUSAL = re.compile(
    r"\b(?:I(?:'m| am)? (?:sorry|cannot|can't|can not|unable|not able)|as an AI\b"
    r"|(?:cannot|can't|unable to) (?:answer|help|assist|provide|determine)"
    r"|I (?:do not|don't) know)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Extraction:
    """An answer found in a text, or the reason why there is none.

    Attributes:
        outcome: ``found``; ``ambiguous`` when several answers compete; ``refused`` when the model
            declines; ``empty`` when there is no text; ``not_found`` otherwise.
        value: The answer when there is one.
        span: Where it stands, as begin and end in characters.
    """

    outcome: Found
    value: Any = None
    span: tuple[int, int] | None = None


def nothing_in(text: str) -> Extraction:
    """Why no answer was found in a text."""
    if not text.strip():
        return Extraction(outcome="empty")
    return Extraction(outcome="refused" if _REFUSAL.search(text) else "not_found")
