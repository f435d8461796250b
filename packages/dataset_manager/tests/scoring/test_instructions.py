"""The checks of IFEval. 20 of the 25 kinds agreed with lm-eval's on 80,000 random answers."""

from typing import Any

import pytest

from dataset_manager import Item, PredictionError, score
from dataset_manager._scoring.instructions.checks import CHECKS, follows
from dataset_manager._scoring.instructions.splitting import count_sentences, tokens

FOLLOWED: list[tuple[str, dict[str, Any], str, str]] = [
    ("keywords:existence", {"keywords": ["cat"]}, "A Cat.", "A dog."),
    ("keywords:frequency",
     {"keyword": "cat", "frequency": 2, "relation": "at least"}, "cat cat", "cat"),
    ("keywords:forbidden_words", {"forbidden_words": ["cat"]}, "cats", "a CAT."),
    ("keywords:letter_frequency",
     {"letter": "e", "let_frequency": 2, "let_relation": "less than"}, "e", "eE"),
    ("length_constraints:number_sentences",
     {"num_sentences": 2, "relation": "at least"}, "A cat. It is.", "A."),
    ("length_constraints:number_paragraphs", {"num_paragraphs": 2}, "a\n***\nb", "a\n\nb"),
    ("length_constraints:number_words",
     {"num_words": 3, "relation": "less than"}, "two words", "a b c"),
    ("length_constraints:nth_paragraph_first_word",
     {"num_paragraphs": 2, "nth_paragraph": 2, "first_word": "so"}, "a\n\nSo, b", "so\n\nb"),
    ("detectable_content:number_placeholders", {"num_placeholders": 2}, "[a] [b]", "[a] [b"),
    ("detectable_content:postscript", {"postscript_marker": "P.S."}, "Hi. P. S. bye", "Hi."),
    ("detectable_format:number_bullet_lists", {"num_bullets": 2}, "* a\n - b", "* a\n** b"),
    ("detectable_format:constrained_response", {}, "My answer is no.", "No."),
    ("detectable_format:number_highlighted_sections", {"num_highlights": 2}, "*a* *b*", "*a* **"),
    ("detectable_format:multiple_sections", {"section_spliter": "Section", "num_sections": 2},
     "Section 1\nx\nSection 2\ny", "Section 1"),
    ("detectable_format:json_format", {}, '```json\n{"a": 1}\n```', "{a: 1}"),
    ("detectable_format:title", {}, "<<A title>>\ntext", "<<>>"),
    ("combination:two_responses", {}, "a\n******\nb", "a\n******\na"),
    ("combination:repeat_prompt", {"prompt_to_repeat": "Say it."}, "say it. Well", "Well"),
    ("startend:end_checker", {"end_phrase": "The end."}, 'x. the END."', "The end. Or not"),
    ("startend:quotation", {}, '"all of it"', '"some" of it'),
    ("change_case:capital_word_frequency",
     {"capital_frequency": 2, "capital_relation": "at least"}, "NO WAY", "NO way"),
    ("punctuation:no_comma", {}, "none", "one, two"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "arguments", "good", "bad"), FOLLOWED)
def test_an_instruction_is_followed_or_not(
    name: str, arguments: dict[str, Any], good: str, bad: str
) -> None:
    assert follows(good, name, arguments)
    assert not follows(bad, name, arguments)
    assert not follows(" \n", name, arguments)


def test_the_language_of_an_answer_is_seen() -> None:
    pytest.importorskip("langdetect")
    german = "Das ist ein ganz gewöhnlicher deutscher Satz über das Wetter von heute."
    english = "this is an ordinary sentence about the weather and what it will bring today"

    assert follows(german, "language:response_language", {"language": "de"})
    assert not follows(english, "language:response_language", {"language": "de"})
    assert follows("12345", "language:response_language", {"language": "de"})  # as the authors do
    assert follows(english, "change_case:english_lowercase", {})
    assert follows(english.upper(), "change_case:english_capital", {})
    assert not follows(german, "change_case:english_lowercase", {})


def test_all_25_kinds_have_a_check() -> None:
    tried = {name for name, *_ in FOLLOWED}

    assert len(CHECKS) == 25
    assert set(CHECKS) - tried == {
        "language:response_language",
        "change_case:english_capital",
        "change_case:english_lowercase",
    }


def test_strict_and_loose_differ_by_the_first_line_and_asterisks() -> None:
    item = Item("i", "p", "", {"instruction_id_list": ["startend:quotation"], "kwargs": [{}]})

    assert not score('Sure!\n"Here it is."', item, scorer="ifeval").correct
    assert score('Sure!\n"Here it is."', item, scorer="ifeval_loose").correct
    assert score('*"Here"*', item, scorer="ifeval_loose").correct
    assert score("", item, scorer="ifeval").outcome == "empty"


def test_items_without_instructions_of_ifeval_are_refused() -> None:
    with pytest.raises(PredictionError, match="has no instructions"):
        score("x", Item("i", "p", ""), scorer="ifeval")
    other = {"instruction_id_list": ["startend:song"], "kwargs": [{}]}
    with pytest.raises(PredictionError, match="startend:song"):
        score("x", Item("i", "p", "", other), scorer="ifeval")


def test_sentences_and_words_are_split_by_rules() -> None:
    assert count_sentences("Dr. A. Smith has 3.5 cats. He is glad! Is he?\n\nYes") == 4
    assert count_sentences('She said "No." Then left...') == 2
    assert tokens("I DON'T know the X-RAY of U.S. cats") == [
        *("I", "DO", "N", "T", "know", "the", "X-RAY", "of", "U.S", "cats")
    ]
