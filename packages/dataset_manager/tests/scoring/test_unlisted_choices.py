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


@pytest.mark.parametrize("expected", [[0, 1], ["A", "B"], ["x", "y"], ["a", 1]])
def test_each_of_several_right_choices_is_right(expected: list[object]) -> None:
    item = Item("i", {"question": "q", "choices": ["x", "y", "z"]}, expected)

    found = [score(given, item, scorer="choice").correct for given in (0, "B", "y", "C", 2)]

    assert found == [True, True, True, False, False]


def test_several_right_letters_need_no_listed_choices() -> None:
    item = Item("i", "Which? A. x B. y C. z", ["A", "C"])

    assert [score(each, item, scorer="choice").correct for each in "ABC"] == [True, False, True]
