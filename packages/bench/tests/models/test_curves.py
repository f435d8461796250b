"""Families of curves by AICc."""

import numpy as np
import pytest

import bench

SIZES = [1, 2, 3, 4, 5, 7, 9, 11, 15]


@pytest.mark.parametrize("family", ["logarithmic", "power", "exponential", "hyperbolic"])
def test_the_family_that_made_the_points_is_found_with_its_parameters(family: str) -> None:
    x = np.array(SIZES, dtype=float)
    curves = {
        "logarithmic": 0.6 + 0.05 * np.log(x),
        "power": 0.85 - 0.25 * x**-0.7,
        "exponential": 0.8 - 0.3 * np.exp(-x / 3),
        "hyperbolic": 0.8 - 0.4 / (x + 1.5),
    }
    noise = np.random.default_rng(1).normal(0, 1e-4, len(x))

    found = bench.fit_curves(SIZES, (curves[family] + noise).tolist())

    assert found.best.family == family
    assert found.best.predict(20.0) == pytest.approx(
        {"logarithmic": 0.6 + 0.05 * np.log(20), "power": 0.85 - 0.25 * 20**-0.7}.get(
            family, 0.8 - 0.3 * np.exp(-20 / 3) if family == "exponential" else 0.8 - 0.4 / 21.5
        ),
        abs=2e-3,
    )
    assert sum(each.weight for each in found.fits) == pytest.approx(1.0)


def test_noise_around_a_level_asks_for_no_curve() -> None:
    y = (0.7 + np.random.default_rng(3).normal(0, 0.02, len(SIZES))).tolist()

    found = bench.fit_curves(SIZES, y, errors=[0.02] * len(SIZES))

    assert found.best.family == "constant"
    assert found.best.limit == found.best.parameters["a"]


def test_families_that_the_points_cannot_tell_apart_are_left_out_and_named() -> None:
    found = bench.fit_curves([1, 2, 4, 8], [0.5, 0.6, 0.7, 0.8])

    assert {"power", "exponential", "hyperbolic"} <= set(found.absent)
    assert "FEW_POINTS" in {each.id for each in found.warnings}
    with pytest.raises(bench.UnknownRowError):
        found.fit("power")
    with pytest.raises(bench.InvalidDataError, match="above 0"):
        bench.fit_curves([0, 1, 2, 3, 4, 5], [1, 2, 3, 4, 5, 6])
