"""Values of any size a float holds give the results of the same values near 1."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import bench

RNG = np.random.default_rng(17)
X, Y, Z = RNG.normal(size=12), RNG.normal(size=12) + 0.5, RNG.normal(size=12)
LABELS = [place // 2 for place in range(12)]
Test = Callable[[Any, Any, Any], bench.Comparison]

TESTS: dict[str, Test] = {
    "compare": lambda x, y, z: bench.compare(x, y, sensitivity=False),
    "compare, ordinal": lambda x, y, z: bench.compare(x, y, scale="ordinal"),
    "compare_paired": lambda x, y, z: bench.compare_paired(x, y, clusters=LABELS),
    "compare_many": lambda x, y, z: bench.compare_many([x, y, z]).omnibus,
    "compare_many_paired": lambda x, y, z: bench.compare_many_paired([x, y, z]).omnibus,
    "yuen_t": lambda x, y, z: bench.yuen_t(x, y),
    "student_t": lambda x, y, z: bench.student_t(x, y),
    "anova": lambda x, y, z: bench.anova([x, y, z]),
    "welch_anova": lambda x, y, z: bench.welch_anova([x, y, z]),
    "repeated_anova": lambda x, y, z: bench.repeated_anova([x, y, z]),
    "equal_spread": lambda x, y, z: bench.equal_spread([x, y, z]),
    "Bartlett": lambda x, y, z: bench.equal_spread([x, y, z], method="bartlett"),
    "variance_ratio": lambda x, y, z: bench.variance_ratio(x, y),
    "correlation": lambda x, y, z: bench.correlation(x, y),
    "kruskal_wallis": lambda x, y, z: bench.kruskal_wallis([x, y, z]),
}


@pytest.mark.parametrize("power", [-990, -500, 500, 990])
@pytest.mark.parametrize("name", TESTS)
def test_a_test_does_not_depend_on_the_unit(name: str, power: int) -> None:
    plain = TESTS[name](X, Y, Z)
    scale = math.ldexp(1.0, power)

    found = TESTS[name](X * scale, Y * scale, Z * scale)

    assert found.p_value == pytest.approx(plain.p_value, rel=1e-9)
    assert found.statistic == pytest.approx(plain.statistic, rel=1e-9)
    for kind, size in plain.effect_sizes.items():
        if not math.isnan(size.value):
            assert found.effect_sizes[kind].value == pytest.approx(size.value, rel=1e-9)
    for mine, theirs in zip(found.assumptions, plain.assumptions, strict=True):
        assert mine.statistic == pytest.approx(theirs.statistic, rel=1e-9)


@pytest.mark.parametrize("power", [-990, 990])
def test_other_results_do_not_depend_on_the_unit(power: int) -> None:
    scale = math.ldexp(1.0, power)
    x, y, z = X * scale, Y * scale, Z * scale

    assert bench.describe(x).excess_kurtosis == pytest.approx(bench.describe(X).excess_kurtosis)
    assert bench.describe(x).sd == pytest.approx(bench.describe(X).sd * scale)
    one, other = (
        bench.bootstrap_interval(x, resamples=200),
        bench.bootstrap_interval(X, resamples=200),
    )
    assert one.low == pytest.approx(other.low * scale)
    icc = bench.intraclass_correlation(x, y, z)
    assert icc.value == pytest.approx(bench.intraclass_correlation(X, Y, Z).value)
    for method in ("games-howell", "tukey", "t", "dunnett"):
        mine = bench.posthoc([x, y, z], method=method)
        for row, plain in zip(mine, bench.posthoc([X, Y, Z], method=method), strict=True):
            assert row.p_adjusted == pytest.approx(plain.p_adjusted, abs=1e-4)
            assert row.estimate == pytest.approx(plain.estimate * scale)
    within = bench.equivalence(x, y, low=-2 * scale, high=2 * scale)
    assert within.p_value == pytest.approx(bench.equivalence(X, Y, low=-2, high=2).p_value)


def test_margins_far_from_tiny_values_are_certain() -> None:
    assert bench.equivalence(X * 1e-300, Y * 1e-300, low=-1, high=1).equivalent


def test_what_cannot_be_squared_or_summed_is_refused_with_the_remedy() -> None:
    rows = {"y": [*X * 1e300, *Y * 1e300], "g": list("a" * 12 + "b" * 12)}
    with pytest.raises(bench.InvalidDataError, match="power of ten"):
        bench.factorial_anova(rows, outcome="y", factors=["g"])
    with pytest.raises(bench.InvalidDataError, match="power of ten"):
        bench.meta_analysis((X * 1e-300).tolist(), [1e-300] * 12)
    with pytest.raises(bench.InvalidDataError, match="beyond"):
        bench.compare([1.7e308, -1.7e308] * 6, X)


@pytest.mark.parametrize("values", [[1.0] * 6, [0.0] * 6])
def test_constant_groups_give_results_that_print(values: list[float]) -> None:
    other = [values[0] + 1] * 6
    for found in (
        bench.welch_anova([values, values, values]),
        bench.welch_anova([values, other, [1.0, 2.0, 3.0]]),
        bench.compare_many([values, values, values], scale="ordinal").omnibus,
    ):
        assert math.isnan(found.p_value)
        assert str(found)
        assert found.warnings
    for row in bench.posthoc([values, values], method="dunn"):
        assert math.isnan(row.p_adjusted)


def test_raters_who_say_one_grade_each_have_an_interval_around_the_coefficient() -> None:
    for found in (
        bench.agreement([1] * 12, [2] * 12),
        bench.agreement([1, 1, 0] * 4, [1] * 12),
        bench.agreement([True, False] * 6, [True] * 12, [False] * 12, method="krippendorff"),
    ):
        assert found.interval is not None
        assert found.value in found.interval


def test_the_corrected_effect_of_two_pairs_is_undefined_and_says_so() -> None:
    found = bench.effect_size([1.0, 2.0], [2.0, 4.0], kind="g_z")

    assert math.isnan(found.value)
    assert "SMALL_SAMPLE" in {each.id for each in found.warnings}


def test_a_comparison_of_evaluations_has_the_warnings_of_its_test() -> None:
    found = bench.eval_compare([1.0] * 8, [2.0] * 8)

    assert "ZERO_VARIANCE" in {each.id for each in found.warnings}


OFFSET_TESTS: dict[str, Callable[[Any, Any, Any], Any]] = {
    "welch_t": lambda x, y, z: bench.welch_t(x, y),
    "student_t": lambda x, y, z: bench.student_t(x, y),
    "yuen_t": lambda x, y, z: bench.yuen_t(x, y),
    "permutation_test": lambda x, y, z: bench.permutation_test(x, y, resamples=499),
    "compare_many": lambda x, y, z: bench.compare_many([x, y, z]).pairwise.rows[0],
    "posthoc": lambda x, y, z: bench.posthoc([x, y, z], method="tukey").rows[0],
}


@pytest.mark.parametrize("name", OFFSET_TESTS)
def test_a_difference_of_means_does_not_depend_on_a_common_offset(name: str) -> None:
    """The mean of three values near 1e12 is no float: rounded, it cost .0001 of the difference."""
    groups = [[1, 2, 3, 7, 4, 9, 3], [2, 4, 5, 11, 6, 8, 3], [5, 1, 2, 8, 3, 7, 9]]
    plain = OFFSET_TESTS[name](*groups)
    moved = OFFSET_TESTS[name](*[[value + 10**12 for value in group] for group in groups])

    assert moved.estimate == pytest.approx(plain.estimate, rel=1e-12)
    assert moved.p_value == pytest.approx(plain.p_value, rel=1e-9)


@pytest.mark.parametrize("test", [bench.cohens_d, bench.hedges_g])
def test_an_effect_size_does_not_depend_on_a_common_offset(test: Any) -> None:
    x, y = [1, 2, 3], [2, 4, 5]
    moved = test([value + 10**12 for value in x], [value + 10**12 for value in y])

    assert moved.value == pytest.approx(test(x, y).value, rel=1e-12)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("unit", [5e-324, 2.0**-83, 2.0**990])
def test_checks_of_the_shape_do_not_depend_on_the_unit(unit: float) -> None:
    first, second = np.array([1.0, 2.0, 4.0, 8.0, 16.0]), np.array([3.0, 5.0, 6.0, 9.0, 11.0])
    plain, found = bench.compare(first, second), bench.compare(unit * first, unit * second)

    for check, other in zip(plain.assumptions, found.assumptions, strict=True):
        assert other.statistic == pytest.approx(check.statistic)
        assert other.p_value == pytest.approx(check.p_value)
