"""Answers in clusters, or with repeats, that do not vary still have a width."""

import itertools
from typing import Any

import pytest

import bench

LABELS = [place // 4 for place in range(40)]
RIGHT, WRONG, HALF = [1] * 40, [0] * 40, [0, 1, 0, 1] * 10


def ids(found: Any) -> set[str]:
    return {each.id for each in found.warnings}


@pytest.mark.parametrize(
    ("control", "treatment"), list(itertools.product([RIGHT, WRONG, HALF], repeat=2))
)
def test_clusters_that_are_all_alike_leave_a_width(
    control: list[int], treatment: list[int]
) -> None:
    apart = bench.compare(control, treatment, clusters=(LABELS, LABELS))
    paired = bench.compare_paired(control, treatment, clusters=LABELS)
    rates = bench.eval_compare(control, treatment, clusters=LABELS)

    for found in (apart, paired, rates.comparison):
        assert found.interval.width > 0.05
        assert -1 <= found.interval.low <= found.estimate <= found.interval.high <= 1
        assert "ZERO_VARIANCE" in ids(found)


def test_ten_clusters_without_a_discordant_pair_count_as_ten_pairs() -> None:
    """Bonett and Price with one more pair each way: t times the root of 2, over 12."""
    found = bench.compare_paired(RIGHT, RIGHT, clusters=LABELS).interval

    assert found.high == pytest.approx(2.2621571628 * 2**0.5 / 12)
    assert found.low == -found.high


def test_one_sided_intervals_have_the_end_that_they_bound() -> None:
    found = bench.compare_paired(RIGHT, RIGHT, clusters=LABELS, alternative="less").interval

    assert found.low == -1
    assert found.high == pytest.approx(1.8331129327 * 2**0.5 / 12)


def test_repeats_that_differ_nowhere_leave_a_width() -> None:
    alike = bench.eval_compare([[1, 0, 1]] * 20, [[1, 1, 0]] * 20)
    never = bench.eval_compare([[1, 0, 1]] * 20, [[1, 1, 1]] * 20)

    assert 0.02 < alike.interval.high < 0.07
    assert never.interval.low < 1 / 3 < never.interval.high


def test_numbers_that_do_not_vary_stay_without_a_width() -> None:
    found = bench.compare_paired([0.5] * 40, [0.75] * 40, clusters=LABELS)

    assert found.interval.width == 0
    assert "ZERO_VARIANCE" in ids(found)


def test_many_systems_that_are_always_right_have_simultaneous_intervals() -> None:
    """The level of each of them was 0, and refused."""
    groups = dict.fromkeys("abc", RIGHT)

    apart = bench.compare_many(groups, clusters=dict.fromkeys("abc", LABELS)).pairwise
    paired = bench.compare_many_paired(groups, clusters=LABELS).pairwise

    for row in (*apart.rows, *paired.rows):
        assert row.interval_adjusted is not None
        assert row.interval is not None
        assert row.interval_adjusted.width > row.interval.width > 0
