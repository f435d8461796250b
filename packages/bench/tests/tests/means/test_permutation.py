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


@pytest.mark.parametrize("unit", [2.0**990, 2.0**-990, 2.0**-540])
def test_the_unit_of_the_values_does_not_matter(unit: float) -> None:
    first, second = np.array([1.0, 2.5, 4.0, 3.0, 6.0]), np.array([2.0, 4.5, 5.0, 7.5, 3.5, 8.0])
    for studentized in (False, True):
        plain = bench.permutation_test(first, second, studentized=studentized)
        found = bench.permutation_test(unit * first, unit * second, studentized=studentized)

        assert found.p_value == plain.p_value
