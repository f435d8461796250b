"""Meta-analysis: R's metafor on the BCG vaccine trials, and coverage."""

import math

import numpy as np
import pytest

import bench

# Colditz et al. 1994: cases and others among the vaccinated, cases and others among controls.
BCG = [
    (4, 119, 11, 128),
    (6, 300, 29, 274),
    (3, 228, 11, 209),
    (62, 13536, 248, 12619),
    (33, 5036, 47, 5761),
    (180, 1361, 372, 1079),
    (8, 2537, 10, 619),
    (505, 87886, 499, 87892),
    (29, 7470, 45, 7232),
    (17, 1699, 65, 1600),
    (186, 50448, 141, 27197),
    (5, 2493, 3, 2338),
    (27, 16886, 29, 17825),
]
EFFECTS = [math.log(a / (a + b) / (c / (c + d))) for a, b, c, d in BCG]
ERRORS = [math.sqrt(1 / a - 1 / (a + b) + 1 / c - 1 / (c + d)) for a, b, c, d in BCG]


def test_reml_is_that_of_metafor() -> None:
    """R: metafor's rma(yi, vi, data = escalc("RR", ...dat.bcg)), as its manual prints it."""
    found = bench.meta_analysis(EFFECTS, ERRORS, hartung_knapp=False)

    assert found.estimate == pytest.approx(-0.7145, abs=5e-5)
    assert found.se == pytest.approx(0.1798, abs=5e-5)
    assert found.tau**2 == pytest.approx(0.3132, abs=5e-5)
    assert found.i_squared == pytest.approx(0.9222, abs=5e-5)
    assert found.cochran_q == pytest.approx(152.233, abs=5e-4)
    assert found.interval.low == pytest.approx(-1.0669, abs=5e-5)
    assert found.tau_interval.low**2 == pytest.approx(0.1197, abs=5e-5)
    assert found.tau_interval.high**2 == pytest.approx(1.1115, abs=5e-5)


def test_names_and_comparisons_are_taken_as_they_are() -> None:
    runs = {
        f"run {seed}": bench.compare(
            np.random.default_rng(seed).normal(size=30),
            np.random.default_rng(seed + 50).normal(0.4, 1, 30),
        )
        for seed in range(6)
    }

    found = bench.meta_analysis(runs)

    assert [each.name for each in found.studies] == list(runs)
    assert sum(each.weight for each in found.studies) == pytest.approx(1.0)
    assert found.studies[2].estimate == runs["run 2"].estimate


def test_intervals_hold_the_mean_and_a_new_study() -> None:
    rng, worlds = np.random.default_rng(4), 200
    held = new = 0
    for _ in range(worlds):
        se = rng.uniform(0.1, 0.4, 8)
        y = rng.normal(0.3, 0.25, 8) + rng.normal(0, se)
        found = bench.meta_analysis(y.tolist(), se.tolist())
        held += 0.3 in found.interval
        new += rng.normal(0.3, 0.25) in found.prediction

    assert held / worlds > 0.91
    assert new / worlds > 0.9


def test_an_error_of_zero_or_one_study_is_refused() -> None:
    with pytest.raises(bench.InvalidDataError, match="above 0"):
        bench.meta_analysis([1.0, 2.0], [0.1, 0.0])
    with pytest.raises(bench.NotEnoughDataError):
        bench.meta_analysis([1.0], [0.1])
