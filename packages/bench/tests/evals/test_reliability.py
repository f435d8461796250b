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


def every_metric(items: list[int], order: list[int]) -> bench.ReliabilityProfile:
    """A profile of all metrics: every item's values depend on its number only."""
    rows = {f"q{i}": [int((i * 7 + run * 3) % 5 > 1) for run in range(3)] for i in items}
    chosen = [items[place] for place in order]

    def column(of: dict[str, list[float]]) -> dict[str, list[float]]:
        return {f"q{i}": of[f"q{i}"] for i in chosen}

    said = {f"q{i}": [((i * 11 + run) % 10) / 10 for run in range(3)] for i in items}
    broken = {f"q{i}": [float(i % 4 == 0 and run == 0) for run in range(3)] for i in items}
    return bench.reliability_profile(
        column({name: [float(x) for x in row] for name, row in rows.items()}),
        confidences=column(said),
        perturbed={"faults": column({name: [float(x) for x in rows[name]] for name in rows})},
        violations=column(broken),
        severity=column(said),
        clusters={f"q{i}": i // 3 for i in items},
        resamples=100,
    )


def test_the_order_of_the_items_does_not_matter_to_the_profile() -> None:
    items = list(range(36))
    plain = every_metric(items, items)
    shuffled = every_metric(items, [(place * 5) % 36 for place in items])

    for name, metric in plain.metrics.items():
        other = shuffled.metric(name)
        assert other.value == pytest.approx(metric.value)
        if name != "calibration":  # the draws of its noise are by place
            assert metric.interval is not None
            assert other.interval is not None
            assert list(other.interval) == pytest.approx(list(metric.interval))


def test_items_that_all_agree_have_intervals_of_some_width() -> None:
    found = bench.reliability_profile(
        [[1, 1, 1]] * 12,
        actions=[[["a", "b"]] * 3] * 12,
        resources={"tokens": [[10, 10, 10]] * 12},
        perturbed={"faults": [[1, 1, 1]] * 12},
        violations=[[0, 0, 0]] * 12,
        severity=[[0, 0, 0]] * 12,
    )

    for metric in found.metrics.values():
        assert metric.value == 1.0
        assert metric.interval is not None
        assert 0.5 < metric.interval.low < 0.9 or metric.name == "harm"
        assert metric.interval.high == 1.0
        assert {"BOUNDARY", "ZERO_VARIANCE"} & {each.id for each in metric.warnings}
    assert found.metric("harm").interval is not None
    assert list(found.metric("harm").interval or ()) == [0.0, 1.0]  # no violation shows its harm


def test_outcome_consistency_is_covered() -> None:
    """91 % with the percentile bootstrap; 200 draws of 30 items."""
    rng, held = np.random.default_rng(4), 0
    truth = 1 - 2 * (2 / 3 - 2 / 4)  # two runs of beta(2, 1) items agree: 1 - 2 E[p(1 - p)]
    for _ in range(200):
        answers = (rng.random((30, 2)) < rng.beta(2, 1, 30)[:, None]) * 1
        found = bench.reliability_profile(answers.tolist()).metric("outcome consistency")
        assert found.interval is not None
        held += truth in found.interval

    assert held / 200 >= 0.92


def test_robustness_counts_items_that_are_always_wrong_without_the_perturbation() -> None:
    """Without them 77 % of the intervals held the truth; the full simulation has 96."""
    rng, held = np.random.default_rng(0), 0
    for _ in range(40):
        chance = rng.beta(1, 3, 60)[:, None]
        plain, faulty = ((rng.random((60, 4)) < rate) * 1 for rate in (chance, 0.9 * chance))
        found = bench.reliability_profile(
            plain.tolist(), perturbed={"faults": faulty.tolist()}, resamples=100
        )
        interval = found.metric("robustness to faults").interval
        assert interval is not None
        held += 0.9 in interval

    assert held >= 35


def test_a_metric_that_few_items_or_answers_decide_has_a_warning() -> None:
    """With 3 wrong answers of 60, 74 % of the intervals of discrimination held the truth."""
    rng = np.random.default_rng(1)
    answers, stated = np.ones((30, 2)), rng.random((30, 2))
    answers[:3, 0] = 0
    broken = np.zeros((30, 2))
    broken[5:7] = 1

    found = bench.reliability_profile(
        answers.tolist(), confidences=stated.tolist(), violations=broken.tolist(), resamples=100
    )

    for name in ("outcome consistency", "discrimination", "Brier", "compliance"):
        assert "FEW_EVENTS" in {each.id for each in found.metric(name).warnings}, name
    half = bench.reliability_profile([[1, 0]] * 15 + [[1, 1]] * 15, resamples=100)
    assert not half.metric("outcome consistency").warnings
