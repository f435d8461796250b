"""When two answers are the same answer."""

import time
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ensemble import choices_normalizer, predict, read_answer
from ensemble._core.rendering import shown
from ensemble._normalization.choice import choice_key
from ensemble._normalization.normalizers import NORMALIZERS, boolean_key, json_key
from ensemble._normalization.number import number_key
from ensemble._normalization.reading import text_key


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
        ("5-7", 7),
        ("72.", 72),
        ("-.", None),
        ("3 x 10^4", 30000),
        ("1.5e10", 15_000_000_000),
        ("\\(2 \\times 10^{-2}\\)", Fraction(1, 50)),
        ("1.234,56 EUR", Fraction("1234.56")),
        ("1.234", Fraction("1.234")),
        ("1\u202f234\u202f567", 1234567),
        ("\\boxed{\\frac{1}{2}}", Fraction(1, 2)),
        ("\\boxed{-\\frac{1}{2}}", Fraction(-1, 2)),
        ("\\boxed{1{,}234}", 1234),
        ("2 1/2 cups", Fraction(5, 2)),
        ("1/0", 1),
        ("\\frac{1}{0}", None),
        ("The answer is 5 + 3 = 8", 8),
        ("The answer is not 5, it is 6", 6),
        ("Answer:\n42", 42),
        ("Price: $1,234.56", Fraction("1234.56")),
        ("\u20ac999.99", Fraction("999.99")),
        ("\uff14\uff12", 42),
        ("\u0664\u0662", 42),
        ('{"answer": "none", "step": 3}', None),
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
        ("The answer is a.", "A"),
        ("The answer is (C), because A is wrong", "C"),
        ("\\boxed{A}. Wait, the answer is B", "B"),
        ("$\\boxed{\\textbf{(D)}}$", "D"),
        ('{"reasoning": "?", "answer": "C"}', "C"),
        ("D is correct", "D"),
        ("\uff08\uff22\uff09", "B"),
        ("Answer: I think it is B", None),
        ("The answer is I because J is wrong", "I"),
        ("The answer is I don't know", None),
        ("The answer is a train", None),
        ("The answer is not B", None),
        ("Option B is wrong", None),
        ("Answer: B or C", None),
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
        ("Yesterday it rained, so no", False),
        ("1.5 is the ratio, no", False),
        ("It is not clear, but yes", True),
        ("It wasn't right", False),
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
        ('{"a": 1.0, "b": 0.5}', '{"a":1,"b":0.5}'),
        ('so {x} is {"a": 1}', '{"a":1}'),
        ("none", None),
    ],
)
def test_json(answer: str, key: str | None) -> None:
    assert json_key(answer) == key


@pytest.mark.parametrize(
    ("answer", "key"),
    [
        ("It was on 5 March 2024.", "2024-03-05"),
        ("March 5th, 2024", "2024-03-05"),
        ("2024-3-5", "2024-03-05"),
        ("born 1.2.1990, died 05.03.2024", "2024-03-05"),
        ("3/25/2024", "2024-03-25"),
        ("25/3/2024", "2024-03-25"),
        ("3/4/2024", None),
        ("31 February 2024", None),
        ("no date", None),
    ],
)
def test_dates(answer: str, key: str | None) -> None:
    assert NORMALIZERS["date"](answer) == key


@pytest.mark.parametrize(
    ("answer", "key"),
    [
        ("red, green and blue", "{blue, green, red}"),
        ("The answer is {2, 1.0, 1}", "{1, 2}"),
        ("[b; a; b]", "{a, b}"),
        ("\\boxed{\\{3, 1/2\\}}", "{0.5, 3}"),
        ("", None),
    ],
)
def test_sets(answer: str, key: str | None) -> None:
    assert NORMALIZERS["set"](answer) == key


def test_code_is_compared_by_its_syntax_tree() -> None:
    code = NORMALIZERS["code"]
    plain = code("def f(x):\n    return x+1")

    assert plain == "def f(x):\n    return x + 1"
    assert (
        code('Here:\n```python\ndef f( x ):\n  """Adds."""\n  return (x + 1) # one\n```') == plain
    )
    assert code("def f(y):\n    return y + 1") != plain
    assert code("this is no code") is None


@pytest.mark.parametrize(
    ("answer", "key", "how"),
    [
        ("The answer is C", "C", "stated"),
        ("Paris", "B", "text"),
        ("It must be **Paris**, I think", "B", "text"),
        ("Lyon or Paris", None, ""),
        ("Parisian", None, ""),
        ("Answer: Z", None, ""),
        ("New York", "D", "text"),
    ],
)
def test_choices_are_read_by_their_text_too(answer: str, key: str | None, how: str) -> None:
    reading = choices_normalizer(["Lyon", "Paris", "Nice", "New York"])(answer)

    assert (reading.key, reading.how) == (key, how)


