"""Means of clustered values."""

import math
from typing import Any

import numpy as np
import pytest

import bench


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


def ids(result: Any) -> set[str]:
    return {each.id for each in result.warnings}


def test_one_cluster_is_an_error_and_few_are_a_warning() -> None:
    with pytest.raises(bench.NotEnoughDataError):
        bench.clustered_mean([1, 2, 3], ["a"] * 3)
    assert "FEW_CLUSTERS" in ids(bench.clustered_mean([1, 2, 3, 5], list("aabb")))


def test_clusters_of_one_give_the_independent_error() -> None:
    found = bench.clustered_mean([1, 2, 3, 5], list("abcd"))

    assert found.se_cr1 == pytest.approx(found.se_iid)
    assert found.se_cr2 == pytest.approx(found.se_iid)
    assert found.se_cr0 < found.se_iid


def test_negative_correlation_within_clusters_is_flagged() -> None:
    values = [1.0, -1.1, 2.0, -1.9, 3.0, -3.2, 0.9, -1.0]

    found = bench.clustered_mean(values, list("aabbccdd"))

    assert found.se_cr1 < found.se_iid
    assert "NEGATIVE_ICC" in ids(found)
