"""The interval of Cohen's h, over all outcomes."""

import math

import numpy as np
import pytest
from scipy import stats

import bench


@pytest.mark.parametrize(
    ("p1", "p2", "n"), [(0.5, 0.5, 15), (0.9, 0.9, 20), (0.98, 0.9, 30), (0.95, 0.5, 15)]
)
def test_the_interval_holds_h_near_the_borders_too(p1: float, p2: float, n: int) -> None:
    true = 2 * math.asin(math.sqrt(p1)) - 2 * math.asin(math.sqrt(p2))
    held = 0.0
    for x, y in np.ndindex(n + 1, n + 1):
        chance = stats.binom.pmf(x, n, p1) * stats.binom.pmf(y, n, p2)
        if chance > 1e-7:
            found = bench.cohens_h([1] * y + [0] * (n - y), [1] * x + [0] * (n - x)).interval
            assert found is not None
            held += float(chance) * (true in found)

    assert 0.94 < held < 0.99


def test_the_plain_interval_is_there_by_name() -> None:
    found = bench.cohens_h([1, 0, 0, 1], [1, 1, 1, 0], interval="arcsine")

    assert found.interval is not None
    assert found.interval.width == pytest.approx(2 * 1.959964 * math.sqrt(0.5), rel=1e-6)
