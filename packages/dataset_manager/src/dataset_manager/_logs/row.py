"""One answer in the log of another tool."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

_MS = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class LogRow:
    """One answer in the log of another tool. A value that the log does not have is None.

    Attributes:
        id: The id of the item.
        input: The question: a text, or a mapping with ``question`` and ``choices``.
        expected: The right answer.
        prediction: What the model gave.
        score: What the tool made of it, from 0 to 1 as a rule.
        model: The model that answered; empty where the log does not name it.
        variant: The prompt (promptfoo) or filter (lm-eval); empty in other logs.
        epoch: Which repeat it is, from 1.
        input_tokens: The tokens of the prompt.
        output_tokens: The tokens of the answer.
        cost_usd: The cost in US dollars.
        latency_ms: How long the answer took, in milliseconds.
        error: What went wrong.
        metadata: Other fields of the item.
    """

    id: str
    input: Any
    expected: Any
    prediction: Any
    score: float | None = None
    model: str = ""
    variant: str = ""
    epoch: int = 1
    input_tokens: int | None = None
    output_tokens: int | None = None
    cost_usd: float | None = None
    latency_ms: float | None = None
    error: str | None = None
    metadata: Mapping[str, Any] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """The row as plain values."""
        found = {name: getattr(self, name) for name in self.__slots__}
        return {**found, "metadata": dict(self.metadata)}


def as_score(value: Any) -> float | None:
    """A score as a number: also ``C``, ``P``, ``I`` and ``N`` of Inspect, and truth values."""
    letters = {"c": 1.0, "correct": 1.0, "p": 0.5, "partial": 0.5, "i": 0.0, "incorrect": 0.0}
    words = {"n": 0.0, "noanswer": 0.0, "true": 1.0, "yes": 1.0, "false": 0.0, "no": 0.0}
    if isinstance(value, bool | int | float):
        return float(value)
    if isinstance(value, str):
        return {**letters, **words}.get(value.strip().lower(), as_number(value))
    return None


def as_number(value: Any) -> float | None:
    """A number, also one that is written as text; None without one."""
    if isinstance(value, bool) or value is None:
        return None
    try:
        return float(value)
    except (TypeError, ValueError):
        return None


def as_count(value: Any) -> int | None:
    """A whole number; None without one."""
    number = as_number(value)
    return None if number is None else int(number)


def as_ms(seconds: Any) -> float | None:
    """Seconds as milliseconds, rounded to the microsecond."""
    number = as_number(seconds)
    return None if number is None else round(number * _MS, 3)


def question_of(text: Any, choices: Any = None) -> Any:
    """A question, with its choices where it has them."""
    return {"question": text, "choices": list(choices)} if choices else text
