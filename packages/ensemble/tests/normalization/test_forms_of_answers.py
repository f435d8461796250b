"""The ways in which models name a letter or a number, and what only looks like one."""

import time
from fractions import Fraction

import pytest

from ensemble import read_answer


@pytest.mark.parametrize(
    "answer",
    [
        "<answer>C</answer>",
        "\\boxed{\\text{(C) Rome}}",
        "\\boxed{C. Rome}",
        "'C'",
        "[x] C",
        "<b>C</b>",
        "Answer -> C",
        "Answer - C",
        "Answer:\n- C",
        "Answer:\n\n> C",
        "final answer \u2192 C",
        "Selected: [C]",
        "My selection: C",
        "Verdict: C",
        "The correct letter is C",
        "Choice (C)",
        "I choose C",
        "I'll go with C.",
        "I'd go with (c).",
        "Let's go with C.",
        "We select (C).",
        "That leaves us with C.",
        "we're left with C",
        "Only C remains.",
        "C it is.",
        "It should be C.",
        "So C.",
        "Hence, C.",
        "Clearly C.",
        "it's c",
        "The option that fits is C.",
        "C is the only option that works.",
        "C because B is wrong",
        "C - Rome",
        "- [ ] A\n- [x] C",
        "A: false\nB: no\nC: true",
        "A) \u2717 B) \u2717 C) \u2713",
        "| A | \u274c |\n| C | \u2705 |",
        "A is wrong. B is wrong. D is wrong. So it's C.",
        "The answer is not B but C.",
        "**Final choice: C**\n\nNote: B would be right if x<0.",
        "The answer is A. Wait, no, it's C.",
        "Answer: C\n\nQuestion: What?\nA. x\nB. y\nAnswer: A",
        "Die Antwort lautet C.",
        "La respuesta correcta es la C.",
        "La bonne r\u00e9ponse est la lettre C.",
        "\u7b54\u6848\u662fC",
        "\u6b63\u89e3\u306fC\u3067\u3059\u3002",
        "\u6545\u9009\uff1aC",
        "\u041e\u0442\u0432\u0435\u0442: C",
        "\uc815\ub2f5\uc740 C\uc785\ub2c8\ub2e4",
    ],
)
def test_a_letter_is_read_however_it_is_named(answer: str) -> None:
    assert read_answer(answer, "choice").key == "C"


@pytest.mark.parametrize(
    "answer",
    [
        "A\nB\nC\nD",
        "I\nII\nIII",
        "I is true, II is false.",
        "A. Paris\nB. Lyon\nC. Nice",
        "Option: A\nParis\nOption: B\nLondon",
        "The answer is A or maybe B.",
        "Answer: A & B",
        "The answer is B, but C is also right.",
        "The answer is A. No wait, B.",
        "The answer is C++",
        "C is the only option that is wrong",
        "A is the most likely distractor",
        "The option which is wrong is C",
        "The option that was picked is C, but it is wrong",
        "Answer \u2013 A lot depends on it",
        "Conclusion: A triangle has three sides",
        "Let's go with a different approach.",
        "left with no choice",
        "We are left with A or B",
    ],
)
def test_no_letter_is_read_where_none_or_two_are_named(answer: str) -> None:
    assert read_answer(answer, "choice").key is None


@pytest.mark.parametrize(
    ("answer", "key"),
    [
        ("It's 42, not 43.", 42),
        ("It was 42 rather than 43", 42),
        ("Not 43. 42.", 42),
        ("It is not 43.", None),
        ("Answer - 42", 42),
        ("Answer: - 42", -42),
        ("Answer:\n- 42", None),
        ("Total - 5", 5),
        ("41.67 rounded to 2 decimals", Fraction(4167, 100)),
    ],
)
def test_denied_and_rounded_numbers_and_dashes_are_no_answers(
    answer: str, key: Fraction | None
) -> None:
    assert read_answer(answer, "number").key == key


@pytest.mark.slow
@pytest.mark.parametrize(
    "piece", ["\n", "A\n", "it is ", "the option that ", "so A", "answer not ", "> "]
)
def test_a_long_text_of_one_piece_takes_no_long_time(piece: str) -> None:
    began = time.process_time()

    read_answer(piece * 50_000 + "end", "choice")

    assert time.process_time() - began < 5
