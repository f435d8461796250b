"""Judged rates, corrected by labels."""

from typing import Any

import numpy as np
import pytest

import bench


@pytest.mark.parametrize(
    ("rate", "labels", "sensitivity", "specificity"), [(0.8, 200, 0.8, 0.9), (0.3, 60, 0.9, 0.8)]
)
def test_the_corrected_rate_is_held_where_the_judged_one_is_off(
    rate: float, labels: int, sensitivity: float, specificity: float
) -> None:
    rng, worlds = np.random.default_rng(3), 200
    held = judged = 0
    truth = np.arange(labels) % 2

    def verdicts(right: Any) -> Any:
        draws = rng.random(len(right))
        return np.where(right == 1, draws < sensitivity, draws >= specificity).astype(int)

    for _ in range(worlds):
        rest = verdicts((rng.random(800) < rate).astype(int))
        found = bench.judged_rate(truth.tolist(), verdicts(truth).tolist(), rest.tolist())
        held += rate in found.interval
        judged += rate in found.judged

    assert held / worlds > 0.92
    assert judged / worlds < 0.6


def test_labels_go_where_the_correction_is_least_certain() -> None:
    labels = [1] * 50 + [0] * 50
    verdicts = [1] * 49 + [0] + [1] * 15 + [0] * 35

    found = bench.judged_rate(labels, verdicts, [1] * 60 + [0] * 40)

    assert found.right_share < 0.4  # the judge errs on wrong items
    with pytest.raises(bench.InvalidDataError, match="chance"):
        bench.judged_rate(labels, [1 - v for v in verdicts], [1, 0])


def clustered_world(rng: Any, count: int, rate: float, name: str) -> tuple[Any, Any, list[str]]:
    labels = np.repeat(np.arange(count), np.maximum(1, rng.lognormal(1.5, 1, count)).astype(int))
    chance, hits, misses = (rng.beta(3 * p, 3 * (1 - p), count)[labels] for p in (rate, 0.9, 0.2))
    right = rng.random(len(labels)) < chance
    seen = rng.random(len(labels)) < np.where(right, hits, misses)
    return right * 1, seen * 1, [f"{name}{label}" for label in labels]


def test_verdicts_in_clusters_count_for_what_they_are_worth() -> None:
    rng, held, plain = np.random.default_rng(9), 0, 0
    for _ in range(150):
        y, f, ours = clustered_world(rng, 10, 0.7, "a")
        _, rest, theirs = clustered_world(rng, 20, 0.7, "b")
        held += 0.7 in bench.judged_rate(y, f, rest, clusters=(ours, theirs)).interval
        plain += 0.7 in bench.judged_rate(y, f, rest).interval

    assert held >= 134  # 92 % less a standard error
    assert plain < 130


def test_clusters_by_id_and_in_order_are_the_same_and_are_told() -> None:
    labels = {f"i{at}": at % 2 for at in range(20)}
    verdicts = {f"i{at}": 1 - at % 2 if at in (4, 9) else at % 2 for at in range(20)}
    rest = {f"j{at}": int(at % 3 > 0) for at in range(30)}
    texts = {item: f"t{int(item[1:]) // 3}" for item in (*labels, *rest)}

    by_id = bench.judged_rate(labels, verdicts, rest, clusters=texts)
    in_order = bench.judged_rate(
        list(labels.values()),
        list(verdicts.values()),
        list(rest.values()),
        clusters=([texts[item] for item in labels], [texts[item] for item in rest]),
    )

    assert by_id == in_order
    assert by_id.n_clusters == 10
    assert "in 10 clusters" in str(by_id)
    assert "FEW_CLUSTERS" in {each.id for each in by_id.warnings}
    with pytest.raises(bench.BenchError, match="j0"):
        bench.judged_rate(labels, verdicts, rest, clusters=dict.fromkeys(labels, 1))


def test_every_item_a_cluster_of_its_own_is_no_clusters() -> None:
    labels = [1] * 40 + [0] * 20
    verdicts = [1] * 36 + [0] * 4 + [1] * 3 + [0] * 17
    rest = [1] * 140 + [0] * 60
    plain = bench.judged_rate(labels, verdicts, rest)
    own = bench.judged_rate(labels, verdicts, rest, clusters=(range(60), range(100, 300)))

    assert own.rate == plain.rate
    assert own.interval.width == pytest.approx(plain.interval.width, rel=0.08)
