"""The rules that authors of benchmarks published, on answers whose verdict follows from them."""

import ast
import csv
import json
import math
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dataset_manager import Dataset, Item, NoScorerError, evaluate, load_sync, score, scorer_names

FOUR = Item("i", {"question": "?", "choices": ["w", "x", "y", "z"]}, 1)
OFFICIAL = [name for name in scorer_names() if name.startswith("official_")]


@pytest.mark.parametrize(
    ("answer", "outcome", "correct"),
    [
        ("So 9 + 9 = 18.\n#### 18", "found", True),
        ("#### 1,018", "found", False),
        ("#### 18.", "found", False),  # the stop belongs to the text that is compared
        ("#### 18\n#### 19", "found", True),
        ("The answer is 18", "not_found", False),
        ("", "empty", False),
    ],
)
def test_gsm8k_takes_what_follows_the_first_marks(answer: str, outcome: str, correct: bool) -> None:
    found = score(answer, Item("i", "q", "18"), scorer="official_gsm8k")

    assert (found.outcome, found.correct) == (outcome, correct)


@pytest.mark.parametrize(
    ("answer", "correct"),
    [
        (" B\n", True),
        ("B.", False),
        ("The answer is B", False),
        ([-3.0, -1.0, -2.0, -4.0], True),
        ([-1.0, -1.0, -2.0, -4.0], False),
        ([-1.0, -3.0], False),
    ],
)
def test_mmlu_takes_a_letter_alone_or_the_most_likely_one(answer: Any, correct: bool) -> None:
    assert score(answer, FOUR, scorer="official_mmlu").correct is correct


@pytest.mark.parametrize(
    ("answer", "letter"),
    [
        ("Not A. The answer is (B). Or C?", "B"),
        ("answer is C, no: the answer is B", "C"),
        ("Final Answer: D", "D"),
        ("It is B, not A", "A"),
        ("no letter", None),
    ],
)
def test_mmlu_pro_takes_the_first_statement_else_the_last_letter(
    answer: str, letter: str | None
) -> None:
    assert score(answer, FOUR, scorer="official_mmlu_pro").extracted == letter


@pytest.mark.parametrize(
    ("answer", "mark"),
    [("B", 1.0), ("2", 1.0), ("A;B", 0.5), (["A", "B", "C"], 1 / 3), ("A", 0.0), ("b", 0.0)],
)
def test_arc_shares_the_mark_among_the_choices_given(answer: Any, mark: float) -> None:
    assert score(answer, FOUR, scorer="official_arc").value == pytest.approx(mark)


def test_bbh_compares_what_follows_the_last_cue_to_the_letter() -> None:
    letters = Item("i", "q", 1, {"target": "(B)"})
    words = Item("j", "q", "a b c", {"target": "a b c"})

    def right(answer: str, item: Item) -> bool:
        return score(answer, item, scorer="official_bbh").correct

    assert right("So the answer is (B).", letters)
    assert right("The answer is (C). No, the answer is (B) plane.", letters)
    assert right("(B)", letters)  # without the cue the whole text counts
    assert not right("I think (B)", letters)
    assert not right("(A)", letters)
    assert score("So the answer is (A) or (B).", letters, scorer="official_bbh").outcome == (
        "ambiguous"
    )
    assert right("So the answer is a b c.", words)
    assert right("a b c", words)
    assert not right("So the answer is A b c.", words)


_PIECES = ["answer is ", "answer: ", "Answer:", "(", ")", " ", "\n", *"ABJKx"]


@given(st.lists(st.sampled_from(_PIECES)).map("".join))
def test_mmlu_pro_reads_what_the_patterns_of_its_authors_find(text: str) -> None:
    patterns = (
        r"answer is \(?([A-J])\)?",
        r".*[aA]nswer:\s*([A-J])",
        r"(?s)\b[A-J]\b(?!.*\b[A-J]\b)",
    )
    matches = (re.search(pattern, text) for pattern in patterns)
    letter = next((match[0].rstrip(")")[-1] for match in matches if match), None)

    for position, each in enumerate("ABCDEFGHIJ"):
        found = score(text, Item("i", FOUR.input, position), scorer="official_mmlu_pro")
        assert found.correct == (each == letter)


