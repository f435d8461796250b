"""Brunner and Munzel's test over all splits."""

import math
from itertools import product

import numpy as np
import pytest

import bench


def test_separated_groups_have_the_p_of_two_splits_in_all() -> None:
    found = bench.compare([1, 2, 3, 4, 5], [6, 7, 8, 9, 10], scale="ordinal")

    assert found.method == "exact permutation"
    assert found.p_value == pytest.approx(2 / math.comb(10, 5))
    assert bench.brunner_munzel([1, 2, 3], [4, 5, 6], method="exact").p_value == pytest.approx(0.1)


def test_equal_groups_are_no_evidence() -> None:
    assert bench.compare([2, 2, 2], [2, 2, 2], scale="ordinal").p_value == 1.0
    assert bench.compare([1, 2, 3], [1, 2, 3], scale="ordinal").p_value == 1.0


def test_the_exact_test_keeps_its_level_on_every_small_table() -> None:
    """Grades 1 to 3 with four values a group: all outcomes, whatever the chance of the grades."""
    rng = np.random.default_rng(1)
    chances = rng.dirichlet([1, 1, 1], 3)
    outcomes = [tuple(sorted(each)) for each in product((1, 2, 3), repeat=4)]
    known: dict[tuple[tuple[int, ...], tuple[int, ...]], float] = {}
    for first, second in {(a, b) for a in outcomes for b in outcomes}:
        known[first, second] = bench.brunner_munzel(first, second, method="exact").p_value
    for chance in chances:
        size = 0.0
        weights = [math.prod(chance[grade - 1] for grade in each) for each in outcomes]
        for a, wa in zip(outcomes, weights, strict=True):
            for b, wb in zip(outcomes, weights, strict=True):
                size += wa * wb * (known[a, b] <= 0.05)
        assert size <= 0.0501


def test_too_many_splits_are_refused() -> None:
    with pytest.raises(bench.InvalidOptionError, match="splits"):
        bench.brunner_munzel(range(20), range(20), method="exact")
