"""Repeats or items, and the reliability profile."""

import numpy as np
import pytest

import bench


def test_noisy_runs_ask_for_repeats_only_where_items_cost() -> None:
    rng = np.random.default_rng(6)
    rates = rng.uniform(0.3, 0.7, 300)
    rows = (rng.random((300, 4)) < rates[:, None]).astype(int).tolist()

    free = bench.repeats_or_items(rows)
    dear = bench.repeats_or_items(rows, item_cost=20)

    assert (free.best_repeats, free.advice) == (1, "items")
    assert dear.best_repeats > 5
    assert dear.advice == "repeats"
    assert free.se == pytest.approx(bench.eval_score(rows).se)


def test_the_profile_has_the_metrics_that_the_data_allow() -> None:
    correct = [[1, 1, 1], [1, 0, 1], [0, 0, 0], [1, 1, 1]]
    actions = [[["a", "b"], ["a", "b"], ["b", "a"]]] * 4

    found = bench.reliability_profile(
        correct,
        actions=actions,
        resources={"tokens": [[10, 10, 10], [5, 10, 15], [1, 1, 1], [2, 2, 2]]},
        confidences=[[0.9] * 3, [0.6] * 3, [0.2] * 3, [0.8] * 3],
        perturbed={"prompts": [[1, 1, 1], [0, 0, 1], [0, 0, 0], [1, 0, 1]]},
        violations=[[0, 0, 0], [1, 0, 0], [0, 0, 0], [0, 0, 0]],
        severity=[[0, 0, 0], [0.5, 0, 0], [0, 0, 0], [0, 0, 0]],
        resamples=200,
    )

    value = {name: each.value for name, each in found.metrics.items()}
    assert value["outcome consistency"] == pytest.approx(0.75)
    assert value["action consistency"] == pytest.approx(1.0)
    assert value["sequence consistency"] == pytest.approx(1 / 3)
    assert value["resource consistency"] == pytest.approx((3 + np.exp(-0.5)) / 4)
    assert value["robustness to prompts"] == pytest.approx(6 / 8)
    assert value["discrimination"] == pytest.approx(31 / 32)
    assert value["compliance"] == pytest.approx(11 / 12)
    assert value["harm"] == pytest.approx(0.5)
    assert found.dimensions["safety"] == pytest.approx(1 - 0.5 / 12)
    for each in found.metrics.values():
        assert each.interval is not None


def test_clusters_and_ids_of_the_profile() -> None:
    rng = np.random.default_rng(8)
    ids = [f"q{place}" for place in range(60)]
    labels = {item: place // 6 for place, item in enumerate(ids)}
    good = rng.random(10)
    rows = {item: (rng.random(5) < good[labels[item]]).astype(int).tolist() for item in ids}
    shuffled = dict(reversed(list(rows.items())))

    plain = bench.reliability_profile(rows, perturbed={"faults": shuffled}, resamples=300)
    clustered = bench.reliability_profile(rows, clusters=labels, resamples=300)

    assert plain.metric("robustness to faults").value == 1.0
    assert clustered.n_clusters == 10
    assert "FEW_CLUSTERS" in {each.id for each in clustered.warnings}
    with pytest.raises(bench.UnknownRowError):
        plain.metric("harm")
