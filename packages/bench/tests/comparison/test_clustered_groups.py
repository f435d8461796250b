"""Several systems whose items come in clusters."""

import numpy as np
import pytest

import bench


def answers(clusters: int, systems: int, seed: int) -> tuple[dict[str, list[float]], list[int]]:
    """Scores of equal systems, with an effect of each cluster on each system."""
    rng = np.random.default_rng(seed)
    labels = np.repeat(np.arange(clusters), rng.integers(2, 9, clusters))
    effects = rng.normal(0, 0.6, (clusters, systems))[labels]
    scores = rng.normal(size=len(labels))[:, None] + effects
    scores = scores + rng.normal(0, 0.7, (len(labels), systems))
    return {f"s{k}": scores[:, k].tolist() for k in range(systems)}, labels.tolist()


def test_simultaneous_intervals_and_p_values_agree() -> None:
    groups, labels = answers(12, 4, seed=3)

    found = bench.compare_many_paired(groups, clusters=labels)

    assert found.pairwise.correction == "max-t"
    for row in found.pairwise:
        ends = row.interval_adjusted
        assert ends is not None
        assert row.interval is not None
        assert (0 not in ends) == (row.p_adjusted < 0.05)
        assert ends.low < row.interval.low < row.interval.high < ends.high
        assert row.p_value <= row.p_adjusted <= 6 * row.p_value
    assert found.omnibus.p_value == min(row.p_adjusted for row in found.pairwise)


@pytest.mark.slow
def test_equal_systems_seldom_differ_when_clusters_are_few() -> None:
    worlds = 120
    alarms = 0
    for seed in range(worlds):
        groups, labels = answers(10, 4, seed=seed)
        alarms += bench.compare_many_paired(groups, clusters=labels).omnibus.significant()

    assert alarms / worlds < 0.1  # two standard errors above .056


def test_clusters_by_id_are_the_clusters_in_order() -> None:
    groups, labels = answers(12, 3, seed=1)
    ids = [f"q{place}" for place in range(len(labels))]
    by_id = {name: dict(zip(ids, row, strict=True)) for name, row in groups.items()}
    mapping = dict(zip(reversed(ids), reversed(labels), strict=True))

    in_order = bench.compare_many_paired(groups, clusters=labels)

    assert repr(bench.compare_many_paired(by_id, clusters=mapping)) == repr(in_order)


def test_independent_groups_take_clusters_by_name_in_order_or_by_item() -> None:
    groups, labels = answers(12, 3, seed=2)
    own = {name: [f"{name}-{label}" for label in labels] for name in groups}
    by_item = {name: {(name, i): v for i, v in enumerate(row)} for name, row in groups.items()}
    mapping = {(name, i): label for name, row in own.items() for i, label in enumerate(row)}

    named = bench.compare_many(groups, clusters=own)

    assert repr(bench.compare_many(groups, clusters=list(own.values()))) == repr(named)
    assert repr(bench.compare_many(by_item, clusters=mapping)) == repr(named)


@pytest.mark.parametrize("compare", [bench.compare_many, bench.compare_many_paired])
def test_only_pairs_with_the_control_are_compared(compare: type) -> None:
    groups, _ = answers(12, 4, seed=5)

    table = compare(groups, control="s2").pairwise

    assert [(row.first, row.second) for row in table] == [("s2", "s0"), ("s2", "s1"), ("s2", "s3")]


def test_adjusted_intervals_stand_beside_adjusted_p_values() -> None:
    groups, _ = answers(12, 4, seed=5)
    right = {name: [value > 0 for value in row] for name, row in groups.items()}

    for result in (bench.compare_many(right), bench.compare_many_paired(groups)):
        for row in result.pairwise:
            assert row.interval_adjusted is not None
            assert row.interval is not None
            assert row.interval_adjusted.width > row.interval.width
    assert "Adjusted CI" in result.table().columns


def test_clusters_refuse_pre_tests() -> None:
    groups, labels = answers(12, 3, seed=2)

    with pytest.raises(bench.InvalidOptionError, match="pretest"):
        bench.compare_many_paired(groups, clusters=labels, select="pretest")
