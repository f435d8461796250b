"""Numbers that one item cannot spoil: checked against exact rational arithmetic."""

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import bench
from bench._core.arithmetic import median


def exact_t(x: np.ndarray, y: np.ndarray) -> float:
    """The paired t statistic from exact sums of the very floats."""
    gaps = [Fraction(b) - Fraction(a) for a, b in zip(x.tolist(), y.tolist(), strict=True)]
    centre = sum(gaps) / len(gaps)
    spread = sum((gap - centre) ** 2 for gap in gaps) / (len(gaps) - 1) / len(gaps)
    return math.copysign(math.sqrt(centre**2 / spread), centre)


@pytest.mark.parametrize("factor", [1e-300, 1e-160, 1.0, 1e150, 1e300])
@pytest.mark.parametrize("offset", [0.0, 1e6])
def test_paired_t_agrees_with_rational_arithmetic(factor: float, offset: float) -> None:
    rng = np.random.default_rng(3)
    x = (offset + rng.normal(size=30)) * factor
    y = (offset + rng.normal(0.5, 1, size=30)) * factor

    found = bench.paired_t(x, y)

    assert found.statistic == pytest.approx(exact_t(x, y), rel=1e-9)
    assert found.estimate == pytest.approx(
        float(np.mean(y / factor - x / factor)) * factor, rel=1e-9
    )


@pytest.mark.parametrize("factor", [1e-300, 1e-160, 1e150, 1e300])
def test_a_factor_changes_no_p_value(factor: float) -> None:
    rng = np.random.default_rng(4)
    x, y = rng.normal(size=20), rng.normal(0.7, 2, size=25)

    for test in (bench.welch_t, bench.student_t, bench.mann_whitney, bench.permutation_test):
        assert test(x * factor, y * factor).p_value == pytest.approx(test(x, y).p_value, rel=1e-6)
    assert bench.hedges_g(x * factor, y * factor).value == pytest.approx(
        bench.hedges_g(x, y).value, rel=1e-9
    )


@settings(deadline=None, max_examples=40)
@given(
    gaps=st.lists(st.integers(1, 60), min_size=6, max_size=14),
    huge=st.sampled_from([2e9, 2e11, 2e13]),
)
def test_one_huge_pair_leaves_the_ranks_of_the_others(gaps: list[int], huge: float) -> None:
    x = np.array([5 + place / 7 for place in range(len(gaps))])
    y = x - np.array(gaps) / 97
    first, second = np.append(x, huge), np.append(y, 0.9 * huge)

    wilcoxon = bench.wilcoxon(first, second)

    n = len(first)
    assert bench.sign_test(first, second).p_value == pytest.approx(2 * 0.5**n)
    assert wilcoxon.statistic == 0
    assert wilcoxon.p_value == pytest.approx(2 * 0.5**n)
    assert wilcoxon.n["nonzero"] == n


def test_decimal_differences_that_are_equal_stay_ties() -> None:
    x, y = [0.72, 0.75, 0.44, 0.66, 0.64], [0.78, 0.81, 0.5, 0.6, 0.7]

    assert bench.sign_flip_test(x, y).p_value == 0.375
    assert bench.wilcoxon([0.3, 1.0], [0.1 + 0.2, 2.0]).n["nonzero"] == 1


def test_whole_numbers_far_from_zero_are_exact() -> None:
    start = 1.7e15 + np.arange(20.0) * 1e6
    found = bench.compare_paired(start, start + np.arange(20.0) - 3, sensitivity=False)

    assert found.estimate == 6.5
    assert not any(each.id == "ZERO_VARIANCE" for each in found.warnings)


@pytest.mark.parametrize("size", [1, 2, 3, 8, 999, 1000])
def test_the_median_is_numpys(size: int) -> None:
    values = np.random.default_rng(size).lognormal(size=size)

    assert median(values) == float(np.median(values))
