"""Ratios of geometric means."""

import pytest

import bench


def test_doubling_every_value_is_a_ratio_of_two() -> None:
    control = [1.0, 2.0, 4.0, 3.0]

    found = bench.compare_ratio(control, [2.1, 3.9, 8.2, 5.9], paired=True)

    assert found.estimate == pytest.approx(2.0, abs=0.03)
    assert found.interval.low > 1.8
    assert found.null_value == 1.0
    assert found.direction == "treatment over control"


def test_a_ratio_of_values_at_zero_is_refused() -> None:
    with pytest.raises(bench.InvalidDataError, match="above 0"):
        bench.compare_ratio([0.0, 1.0], [1.0, 2.0])
