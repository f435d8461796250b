"""Ratios of geometric means, and pooling over data sets."""

import math

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


def test_a_macro_mean_has_the_error_of_its_data_sets() -> None:
    """Half the root of the sum of squared errors, not that of all items together."""
    large, small = [0.0, 1.0] * 500, [0.0, 1.0] * 10

    macro = bench.pool_scores({"large": large, "small": small})
    micro = bench.pool_scores({"large": large, "small": small}, method="micro")

    one, two = (bench.eval_score([[value] for value in each]).mean for each in (large, small))
    assert macro.estimate == pytest.approx((one + two) / 2)
    expected = 0.5 * math.sqrt(0.25 / 999 + 0.25 / 19)
    assert macro.se == pytest.approx(expected)
    assert micro.se < macro.se / 3
