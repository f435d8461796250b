"""Intervals and tests that are computed before all items are in."""

from typing import Any

import numpy as np
import pytest

import bench


def test_looking_after_every_item_keeps_the_level() -> None:
    chance = np.random.default_rng(5)
    runs = 400
    stopped = 0

    for _ in range(runs):
        answers = (chance.random((2, 300)) < 0.7).astype(float)
        stopped += bench.sequential_mcnemar(answers[0], answers[1]).stopped_at is not None

    assert stopped / runs <= 0.05


@pytest.mark.parametrize("method", ["betting", "bernstein"])
def test_a_confidence_sequence_rarely_ever_leaves_the_mean_out(method: Any) -> None:
    chance = np.random.default_rng(6)
    runs = 100
    missed = 0

    for _ in range(runs):
        values = (chance.random(150) < 0.8).astype(float)
        found = bench.confidence_sequence(values, method=method, grid=200)
        missed += found.first_excluding(0.8) is not None

    assert missed / runs <= 0.05


def test_planned_looks_match_the_published_bounds() -> None:
    """Five looks, alpha .05, Lan-DeMets spending (ldbounds and gsDesign print these digits)."""
    strict, even = bench.group_sequential(5), bench.group_sequential(5, spending="pocock")

    assert strict.z == pytest.approx((4.877, 3.357, 2.680, 2.290, 2.031), abs=6e-4)
    assert even.z == pytest.approx((2.438, 2.427, 2.410, 2.397, 2.386), abs=6e-4)


@pytest.mark.parametrize("method", ["betting", "bernstein"])
def test_values_in_an_order_of_their_own_are_said_to_be(method: Any) -> None:
    """All ones first: the intervals after them hold no mean of the whole."""
    values = np.repeat([1.0, 0.0], 300)
    mixed = np.random.default_rng(2).permutation(values)

    sorted_by_value, shuffled = (
        bench.confidence_sequence(each, method=method, grid=200) for each in (values, mixed)
    )

    assert [each.id for each in sorted_by_value.warnings] == ["NOT_IN_RANDOM_ORDER"]
    assert "random order" in sorted_by_value.summary()
    assert shuffled.warnings == ()


def test_a_running_sequence_says_so_too() -> None:
    running = bench.RunningConfidenceSequence(grid=200)
    assert running.interval().warnings == ()
    running.add(np.repeat([1.0, 0.0], 300))

    assert [each.id for each in running.interval().warnings] == ["NOT_IN_RANDOM_ORDER"]
