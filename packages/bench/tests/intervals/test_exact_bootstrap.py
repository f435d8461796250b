"""The bootstrap over all resamples."""

import math

import numpy as np
import pytest

import bench


def test_the_standard_error_of_the_mean_is_the_closed_form() -> None:
    values = [0.62, 0.71, 0.55, 0.9, 0.78]

    found = bench.exact_bootstrap(values)

    assert found.se == pytest.approx(float(np.std(values)) / math.sqrt(5))
    assert found.resamples == 5**5
    assert sum(found.chances) == pytest.approx(1.0)


def test_simulation_comes_near_to_it() -> None:
    values = [1.0, 2.0, 4.0, 9.0, 3.0, 7.0]

    exact = bench.exact_bootstrap(values, "median").interval(0.9)
    drawn = bench.bootstrap_interval(values, "median", method="percentile", level=0.9)

    assert list(drawn) == pytest.approx(list(exact), abs=0.6)
    with pytest.raises(bench.InvalidOptionError, match="at most 10"):
        bench.exact_bootstrap(range(11))
