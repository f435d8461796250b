"""The seeded order is a permutation, in constant memory, and the same everywhere."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from research_harness._design.permutation import Permutation, stream_key


@given(size=st.integers(1, 500), key=st.integers(0, 2**64 - 1))
def test_every_index_stands_at_exactly_one_position(size: int, key: int) -> None:
    order = Permutation(size, key)

    assert sorted(order[position] for position in range(size)) == list(range(size))


def test_a_position_outside_the_range_is_an_error() -> None:
    order = Permutation(5, 1)

    with pytest.raises(IndexError, match="position 5 of 5"):
        order[5]


def test_two_keys_give_two_orders() -> None:
    first = [Permutation(100, 1)[place] for place in range(100)]
    second = [Permutation(100, 2)[place] for place in range(100)]

    assert first != second
    assert first != sorted(first)


def test_every_item_comes_first_equally_often() -> None:
    counts = Counter(Permutation(7, stream_key(0, "fair", trial))[0] for trial in range(7000))

    # 1,000 expected each; the standard deviation is 29.
    assert all(abs(count - 1000) < 150 for count in counts.values())


def test_the_order_does_not_change_between_versions_of_python_or_of_this_library() -> None:
    order = Permutation(10, stream_key(42, "items", 0))

    assert [order[place] for place in range(10)] == [2, 1, 6, 5, 3, 7, 9, 8, 0, 4]


@given(seed=st.integers(0, 2**32), label=st.text())
def test_a_label_selects_its_own_stream(seed: int, label: str) -> None:
    assert stream_key(seed, label) == stream_key(seed, label)
    assert stream_key(seed, label) != stream_key(seed + 1, label)
    assert stream_key(seed, label) != stream_key(seed, label, "more")
