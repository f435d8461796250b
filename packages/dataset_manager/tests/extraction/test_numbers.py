"""Which number a text gives as its answer."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dataset_manager import Item, extract_number, score


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("42", 42),
        ("#### 72", 72),
        ("so 3 + 4 = 7\n#### 1,234", 1234),
        ("The answer is $18.", 18),
        ("The answer is 18.0", 18),
        ("In 2 steps we get 42", 42),
        ("GPT-4 says 17", 17),
        ("-5", -5),
        ("it fell by -3.5 degrees", Fraction(-7, 2)),
        ("10 - 3 = 7", 7),
        ("Sally has 9 books.", 9),
        ("$1,234.56", Fraction("1234.56")),
        ("\u20ac999.99", Fraction("999.99")),
        ("-$5", -5),
        ("$-5", -5),
        ("1/2", Fraction(1, 2)),
        ("50%", 50),
        ("3 x 10^4", 30000),
        ("3 \\times 10^{-2}", Fraction(3, 100)),
        ("1.5e3", 1500),
        (".5", Fraction(1, 2)),
        ("0.1", Fraction(1, 10)),
        ("\\boxed{12} and not 13", 12),
        ("\\boxed{\\frac{1}{2}} or 7", Fraction(1, 2)),
        ("\\boxed{-2\\dfrac{3}{4}}", Fraction(-11, 4)),
        ("3 1/3 cups", Fraction(10, 3)),
        ("$\\boxed{1{,}234}$", 1234),
        ("12\u202f345 francs", 12345),
        ("\\$18 a day", 18),
        ("The answer is 10 - 3 = 7", 7),
        ("#### 2 * 3 + 1 = 6 + 1 = 7", 7),
        ("The answer is 12, since x = 3", 12),
        ("The answer is not 5 but 7", 7),
        ("Therefore, in 2 hours she reads 40 pages.", 40),
        ("#### Step 3: add\nThe answer is 40.", 40),
        ("#### 3. Total\nThis makes 40.", 40),
        ('{"final_answer": 8, "note": 9}', 8),
        ('{"reasoning": "1 and 2", "answer": "3 apples"}', 3),
        ('```json\n{"reasoning": "9", "answer": 12\n```', 12),
        ('{"answer": "4", "note": 9}', 4),
        ("Answer: 5\nWait.\nAnswer: 6 out of 10", 6),
        ("A: 10\n", 10),
        ("12,345,678", 12345678),
        ("3.14", Fraction("3.14")),
    ],
)
def test_the_stated_number_is_found(text: str, value: Fraction | int) -> None:
    found = extract_number(text)

    assert (found.outcome, found.value) == ("found", value)
    assert found.span is not None


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        ("", "empty"),
        (None, "empty"),
        ("  \n", "empty"),
        ("I cannot answer this.", "refused"),
        ("I'm sorry, but I can't help.", "refused"),
        ("no numbers here", "not_found"),
        ('{"reasoning": "3", "answer": "cannot be determined"}', "refused"),
        ("between 5-7", "ambiguous"),
        ("He has 1,2,3", "ambiguous"),
        ("Answer: 5? No.\nAnswer:\nIn 2 hours, 40 pages", "ambiguous"),
    ],
)
def test_without_a_number_the_outcome_is_the_reason(text: str | None, outcome: str) -> None:
    assert extract_number(text).outcome == outcome


@pytest.mark.parametrize(
    ("answer", "value"),
    [
        ("The total is 230 miles, but the part of each cannot be determined.", 230),
        ("230 miles; the part of each train cannot be determined", 230),
        ("The part of each cannot be determined, but both together are 230 miles.", 230),
        ("It is 230, although there is not enough information on each train.", 230),
    ],
)
def test_a_number_stands_where_something_else_is_declined(answer: str, value: int) -> None:
    found = extract_number(f'{{"reasoning": "80 + 150", "answer": "{answer}"}}')

    assert (found.outcome, found.value) == ("found", value)


@pytest.mark.parametrize(
    "answer",
    [
        "There are 3 apples, but the total cannot be determined.",
        "The speed is 60 mph, but it cannot be determined.",
        "The speed is 60 mph, but I cannot answer.",
        "With 3 apples, the number of pears cannot be determined.",
        "The train left at 60 mph, but the distance cannot be determined.",
    ],
)
def test_an_answer_that_declines_the_question_is_refused(answer: str) -> None:
    assert extract_number(f'{{"reasoning": "3", "answer": "{answer}"}}').outcome == "refused"


@given(st.text() | st.text(alphabet="0123456789,./-+$%eE{}()\\\\ =x^#\n\u2212\u0663"))
def test_no_text_makes_it_raise(text: str) -> None:
    found = extract_number(text)

    assert (found.outcome == "found") == (found.value is not None)


@pytest.mark.parametrize("text", ["9" * 5000, "1/" + "9" * 5000, "\\frac{1}{" + "9" * 5000 + "}"])
def test_the_endless_digits_of_a_repeating_model_are_not_a_number(text: str) -> None:
    assert extract_number(text).outcome == "not_found"
    assert not score(text, Item("i", "q", "1"), scorer="number").correct


def test_a_number_too_large_for_a_float_is_compared_and_shown() -> None:
    large = "1" * 390 + ".5"

    found = score(large, Item("i", "q", large), scorer="number")

    assert found.correct
    assert found.extracted.endswith("/2")


@pytest.mark.slow
@pytest.mark.parametrize(("piece", "value"), [("-5 ", 5), (", 111", 111), ("x=-5\n", -5)])
def test_a_very_long_text_is_read_to_its_end(piece: str, value: int) -> None:
    assert extract_number(piece * 100_000).value == value


@given(st.integers(-(10**12), 10**12), st.integers(0, 4))
def test_a_number_is_found_however_it_is_written(number: int, decimals: int) -> None:
    value = Fraction(number, 10**decimals)
    texts = [f"{number / 10**decimals:,.{decimals}f}"] if abs(number) < 10**9 else [str(number)]
    expected = value if abs(number) < 10**9 else Fraction(number)

    for text in (
        texts[0],
        f"The answer is {texts[0]}.",
        f"#### {texts[0]}",
        f"\\boxed{{{texts[0]}}}",
    ):
        assert extract_number(text).value == expected, text


@pytest.mark.parametrize(
    ("prediction", "expected", "correct"),
    [
        ("18.00", "18", True),
        ("1,000", "1000", True),
        ("-5", "5", False),
        ("3.14", "314", False),
        ("1/2", "0.5", True),
        ("0.3333", "1/3", False),
        (18, "18", True),
        (18.0, 18, True),
        (0.1, "0.1", True),
        (None, "1", False),
        ("990", "1000", False),
        ("7", ["6", "7"], True),
        (True, "1", False),
    ],
)
def test_numbers_are_compared_exactly(prediction: object, expected: object, correct: bool) -> None:
    assert score(prediction, Item("i", "q", expected), scorer="number").correct is correct


@given(st.fractions(max_denominator=10**6))
def test_comparing_is_an_equivalence_on_what_was_found(value: Fraction) -> None:
    item = Item("i", "q", f"{value.numerator}/{value.denominator}")

    found = score(str(value), item, scorer="number")

    assert found.correct
    assert score(found.extracted, item, scorer="number").correct


@pytest.mark.parametrize(
    ("text", "outcome", "value"),
    [
        ("The answer is 2:00 pm.", "found", 2),
        ("Answer: 11:00 a.m.", "found", 11),
        ("Answer: 3:45 pm", "not_found", None),
        ("Answer: 2:00", "not_found", None),
        ("Answer: 17:00 pm", "not_found", None),
    ],
)
def test_a_full_hour_is_its_number_and_another_time_is_not(
    text: str, outcome: str, value: int | None
) -> None:
    found = extract_number(text)

    assert (found.outcome, found.value) == (outcome, value)


@given(st.from_regex(r"-?[0-9]{1,15}(\.[0-9]{1,15})?", fullmatch=True), st.booleans())
def test_a_plain_number_is_read_as_it_is_among_blanks(text: str, clean: bool) -> None:
    quick = extract_number(text, clean=clean)
    among_blanks = extract_number(f" {text} ", clean=clean)

    assert quick.value == among_blanks.value == Fraction(text)
    assert (quick.outcome, quick.how) == (among_blanks.outcome, among_blanks.how)
    assert quick.span == (0, len(text))
