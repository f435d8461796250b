"""Intervals of a quantile."""

import math

import bench


def test_the_order_interval_of_a_median_is_the_binomial_one() -> None:
    """R: qbinom(c(.025, .975), 100, .5) + c(0, 1) = 40, 61."""
    found = bench.quantile_interval(range(1, 101), 0.5)

    assert (found.low, found.high) == (40.0, 61.0)
    assert found.coverage is not None
    assert found.coverage >= 0.95


def test_too_few_values_leave_a_tail_quantile_unbounded() -> None:
    found = bench.quantile_interval(range(100), 0.99)

    assert found.high == math.inf
    assert found.warnings[0].id == "QUANTILE_UNBOUNDED"
