"""The scorer ``choice`` for questions whose choices stand in their text only."""

import pytest

from dataset_manager import Item, PredictionError, score

QUESTION = "Capital of France?\n(A) Lyon\n(B) Paris\n(C) Nice"


@pytest.mark.parametrize("said", ["B", "(B)", "The answer is (B).", "ANSWER: B", "B. Paris", 1])
def test_the_letter_is_read(said: object) -> None:
    assert score(said, Item("a", QUESTION, "B"), scorer="choice").correct
    assert score(said, Item("a", QUESTION, "(B)"), scorer="choice").correct
    assert score(said, Item("a", QUESTION, 1), scorer="choice").correct


@pytest.mark.parametrize("said", ["A", "The answer is (C).", "Paris", "", None, 2, 7])
def test_another_letter_or_a_text_is_not_right(said: object) -> None:
    assert not score(said, Item("a", QUESTION, "B"), scorer="choice").correct


def test_a_list_of_all_choices_is_not_an_answer() -> None:
    found = score("A. Lyon\nB. Paris\nC. Nice", Item("a", QUESTION, "A"), scorer="choice")

    assert not found.correct


@pytest.mark.parametrize("expected", ["Paris", "42", -1, None, True])
def test_an_answer_without_a_letter_is_refused(expected: object) -> None:
    with pytest.raises(PredictionError, match="item 'a' lists no choices, and its answer"):
        score("B", Item("a", QUESTION, expected), scorer="choice")
