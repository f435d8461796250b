"""Small seeded simulations: size, power, coverage, and looking after every item."""

import math

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
