"""ZeroEval's rule on outputs that have its answer field (commit 8c1485ed of its repository)."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dataset_manager import Item, load_sync, score
from dataset_manager._scoring.zeroeval import zeroeval_number


@pytest.mark.parametrize(
    ("output", "number"),
    [
        ('{"reasoning": "2+2", "answer": "4"}', "4"),
        ('```json\n{"reasoning": "2\n+2", "answer": "$1,040.50"}\n```', "1040.50"),
        ('{"answer": 12}', "12"),
        ('{"answer": "-3 miles"}', "-3"),
        ('{"answer": "1"} then {"answer": "2"}', "1"),
        (r'{"reasoning": "\(x\)", "answer": "7"}', "7"),
        ('{"reasoning": "never closed, "answer": "8', "8"),
        ("answer: 9", "9"),
        ('{"answer": "400 * 0.4 / 4"}', "40.0"),
        ('{"answer": "1/0"}', "1"),
        ('{"answer": "__import__(1)/2"}', "1"),
        ('{"answer": "((300 + 1) * 4"}', "300"),
        ('{"answer": "none"}', None),
        ("The answer is 4.", None),
        ("", None),
    ],
)
def test_the_first_number_of_the_first_answer_field_counts(output: str, number: str | None) -> None:
    assert zeroeval_number(output) == number


def test_the_marks_of_gsm8ks_authors_come_first() -> None:
    item = Item("i", "q", "18")

    assert score('{"answer": "4"}\n#### 18', item, scorer="official_gsm8k").correct
    assert score('{"answer": "18.0"}', item, scorer="official_gsm8k").correct
    assert score("The answer is 18.", item, scorer="official_gsm8k").outcome == "not_found"
    assert score("Final answer: 18", item, scorer="official_gsm8k").outcome == "not_found"


@given(st.text(alphabet='{}[]"\\:,answer 0123456789/*-\n', max_size=80))
def test_any_text_has_a_number_or_none(text: str) -> None:
    found = zeroeval_number(text)

    assert found is None or float(found) == float(found)


@pytest.mark.parametrize("text", ['{"answer":' * 5_000, "{" * 50_000, '{"a":1}' * 7_000 + "}"])
def test_a_hostile_text_takes_no_time(text: str) -> None:
    assert zeroeval_number(text) in {None, "1"}


@pytest.mark.slow
def test_every_recorded_model_has_its_published_accuracy(mirror: Path) -> None:
    """Nine of ten to two decimals; yi-large-preview within one answer of 1,319."""
    summary = json.loads((mirror / "zeroeval-gsm8k" / "gsm.summary.json").read_text("utf-8"))
    published = {entry["Model"].lower(): float(entry["Acc"]) for entry in summary}
    items = list(load_sync("gsm8k"))
    paths = [
        path
        for folder in ("zeroeval-gsm8k", "zeroeval-gsm8k-more")
        for path in sorted((mirror / folder / "gsm").glob("*.json"))
    ]
    if not paths:
        pytest.skip("the mirror has no outputs of ZeroEval")

    found = {}
    for path in paths:
        texts = [entry["output"][0] for entry in json.loads(path.read_text("utf-8"))]
        right = sum(
            score(text, item, scorer="official_gsm8k").correct
            for text, item in zip(texts, items, strict=True)
        )
        found[path.stem] = abs(round(100 * right / len(items), 2) - published[path.stem.lower()])

    assert len(found) == 10
    assert max(found.values()) < 0.1
    assert sorted(found.values())[:9] == [0.0] * 9
