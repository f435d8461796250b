"""Answers of records from outside: their forms, and values that cannot be right."""

import contextlib
import math
import re
from collections.abc import Mapping, Sequence
from typing import Any

# A letter alone, in brackets, or before a stop and the text of its choice.
_LETTER = re.compile(r"\(?(?P<letter>[A-Za-z])\)?(?:[).:]\s*(?P<rest>.*))?", re.DOTALL)


_MOST_LABEL = 2
_ASKED = ("question", "prompt", "text")
# Spaces, signs without width, and the zero bytes of a damaged file.
_BLANK = " \t\r\n\f\v\0\u00a0\u200b\u2060\ufeff"
_POWER_OF_TEN = re.compile(r"[-+]?[\d.]+[eE][-+]?\d{1,9}")
_SEVERAL = 2


def plain_answer(value: Any) -> Any:
    """An answer; the list of texts of SQuAD's ``answers``, which stand beside their positions."""
    texts = value.get("text") if isinstance(value, Mapping) else None
    if isinstance(texts, list) and all(isinstance(each, str) for each in texts):
        return list(dict.fromkeys(texts))
    return value


def listed_choices(choices: Any, expected: Any) -> tuple[list[Any], Any]:
    """The choices as a list, and the answer; of choices with labels, the position of its label.

    Raises:
        ValueError: The choices are not a list, or no label is the answer.
    """
    if not isinstance(choices, Mapping):
        if not isinstance(choices, list | tuple):
            raise ValueError(f"'choices' is {type(choices).__name__}, not a list")  # noqa: TRY004  # bad data
        return list(choices), expected
    texts, labels = choices.get("text"), choices.get("label")
    if texts is None and labels is None and _are_labels(choices):
        texts, labels = list(choices.values()), list(choices)
        expected = labels[texts.index(expected)] if expected in texts else expected
    if not isinstance(texts, list) or not isinstance(labels, list) or len(texts) != len(labels):
        raise ValueError("'choices' is a mapping without 'text' and 'label' of one length")
    if expected in labels:
        return texts, labels.index(expected)
    if texts.count(expected) == 1:
        return texts, texts.index(expected)
    raise ValueError(f"the answer {expected!r} is not one of the labels {labels!r}")


def _are_labels(choices: Mapping[Any, Any]) -> bool:
    """Whether the keys are labels such as "A", and the values texts."""
    return bool(choices) and all(
        isinstance(label, str) and len(label) <= _MOST_LABEL and isinstance(text, str)
        for label, text in choices.items()
    )


def check_values(question: Any, expected: Any, question_field: str, answer_field: str) -> None:
    """Refuse a question or an answer that cannot be right.

    ``expected`` may be None, since a data set without answers is written so.

    Raises:
        ValueError: The question is null, blank, or true or false; the answer is null, blank, not
            finite, an empty list, or not among the choices. The message names the field.
    """
    asked = question
    if isinstance(question, Mapping) and question_field != "input":
        asked = next((question[name] for name in _ASKED if name in question), question or None)
    if asked is None or isinstance(asked, bool) or is_blank(asked):
        raise ValueError(f"the question in {question_field!r} is {_shown(asked)}")
    if isinstance(question, list) and not all(isinstance(each, Mapping) for each in question):
        raise ValueError(f"the question in {question_field!r} is a list, and not one of messages")
    if expected is None and answer_field == "expected":
        return
    several = isinstance(expected, list | tuple)
    answers: Sequence[Any] = expected if several else (expected,)
    if not answers:
        raise ValueError(f"the answer in {answer_field!r} is an empty list")
    choices = question.get("choices") if isinstance(question, Mapping) else None
    if isinstance(choices, list | tuple) and None in choices:
        raise ValueError("one of the choices is null")
    for each in answers:
        # "expected" is how a data set is written, whatever its answers are.
        wrong = _is_absent(each) if answer_field != "expected" else each is None or is_blank(each)
        if wrong or not _is_finite(each):
            raise ValueError(f"the answer in {answer_field!r} is {_shown(each)}")
        if choices and isinstance(choices, list) and not _is_among(each, choices):
            raise ValueError(
                f"the answer {each!r} in {answer_field!r} is not one of the {len(choices)} choices"
                f"{_hint(each, choices)}"
            )


