"""The item: one question with its answer."""

import re
import string
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from numbers import Real
from typing import Any

from .answers import check_agreement, check_values, listed_choices, plain_answer

LETTERS = string.ascii_uppercase
AUTO = "auto"
QUESTION_FIELDS = ("input", "question", "query", "prompt", "text")
ANSWER_FIELDS = ("expected", "answer", "label", "target", "answerKey", "answers")
_NUMBER = re.compile(r"[-+]?(\d+(\.\d*)?|\.\d+)([eE][-+]?\d+)?")


def choice_label(position: int) -> str:
    """The label of a choice: A to Z, then 27 and so on."""
    return LETTERS[position] if position < len(LETTERS) else str(position + 1)


@dataclass(frozen=True, slots=True)
class Item:
    """One question with its answer; ``str(item)`` is the prompt.

    Attributes:
        id: Unique in its data set.
        input: The question as text; or a mapping with ``question``, and where it has them
            ``choices`` and the whole ``prompt``.
        expected: The correct answer: a text or number, the index of the correct choice, or a list
            of answers that are all correct.
        metadata: Other fields, such as the subject.
    """

    id: str
    input: Any
    expected: Any
    metadata: Mapping[str, Any] = field(default_factory=dict, hash=False)

    @property
    def choices(self) -> tuple[str, ...]:
        """The choices of a multiple-choice question; empty for others."""
        return tuple(str(choice) for choice in choices_of(self.input))

    @property
    def question(self) -> str:
        """The question alone, without its choices."""
        if isinstance(self.input, Mapping):
            for name in ("question", "prompt", "text"):
                if name in self.input:
                    return str(self.input[name])
        return str(self.input)

    def __str__(self) -> str:
        """The prompt: as given, else the question, with lettered choices and ``Answer:``."""
        if isinstance(self.input, Mapping) and isinstance(self.input.get("prompt"), str):
            return str(self.input["prompt"])
        if not self.choices:
            return self.question
        lines = [
            f"{choice_label(position)}. {choice}" for position, choice in enumerate(self.choices)
        ]
        return "\n".join([self.question, *lines, "Answer:"])

    def to_dict(self) -> dict[str, Any]:
        """The item as plain values."""
        return {
            "id": self.id,
            "input": self.input,
            "expected": self.expected,
            "metadata": dict(self.metadata),
        }


def choices_of(question: Any) -> Sequence[Any]:
    """The choices in the input of an item; empty without any."""
    given = question.get("choices") if isinstance(question, Mapping) else None
    return given if isinstance(given, list | tuple) else ()


def value_of(item: Item, by: str | Callable[[Item], Any]) -> Any:
    """The value of a function or a field: ``id``, ``expected``, or one of the metadata.

    Raises:
        ValueError: The item lacks the field.
    """
    if callable(by):
        return by(item)
    if by in ("id", "input", "expected") and by not in item.metadata:
        return getattr(item, by)
    value: Any = item.metadata
    for part in by.removeprefix("metadata.").split("."):
        if not isinstance(value, Mapping) or part not in value:
            fields = ", ".join(map(str, item.metadata)) or "none"
            raise ValueError(f"item {item.id!r} has no {by!r} in its metadata (it has {fields})")
        value = value[part]
    return value


def fitting_scorer(items: Iterable[Item]) -> str:
    """The scorer that the answers of items ask for; the same whatever container they came in.

    ``choice`` where every item has choices, ``number`` where every answer is a number or the text
    of one (all cells of a CSV file are texts), else ``text``.

    Args:
        items: The items.
    """
    return fitting_answers((item.input, item.expected) for item in items)


def fitting_answers(pairs: Iterable[tuple[Any, Any]]) -> str:
    """``fitting_scorer`` for pairs of input and expected answer.

    Args:
        pairs: The input and the expected answer of each item.
    """
    found = ""
    for question, expected in pairs:
        kind = _kind(question, expected)
        if kind == "text" or found not in ("", kind):
            return "text"
        found = kind
    return found or "text"


def _kind(question: Any, expected: Any) -> str:
    if choices_of(question):
        return "choice"
    if isinstance(expected, bool):
        return "text"
    if isinstance(expected, str):
        return "number" if _NUMBER.fullmatch(expected.strip()) else "text"
    return "number" if isinstance(expected, Real | Decimal) else "text"


def item_from_mapping(record: Mapping[str, Any], *, default_id: str = "") -> Item:
    """An item from a mapping, with the usual spellings of its fields.

    Args:
        record: The question under ``input``, ``question``, ``query``, ``prompt`` or ``text``; the
            answer under ``expected``, ``answer``, ``label``, ``target``, ``answerKey`` or
            ``answers``; optionally ``id``, ``choices`` (or ``options``) and ``metadata``. Other
            fields go into the metadata.
        default_id: The id of a record without one.

    Returns:
        The item.

    Raises:
        ValueError: A field is missing, of the wrong kind or cannot be right, or two fields for
            the answer disagree; the message says which.
    """
    check_agreement(record, ANSWER_FIELDS)
    return mapped_item(record, default_id=default_id)


def mapped_item(record: Mapping[str, Any], *, default_id: str) -> Item:
    """``item_from_mapping`` for a record whose field for the answer was named.

    Raises:
        ValueError: As ``item_from_mapping``, but for fields that disagree.
    """
    question_field = _field_of(record, QUESTION_FIELDS, "question", "input")
    answer_field = _field_of(record, ANSWER_FIELDS, "answer", "expected")
    identifier = record.get("id", default_id)
    if isinstance(identifier, bool) or not isinstance(identifier, str | int) or identifier == "":
        raise ValueError(f"'id' is {identifier!r}, not a text or a whole number")
    metadata = record.get("metadata") or {}
    if not isinstance(metadata, Mapping):
        raise ValueError(f"'metadata' is {type(metadata).__name__}, not a mapping")  # noqa: TRY004  # bad data
    question: Any = record[question_field]
    given = record[answer_field]
    # "expected" is how a data set is written: its value is the answer as it stands.
    expected = given if answer_field == "expected" else plain_answer(given)
    used = {question_field, answer_field, "id", "metadata"}
    choices_field = "options" if _lists_options(record) else "choices"
    choices = record.get(choices_field)
    if choices is not None and not isinstance(question, Mapping):
        choices, expected = listed_choices(choices, expected)
        question = {"question": question, "choices": choices}
        used.add(choices_field)
    check_values(question, expected, question_field, answer_field)
    rest = {str(name): value for name, value in record.items() if name not in used}
    return Item(str(identifier), question, expected, {**rest, **metadata})


def _lists_options(record: Mapping[str, Any]) -> bool:
    return "choices" not in record and isinstance(record.get("options"), list | Mapping)


def _field_of(record: Mapping[str, Any], names: tuple[str, ...], what: str, argument: str) -> str:
    for name in names:  # a generator would take twice as long, for every line of a file
        if name in record:
            return name
    known = ", ".join(map(repr, names[:-1]))
    fields = ", ".join(map(repr, record)) or "no fields"
    raise ValueError(
        f"the {what} is missing: put it under {known} or {names[-1]!r}, or pass"
        f" fields=FieldMapping({argument}=...) (the record has {fields})"
    )
