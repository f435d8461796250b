"""Permutation tests."""

import numpy as np
import pytest

import bench


def test_a_simulated_p_is_never_zero_and_small_samples_are_enumerated() -> None:
    rng = np.random.default_rng(1)

    drawn = bench.permutation_test(rng.normal(0, 1, 60), rng.normal(9, 1, 60), resamples=999)
    counted = bench.permutation_test([1, 2, 3], [7, 8, 9])

    assert drawn.p_value == pytest.approx(1 / 1000)
    assert counted.method == "exact permutation"
    assert counted.p_value == pytest.approx(2 / 20)
