"""Two libraries read answers, each on its own; they read the same answers alike."""

import json
import string
from pathlib import Path
from typing import Any

import pytest

from dataset_manager import extract_choice, extract_number
from ensemble import read_answer

LINES = (Path(__file__).parent / "answers.jsonl").read_text(encoding="utf-8").splitlines()
ANSWERS = [json.loads(line) for line in LINES]


@pytest.mark.parametrize("entry", ANSWERS, ids=lambda entry: repr(entry["answer"][:40]))
def test_a_vote_and_a_scorer_read_the_same_answer(entry: dict[str, Any]) -> None:
    answer = entry["answer"]

    key = read_answer(answer, entry["kind"]).key
    voted = None if key is None else str(key)
    if entry["kind"] == "number":
        value = extract_number(answer).value
        scored = None if value is None else str(value)
    else:
        index = extract_choice(answer, entry["choices"]).value
        scored = None if index is None else string.ascii_uppercase[index]

    assert voted == scored == entry["value"]
