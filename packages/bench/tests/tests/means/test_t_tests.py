"""t tests of one sample, of two groups and of pairs."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import bench


def test_welch_holds_its_level_where_student_does_not() -> None:
    chance = np.random.default_rng(1)
    runs = 1500
    rejected = 0

    for _ in range(runs):
        small, large = chance.normal(0, 2, 10), chance.normal(0, 1, 30)
        rejected += bench.welch_t(large, small).p_value < 0.05

    assert 0.035 <= rejected / runs <= 0.068


def ids(result: Any) -> set[str]:
    return {each.id for each in result.warnings}


@pytest.mark.parametrize("test", [bench.paired_t, bench.compare_paired])
def test_a_constant_shift_has_no_t_test(test: Callable[..., bench.Comparison]) -> None:
    """Scipy's ttest_rel finds p = 1e-31 here."""
    found = test([0.1, 0.2, 0.3, 0.4], [0.2, 0.3, 0.4, 0.5])

    assert math.isnan(found.p_value)
    assert found.estimate == pytest.approx(0.1)
    assert "ZERO_VARIANCE" in ids(found)


def test_one_value_has_students_t_but_not_welchs() -> None:
    assert bench.student_t([1.0], [2.0, 3.0, 4.0]).df == (2.0,)
    with pytest.raises(bench.NotEnoughDataError):
        bench.welch_t([1.0], [2.0, 3.0, 4.0])


def test_one_sample_says_what_makes_its_test_err() -> None:
    skewed = bench.one_sample_t([1, 2, 30, 4, 5]).warnings

    assert {each.id for each in skewed} == {"SMALL_SAMPLE", "SKEWED"}
    assert bench.one_sample_t([float(value) for value in range(20)]).warnings == ()


@pytest.mark.parametrize(("n", "ids"), [(9, {"SMALL_SAMPLE"}), (10, {"SKEW_UNSEEN"}), (20, set())])
def test_few_values_say_that_skew_may_be_unseen(n: int, ids: set[str]) -> None:
    values = [float(place) for place in range(n)]

    assert {each.id for each in bench.one_sample_t(values).warnings} == ids
    assert {each.id for each in bench.mean_interval(values).warnings} == ids
