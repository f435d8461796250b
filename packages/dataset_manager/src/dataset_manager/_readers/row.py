"""One answer in the log of another tool."""

import hashlib
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .._core.canonical import canonical, json_safe

_MOST_COUNT = 1 << 53
_MS = 1000
_LETTERS = {"c": 1.0, "correct": 1.0, "p": 0.5, "partial": 0.5, "i": 0.0, "incorrect": 0.0}
_WORDS = {"n": 0.0, "noanswer": 0.0, "true": 1.0, "yes": 1.0, "false": 0.0, "no": 0.0}


@dataclass(frozen=True, slots=True, kw_only=True)
class LogRow:
    """One answer in the log of another tool. A value that the log does not have is None.

    Attributes:
        id: The id of the item.
        input: The question: a text, or a mapping with ``question`` and ``choices``.
        expected: The right answer, or a list of answers that are all right.
        prediction: What the tool scored: the model's text, or in lm-eval the filtered answer or
            the position of the likeliest choice.
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
        task: The task that the item belongs to.
        raw: All that the model gave, before a filter.
        extracted: What the tool's scorer took for the answer.
        scores: All scores by name; a part of a score with several is ``name.part``.
        prompt: What the model was shown, as readable text; empty where the log has only ``input``.
        stop_reason: Why the model stopped: ``stop``, ``max_tokens``, ``content_filter`` and so on.
        limit: The limit of the run that ended the sample, such as ``message 4``.
        edits: What was changed by hand after the run, the oldest first.
        rule: The tool and its scorer, such as ``promptfoo icontains``; empty where the log does
            not say.
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
    task: str = ""
    raw: Any = None
    extracted: Any = None
    scores: Mapping[str, float] = field(default_factory=dict)
    prompt: str = ""
    stop_reason: str | None = None
    limit: str | None = None
    edits: tuple[Mapping[str, Any], ...] = ()
    rule: str = ""

    @property
    def input_hash(self) -> str:
        """The SHA-256 of the question, with its choices: equal questions have equal ones."""
        return hashlib.sha256(_form(self.input).encode()).hexdigest()

    @property
    def prompt_hash(self) -> str:
        """The SHA-256 of what the model was shown; that of the question where it is not known."""
        shown = _form(self.prompt) if self.prompt else _form(self.input)
        return hashlib.sha256(shown.encode()).hexdigest()

    def answer(self, *, raw: bool = False) -> Any:
        """What the tool scored, or all that the model gave where that is a text.

        Args:
            raw: Take the model's text, before a filter.
        """
        return self.raw if raw and isinstance(self.raw, str) else self.prediction

    def to_dict(self) -> dict[str, Any]:
        """The row as plain values."""
        found = {name: getattr(self, name) for name in self.__slots__}
        more = {
            "metadata": dict(self.metadata),
            "scores": dict(self.scores),
            "edits": [dict(each) for each in self.edits],
        }
        return {**found, **more}


def _form(value: Any) -> str:
    return canonical(json_safe(value))


def as_score(value: Any) -> float | None:
    """A score as a number: also ``C``, ``P``, ``I`` and ``N`` of Inspect, and truth values.

    NaN, which Inspect writes for an answer that was not scored, is None.
    """
    if isinstance(value, bool | int | float):
        return _finite(value)
    if isinstance(value, str):
        word = value.strip().lower()
        found = _LETTERS.get(word, _WORDS.get(word))
        return as_number(value) if found is None else found
    return None


def as_scores(name: str, value: Any) -> dict[str, float]:
    """A score under its name; each part of a mapping or list under ``name.part``."""
    parts: dict[str, Any] = {name: value}
    if isinstance(value, Mapping):
        parts = {f"{name}.{part}": each for part, each in value.items()}
    elif isinstance(value, list):
        parts = {f"{name}.{part}": each for part, each in enumerate(value)}
    known = {part: as_score(each) for part, each in parts.items()}
    return {part: each for part, each in known.items() if each is not None}


def as_number(value: Any) -> float | None:
    """A finite number, also one that is written as text; None without one."""
    if isinstance(value, bool) or value is None:
        return None
    return _finite(value)


def _finite(value: Any) -> float | None:
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None


def as_count(value: Any) -> int | None:
    """A whole number; None without one, and for one that no count reaches."""
    number = as_number(value)
    return None if number is None or abs(number) > _MOST_COUNT else int(number)


def as_ms(seconds: Any) -> float | None:
    """Seconds as milliseconds, rounded to the microsecond."""
    number = as_number(seconds)
    return None if number is None else round(number * _MS, 3)


def as_error(value: Any) -> str | None:
    """An error as text: of Inspect and others its message."""
    if isinstance(value, Mapping):
        value = value.get("message") or value.get("error") or dict(value)
    return str(value) if value else None


def question_of(text: Any, choices: Any = None) -> Any:
    """A question, with its choices where it has them."""
    return {"question": text, "choices": list(choices)} if choices else text


def said(messages: Any) -> str:
    """A conversation as readable text: the content of one message, or each with its role."""
    given = [each for each in messages if isinstance(each, Mapping)]
    if len(given) == 1:
        return text_of(given[0].get("content"))
    return "\n\n".join(f"{each.get('role', '')}: {text_of(each.get('content'))}" for each in given)


def text_of(content: Any) -> str:
    """The text of a message, whose content is a text or a list of parts."""
    if content is None:
        return ""
    if isinstance(content, str):
        return content
    parts = content if isinstance(content, list) else [content]
    return "\n".join(_part(part) for part in parts if _part(part))


def _part(part: Any) -> str:
    if isinstance(part, Mapping):
        return str(part.get("text", "")) if part.get("type", "text") == "text" else ""
    return str(part)
