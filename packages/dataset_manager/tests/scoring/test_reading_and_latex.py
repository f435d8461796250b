"""DROP, SQuAD, GPQA and MATH by their authors' rules, and LaTeX by algebra."""

import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dataset_manager import Item, score
from dataset_manager._scoring.latex.boxes import answer_in, boxed
from dataset_manager._scoring.latex.hendrycks import same_text


def drop(answer: Any, *right: str) -> tuple[bool, float]:
    found = score(answer, Item("i", "q", list(right)), scorer="drop")
    return found.correct, found.value


@pytest.mark.parametrize(
    ("answer", "right", "expected"),
    [
        ("10", "10", (True, 1.0)),
        ("10.0", "10", (True, 1.0)),
        ("ten yards", "10", (False, 0.0)),
        ("10 yards", "10", (False, 0.67)),
        ("11 yards", "10 yards", (False, 0.0)),
        ("the Broncos", "Broncos", (True, 1.0)),
        (["Ann", "Bo"], "Bo|Ann", (True, 1.0)),
        ("Ann|Cy", "Bo|Ann", (False, 0.5)),
        ("Ann", "Bo|Ann", (False, 0.5)),
        ("5-yard", "5 yard", (True, 1.0)),
        ("Some steps.\nThe answer is 1862 May", "May 1862", (False, 1.0)),
        ("The answer is May 1862", "May 1862", (True, 1.0)),
    ],
)
def test_drop_aligns_spans_and_compares_numbers(
    answer: Any, right: str, expected: tuple[bool, float]
) -> None:
    """Golden values of the authors' drop_eval.get_metrics on the part that is compared."""
    assert drop(answer, right) == expected


def test_the_best_of_several_right_answers_counts() -> None:
    assert drop("4", "3", "4") == (True, 1.0)
    assert score("", Item("i", "q", ["3"]), scorer="drop").outcome == "empty"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (r"\frac{1}{2}", "0.5"), (r"\frac12", r"\dfrac{1}{2}"), ("1/2", r"\tfrac{1}{2}"),
        (r"\frac1{72}", r"\frac{1}{72}"), (r"\sqrt3", r"\sqrt{3}"), ("x = 5", "5"),
        (r"90^\circ", "90"), (r"10\text{ cm}", "10"), (r"\left(1,2\right)", "(1, 2)"),
        (r"50\%", "50"), (".5", r"\frac{1}{2}"),
    ],
)  # fmt: skip
def test_maths_authors_take_these_for_one_text(one: str, other: str) -> None:
    assert same_text(one, other)


def test_the_last_whole_box_is_the_answer() -> None:
    assert boxed(r"\boxed{1} then \boxed{\frac{2}{\sqrt{3}}}.") == r"\frac{2}{\sqrt{3}}"
    assert boxed(r"\boxed 7$ is it") == "7"
    assert boxed(r"\boxed{1} then \boxed{2") == "1"
    assert boxed(r"\boxed{\{1,2\}}") == r"\{1,2\}"
    assert boxed("nothing") is None
    assert answer_in("Long.\nThe answer is $x^2$.") == ("x^2", "stated")
    assert answer_in("42") == ("42", "lone")
    assert answer_in("Two lines\nof text") is None


@pytest.mark.slow
@pytest.mark.parametrize(
    ("right", "answer", "correct"),
    [
        (r"3\sqrt{2}", r"\boxed{\sqrt{18}}", True),
        ("x^2+2x+1", "The answer is $(x+1)^2$.", True),
        (r"\{1,2\}", r"\boxed{\{2,1\}}", True),
        ("[0,1)", r"\boxed{[0,1]}", False),
        ("2k", r"\boxed{2n}", False),
        ("1,000", r"\boxed{1000}", True),
        (r"\frac{\sqrt{3}}{3}", r"\boxed{\frac{1}{\sqrt{3}}}", True),
        ("18", r"\boxed{17} and \boxed{18}", True),
        ("5", r"<think>\boxed{4}</think>\boxed{5}", True),
        ("5", r"\boxed{9^{9^{9^{9}}}}", False),  # its process is ended by the kernel
        ("6", r"\boxed{\frac{12}{2}}", True),  # and another one is started
        (r"\sqrt{4}", r"\boxed{2}", True),
    ],
)
def test_answers_in_latex_are_compared_as_mathematics(
    right: str, answer: str, correct: bool
) -> None:
    pytest.importorskip("math_verify")

    assert score(answer, Item("i", "q", right), scorer="math").correct is correct


@pytest.mark.parametrize(
    "text",
    [
        *("\\boxed{" * 7_000, "$" * 50_000, "answer is " * 5_000, "[" * 50_000, "\n" * 50_000),
        *("<<" * 25_000, " " * 50_000 + "x", "a.b" * 16_000, "*" * 50_000, "A." * 25_000),
        "-" * 50_000,
    ],
)
def test_a_hostile_text_takes_little_processor_time(text: str) -> None:
    names: tuple[str, ...] = (
        "keywords:existence",
        "detectable_content:number_placeholders",
        "startend:quotation",
    )
    names += ("detectable_format:title", "detectable_format:number_bullet_lists")
    names += ("detectable_content:postscript", "length_constraints:number_sentences")
    names += (
        "detectable_format:number_highlighted_sections",
        "detectable_format:multiple_sections",
    )
    names += ("change_case:capital_word_frequency", "length_constraints:number_paragraphs")
    given: dict[str, Any] = {
        "keywords": ["cat"], "num_placeholders": 3, "num_bullets": 2, "postscript_marker": "P.S.",
        "relation": "at least", "num_sentences": 3, "num_highlights": 2, "num_paragraphs": 2,
        "section_spliter": "Section", "num_sections": 2, "capital_relation": "at least",
        "capital_frequency": 3,
    }  # fmt: skip
    metadata = {"instruction_id_list": list(names), "kwargs": [given] * len(names)}
    item = Item("i", "q", "5", metadata)

    for scorer in ("ifeval", "drop", "official_squad", "official_math", "official_gpqa"):
        began = time.process_time()
        score(text, item, scorer=scorer)
        assert time.process_time() - began < 0.5, scorer


@given(st.none() | st.integers() | st.floats() | st.text(max_size=30) | st.booleans())
def test_any_prediction_has_a_verdict_as_mathematics(prediction: object) -> None:
    with pytest.MonkeyPatch.context() as patch:  # what math-verify says is not tried here
        patch.setattr("dataset_manager._scoring.latex.scorers.equal", lambda *_: False)
        found = score(prediction, Item("i", "q", "x"), scorer="math")

    assert found.correct <= found.answered
    assert found.answered or found.extracted is None
