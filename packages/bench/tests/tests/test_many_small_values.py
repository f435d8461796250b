"""Thirty conditions of very small values, such as prices of a query, have a test over all."""

import random

import pytest

import bench


@pytest.mark.slow
@pytest.mark.parametrize("scale", [1e-12, 1e-6, 1.0])
def test_thirty_conditions_of_small_values_are_tested_as_those_of_usual_size(scale: float) -> None:
    draw = random.Random(3)
    usual = {f"c{k}": [draw.random() + 0.1 * k for _ in range(40)] for k in range(30)}
    small = {name: [scale * each for each in values] for name, values in usual.items()}

    one = bench.compare_many_paired(usual, scale="numeric").omnibus
    other = bench.compare_many_paired(small, scale="numeric").omnibus

    assert other.statistic == pytest.approx(one.statistic, rel=1e-6)


def test_thirty_constant_prices_end_in_no_error() -> None:
    prices = {f"c{k}": [0.001 * k] * 40 for k in range(5, 35)}

    assert bench.compare_many_paired(prices, scale="numeric").omnibus.title
