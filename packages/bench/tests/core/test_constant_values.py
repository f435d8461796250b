"""Values that do not vary."""

import math
from collections.abc import Callable
from typing import Any

import pytest

import bench


def ids(result: Any) -> set[str]:
    return {each.id for each in result.warnings}


@pytest.mark.parametrize("test", [bench.welch_t, bench.student_t])
@pytest.mark.parametrize("control", [[0.8] * 4, [0.9] * 4])
def test_zero_variance_is_seen_in_floating_point_too(
    test: Callable[..., bench.Comparison], control: list[float]
) -> None:
    """The mean of three .8 is not .8 in binary: scipy finds p = 6e-31 between constants."""
    found = test(control, [0.9, 0.9, 0.9, 0.3 * 3])

    assert math.isnan(found.p_value)
    assert found.se != 0.0
    assert "ZERO_VARIANCE" in ids(found)


def test_constant_groups_that_are_apart_have_the_p_value_of_their_split() -> None:
    apart = bench.brunner_munzel([0.8] * 4, [0.9, 0.9, 0.9, 0.3 * 3])
    alike = bench.brunner_munzel([0.9] * 4, [0.9, 0.9, 0.9, 0.3 * 3])

    assert apart.p_value == pytest.approx(2 / 70)  # of the 70 splits of eight values
    assert math.isnan(alike.p_value)
    assert ids(apart) >= {"ZERO_VARIANCE"}
    assert ids(alike) >= {"ZERO_VARIANCE"}


@pytest.mark.parametrize(
    "test", [bench.anova, bench.welch_anova, bench.repeated_anova, bench.equal_spread]
)
@pytest.mark.parametrize("step", [0.0, 0.1])
def test_groups_that_do_not_vary_have_no_test(
    test: Callable[..., bench.Comparison], step: float
) -> None:
    found = test({name: [0.7 + index * step] * 4 for index, name in enumerate("abc")})

    assert math.isnan(found.p_value)
    assert "ZERO_VARIANCE" in ids(found)
