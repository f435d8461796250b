"""The card of a data set says what a reader must know, and cannot be broken by what is in it."""

import json

from dataset_manager import Dataset, Item, arithmetic, random_sample


def test_a_card_has_origin_history_answers_and_an_example() -> None:
    items = [
        Item(f"i{n}", {"question": "q" * (n + 1), "choices": ["a", "b"]}, n % 2, {"kind": f"k{n}"})
        for n in range(30)
    ]
    data = Dataset(items, name="mine", split="test", scorer="choice", metadata={"license": "MIT"})

    card = random_sample(data, 20, seed=4).card()

    assert card.origin == {"license": "MIT"}
    assert card.history["sample_seed"] == 4
    assert sum(card.answers.values()) == 20
    assert set(card.answers) == {"A", "B"}
    assert card.fields["kind"]["8 more values"] == 8
    text = str(card)
    assert f"| Content (SHA-256) | {card.content_hash} |" in text
    assert "| License | MIT |" in text
    assert "A. a\nB. b" in text
    assert json.loads(json.dumps(card.to_dict()))["items"] == 20


def test_repeated_items_are_counted_and_generated_ones_marked() -> None:
    twice = Dataset([Item("a", "q", 1), Item("b", "q", 1)], name="d", synthetic=True)

    assert twice.card().duplicates == 1
    assert "SYNTHETIC" in str(twice.card())
    assert "SYNTHETIC" in arithmetic(3).card().to_html()


def test_what_is_in_a_data_set_cannot_break_its_card() -> None:
    bad = "<script>alert(1)</script> | `x` \n```"
    data = Dataset([Item("a", bad, bad, {bad: bad})], name=bad, metadata={"source": bad})

    assert "<script>" not in data.card().to_html()
    assert "<script>" not in data._repr_html_()
    outside = str(data.card()).partition("```text")[0]
    assert "<script>" not in outside
    assert str(data.card()).count("```") == 2


def test_a_data_set_without_items_has_a_card() -> None:
    card = Dataset([], name="none").card()

    assert (card.items, card.example, card.question_length) == (0, None, (0, 0, 0))
    assert "| Items | 0 |" in str(card)
