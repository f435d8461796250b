"""Two sequences of numbers are paired as far as they can be."""

from itertools import pairwise

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
    pairs = common_pairs(first, second)

    assert len(pairs) == longest(first, second)
    assert all(first[one] == second[other] for one, other in pairs)
    assert all(a < c and b < d for (a, b), (c, d) in pairwise(pairs))


def test_a_long_run_does_not_hide_a_subsequence() -> None:
    first = ["1", "2", "1", "1", "1", "2", "1"]
    second = ["1", "1", "2", *["1"] * 5, "2", "1"]

    assert len(common_pairs(first, second)) == len(first)


def test_very_long_sequences_are_compared_too() -> None:
    first = [str(at) for at in range(30_000)]
    second = ["x", *first[:15_000], "y", *first[15_001:], "z"]

    pairs = common_pairs(first, second)

    assert len(pairs) == 29_999
    assert (15_001, 15_002) in pairs
