"""How a question is put: the template, the examples, and what is recorded of them."""

import pytest

from dataset_manager import (
    Dataset,
    Item,
    PromptTemplate,
    UnknownOptionError,
    score,
    template_for,
    with_prompts,
)


def asked(name: str, subject: str = "history", right: int = 1) -> Item:
    question = {"question": f"{name}?", "choices": ["Lyon", "{question}"]}
    return Item(name, question, right, {"subject": subject})


DEV = Dataset([asked("d1"), asked("d2"), asked("d3", "art")], name="mmlu", split="dev")
TEST = Dataset([asked("t1"), asked("t2", "art", 0)], name="mmlu", split="test", scorer="choice")


def test_examples_are_of_the_subject_and_braces_in_a_choice_are_left_alone() -> None:
    prompt = str(with_prompts(TEST, examples=DEV)[0])

    assert prompt == (
        "The following are multiple choice questions (with answers) about  history.\n\n"
        "d1?\nA. Lyon\nB. {question}\nAnswer: B\n\n"
        "d2?\nA. Lyon\nB. {question}\nAnswer: B\n\n"
        "t1?\nA. Lyon\nB. {question}\nAnswer:"
    )


def test_what_was_asked_is_recorded_and_scored_as_before() -> None:
    data = with_prompts(TEST, examples=DEV, shots=1, seed=3)

    noted = data.metadata["prompt"]
    assert noted["sha256"] == template_for(TEST).fingerprint
    assert (noted["shots"], noted["seed"], noted["examples_from"]) == (1, 3, "mmlu dev")
    assert noted["examples_hash"] == DEV.content_hash
    assert len(noted["examples"]) == 2
    assert score("B", data[0], scorer="choice").correct
    assert data[0].question == "t1?"
    assert data.content_hash != TEST.content_hash


def test_too_few_examples_are_an_error_and_an_item_is_not_its_own() -> None:
    with pytest.raises(ValueError, match=r"shots: 2 examples .* 't2' has 1 with its subject"):
        with_prompts(TEST, examples=DEV, shots=2)
    with pytest.raises(ValueError, match="has 1"):
        with_prompts(DEV.take(2), examples=DEV, shots=2)


def test_a_users_template_fills_fields_of_the_metadata() -> None:
    template = PromptTemplate(
        name="mine",
        instruction="{subject:words} {{kept}} {letters}",
        question="{id} {question}",
        cue=" So:",
        choice="({letter}) {choice}",
    )
    item = Item("i", "2+2?", 4, {"subject": "high_school"})

    assert template.render(item) == "high school {kept} \n\ni 2+2? So:"
    with pytest.raises(ValueError, match="has no 'topic'"):
        PromptTemplate(name="x", question="{topic}").render(item)
    assert template.fingerprint != PromptTemplate(name="mine").fingerprint


def test_a_template_is_found_by_name_or_by_the_data_set() -> None:
    plain = Dataset([Item("i", "2+2?", 4)], name="mine", scorer="number")

    assert template_for(plain).name == "plain"
    assert template_for(plain.replace(scorer="choice")).name == "choice"
    assert template_for(TEST.replace(name="mmlu_stem")).name == "mmlu"
    assert str(with_prompts(plain, "arc_challenge")[0]) == "Question: 2+2?\n\nAnswer:"
    with pytest.raises(UnknownOptionError, match="has no template 'none'; known: arc_challenge"):
        with_prompts(plain, "none")
