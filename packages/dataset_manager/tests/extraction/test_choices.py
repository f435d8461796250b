"""Which choice a text makes, and how texts are compared."""

import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dataset_manager import Item, Score, UnknownScorerError, extract_choice, register_scorer, score
from dataset_manager._scoring.scorers import _scorers

CITIES = ("Lyon", "Paris", "Nice", "Lille")


def question(choices: tuple[str, ...] = CITIES, expected: Any = 1) -> Item:
    return Item("i", {"question": "Capital?", "choices": list(choices)}, expected)


@pytest.mark.parametrize(
    "text",
    [
        "B",
        " B",
        "(B)",
        "B.",
        "b)",
        "**B**",
        "Answer: B",
        "The answer is B.",
        "The answer is (B) because A is wrong",
        "the correct option is b",
        "First I thought the answer is A. No: the answer is B.",
        "\\boxed{B}",
        "$\\boxed{\\text{B}}$",
        '{"answer": "B"}',
        "B. Paris",
        "(B) Paris",
        "Let me think.\n\nB\n",
        "Paris",
        "paris.",
        "It must be Paris, of course",
        "1",
        "I choose B",
        "B is correct",
        "Option B is the correct answer",
        "(A) is wrong, (B) is right",
        "The answer is not A, it is B.",
        "The answer cannot be A. So it must be B.",
        "It isn't A. I think B.",
        "The answer is B not A",
        "The answer is Paris, not Lyon",
        "Lyon is large, but the answer is: **Paris**.",
    ],
)
def test_a_choice_is_found_however_it_is_written(text: str) -> None:
    found = extract_choice(text, CITIES)

    assert (found.outcome, found.value) == ("found", 1)


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        ("", "empty"),
        (None, "empty"),
        ("A train leaves the station", "not_found"),
        ("The", "not_found"),
        ("To", "not_found"),
        ("The answer is A or B", "ambiguous"),
        ("Paris or Nice", "ambiguous"),
        ("Either B, I mean C", "ambiguous"),
        ("B or C", "ambiguous"),
        ("Both A and B", "ambiguous"),
        ("The answer is not B.", "not_found"),
        ("B is wrong", "not_found"),
        ("The answer is a city", "not_found"),
        ("I cannot answer that.", "refused"),
        ("9", "not_found"),
        ("E", "not_found"),
    ],
)
def test_without_a_choice_the_outcome_is_the_reason(text: str | None, outcome: str) -> None:
    assert extract_choice(text, CITIES).outcome == outcome


@pytest.mark.parametrize("mark", ["'", "\u2019"])
def test_a_choice_is_found_by_its_text_whichever_apostrophe_it_has(mark: str) -> None:
    choices = ("Bears wear armor", "Bears don\u2019t wear anything", "It isn't known")

    assert extract_choice(f"Bears don{mark}t wear anything", choices).value == 1
    assert extract_choice(f"The answer is: it isn{mark}t known", choices).value == 2


def test_the_text_of_a_choice_goes_before_an_index() -> None:
    choices = ("0", "4", "2", "6")

    assert extract_choice("4", choices).value == 1
    assert extract_choice("2", choices).value == 2
    assert extract_choice("3", choices).value == 3


def test_a_stated_choice_is_found_however_short_it_is() -> None:
    choices = ("0", "4", "42", "4.2")

    assert extract_choice("In mod 6 the answer is 4.", choices).value == 1
    assert extract_choice("The answer is 42", choices).value == 2
    assert extract_choice("The answer is 4.2 or so", choices).value == 3
    assert extract_choice("The answer is 5", choices).outcome == "not_found"


def test_a_small_a_is_the_first_choice_unless_it_is_an_article() -> None:
    assert extract_choice("The answer is a.", CITIES).value == 0
    assert extract_choice("The answer is a big one", CITIES).outcome == "not_found"


@pytest.mark.slow
@pytest.mark.parametrize("piece", ["\n", "* ", "answer is ", "(A) ", "\\boxed{", "B "])
def test_a_very_long_text_takes_no_long_time(piece: str) -> None:
    """50,000 line feeds took half a minute, by way of a quadratic pattern."""
    began = time.process_time()

    extract_choice(piece * 50_000 + "x", CITIES)

    assert time.process_time() - began < 5


