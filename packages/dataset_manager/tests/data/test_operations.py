"""What can be made of a data set: always a new one, and nothing of the old one lost."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dataset_manager import Dataset, InvalidItemsError, Item


def numbers(count: int = 10, **options: Any) -> Dataset:
    items = [Item(f"i{n}", f"q{n}", str(n), {"group": f"g{n % 3}", "n": n}) for n in range(count)]
    return Dataset(items, name="numbers", **options)


def test_items_are_sorted_by_a_field_or_a_function_and_equal_ones_stay() -> None:
    data = numbers(6)

    assert data.sort("n", reverse=True).column("n") == (5, 4, 3, 2, 1, 0)
    assert data.sort("group").ids() == ("i0", "i3", "i1", "i4", "i2", "i5")
    assert data.sort(lambda item: -item.metadata["n"]).ids()[0] == "i5"
    with pytest.raises(ValueError, match="has no 'topic'"):
        data.sort("topic")


def test_a_shuffle_depends_on_the_seed_and_not_on_the_order() -> None:
    data = numbers(20)

    mixed = data.shuffle(seed=3)

    assert mixed.ids() != data.ids()
    assert sorted(mixed.ids()) == sorted(data.ids())
    assert mixed == data.sort("n", reverse=True).shuffle(seed=3)
    assert mixed != data.shuffle(seed=4)
    assert mixed.metadata["shuffle_seed"] == 3


def test_parts_make_up_the_whole() -> None:
    data = numbers(10)

    assert data.take(4) + data.skip(4) == data
    assert [len(part) for part in data.batches(4)] == [4, 4, 2]
    shards = [data.shard(3, index) for index in range(3)]
    assert sorted(name for shard in shards for name in shard.ids()) == sorted(data.ids())
    assert data[:0].concat() == data[:0]


def test_the_same_item_twice_is_refused() -> None:
    data = numbers(3)

    with pytest.raises(InvalidItemsError, match="more than once: 'i0'"):
        data.concat(data.take(1))
    with pytest.raises(InvalidItemsError, match="more than once: 'i1'"):
        data.select([1, 1])
    with pytest.raises(IndexError):
        data.select([3])


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (lambda data: data.batches(0), "at least 1"),
        (lambda data: data.shard(2, 2), "not between 0 and 1"),
        (lambda data: data.with_field("x", [1]), "1 for 10 items"),
    ],
)
def test_invalid_arguments_are_errors(wrong: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        wrong(numbers())


def test_fields_are_added_taken_away_and_read_as_columns() -> None:
    data = numbers(3).with_field("double", lambda item: 2 * item.metadata["n"])

    assert data.column("double") == (0, 2, 4)
    assert data.fields == ("group", "n", "double")
    assert data.without_fields("n", "double").fields == ("group",)
    assert data.column("id") == data.ids()
    assert data.column("expected") == ("0", "1", "2")
    assert data.column("nowhere") == (None, None, None)


def test_groups_are_data_sets_in_the_order_of_their_first_items() -> None:
    groups = numbers(5).group_by("group")

    assert {name: part.ids() for name, part in groups.items()} == {
        "g0": ("i0", "i3"),
        "g1": ("i1", "i4"),
        "g2": ("i2",),
    }


def test_repeated_items_are_found_by_any_property() -> None:
    data = numbers(7).unique(by="group")

    assert data.ids() == ("i0", "i1", "i2")
    assert data.metadata["duplicates_dropped"] == 4


def test_items_with_different_fields_keep_them() -> None:
    rows: list[dict[str, Any]] = [{"a": 1}, {}, {"a": None, "b": 2}, {"b": 3}]
    data = Dataset([Item(f"i{n}", "q", "x", row) for n, row in enumerate(rows)], name="d")

    assert [item.metadata for item in data] == rows
    assert [item.metadata for item in data.select([3, 1, 0])] == [rows[3], rows[1], rows[0]]
    assert data[3].metadata == rows[3]
    assert data.fields == ("a", "b")
    assert data.column("b") == (None, None, 2, 3)


def test_values_that_cannot_be_compared_are_kept() -> None:
    class Odd:
        def __eq__(self, other: object) -> bool:
            raise TypeError("as an array of numpy does in a condition")

        __hash__ = None  # type: ignore[assignment]  # as lists have none

    data = Dataset([Item("a", "q", "x", {"odd": Odd()}), Item("b", "q", "x")], name="d")

    assert [len(item.metadata) for item in data] == [1, 0]


@pytest.mark.parametrize(
    ("expected", "read"),
    [
        (2, lambda item: item.choices[item.expected]),
        ("C", lambda item: item.choices["ABCD".index(item.expected)]),
        ("Rome", lambda item: item.expected),
    ],
)
def test_the_correct_answer_stays_correct_when_choices_are_shuffled(
    expected: Any, read: Any
) -> None:
    choices = ["Lyon", "Paris", "Rome", "Bonn"]
    asked = {"question": "?", "choices": choices, "prompt": "old"}
    data = Dataset([Item(f"i{n}", asked, expected) for n in range(20)], name="d")

    mixed = data.shuffle_choices(seed=1)

    assert {read(item) for item in mixed} == {"Rome"}
    assert len({item.choices for item in mixed}) > 5
    assert all(type(item.expected) is type(expected) for item in mixed)
    assert all("old" not in str(item) for item in mixed)
    first = mixed[0]
    assert first.choices == tuple(choices[place] for place in first.metadata["choice_order"])


@given(st.lists(st.sampled_from(["a", "b", "a b"]), min_size=1, max_size=6), st.data())
def test_equal_choices_do_not_confuse_a_shuffle(choices: list[str], data: Any) -> None:
    right = data.draw(st.integers(0, len(choices) - 1))
    item = Item("i", {"question": "?", "choices": choices}, right)

    mixed = Dataset([item], name="d").shuffle_choices(seed=data.draw(st.integers(0, 50)))[0]

    assert mixed.metadata["choice_order"][mixed.expected] == right
    assert mixed.choices[mixed.expected] == choices[right]


def test_several_right_answers_move_together_and_a_wrong_one_is_an_error() -> None:
    asked = {"question": "?", "choices": ["a", "b", "c"]}
    both = Dataset([Item("i", asked, [0, 2])], name="d").shuffle_choices(seed=5)[0]

    assert {both.choices[place] for place in both.expected} == {"a", "c"}
    with pytest.raises(InvalidItemsError, match="'D' is not among its 3 choices"):
        Dataset([Item("i", asked, "D")], name="d").shuffle_choices()


def test_an_item_without_choices_is_left_as_it_is() -> None:
    assert numbers(3).shuffle_choices() == numbers(3)


def test_parts_by_name_share_no_item_and_have_their_sizes() -> None:
    parts = numbers(11).split_into({"train": 0.7, "dev": 0.1, "test": 0.2}, seed=1)

    assert {name: len(part) for name, part in parts.items()} == {"train": 8, "dev": 1, "test": 2}
    assert sorted(name for part in parts.values() for name in part.ids()) == sorted(
        numbers(11).ids()
    )
    assert parts["dev"].split == "dev"
