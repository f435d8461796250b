"""Written forms of answers: each is read as one of its right readings, or not at all.

A line of the files has a text and its right readings: a value, ``ambiguous``, or ``none``.
"""

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from dataset_manager import Extraction, extract_boolean, extract_choice, extract_number

FOLDER = Path(__file__).parent
LETTERS = "ABCDEFGHIJ"


def lines(kind: str) -> list[dict[str, Any]]:
    text = (FOLDER / f"{kind}_forms.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


def reading(found: Extraction) -> object:
    if found.answered:
        return found.value
    return "ambiguous" if found.outcome == "ambiguous" else "none"


def name(line: dict[str, Any]) -> str:
    return str(line["text"])[:60].encode("ascii", "backslashreplace").decode()


def is_lost(found: object, right: list[Any]) -> bool:
    """Whether there is an answer and it was not read."""
    return found in ("ambiguous", "none") and not {"ambiguous", "none"} & set(right)


@pytest.mark.parametrize("line", lines("number"), ids=name)
def test_a_number_is_read_whole_or_not_at_all(line: dict[str, Any]) -> None:
    found = reading(extract_number(line["text"]))
    right = [each if each in ("ambiguous", "none") else Fraction(each) for each in line["right"]]

    assert found in ("ambiguous", "none", *right)


@pytest.mark.parametrize("line", lines("choice"), ids=name)
def test_a_choice_is_the_one_that_was_made_or_none(line: dict[str, Any]) -> None:
    found = reading(extract_choice(line["text"], line["choices"]))
    letter = LETTERS[found] if isinstance(found, int) else found

    assert letter in ("ambiguous", "none", *line["right"])


@pytest.mark.parametrize("line", lines("boolean"), ids=name)
def test_yes_is_not_read_as_no(line: dict[str, Any]) -> None:
    assert reading(extract_boolean(line["text"])) in ("ambiguous", "none", *line["right"])


def test_few_of_these_forms_are_lost() -> None:
    numbers, choices = lines("number"), lines("choice")
    read = [(line, reading(extract_number(line["text"]))) for line in numbers]
    read += [(line, reading(extract_choice(line["text"], line["choices"]))) for line in choices]

    lost = [line["text"] for line, found in read if is_lost(found, line["right"])]

    assert len(lost) <= 0.03 * len(read), lost


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("The answer is &minus;5.", "&minus;5"),
        ("x\u200by: the answer is 4\u200b2 km", "4\u200b2"),
        ("<b>So</b> the answer is <b>42</b>", "42"),
        ("The answer is 5&nbsp;000!", "5&nbsp;000"),
        ("&lt;think&gt;7&lt;/think&gt; 42", "42"),
    ],
)
def test_the_span_is_that_of_the_text_as_it_was_given(text: str, part: str) -> None:
    span = extract_number(text).span

    assert span is not None
    assert text[slice(*span)] == part
