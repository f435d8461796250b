"""Correlations of two columns."""

import math
from itertools import permutations
from typing import Any

import numpy as np
import pytest
from scipy import stats

import bench


def test_correlations_of_ranks_have_the_textbook_value() -> None:
    """Spearman by hand: 1 - 6 * 22 / (8 * 63); p from scipy's own routines in the same run."""
    x, y = list(range(1, 9)), [2, 1, 4, 3, 7, 8, 6, 5]

    pearson = bench.correlation(x, y)
    spearman = bench.correlation(x, y, method="spearman")

    assert spearman.estimate == pytest.approx(1 - 6 * 22 / (8 * 63))
    assert pearson.estimate == pytest.approx(spearman.estimate)
    assert pearson.p_value == pytest.approx(float(stats.pearsonr(x, y).pvalue))
    assert pearson.interval.low < pearson.estimate < pearson.interval.high


def test_a_constant_column_has_no_correlation() -> None:
    found = bench.correlation([1, 1, 1, 1], [1, 2, 3, 4])

    assert math.isnan(found.p_value)
    assert found.warnings[0].id == "ZERO_VARIANCE"


def ids(result: Any) -> set[str]:
    return {each.id for each in result.warnings}


def test_points_on_a_line_are_not_certain() -> None:
    found = bench.correlation([1, 2, 3, 4, 5], [2, 4, 6, 8, 10])

    assert math.isnan(found.p_value)
    assert math.isnan(found.interval.low)
    assert "PERFECT_CORRELATION" in ids(found)


@pytest.mark.parametrize("alternative", ["two-sided", "less", "greater"])
def test_few_ranks_are_correlated_exactly(alternative: str) -> None:
    """Against scipy's coefficient over all 720 orders."""
    x, y = [1, 2, 3, 4, 5, 6], [2, 1, 2, 5, 3, 7]

    found = bench.correlation(x, y, method="spearman", alternative=alternative)  # type: ignore[arg-type]  # the names are right

    orders = list(permutations(y))
    every = np.array([float(stats.spearmanr(x, order).statistic) for order in orders])
    observed = float(stats.spearmanr(x, y).statistic)
    extreme = {
        "two-sided": np.abs(every) >= abs(observed) - 1e-9,
        "greater": every >= observed - 1e-9,
        "less": every <= observed + 1e-9,
    }[alternative]
    assert found.estimate == pytest.approx(observed)
    assert found.p_value == pytest.approx(float(extreme.mean()))


@pytest.mark.parametrize("method", ["pearson", "spearman", "kendall"])
def test_items_in_clusters_get_the_jackknife_over_clusters(method: Any) -> None:
    """By hand: atanh of the coefficient without each cluster."""
    rng = np.random.default_rng(3)
    labels = np.repeat(np.arange(6), [2, 5, 3, 4, 6, 4])
    x = rng.normal(size=24)
    y = x + rng.normal(size=24)

    found = bench.correlation(x, y, method=method, clusters=labels.tolist())

    plain = bench.correlation(x, y, method=method).estimate
    without = [
        math.atanh(bench.correlation(x[labels != at], y[labels != at], method=method).estimate)
        for at in range(6)
    ]
    error = math.sqrt(5 / 6 * sum((each - math.atanh(plain)) ** 2 for each in without))
    assert found.estimate == pytest.approx(plain)
    assert found.statistic == pytest.approx(math.atanh(plain) / error)
    assert 4 < found.df[0] < 5
    half = float(stats.t.ppf(0.975, found.df[0])) * error
    assert found.interval.low == pytest.approx(math.tanh(math.atanh(plain) - half))
    assert {each.id for each in found.warnings} == {"FEW_CLUSTERS"}


def test_copies_within_clusters_are_no_evidence_of_a_correlation() -> None:
    x, y = [1.0, 2, 3, 4, 5, 6], [2.0, 1, 4, 3, 7, 5]
    once = bench.correlation(x, y, clusters=list("abcdef"))
    copied = bench.correlation(x * 30, y * 30, clusters=list("abcdef") * 30)

    assert copied.p_value == pytest.approx(once.p_value)
    assert bench.correlation(x * 30, y * 30).p_value < 1e-6
    assert "of 180 items in 6 clusters" in str(copied)


def test_a_cluster_without_which_nothing_varies_leaves_no_interval_and_says_so() -> None:
    found = bench.correlation([0, 0, 0, 1], [0, 0, 0, 1.0], clusters=list("aabb"))
    flat = bench.correlation([1, 1, 1, 1], [0, 0, 0, 1.0], clusters=list("aabb"))

    assert "PERFECT_CORRELATION" in {each.id for each in found.warnings}
    assert "ZERO_VARIANCE" in {each.id for each in flat.warnings}
    assert math.isnan(found.p_value)
    assert math.isnan(flat.p_value)