def check_agreement(record: Mapping[str, Any], names: Sequence[str]) -> None:
    """Refuse a record with several fields for the answer that disagree.

    A letter, a position and the text of one choice agree, and so does one of several answers.

    Raises:
        ValueError: Names two fields and their values.
    """
    given = [name for name in names if name in record]
    if len(given) >= _SEVERAL:  # few records have two; all of them come here
        given = [name for name in given if not _is_absent(record[name])]
    if len(given) < _SEVERAL:
        return
    chosen, *others = given
    choices = record.get("choices", record.get("options"))
    own = _readings(record[chosen], choices)
    for name in others:
        if not own & _readings(record[name], choices):
            raise ValueError(
                f"the answer is {record[chosen]!r} in {chosen!r} and {record[name]!r} in {name!r};"
                f" pass fields=FieldMapping(expected={chosen!r}) or another field"
            )


def _is_absent(value: Any) -> bool:
    """Whether a value is null, blank or empty."""
    empty = isinstance(value, list | Mapping) and not value
    return value is None or empty or is_blank(value)


def is_blank(value: Any) -> bool:
    """Whether a value is a text without a visible sign."""
    return isinstance(value, str) and not value.strip(_BLANK)


def _readings(value: Any, choices: Any) -> set[Any]:
    """What an answer may stand for: its text, its number, and the positions of choices."""
    value = plain_answer(value)
    if isinstance(value, list | tuple):
        return {reading for each in value for reading in _readings(each, choices)}
    text = str(value).strip().casefold()
    found: set[Any] = {text}
    with contextlib.suppress(ValueError, OverflowError):
        found.add(float(text))
    labels: Sequence[Any] = ()
    if isinstance(choices, Mapping):
        labels, choices = choices.get("label") or (), choices.get("text")
    if not isinstance(choices, list | tuple):
        return found
    found |= {("at", at) for at, each in enumerate(choices) if str(each).strip().casefold() == text}
    found |= {("at", at) for at, each in enumerate(labels) if str(each).strip().casefold() == text}
    letter = _LETTER.fullmatch(text)
    if letter is not None:
        found.add(("at", ord(letter["letter"]) - ord("a")))
    if text.isdecimal():
        found |= {("at", int(text)), ("at", int(text) - 1)}
    return found


def _hint(answer: Any, choices: Sequence[Any]) -> str:
    if str(answer).strip() == str(len(choices)):
        return "; positions count from 0, transforms={'expected': ...} changes those from 1"
    return ", of which two are the same" if answer in choices else ""


def _shown(value: Any) -> str:
    return "null" if value is None else "blank" if is_blank(value) else f"{value!r}"


def _is_finite(value: Any) -> bool:
    """Whether a number, or the text of one, is not too large and not the mark of a missing one."""
    if isinstance(value, str):
        text = value.strip()
        return text not in ("NaN", "nan") and not (
            _POWER_OF_TEN.fullmatch(text) and math.isinf(float(text))
        )
    return not isinstance(value, float) or math.isfinite(value)


def _is_among(answer: Any, choices: Sequence[Any]) -> bool:
    """Whether an answer can be one of the choices: a position, a letter, or the text of one."""
    if isinstance(answer, Mapping | list):
        return True
    if answer in choices and not isinstance(answer, bool):
        return choices.count(answer) == 1
    text = str(answer).strip()
    texts = {str(choice).strip().casefold() for choice in choices}
    if text.casefold() in texts:
        return True
    if isinstance(answer, int | float) or text.isdecimal():
        # A position counts from 0, as the scorer reads it.
        number = -1.0 if isinstance(answer, bool) else float(answer)
        return number.is_integer() and 0 <= number < len(choices)
    return _is_letter_of(text, choices, texts)


def _is_letter_of(text: str, choices: Sequence[Any], texts: set[str]) -> bool:
    found = _LETTER.fullmatch(text)
    if found is None:
        return False
    inside = ord(found["letter"].upper()) - ord("A") < len(choices)
    rest = (found["rest"] or "").strip().casefold()
    return inside and (not rest or rest in texts)
