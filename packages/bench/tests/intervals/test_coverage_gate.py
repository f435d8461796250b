"""The small coverage gate: at least 92 % in hostile worlds, or a warning id.

The full table is made by tests/benchmarks/bench_stats_coverage.py; its figures are in the docs.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from scipy import stats

import bench

RUNS = 120
# 92 % less three standard errors of as many runs.
LEAST = 0.92 - 3 * (0.92 * 0.08 / RUNS) ** 0.5
Rng = np.random.Generator


@pytest.mark.parametrize("method", ["wilson", "clopper-pearson", "jeffreys", "agresti-coull"])
@pytest.mark.parametrize(("n", "p"), [(5, 0.5), (10, 0.9), (20, 0.9), (20, 0.99), (100, 0.99)])
def test_intervals_of_counts_hold_their_rate(method: Any, n: int, p: float) -> None:
    held = sum(
        mass
        for x, mass in enumerate(stats.binom.pmf(np.arange(n + 1), n, p))
        if p in bench.proportion_interval(x, n, method=method)
    )

    assert held >= 0.92


def texts(r: Rng, count: int) -> Any:
    return np.repeat(
        np.arange(count), np.maximum(1, r.lognormal(1.5, 1, count).round()).astype(int)
    )


def clustered_rate(r: Rng, count: int) -> tuple[Any, float]:
    labels = texts(r, count)
    right = (r.random(len(labels)) < r.beta(2.7, 0.3, count)[labels]) * 1.0
    return bench.eval_score(right, clusters=labels).interval, 0.9


def clustered_mean(r: Rng, count: int) -> tuple[Any, float]:
    labels = texts(r, count)
    values = r.normal(0, 0.5, count)[labels] + r.normal(0, 0.87, len(labels))
    return bench.mean_interval(values, clusters=labels), 0.0


def clustered_difference(r: Rng, count: int) -> tuple[Any, float]:
    labels = texts(r, count)
    old, new = (r.random((2, len(labels))) < r.beta(2.7, 0.3, count)[labels]) * 1.0
    return bench.eval_compare(old, new, clusters=labels).interval, 0.0


def grades(r: Rng, n: int) -> tuple[Any, float]:
    x, y = r.choice(5, n, p=[0.1, 0.2, 0.4, 0.2, 0.1]), r.choice(5, n, p=[0.2] * 5)
    return bench.cliffs_delta(x, y).interval, 0.0


WORLDS: dict[str, Callable[[Rng], tuple[Any, float]]] = {
    "5 clusters, rate .9": lambda r: clustered_rate(r, 5),
    "10 clusters, rate .9": lambda r: clustered_rate(r, 10),
    "10 clusters, mean": lambda r: clustered_mean(r, 10),
    "10 clusters, difference": lambda r: clustered_difference(r, 10),
    "heavy tails, n = 5": lambda r: (bench.mean_interval(r.standard_t(3, 5)), 0.0),
    "ties, n = 20": lambda r: grades(r, 20),
    "unequal spreads, n = 5 and 20": lambda r: (
        bench.welch_t(r.normal(0, 5, 5), r.normal(0, 1, 20)).interval,
        0.0,
    ),
    "order statistics, n = 20": lambda r: (
        bench.quantile_interval(r.lognormal(0, 1, 20), 0.5),
        1.0,
    ),
}


@pytest.mark.parametrize("name", WORLDS)
def test_hostile_worlds_are_covered(name: str) -> None:
    rng = np.random.default_rng([23, *name.encode()])

    held = sum(truth in found for found, truth in (WORLDS[name](rng) for _ in range(RUNS)))

    assert held / RUNS >= LEAST


def test_where_the_t_interval_misses_it_warns() -> None:
    """Log-normal values: 83 % at n = 5, 88 % at n = 20."""
    rng = np.random.default_rng(24)

    assert "SMALL_SAMPLE" in {w.id for w in bench.mean_interval(rng.lognormal(0, 1, 5)).warnings}
    skewed = [bench.mean_interval(rng.lognormal(0, 1, 20)).warnings for _ in range(100)]
    assert sum("SKEWED" in {w.id for w in each} for each in skewed) > 75
    assert "BINARY_DATA" in {w.id for w in bench.mean_interval([1, 1, 1, 0, 1]).warnings}
