"""Effects so large that a float of p or of a Bayes factor ends: no crash, and no zero in words."""

import math

import numpy as np
import pytest

import bench

BASE = np.random.default_rng(1).normal(0, 1, 300)
FAR = BASE + 37 + np.random.default_rng(2).normal(0, 0.01, 300)


@pytest.mark.slow
def test_analyses_of_the_same_items_have_an_effect_with_an_interval() -> None:
    groups = {"a": BASE, "b": FAR, "c": FAR + 9}
    found = bench.repeated_anova(groups)

    assert 0.99 < found.interval.low <= found.interval.high <= 1
    assert "p < 1e-300" in str(found)
    assert "p < 1e-300" in str(bench.compare_many_paired(groups))


def test_the_interval_of_a_huge_f_goes_on_from_that_of_a_smaller_one() -> None:
    """Lambda over F hardly depends on F once F is huge."""
    shares = [bench.eta_squared_interval([[0.0, 1.0] * 9, [s, s + 1] * 9]) for s in (1e3, 1e5)]
    rest = [(1 - each.low) * s**2 for each, s in zip(shares, (1e3, 1e5), strict=True)]

    assert rest[0] == pytest.approx(rest[1], rel=1e-3)


def test_a_bayes_factor_beyond_a_float_is_said_by_its_logarithm() -> None:
    found = bench.bayes_t(BASE, FAR)

    assert found.log_bf10 > 709
    assert str(found).startswith(f"BF10 > 1e300 (log BF10 = {found.log_bf10:.1f})")
    assert "extreme evidence for a difference" in str(found)
    assert found.table().rows[0][:2] == ("> 1e300", "< 1e-300")
    assert bench.bayes_t([1, 2, 3.0], [2, 1, 3.5]).table().rows[0][0] == "0.568"


def test_an_always_valid_p_is_never_zero_in_words() -> None:
    found = bench.sequential_mcnemar([0] * 3000, [1] * 3000)

    assert "always-valid p < 1e-300" in str(found)
    assert found.table().rows[0][-1] == "< 1e-300"
    assert "p = 1.000" in str(bench.sequential_mcnemar([0, 1], [0, 1]))


def test_groups_that_do_not_overlap_have_the_p_of_their_split() -> None:
    found = bench.brunner_munzel(BASE, FAR)
    below = bench.brunner_munzel(BASE, FAR, alternative="less")
    small = bench.brunner_munzel([1.0, 2, 3], [4.0, 5, 6])

    assert found.log_p == pytest.approx(math.log(2) - math.log(math.comb(600, 300)))
    assert below.p_value == 1.0
    exact = bench.brunner_munzel([1.0, 2, 3], [4.0, 5, 6], method="exact")
    assert small.p_value == pytest.approx(exact.p_value)
    assert "undefined" not in str(found)