def test_more_choices_than_letters_are_numbered() -> None:
    item = question(tuple(f"city {n}" for n in range(30)), expected=29)

    found = score(29, item, scorer="choice")

    assert "Z. city 25\n27. city 26" in str(item)
    assert (found.correct, found.extracted) == (True, "30")


def test_a_choice_within_another_does_not_compete_with_it() -> None:
    choices = ("cell", "plant cell wall", "root", "leaf")

    assert extract_choice("It is the plant cell wall", choices).value == 1


@given(st.text(), st.lists(st.text(min_size=1), min_size=2, max_size=6))
def test_no_text_makes_it_raise(text: str, choices: list[str]) -> None:
    found = extract_choice(text, choices)

    assert found.value is None or 0 <= found.value < len(choices)


@pytest.mark.parametrize(
    ("prediction", "expected", "correct"),
    [("B", 1, True), ("B", "B", True), ("Paris", "Paris", True), (1, 1, True), (7, 1, False)],
)
def test_the_right_choice_may_be_given_as_index_letter_or_text(
    prediction: Any, expected: Any, correct: bool
) -> None:
    assert score(prediction, question(expected=expected), scorer="choice").correct is correct


@pytest.mark.parametrize(
    ("prediction", "expected", "correct"),
    [
        ("Paris", "paris", True),
        (' "Paris." ', "Paris", True),
        ("Paris  is\nnice", "paris is nice", True),
        ("-5", "5", False),
        ("3.14", "314", False),
        ("caf\u00e9", "cafe", False),
        ("cafe\u0301", "caf\u00e9", True),
        ("two", ["one", "two"], True),
        (None, "x", False),
        ("", "", False),
    ],
)
def test_texts_are_compared_with_what_carries_meaning(
    prediction: Any, expected: Any, correct: bool
) -> None:
    assert score(prediction, Item("i", "q", expected)).correct is correct


def test_a_score_has_the_outcome_of_extraction() -> None:
    assert str(score("B", question(), scorer="choice")) == "right: 'B'"
    assert str(score("", question(), scorer="choice")) == "wrong: empty"


def test_an_unknown_scorer_is_an_error_that_lists_the_known_ones() -> None:
    with pytest.raises(UnknownScorerError, match=r"choice, .*number, .*text.*register_scorer"):
        score("x", question(), scorer="exactly")


@pytest.mark.parametrize(
    ("item", "prediction", "scorer"),
    [
        (question(), "The answer is B", "choice"),
        (Item("i", "2+2?", 4), "It is 4.", "number"),
        (Item("i", "Capital?", "Paris"), "paris.", "text"),
    ],
)
def test_without_a_name_the_scorer_follows_from_the_answer(
    item: Item, prediction: str, scorer: str
) -> None:
    found = score(prediction, item)

    assert (found.correct, found.scorer) == (True, scorer)


def test_a_registered_scorer_is_used_like_the_others() -> None:
    def half(prediction: Any, item: Item) -> Score:
        return Score(correct=False, value=0.5, outcome="found", extracted=prediction)

    try:
        register_scorer("half", half)

        found = score("x", question(), scorer="half")
        assert (found.value, found.scorer) == (0.5, "half")
        with pytest.raises(ValueError, match="registered already"):
            register_scorer("half", half)
    finally:
        _scorers.pop("half")


def test_a_scorer_that_returns_something_else_is_an_error() -> None:
    def careless(prediction: Any, item: Item) -> Any:
        return True

    try:
        register_scorer("careless", careless)

        with pytest.raises(TypeError, match="'careless' returned bool, not a Score"):
            score("x", question(), scorer="careless")
    finally:
        _scorers.pop("careless")


@pytest.mark.parametrize("name", ["accuracy", ""])
def test_a_scorer_cannot_take_the_name_of_a_metric(name: str) -> None:
    with pytest.raises(ValueError, match="it is empty or taken by a metric"):
        register_scorer(name, _scorers["text"])


def test_an_answer_before_and_behind_worked_examples_is_the_answer() -> None:
    said = "The answer is ({}).\n\n"

    framed = extract_choice("".join(map(said.format, "EAHEAE")), list("abcdefghij"))
    not_framed = extract_choice("".join(map(said.format, "BHEIBG")), list("abcdefghij"))

    assert (framed.value, framed.outcome) == (4, "found")
    assert not_framed.outcome == "ambiguous"
