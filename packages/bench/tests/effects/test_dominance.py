"""Rank effect sizes."""

import math
import statistics
from typing import Any, Literal

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


@pytest.mark.parametrize("interval", ["wilson", "cliff", "fisher-z"])
@pytest.mark.parametrize("n", [5, 10, 20])
def test_groups_that_do_not_overlap_have_the_bound_that_their_sizes_allow(
    n: int, interval: Any
) -> None:
    low, high = np.arange(n), np.arange(n) + 100.0
    up = bench.cliffs_delta(low, high, interval=interval)
    down = bench.cliffs_delta(high, low, interval=interval)
    # Were a share q of one group above all of the other, all n would miss it with (1 - q) ** n.
    exact = 2 * 0.025 ** (1 / n) - 1

    assert up.interval is not None
    assert down.interval is not None
    assert (up.interval.high, down.interval.low) == (1.0, -1.0)
    assert up.interval.low == pytest.approx(-down.interval.high)
    assert up.interval.low == pytest.approx(exact, abs=0.1)
    assert "COMPLETE_SEPARATION" in {each.id for each in up.warnings}


@pytest.mark.parametrize("interval", ["cliff", "fisher-z"])
def test_an_interval_of_deltas_that_is_too_narrow_where_they_are_large_says_so(
    interval: Literal["cliff", "fisher-z"],
) -> None:
    low, high = [float(value) for value in range(40)], [float(value) for value in range(30, 70)]

    found = bench.cliffs_delta(low, high, interval=interval)
    near = bench.cliffs_delta(low, [value + 0.5 for value in low], interval=interval)

    assert [each.id for each in found.warnings] == ["LARGE_DELTA"]
    assert near.warnings == ()
    assert bench.cliffs_delta(low, high).warnings == ()
