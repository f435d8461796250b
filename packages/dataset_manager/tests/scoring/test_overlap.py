"""Marks for words in common are those of the tools that papers use."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dataset_manager import Dataset, Item, evaluate, register_scorer, score, scorer_names
from dataset_manager._scoring.overlap import _longest_common

WORDS = [
    *("the", "a", "cat", "Cat", "sat", "on", "mat,", "dog.", "ran", "3.5", "42", "it's"),
    *("well-known", "Été", "$18", "(yes)", "'no'", "naïve"),
]
KINDS = ["f1", "precision", "recall", "rouge1", "rouge2", "rougeL"]


def pairs(count: int) -> list[tuple[str, str]]:
    draw = random.Random(4)
    return [
        (" ".join(draw.choices(WORDS, k=draw.randint(1, 25))), " ".join(draw.choices(WORDS, k=12)))
        for _ in range(count)
    ]


def test_f1_is_that_of_squad() -> None:
    """Rajpurkar's script on "a cat sat" and "The cat sat down": 2 words of 2 and of 3."""
    item = Item("i", "q", "The cat sat down")

    values = {kind: score("a cat, sat", item, scorer=kind).value for kind in KINDS[:3]}

    assert values == pytest.approx({"f1": 0.8, "precision": 1.0, "recall": 2 / 3})


def test_a_word_counts_as_often_as_both_have_it() -> None:
    assert score("dog dog dog", Item("i", "q", "dog"), scorer="f1").value == pytest.approx(0.5)


def test_the_best_of_several_right_answers_counts() -> None:
    item = Item("i", "q", ["green apple", "red pear"])

    assert score("red pear", item, scorer="f1").correct
    assert score("a red one", item, scorer="rouge1").value == pytest.approx(0.4)


@pytest.mark.parametrize("kind", ["rouge1", "rouge2", "rougeL"])
def test_rouge_is_that_of_rouge_score_on_two_hundred_pairs(kind: str) -> None:
    peer = pytest.importorskip("rouge_score.rouge_scorer").RougeScorer([kind])

    for given_text, right in pairs(200):
        ours = score(given_text, Item("i", "q", right), scorer=kind).value

        assert ours == pytest.approx(peer.score(right, given_text)[kind].fmeasure, abs=1e-12)


def test_bleu_and_chrf_are_those_of_sacrebleu_on_two_hundred_pairs() -> None:
    sacrebleu = pytest.importorskip("sacrebleu")
    texts = pairs(200)
    data = Dataset([Item(f"i{n}", "q", right) for n, (_, right) in enumerate(texts)], name="d")
    answers = [text for text, _ in texts]

    found = evaluate(answers, dataset=data, metrics=["bleu", "chrf"], scorer="text").metrics

    rights = [[right for _, right in texts]]
    assert found["bleu"] == sacrebleu.corpus_bleu(answers, rights).score
    assert found["chrf"] == sacrebleu.corpus_chrf(answers, rights).score


def test_bleu_takes_several_right_answers_and_missing_predictions() -> None:
    pytest.importorskip("sacrebleu")
    rights = ["the cat sat on the mat", ["a dog ran far away", "the dog ran far away"]]
    data = Dataset([Item(f"i{n}", "q", right) for n, right in enumerate(rights)], name="d")

    whole = evaluate(
        ["the cat sat on the mat", "the dog ran far away"], dataset=data, metrics="bleu"
    )
    half = evaluate({"i0": "the cat sat on the mat"}, dataset=data, metrics="bleu")

    assert whole.metrics["bleu"] == pytest.approx(100.0)
    assert half.metrics["bleu"] < 50


@given(st.text(), st.text())
def test_no_text_makes_a_mark_above_one_or_an_error(text: str, right: str) -> None:
    for kind in KINDS:
        value = score(text, Item("i", "q", right), scorer=kind).value
        same = score(right, Item("i", "q", right), scorer=kind).value

        assert 0.0 <= value <= 1.0
        assert same in (0.0, 1.0)


@given(st.none() | st.integers() | st.floats() | st.text() | st.lists(st.text()) | st.booleans())
def test_any_prediction_has_a_verdict(prediction: object) -> None:
    instructions = {"instruction_id_list": ["punctuation:no_comma"], "kwargs": [{}]}
    item = Item("i", {"question": "?", "choices": ["one", "two"]}, 1, instructions)
    # Programs run in a sandbox, and math compares in a process of its own.
    for name in scorer_names():
        if name not in {"tests", "math"} and not name.startswith("test_"):
            verdict = score(prediction, item, scorer=name)

            assert verdict.outcome in ("found", "ambiguous", "refused", "empty", "not_found")
            assert verdict.correct <= (verdict.outcome == "found")


def test_the_name_of_a_metric_of_the_corpus_is_taken() -> None:
    with pytest.raises(ValueError, match="bleu"):
        register_scorer("bleu", score)


@given(st.text("ab ", max_size=40), st.text("abc ", max_size=40))
def test_the_longest_common_sequence_is_that_of_the_table(ours: str, theirs: str) -> None:
    first, second = ours.split(), theirs.split()
    table = [[0] * (len(second) + 1) for _ in range(len(first) + 1)]
    for row, word in enumerate(first):
        for column, other in enumerate(second):
            larger = max(table[row][column + 1], table[row + 1][column])
            table[row + 1][column + 1] = table[row][column] + 1 if word == other else larger

    assert _longest_common(first, second) == table[-1][-1]
