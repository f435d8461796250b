"""Standardised mean differences."""

import math

import pytest

import bench


def test_hedges_correction_is_exact_and_glass_names_its_spread() -> None:
    control, treatment = [1.0, 2.0, 3.0], [2.0, 4.0, 5.0]

    d = bench.cohens_d(control, treatment).value
    g = bench.hedges_g(control, treatment).value
    glass = bench.standardized_difference(control, treatment, kind="glass_delta")

    exact = math.gamma(2.0) / (math.sqrt(2.0) * math.gamma(1.5))
    assert g / d == pytest.approx(exact)
    assert g / d != pytest.approx(1 - 3 / (4 * 4 - 1), rel=1e-4)
    assert "SD of control" in glass.name


def test_paired_effect_sizes_say_which_they_are() -> None:
    found = bench.paired_t([1.0, 2.0, 3.0, 4.0], [1.5, 2.1, 3.9, 4.4])

    assert "d_z" in " ".join(size.name for size in found.effect_sizes.values())
