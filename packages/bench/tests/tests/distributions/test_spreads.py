"""Tests of equal spread and of equal distributions."""

from collections.abc import Callable
from typing import Any

import pytest

import bench

FIRST = [1.0, 4.0, float("nan"), 2.5, 3.0, 7.0]
SECOND = [2.0, 9.0, 4.0, float("nan"), 6.0, 1.5]


@pytest.mark.parametrize("method", ["brown-forsythe", "bartlett", "fligner"])
def test_values_left_out_of_a_spread_test_are_counted(method: Any) -> None:
    found = bench.equal_spread({"a": FIRST, "b": SECOND}, method=method, missing="omit")

    assert found.n_dropped == 2
    assert dict(found.n) == {"a": 5, "b": 5}
    assert "DROPPED_MISSING" in {each.id for each in found.warnings}


@pytest.mark.parametrize("test", [bench.kolmogorov_smirnov, bench.variance_ratio])
def test_values_left_out_of_a_test_of_two_distributions_are_counted(
    test: Callable[..., bench.Comparison],
) -> None:
    found = test(FIRST, SECOND, missing="omit")

    assert found.n_dropped == 2
    assert "DROPPED_MISSING" in {each.id for each in found.warnings}


@pytest.mark.parametrize("test", [bench.kolmogorov_smirnov_normal, bench.anderson_darling])
@pytest.mark.parametrize("sd", [0, -1])
def test_a_normal_distribution_has_a_spread_above_zero(test: Any, sd: float) -> None:
    """With a negative one the order of the values was turned round."""
    with pytest.raises(bench.InvalidOptionError, match="sd"):
        test([1.0, 2.0, 4.0], mean=2.0, sd=sd)