def test_truthfulqa_compares_probabilities() -> None:
    """Log-probabilities of .5, .3, .1 and .1: MC2 of the second and third is .4."""
    likely = [math.log(each) for each in (0.5, 0.3, 0.1, 0.1)]
    first = Item("i", FOUR.input, 0)
    several = Item("i", FOUR.input, [1, 2])

    assert score(likely, first, scorer="official_truthfulqa").correct
    assert not score(likely, FOUR, scorer="official_truthfulqa").correct
    found = score([each - 2000 for each in likely], several, scorer="official_truthfulqa")
    assert found.value == pytest.approx(0.4)
    assert score("the first", first, scorer="official_truthfulqa").outcome == "not_found"


def test_a_users_data_set_has_no_official_rule() -> None:
    with pytest.raises(NoScorerError, match="its authors published no rule"):
        evaluate(["x"], dataset=Dataset([Item("i", "q", "x")], name="own"), scorer="official")


@given(
    st.none() | st.text() | st.lists(st.floats() | st.text()) | st.integers(),
    st.sampled_from([1, [0, 2]]),
)
def test_any_prediction_has_an_official_verdict(prediction: object, expected: Any) -> None:
    for name in OFFICIAL:
        verdict = score(prediction, Item("i", FOUR.input, expected), scorer=name)

        assert 0.0 <= verdict.value <= 1.0
        assert verdict.correct <= (verdict.outcome == "found")


@given(st.text(alphabet="#ABJans weri()-0123.;,:\n"))
def test_the_span_is_where_the_answer_is(text: str) -> None:
    for name in OFFICIAL:
        verdict = score(text, FOUR, scorer=name)
        if verdict.span is not None:
            assert text[slice(*verdict.span)].replace(",", "") == verdict.extracted


def test_the_verdicts_of_gsm8ks_authors_are_reproduced(mirror: Path) -> None:
    """In the published file the mark before the answer is written "A:"."""
    data = load_sync("gsm8k")
    lines = (mirror / "gsm8k" / "example_model_solutions.jsonl").read_text().splitlines()
    records = [json.loads(line) for line in lines]
    for system in ("6b_finetuning", "6b_verification", "175b_finetuning", "175b_verification"):
        answers = [record[system]["solution"].replace("A:", "####") for record in records]

        found = evaluate(answers, dataset=data, scorer="official")

        assert found.vector() == [int(record[system]["is_correct"]) for record in records]


def test_helms_letters_score_the_same_by_the_strict_rule(mirror: Path) -> None:
    """HELM asks for one token; on college physics both rules see the same answers."""
    subject = "college_physics"
    data = load_sync("mmlu", subset=subject).unique()
    path = mirror / "mmlu-helm-10models" / "original_helm_combined" / f"{subject}.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    places = {
        (item.question.strip(), tuple(c.strip() for c in item.choices)): item for item in data
    }
    for model in list(rows[0])[2:]:
        answers = {}
        for row in rows:
            choices = tuple(str(each).strip() for each in ast.literal_eval(row["choices"]))
            answers[places[row["question"].strip(), choices].id] = row[model]

        strict = evaluate(answers, dataset=data, scorer="official")

        assert strict.scorer == "official_mmlu"
        assert strict.vector() == evaluate(answers, dataset=data).vector()


def test_a_uniform_model_has_the_share_of_right_answers_as_mc2(mirror: Path) -> None:
    data = load_sync("truthfulqa", subset="mc2")

    found = evaluate([[0.0] * len(item.choices) for item in data], dataset=data, scorer="official")

    expected = [len(item.expected) / len(item.choices) for item in data]
    assert found.values() == pytest.approx(expected)
