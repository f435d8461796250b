"""Eta squared and its relatives."""

import numpy as np
import pytest

import bench


def test_an_omnibus_interval_excludes_zero_exactly_when_its_test_rejects() -> None:
    chance = np.random.default_rng(6)

    for _ in range(200):
        values = chance.normal([0.0, 0.2, 0.4], 1, (25, 3))
        columns, correct = list(values.T), list((values > 0).astype(float).T)
        for found in (
            bench.anova(columns),
            bench.kruskal_wallis(columns),
            bench.friedman(columns),
            bench.cochran_q(correct),
        ):
            assert (found.interval.low > 0) == (found.p_value < 0.05)


def test_estimates_of_the_same_share_have_the_same_interval() -> None:
    sizes = bench.anova([[1.0, 2.0, 3.0], [2.0, 4.0, 4.0], [5.0, 6.0, 9.0]]).effect_sizes
    eta, omega, f = sizes["eta_squared"], sizes["omega_squared"], sizes["cohens_f"]

    assert eta.interval is not None
    assert omega.interval is not None
    assert f.interval is not None
    assert omega.value < eta.value
    assert (omega.interval.low, omega.interval.high) == (eta.interval.low, eta.interval.high)
    assert f.interval.high**2 / (1 + f.interval.high**2) == pytest.approx(eta.interval.high)
    assert f.value**2 / (1 + f.value**2) == pytest.approx(eta.value)


def test_the_two_conventions_of_the_eta_interval_are_named() -> None:
    groups = {"a": [1.0, 2.0, 3.0], "b": [2.0, 3.0, 5.0], "c": [4.0, 6.0, 7.0]}

    by_n = bench.eta_squared_interval(groups)
    by_error = bench.eta_squared_interval(groups, convention="df_error")

    assert by_n.level == 0.9
    assert by_n.high < by_error.high
    assert "df_error" in by_error.method


def test_an_omega_below_zero_is_kept() -> None:
    found = bench.anova({"a": [1.0, 5.0, 3.0], "b": [3.0, 1.0, 5.0], "c": [5.0, 3.0, 1.1]})

    assert found.effect_sizes["omega_squared"].value < 0
