"""Rank effect sizes."""

import math
import statistics

import numpy as np
import pytest

import bench


@pytest.mark.parametrize("shift", [0.0, 0.5])
def test_intervals_of_rank_effect_sizes_cover(shift: float) -> None:
    """The truth is 12 times the mean of (P(X_g > X) - 1/2)^2, with P from Phi(shift / sqrt(2))."""
    chance = np.random.default_rng(5)
    runs, shifts = 400, np.array([0.0, shift, 2 * shift])
    better = np.vectorize(statistics.NormalDist().cdf)((shifts[:, None] - shifts) / math.sqrt(2))
    truth = 12 * float(np.mean((better.mean(axis=1) - 0.5) ** 2))

    covered = sum(
        truth in bench.kruskal_wallis(list(chance.normal(shifts, 1, (40, 3)).T)).interval
        for _ in range(runs)
    )

    assert covered / runs >= 0.87
