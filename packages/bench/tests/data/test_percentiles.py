"""Percentiles by name of their method."""

import pytest

import bench


def test_percentiles_take_shares_and_interpolate() -> None:
    assert bench.percentile([1, 2, 3, 4], 0.5) == 2.5
    assert bench.Statistics.percentile(range(1, 101), 0.99) == pytest.approx(99.01)
    assert bench.percentile(range(1, 101), 0.99, method="nearest-rank") == 99
    assert bench.Statistics.percentile([], 0.5) is None


def test_a_percentile_above_one_is_refused() -> None:
    with pytest.raises(bench.InvalidOptionError, match=r"0\.99"):
        bench.percentile([1, 2], 99)
