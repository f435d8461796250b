"""Tests of normality."""

import math
from typing import Any

import numpy as np
import pytest

import bench


def ids(result: Any) -> set[str]:
    return {each.id for each in result.warnings}


def test_a_normality_test_of_many_values_gives_no_p() -> None:
    found = bench.normality(np.random.default_rng(2).normal(size=6000))

    assert math.isnan(found.p_value)
    assert found.statistic > 0.99
    assert "LARGE_SAMPLE" in ids(found)


def test_right_and_wrong_are_not_tested_for_normality() -> None:
    found = bench.compare([0, 1] * 20, [1, 1, 1, 0] * 10)

    assert found.assumptions == ()
    assert found.test == "proportions_z"


def test_the_moments_of_few_values_have_a_warning_about_their_distribution() -> None:
    values = np.random.default_rng(3).normal(size=300)

    few, many = (bench.normality(each, method="dagostino") for each in (values[:40], values))

    assert [each.id for each in few.warnings] == ["MOMENTS_APPROXIMATE"]
    assert many.warnings == ()


@pytest.mark.parametrize(
    "method", ["shapiro", "lilliefors", "anderson-darling", "cramer-von-mises", "dagostino"]
)
@pytest.mark.parametrize("scale", [1e-300, 1e-160, 1e160, 1e300])
def test_the_size_of_the_values_does_not_matter(method: Any, scale: float) -> None:
    """Squares beyond a float made a p of 2e-9 out of .49."""
    values = np.random.default_rng(4).normal(5, 1, 12)

    large = bench.normality(values * scale, method=method)

    assert large.p_value == pytest.approx(bench.normality(values, method=method).p_value, rel=1e-6)