async def test_where_an_answer_was_found_is_recorded(panel: Callable[..., list[Any]]) -> None:
    texts = ['{"answer": 4}', "#### 4", "\\boxed{4}", "the answer is 4", "so 4", "none"]

    result = await predict("?", models=panel(*texts), normalize="number")

    found = [record.reading for record in result.responses]
    assert found == ["field", "hashes", "boxed", "stated", "last", ""]


@given(st.text(max_size=60), st.sampled_from(["date", "set", "code", "json", "boolean", "choice"]))
def test_normal_forms_are_their_own_normal_form(answer: str, name: str) -> None:
    key = NORMALIZERS[name](answer)

    assert key is None or NORMALIZERS[name](shown(key)) == key


@pytest.mark.parametrize(
    "answer", ["Paris", " paris. ", "**Paris**", '"PARIS"', '"Paris".', "**Paris!**", "Paris\u200b"]
)
def test_texts(answer: str) -> None:
    assert text_key(answer) == "paris"


@pytest.mark.parametrize(
    ("key", "text"),
    [
        (Fraction(42), "42"),
        (Fraction("1234.56"), "1234.56"),
        (Fraction("-0.05"), "-0.05"),
        (Fraction(1, 3), "1/3"),
        (True, "True"),
        ("paris", "paris"),
    ],
)
def test_keys_are_shown_as_a_reader_would_write_them(key: object, text: str) -> None:
    assert shown(key) == text


STUTTERS = (
    "9",
    "9.",
    "1,",
    "1 ",
    "-",
    "[",
    "{",
    '{"a":',
    "\n",
    " ",
    "answer",
    "answer is ",
    "####",
    "not ",
)


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(NORMALIZERS))
@pytest.mark.parametrize("stutter", STUTTERS)
def test_a_model_that_stutters_does_not_take_the_machine_with_it(name: str, stutter: str) -> None:
    """A reader in linear time needs some 0.05 s of processor time here, a quadratic one 10 s."""
    began = time.process_time()

    NORMALIZERS[name]("answer" + stutter * 30_000 + "!")

    assert time.process_time() - began < 5


@given(st.text(), st.sampled_from(sorted(NORMALIZERS)))
def test_no_answer_makes_a_normaliser_raise(answer: str, name: str) -> None:
    hash(NORMALIZERS[name](answer))


@given(st.text(st.sampled_from("0123456789.,-/$ \\{}eExabA()=%\n"), max_size=40))
def test_no_row_of_signs_and_digits_makes_them_raise_either(answer: str) -> None:
    key = number_key(answer)

    # Longer rows of digits than 400 are read over.
    assert key is None or len(shown(key)) > 400 or number_key(shown(key)) == key
    assert choice_key(answer) in (None, "A", "B", "E", "X")


@pytest.mark.parametrize("answer", ["9" * 5000, "9" * 4000 + "e999", "1e999 x 10^999"])
def test_numbers_without_end_can_be_shown(answer: str) -> None:
    key = number_key(answer)

    assert key is None or len(shown(key)) < 4300


@given(st.text())
def test_normal_forms_of_text_stay_as_they_are(answer: str) -> None:
    key = text_key(answer)

    assert key is None or text_key(key) == key


@given(st.fractions())
def test_a_number_is_read_back_as_it_is_shown(number: Fraction) -> None:
    assert number_key(shown(number)) == number


@pytest.mark.parametrize(
    ("form", "text", "key"),
    [
        ("number", "In 2 steps we get 42", "42"),
        ("number", "GPT-4 says 17", "17"),
        ("number", "1/2", "1/2"),
        ("number", "50%", "50"),
        ("number", "3 x 10^4", "30000"),
        ("number", ".5", "1/2"),
        ("number", "#### 72", "72"),
        ("number", r"so \boxed{72}", "72"),
        ("number", r"\boxed{\frac{1}{2}}", "1/2"),
        ("number", "The total is \u0664\u0662", "42"),
        ("number", "\uff11\uff17", "17"),
        ("number", "1.234,56", "30864/25"),
        ("boolean", "No, that is not true", "False"),
        ("boolean", "It is not true", "False"),
        ("boolean", "The statement is untrue", "False"),
        ("boolean", "Yesterday it rained, so no", "False"),
        ("boolean", "That is incorrect", "False"),
        ("boolean", "Nope", "False"),
        ("boolean", "1.5 is the ratio, no", "False"),
        ("choice", "(B)", "B"),
        ("choice", "B.", "B"),
        ("choice", "Answer: B", "B"),
        ("choice", "The answer is B because A is wrong", "B"),
        ("json", '```json\n{"a": {"b": [1, {"c": 2}]}}\n```', '{"a":{"b":[1,{"c":2}]}}'),
    ],
)
def test_ea10_answers_that_were_misread_are_read(form: Any, text: str, key: str) -> None:
    assert str(read_answer(text, form).key) == key
