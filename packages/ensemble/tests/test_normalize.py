"""When two answers are the same answer."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ensemble._normalize import (
    NORMALIZERS,
    boolean_key,
    choice_key,
    json_key,
    number_key,
    text_key,
)


@pytest.mark.parametrize(
    ("answer", "key"),
    [
        ("In 2 steps we get 42", 42),
        ("GPT-4 says 17", 17),
        ("1/2", Fraction(1, 2)),
        ("50%", 50),
        (".5", Fraction(1, 2)),
        ("#### 72", 72),
        ("\\boxed{12}", 12),
        ("The answer is $1,234.50.", Fraction("1234.5")),
        ("it is -7", -7),
        ("-$7", -7),
        ("10-3", 3),
        ('{"reasoning": "1", "answer": "3 apples"}', 3),
        ("no numbers", None),
        ("", None),
    ],
)
def test_numbers(answer: str, key: Fraction | None) -> None:
    assert number_key(answer) == key


@pytest.mark.parametrize(
    ("answer", "key"),
    [
        ("(B)", "B"),
        ("B.", "B"),
        (" b", "B"),
        ("Answer: B", "B"),
        ("The answer is B because A is wrong", "B"),
        ("$\\boxed{B}$", "B"),
        ("Thinking...\nB", "B"),
        ("B) Paris", "B"),
        ("A train leaves", None),
        ("The", None),
        ("", None),
    ],
)
def test_choices(answer: str, key: str | None) -> None:
    assert choice_key(answer) == key


@pytest.mark.parametrize(
    ("answer", "key"),
    [
        ("Yes", True),
        ("yes, of course", True),
        ("No, that is not true", False),
        ("It is not true", False),
        ("The statement is untrue", False),
        ("That is incorrect", False),
        ("That isn't correct", False),
        ("Nope", False),
        ("It is correct", True),
        ("Maybe", None),
        ("I don't know", None),
        ("It is true and false", None),
        ("forty-two", None),
    ],
)
def test_yes_and_no(answer: str, key: bool | None) -> None:
    assert boolean_key(answer) is key


@pytest.mark.parametrize(
    ("answer", "key"),
    [
        ('```json\n{"b": 1, "a": [1, {"c": 2}]}\n```', '{"a":[1,{"c":2}],"b":1}'),
        ("[1, 2]", "[1,2]"),
        ('so {x} is {"a": 1}', '{"a":1}'),
        ("none", None),
    ],
)
def test_json(answer: str, key: str | None) -> None:
    assert json_key(answer) == key


@pytest.mark.parametrize("answer", ["Paris", " paris. ", "**Paris**", '"PARIS"', "Paris\u200b"])
def test_texts(answer: str) -> None:
    assert text_key(answer) == "paris"


@given(st.text(), st.sampled_from(sorted(NORMALIZERS)))
def test_no_answer_makes_a_normaliser_raise(answer: str, name: str) -> None:
    hash(NORMALIZERS[name](answer))


@given(st.text())
def test_normal_forms_of_text_stay_as_they_are(answer: str) -> None:
    key = text_key(answer)

    assert key is None or text_key(key) in (key, None)
