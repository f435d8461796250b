"""Ratios of means hold their level and do not divide by nothing."""

import numpy as np
import pytest

from research_harness._analysis.ratios import ratio_from_intervals, ratio_of_means


def test_fiellers_interval_is_that_of_its_formula() -> None:
    random = np.random.default_rng(1)
    old = random.gamma(4, 1, 30)
    new = 1.1 * old + random.gamma(2, 0.2, 30)
    t, n = 2.0452296421327034, 30  # scipy.stats.t.ppf(0.975, 29)
    mean_old, mean_new = old.mean(), new.mean()
    covariance = np.cov(old, new) / n
    a = mean_old**2 - t**2 * covariance[0, 0]
    b = mean_old * mean_new - t**2 * covariance[0, 1]
    c = mean_new**2 - t**2 * covariance[1, 1]
    root = np.sqrt(b**2 - a * c)

    found = ratio_of_means(old.tolist(), new.tolist(), level=0.95, clusters=None)

    assert found is not None
    assert (found.low, found.high) == pytest.approx(((b - root) / a, (b + root) / a))


def test_costs_that_are_all_doubled_are_doubled() -> None:
    found = ratio_of_means([0.1, 0.2, 0.3] * 9, [0.2, 0.4, 0.6] * 9, level=0.95, clusters=None)

    assert found is not None
    assert found.low == found.high == pytest.approx(2.0)


@pytest.mark.parametrize("values", [([0.0, 0.0], [1.0, 2.0]), ([1.0, -1.0], [1.0, 2.0])])
def test_a_ratio_to_nothing_is_not_known(values: tuple[list[float], list[float]]) -> None:
    assert ratio_of_means(*values, level=0.95, clusters=None) is None


def test_a_control_that_may_be_zero_leaves_the_ratio_open() -> None:
    low, high = ratio_from_intervals(0.1, (0.0, 0.3), 0.2, (0.1, 0.4))

    assert 0 < low < 2
    assert high == float("inf")
