"""Intervals: golden values and coverage in simulated worlds."""

import random

import pytest

from causal_trace._core.intervals import clustered_proportion, t_quantile, wilson


@pytest.mark.parametrize(
    ("df", "value"), [(1, 12.7062), (2, 4.3027), (4, 2.7764), (9, 2.2622), (30, 2.0423)]
)
def test_quantiles_of_students_t_are_those_of_tables(df: int, value: float) -> None:
    assert t_quantile(0.975, df) == pytest.approx(value, rel=5e-3)


def test_wilsons_interval_is_that_of_the_literature() -> None:
    # Newcombe 1998, Statistics in Medicine 17, table I: 81 of 263, 15 of 148, 0 of 20.
    assert tuple(wilson(81, 263)) == pytest.approx((0.2553, 0.3662), abs=5e-5)
    assert tuple(wilson(15, 148)) == pytest.approx((0.0624, 0.1605), abs=5e-5)
    assert tuple(wilson(0, 20)) == pytest.approx((0.0, 0.1611), abs=5e-5)
    assert tuple(wilson(0, 0)) == (0.0, 1.0)


def _coverage(items: int, trials: int, a: float, b: float, repeats: int = 600) -> float:
    rng = random.Random(f"{items}/{trials}/{a}/{b}")
    hits = 0
    for _ in range(repeats):
        rates = [rng.betavariate(a, b) for _ in range(items)]
        successes = [sum(rng.random() < rate for _ in range(trials)) for rate in rates]
        low, high = clustered_proportion(successes, [trials] * items)
        hits += low <= a / (a + b) <= high
    return hits / repeats


@pytest.mark.parametrize("items", [5, 20, 50])
@pytest.mark.parametrize(("a", "b"), [(5, 5), (0.5, 0.5), (9, 0.5), (0.2, 4)])
def test_the_clustered_interval_covers_in_hostile_worlds(items: int, a: float, b: float) -> None:
    assert _coverage(items, 5, a, b) >= 0.92


def test_one_cluster_shows_nothing() -> None:
    assert tuple(clustered_proportion([3], [5])) == (0.0, 1.0)
    assert tuple(clustered_proportion([], [])) == (0.0, 1.0)
