"""Small seeded simulations: size, power, coverage, and looking after every item."""

import math
import statistics

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


def test_mid_p_mcnemar_stays_close_to_its_level() -> None:
    chance = np.random.default_rng(2)
    runs = 2000
    draws = chance.multinomial(50, [0.1, 0.1, 0.8], size=runs)

    rejected = sum(
        bench.mcnemar_from_counts(40, int(b), int(c), 10).p_value < 0.05 for b, c, _ in draws
    )

    assert rejected / runs <= 0.058


def test_clustered_intervals_cover_with_ten_clusters() -> None:
    chance = np.random.default_rng(3)
    clusters = np.repeat(np.arange(10), 5)
    runs, covered = 800, 0

    for _ in range(runs):
        values = chance.normal(0, math.sqrt(0.3), 10)[clusters] + chance.normal(
            0, math.sqrt(0.7), 50
        )
        covered += 0.0 in bench.mean_interval(values, clusters=clusters.tolist())

    assert covered / runs >= 0.92


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


def test_looking_after_every_item_keeps_the_level() -> None:
    chance = np.random.default_rng(5)
    runs = 400
    stopped = 0

    for _ in range(runs):
        answers = (chance.random((2, 300)) < 0.7).astype(float)
        stopped += bench.sequential_mcnemar(answers[0], answers[1]).stopped_at is not None

    assert stopped / runs <= 0.05


@pytest.mark.parametrize("method", ["betting", "bernstein"])
def test_a_confidence_sequence_rarely_ever_leaves_the_mean_out(method: str) -> None:
    chance = np.random.default_rng(6)
    runs = 100
    missed = 0

    for _ in range(runs):
        values = (chance.random(150) < 0.8).astype(float)
        found = bench.confidence_sequence(values, method=method, grid=200)
        missed += found.first_excluding(0.8) is not None

    assert missed / runs <= 0.05


def test_planned_looks_match_the_published_bounds() -> None:
    """Five looks, alpha .05, Lan-DeMets spending (ldbounds and gsDesign print these digits)."""
    strict, even = bench.group_sequential(5), bench.group_sequential(5, spending="pocock")

    assert strict.z == pytest.approx((4.877, 3.357, 2.680, 2.290, 2.031), abs=6e-4)
    assert even.z == pytest.approx((2.438, 2.427, 2.410, 2.397, 2.386), abs=6e-4)


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
