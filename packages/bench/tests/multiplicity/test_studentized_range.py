"""The studentised range agrees with R and scipy."""

import numpy as np
import pytest
from scipy import stats

import bench
from bench._multiplicity.studentized_range import range_quantile, range_sf


@pytest.mark.parametrize("df", [1.0, 2.0, 5.5, 9.9, 10.0, 60.0, float("inf")])
@pytest.mark.parametrize("count", [2, 3, 12])
def test_tails_agree_with_scipy(count: int, df: float) -> None:
    for q in (0.2, 3.3, 7.0):
        theirs = float(stats.studentized_range.sf(q, count, df))

        assert range_sf(q, count, df) == pytest.approx(theirs, abs=1e-11)


def test_quantiles_agree_with_printed_tables() -> None:
    """Critical values at .05 of the usual tables (Harter 1960)."""
    for (count, df), table in {(3, 10.0): 3.877, (5, 20.0): 4.232, (2, 1.0): 17.969}.items():
        assert range_quantile(0.95, count, df) == pytest.approx(table, abs=6e-4)


def test_two_groups_are_a_t_test() -> None:
    t = 2.7
    expected = 2 * float(stats.t.sf(t, 7))

    assert range_sf(t * 2**0.5, 2, 7.0) == pytest.approx(expected, rel=1e-9)


def test_intervals_and_p_values_of_tukey_agree() -> None:
    rng = np.random.default_rng(2)
    groups = {name: rng.normal(place, 1, 8).tolist() for place, name in enumerate("abc")}

    for pair in bench.posthoc(groups, method="tukey", level=0.95):
        assert pair.interval is not None
        assert (0.0 in pair.interval) == (pair.p_adjusted > 0.05)
