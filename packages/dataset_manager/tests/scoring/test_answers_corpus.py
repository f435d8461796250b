"""The corpus of answers is well formed and its readings fit their tasks."""

import json
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from dataset_manager import Cleaning, Extraction, extract_boolean, extract_choice, extract_number

FOLDER = Path(__file__).parent / "answers"
TASKS = {"number", "choice", "boolean", "code", "text"}
WITH_VALUE = {"found", "cut"}
WITHOUT_VALUE = {"ambiguous", "not_found"}
ROUTES = {"boxed", "marked", "stated", "lone", "last_resort"}
REASONS = {"refused", "declined", "empty", "unfinished"}
REQUIRED = {"id", "kind", "task", "answer", "expected", "why"}
OPTIONAL = {"choices", "question", "marks", "entry_point", "test"}
LETTERS = "ABCDEFGHIJ"


def entries() -> Iterator[dict[str, Any]]:
    for path in sorted(FOLDER.glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").split("\n")[:-1]:
            entry: dict[str, Any] = json.loads(line)
            assert entry["kind"] == path.stem
            yield entry


ENTRIES = list(entries())


def test_the_corpus_has_at_least_three_hundred_answers_with_unique_ids() -> None:
    assert len(ENTRIES) >= 300
    assert len({entry["id"] for entry in ENTRIES}) == len(ENTRIES)


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: str(entry["id"]))
def test_an_entry_has_the_fields_and_words_of_the_format(entry: dict[str, Any]) -> None:
    expected = entry["expected"]

    assert set(entry) >= REQUIRED
    assert set(entry) <= REQUIRED | OPTIONAL
    assert entry["id"].startswith(entry["kind"] + "/")
    assert entry["task"] in TASKS
    assert ("choices" in entry) == (entry["task"] == "choice")
    assert ("test" in entry) == ("entry_point" in entry) == (entry["task"] == "code")
    assert set(expected) <= {"outcome", "value", "how", "reason", "passes"}
    assert expected["outcome"] in WITH_VALUE | WITHOUT_VALUE
    assert (expected["value"] is not None) == (expected["outcome"] in WITH_VALUE)
    assert expected.get("how", "lone") in ROUTES
    assert expected.get("reason", "empty") in REASONS
    assert ("reason" not in expected) or expected["outcome"] == "not_found"
    assert entry["why"].endswith(".")
    if expected["outcome"] == "cut":
        assert any(mark in entry["answer"] for mark in entry["marks"])


@pytest.mark.parametrize(
    "entry",
    [entry for entry in ENTRIES if entry["expected"]["outcome"] in WITH_VALUE],
    ids=lambda entry: str(entry["id"]),
)
def test_a_reading_is_a_value_of_its_task(entry: dict[str, Any]) -> None:
    value = entry["expected"]["value"]

    match entry["task"]:
        case "number":
            assert isinstance(Fraction(value), Fraction)
        case "choice":
            assert value in LETTERS[: len(entry["choices"])]
        case "boolean":
            assert isinstance(value, bool)
        case "code":
            assert _passes(value, entry["test"]) == entry["expected"]["passes"]
        case _:
            assert value == value.strip() != ""


@pytest.mark.parametrize(
    "entry",
    [entry for entry in ENTRIES if entry["task"] in ("number", "choice", "boolean")],
    ids=lambda entry: str(entry["id"]),
)
def test_no_answer_is_read_as_another_one(entry: dict[str, Any]) -> None:
    expected = entry["expected"]
    clean = Cleaning(marks=tuple(entry.get("marks", ())), question=entry.get("question", ""))

    found, value = _extracted(entry, clean)

    if found.answered:
        assert (expected["outcome"] in WITH_VALUE, value) == (True, expected["value"])
    else:
        assert found.value is None
    assert found.answered == (found.how is not None) or entry["task"] == "boolean"


def test_most_answers_of_the_corpus_are_read_as_a_careful_human_reads_them() -> None:
    alike = 0
    read = [entry for entry in ENTRIES if entry["task"] in ("number", "choice")]
    for entry in read:
        clean = Cleaning(marks=tuple(entry.get("marks", ())), question=entry.get("question", ""))
        found, _ = _extracted(entry, clean)
        answer = found.outcome if found.answered or found.outcome == "ambiguous" else "not_found"
        alike += answer == entry["expected"]["outcome"]

    assert alike / len(read) >= 0.98


def _extracted(entry: dict[str, Any], clean: Cleaning) -> tuple[Extraction, object]:
    """The extraction, and its value as the corpus writes it."""
    if entry["task"] == "number":
        found = extract_number(entry["answer"], clean=clean)
        right = entry["expected"]["value"]
        same = right is not None and found.value == Fraction(right)
        return found, right if same else str(found.value)
    if entry["task"] == "choice":
        found = extract_choice(entry["answer"], entry["choices"], clean=clean)
        return found, None if found.value is None else LETTERS[found.value]
    found = extract_boolean(entry["answer"], clean=clean)
    return found, found.value


def _passes(program: str, test: str) -> bool:
    """Whether a program of the corpus, written for this project, passes its test."""
    try:
        exec(program + "\n" + test, {"__name__": "program"})  # noqa: S102
    except (AssertionError, SyntaxError):
        return False
    return True
