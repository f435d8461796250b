"""Two sequences of numbers are paired as far as they can be."""

import random
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reporter._checks.alignment import common_pairs

TEXTS = st.lists(st.sampled_from("12345"), max_size=30)


def longest(first: list[str], second: list[str]) -> int:
    """The length of the longest common subsequence, by the table of Wagner and Fischer."""
    row = [0] * (len(second) + 1)
    for one in first:
        last = row
        row = [0]
        for at, other in enumerate(second):
            row.append(last[at] + 1 if one == other else max(row[at], last[at + 1]))
    return row[-1]


@settings(max_examples=300, deadline=None)
@given(TEXTS, TEXTS)
def test_the_pairs_are_the_longest_common_subsequence(first: list[str], second: list[str]) -> None:
    pairs = list(common_pairs(first, second))

    assert len(pairs) == longest(first, second)
    assert all(first[one] == second[other] for one, other in pairs)
    assert all(a < c and b < d for (a, b), (c, d) in pairwise(pairs))


def test_a_long_run_does_not_hide_a_subsequence() -> None:
    first = ["1", "2", "1", "1", "1", "2", "1"]
    second = ["1", "1", "2", *["1"] * 5, "2", "1"]

    assert len(list(common_pairs(first, second))) == len(first)


def test_very_long_sequences_are_compared_too() -> None:
    first = [str(at) for at in range(30_000)]
    second = ["x", *first[:15_000], "y", *first[15_001:], "z"]

    pairs = list(common_pairs(first, second))

    assert len(pairs) == 29_999
    assert (15_001, 15_002) in pairs


def test_long_sequences_of_few_texts_are_compared_in_time_by_their_length() -> None:
    draws = random.Random(0)
    first = [draws.choice("01") for _ in range(60_000)]
    second = [*first[:500], "7", *first[501:20_000], *first[24_000:50_000], *"01" * 1_000]
    second += first[50_000:]

    pairs = list(common_pairs(first, second))

    assert len(pairs) >= 60_000 - 4_000 - 1
    assert all(first[one] == second[other] for one, other in pairs)
    assert all(a < c and b < d for (a, b), (c, d) in pairwise(pairs))


@pytest.mark.parametrize("unit", [["1"], ["1", "2"], ["1", "1", "2"]])
def test_texts_without_an_anchor_are_paired_in_windows(unit: list[str]) -> None:
    first = ["a", *unit * 30_000, "b"]
    second = ["c", "d", *unit * 29_000, "e"]

    pairs = list(common_pairs(first, second))

    assert len(pairs) >= len(unit) * 29_000 * 0.99
    assert all(a < c and b < d for (a, b), (c, d) in pairwise(pairs))


def test_a_part_that_was_moved_is_paired_in_one_of_its_places() -> None:
    first = [str(at) for at in range(30_000)]
    second = [*first[18_000:], *first[:18_000]]

    assert 17_900 <= len(list(common_pairs(first, second))) <= 18_000
