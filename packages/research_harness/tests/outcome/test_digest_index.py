"""Entries of a file are found by a digest of their key."""

from hypothesis import given
from hypothesis import strategies as st

from research_harness._outcome.digest_index import DigestIndex


class SameHash:
    def __hash__(self) -> int:
        return 7

    def __eq__(self, other: object) -> bool:
        return self is other


@given(st.lists(st.tuples(st.text(max_size=3), st.integers(-(2**63), 2**63))))
def test_every_entry_of_a_key_is_found_the_last_first(keys: list[tuple[str, int]]) -> None:
    index = DigestIndex()
    for position, key in enumerate(keys):
        index.add(key, position)

    for key in keys:
        there = [position for position, each in enumerate(keys) if each == key]
        assert list(index.positions(key)) == there[::-1]
    assert list(index.in_order()) == list(range(len(keys)))
    assert len(index) == len(keys)


def test_entries_of_keys_with_the_same_digest_are_all_given() -> None:
    index, one, two = DigestIndex(), SameHash(), SameHash()
    index.add(one, 10)
    index.add(two, 20)

    assert list(index.positions(one)) == [20, 10]


def test_a_key_that_is_not_there_has_no_position_and_entries_may_follow_a_search() -> None:
    index = DigestIndex()
    assert list(index.positions("a")) == []

    index.add("a", 3)

    assert list(index.positions("a")) == [3]
    assert list(index.positions("b")) == []
