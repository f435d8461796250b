"""Power and sample size."""

from typing import Any

import numpy as np
import pytest

import bench


def test_power_agrees_with_the_noncentral_t() -> None:
    chance = np.random.default_rng(4)
    runs = 2000

    found = sum(
        bench.student_t(chance.normal(0, 1, 30), chance.normal(0.5, 1, 30)).p_value < 0.05
        for _ in range(runs)
    )

    expected = bench.power("t", n=30, effect=0.5).power
    assert expected == pytest.approx(0.4779, abs=1e-4)
    assert found / runs == pytest.approx(expected, abs=0.03)


def ids(result: Any) -> set[str]:
    return {each.id for each in result.warnings}


def test_observed_power_needs_an_explicit_request_and_warns() -> None:
    planned = bench.power("t", effect=0.5, n=30)
    observed = bench.power("t", effect=0.5, n=30, observed=True)

    assert planned.power == observed.power
    assert "OBSERVED_POWER" in ids(observed)
    assert "OBSERVED_POWER" not in ids(planned)


def test_the_effect_of_an_anova_is_f_and_eta_must_be_converted() -> None:
    assert bench.power("anova", effect=0.25, power=0.8, groups=4).n == 45
    by_eta = bench.power("anova", effect=bench.f_from_eta_squared(0.25), power=0.8, groups=4)
    assert by_eta.n == 10
