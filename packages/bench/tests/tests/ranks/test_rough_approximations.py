"""Approximations that reject too many true null hypotheses of few values say so."""

import numpy as np
import pytest

import bench

R = np.random.default_rng(6)


@pytest.mark.parametrize(("first", "second", "warned"), [(10, 30, True), (15, 15, False)])
def test_ranks_of_few_values_have_a_warning(first: int, second: int, warned: bool) -> None:
    """5 and 20 normal values: 7.3 %; 10 each: 5.6 %; 15 each: 5.3 % (20,000 data sets a cell)."""
    x, y = R.normal(size=first), R.normal(size=second)

    for found in (bench.brunner_munzel(x, y), bench.compare(x, y, scale="ordinal")):
        assert ("RANKS_APPROXIMATE" in [each.id for each in found.warnings]) == warned


def test_ranks_that_are_counted_need_no_warning() -> None:
    found = bench.compare(R.normal(size=5), R.normal(size=6), scale="ordinal")

    assert found.method == "exact permutation"
    assert "RANKS_APPROXIMATE" not in [each.id for each in found.warnings]


@pytest.mark.parametrize(
    ("first", "second", "warned"),
    [
        pytest.param(R.normal(size=10), R.normal(size=100), True, id="few"),
        pytest.param(R.normal(size=20), R.normal(size=80), True, id="unequal"),
        pytest.param(R.integers(0, 5, 40), R.integers(0, 5, 40), True, id="grades"),
        pytest.param(R.normal(size=30), R.normal(size=60), False, id="many"),
    ],
)
def test_trimmed_means_of_few_or_tied_values_have_a_warning(
    first: np.ndarray, second: np.ndarray, warned: bool
) -> None:
    found = bench.yuen_t(first, second)

    assert ("TRIMMED_APPROXIMATE" in [each.id for each in found.warnings]) == warned


def test_a_correlation_of_few_skewed_values_has_a_warning() -> None:
    """The size of two log-normal columns is 6.3 % with 5 items (20,000 data sets)."""
    skewed = [0.1, 0.2, 0.3, 0.4, 9.0, 0.5]

    few = bench.correlation(skewed, [*skewed[1:], 0.7])
    even = bench.correlation(skewed, [1.0, 3.0, 2.0, 4.0, 6.0, 5.0])

    assert "FEW_PAIRS" in [each.id for each in few.warnings]
    assert "FEW_PAIRS" not in [each.id for each in even.warnings]
