"""Intraclass correlations and weighted kappa."""

from typing import Any

import numpy as np
import pytest

import bench

WEIGHTS: tuple[Any, ...] = ("none", "linear", "quadratic")
RATINGS = [[9, 6, 8, 7, 10, 6], [2, 1, 4, 1, 5, 2], [5, 3, 6, 2, 6, 4], [8, 2, 8, 6, 9, 7]]


@pytest.mark.parametrize(
    ("kind", "average", "value"),
    [
        ("one-way", False, 0.17),
        ("agreement", False, 0.29),
        ("consistency", False, 0.71),
        ("one-way", True, 0.44),
        ("agreement", True, 0.62),
        ("consistency", True, 0.91),
    ],
)
def test_the_correlations_are_those_of_shrout_and_fleiss(
    kind: Any, average: bool, value: float
) -> None:
    """Shrout and Fleiss 1979, tables 2 and 4."""
    found = bench.intraclass_correlation(*RATINGS, kind=kind, average=average)

    assert found.value == pytest.approx(value, abs=0.006)


def test_the_interval_of_the_correlation_holds_it() -> None:
    rng, worlds, held = np.random.default_rng(5), 150, 0
    for _ in range(worlds):
        items, raters = rng.normal(size=(25, 1)), rng.normal(0, 0.4, (1, 3))
        ratings = items + raters + rng.normal(0, 0.8, (25, 3))
        found = bench.intraclass_correlation(*ratings.T.tolist(), kind="consistency")
        assert found.interval is not None
        held += 1 / 1.64 in found.interval

    assert 0.9 < held / worlds <= 1.0


def test_weights_make_near_misses_count_less() -> None:
    first, second = [1, 2, 3, 4, 5, 3, 2, 4], [1, 3, 3, 5, 5, 2, 2, 4]

    plain, linear, quadratic = (
        bench.agreement(first, second, weights=weights).value for weights in WEIGHTS
    )

    assert plain < linear < quadratic
    # By hand: distances on ranks 1 to 5, observed 3/8 over chance 95/64 (linear).
    table = np.zeros((5, 5))
    for a, b in zip(first, second, strict=True):
        table[a - 1, b - 1] += 1
    far = np.abs(np.arange(5)[:, None] - np.arange(5)[None, :])
    chance = np.outer(table.sum(axis=1), table.sum(axis=0)) / 8
    assert linear == pytest.approx(1 - (far * table).sum() / (far * chance).sum())


def test_clusters_of_items_widen_the_interval_of_kappa() -> None:
    rng = np.random.default_rng(1)
    labels = np.repeat(np.arange(12), 10)
    truth = rng.integers(0, 2, 12)[labels]
    first = np.where(rng.random(120) < 0.9, truth, 1 - truth).tolist()
    second = np.where(rng.random(12)[labels] < 0.7, truth, 1 - truth).tolist()

    plain = bench.agreement(first, second)
    clustered = bench.agreement(first, second, clusters=labels.tolist())

    assert plain.value == clustered.value
    assert plain.interval is not None
    assert clustered.interval is not None
    assert clustered.interval.width > 1.5 * plain.interval.width
    assert "FEW_CLUSTERS" in {each.id for each in clustered.warnings}
    with pytest.raises(bench.InvalidOptionError, match="weights"):
        bench.agreement(first, second, method="fleiss", weights="linear")


def test_the_interval_says_that_it_holds_for_normal_ratings() -> None:
    """Exponential items and 5 raters: 81 to 83 % of intervals hold the true share."""
    found = bench.intraclass_correlation(*RATINGS)

    assert [each.id for each in found.warnings] == ["NORMAL_RATINGS"]
