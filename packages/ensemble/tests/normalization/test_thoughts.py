"""Reasoning that stands in the text, in tags, is not the answer."""

import pytest

from ensemble import choices_normalizer, read_answer


@pytest.mark.parametrize(
    ("normalize", "answer", "key"),
    [
        ("number", "<think>Maybe the answer is 9. No.</think>\n\n7", 7),
        ("number", "<think>The answer is 9</think>7", 7),
        ("number", "\n<THINK>9</THINK>\n<think>8</think> 7", 7),
        ("number", "The answer is 9? Hm.</think>\n\n7", 7),  # the template wrote the first tag
        ("number", "[THINK]The answer is 9.[/THINK]7", 7),
        ("number", "<thinking>The answer is 9.</think>7", 7),
        ("number", "7 <think>The answer is 9", 7),
        ("number", "I think 7", 7),
        ("number", "<think>The answer is 9", None),  # cut off in its reasoning
        ("number", "<think>The answer is 9</think>", None),
        ("choice", "<think>The answer is (B)? Let me check. No.</think>\n\nC", "C"),
        ("choice", "<think>\nThe answer is B.\n</think>\n\nC. Paris", "C"),
        ("text", "<think>London?</think>Paris.", "paris"),
        ("boolean", "<think>yes</think>No.", False),
        ("json", '<think>{"a": 1}</think>{"a": 2}', '{"a":2}'),
        ("exact", "<think>9</think>7", "<think>9</think>7"),
    ],
)
def test_the_answer_is_what_stands_behind_the_thought(
    normalize: str, answer: str, key: object
) -> None:
    assert read_answer(answer, normalize).key == key  # type: ignore[arg-type]  # names as texts


def test_a_choice_by_its_text_is_read_behind_the_thought() -> None:
    read = choices_normalizer(["London", "Paris"])

    assert read_answer("<think>London. The answer is A.</think>\nParis", read).key == "B"


def test_a_function_of_ones_own_gets_the_whole_text() -> None:
    assert read_answer("<think>9</think>7", lambda answer: answer).key == "<think>9</think>7"
