"""Numbers with a tolerance or units, yes and no, and texts to the letter."""

from fractions import Fraction

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dataset_manager import Item, extract_boolean, number_scorer, numbers_match, score

canonical = st.fractions(max_denominator=10**6).map(str) | st.decimals(
    allow_nan=False, allow_infinity=False, places=6, min_value=-(10**9), max_value=10**9
).map(str)


@pytest.mark.parametrize(
    ("given_text", "right"),
    [
        ("1,000", 1000),
        ("$18", "18"),
        ("18.0", "#### 18"),
        ("1/2", 0.5),
        ("0.1", "1/10"),
        ("The answer is 7.", 7),
    ],
)
def test_forms_of_the_same_number_match(given_text: str, right: object) -> None:
    assert numbers_match(given_text, right)
    assert numbers_match(right, given_text)


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        ("I'm sorry, but I cannot answer question 12.", "refused"),
        ("I can\u2019t help with that. Call 911.", "refused"),
        ("I am unable to determine the 3 numbers", "refused"),
        ("I'm sorry for the wait. It is 12.", "found"),
        ("I cannot answer exactly, so the answer is 12.", "found"),
        ("I do not know why, but 12", "refused"),
    ],
)
def test_a_number_in_a_refusal_is_not_an_answer_unless_it_is_stated(
    text: str, outcome: str
) -> None:
    assert score(text, Item("i", "q", "12"), scorer="number").outcome == outcome


def test_a_letter_or_choice_in_a_refusal_is_not_an_answer_unless_it_is_stated() -> None:
    item = Item("i", {"question": "?", "choices": ["Paris", "I don't know", "Rome"]}, 1)

    outcomes = [
        score(text, item).outcome
        for text in ("I cannot answer this about Paris.", "I won't respond. C, I guess: answer: C")
    ]

    assert outcomes == ["refused", "found"]
    assert score("I don't know.", item).correct


def test_without_a_tolerance_nearly_is_wrong() -> None:
    assert not numbers_match("990", 1000)
    assert not numbers_match(-5, 5)
    assert not numbers_match("no number", 5)


def test_a_tolerance_is_exact_at_its_edge() -> None:
    assert numbers_match("1.1", 1, absolute=0.1)
    assert not numbers_match("1.1000001", 1, absolute=0.1)
    assert numbers_match("990", 1000, relative=0.01)
    assert not numbers_match("989.99", 1000, relative=0.01)


def test_units_and_percent_multiply_where_they_are_named() -> None:
    lengths = {"km": 1000, "m": 1, "cm": 0.01}

    assert numbers_match("It is 2.5 km", "2500 m", units=lengths)
    assert numbers_match("250 cm", 2.5, units=lengths)
    assert numbers_match("50 %", "0.5", units={"%": 0.01})
    assert numbers_match("1.5 million", 1_500_000, units={"million": 10**6})
    assert numbers_match("5 apples", 5, units=lengths)


@pytest.mark.parametrize("tolerance", [-1.0, float("nan"), float("inf")])
def test_an_invalid_tolerance_is_refused(tolerance: float) -> None:
    with pytest.raises(ValueError, match="a tolerance is a number"):
        number_scorer(relative=tolerance)
    with pytest.raises(ValueError, match="a tolerance is a number"):
        number_scorer(absolute=tolerance)


@given(canonical, canonical, canonical)
def test_the_match_of_numbers_is_an_equivalence(a: str, b: str, c: str) -> None:
    same = Fraction(a) == Fraction(b)

    assert numbers_match(a, a)
    assert numbers_match(a, b) == numbers_match(b, a) == same
    if numbers_match(a, b) and numbers_match(b, c):
        assert numbers_match(a, c)


@given(st.text(), st.text())
@example("", "0\u00b9")
def test_the_match_of_any_texts_never_raises(a: str, b: str) -> None:
    assert numbers_match(a, b, units={"%": 0.01}) == numbers_match(b, a, units={"%": 0.01})


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("Yes", True),
        ("no.", False),
        ("**No**, because yes would be wrong.", False),
        ("That is not true.", False),
        ("It isn't correct", False),
        ("not false", True),
        ("It seems so. The answer is yes.", True),
        ('{"answer": "False"}', False),
        ("The statement is never actually right", False),
    ],
)
def test_yes_and_no_are_found_with_their_negation(text: str, value: bool) -> None:
    found = extract_boolean(text)

    assert (found.outcome, found.value) == ("found", value)


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        ("", "empty"),
        ("It could be true or false", "ambiguous"),
        ("I cannot answer that", "refused"),
        ("Perhaps", "not_found"),
        ("Nothing is known", "not_found"),
    ],
)
def test_an_answer_that_is_neither_yes_nor_no_has_a_reason(text: str, outcome: str) -> None:
    assert extract_boolean(text).outcome == outcome


@pytest.mark.parametrize("right", [True, "yes", "True", 1])
def test_a_boolean_may_be_expected_in_any_form(right: object) -> None:
    item = Item("i", "q", right)

    assert score("Yes, it is.", item, scorer="boolean").correct
    assert score(True, item, scorer="boolean").correct
    assert not score("No", item, scorer="boolean").correct
    assert not score("who knows", item, scorer="boolean").correct


@given(st.text())
def test_any_text_has_a_truth_or_a_reason(text: str) -> None:
    found = extract_boolean(text)

    assert (found.outcome == "found") == (found.value is not None)


def test_an_exact_match_is_one_to_the_letter() -> None:
    item = Item("i", "q", ["Paris", "-5"])

    verdicts = [
        score(text, item, scorer="exact_match").correct for text in (" Paris\n", "paris", "5")
    ]

    assert verdicts == [True, False, False]
    assert score("  ", item, scorer="exact_match").outcome == "empty"
