"""The rank-biserial correlation of pairs that come in clusters."""

import itertools
import math
from typing import Any

import numpy as np
import pytest

import bench

OLD = [2.0, 3.5, 2.5, 4.0, 1.0, 2.0, 3.0, 3.0, 5.0, 4.5]
NEW = [3.0, 3.0, 4.5, 5.5, 2.0, 2.0, 3.5, 2.0, 5.5, 6.0]
TEXTS = ["t1", "t1", "t2", "t2", "t2", "t3", "t3", "t4", "t4", "t5"]


def test_leaving_out_a_cluster_is_leaving_out_its_items() -> None:
    """The jackknife by hand: the correlation of the items of the other clusters."""
    ids = dict(enumerate(TEXTS))

    def value(kept: list[int]) -> float:
        gaps = [NEW[at] - OLD[at] for at in kept if NEW[at] != OLD[at]]
        signs = [
            math.copysign(1, a + b) if a + b else 0
            for a, b in itertools.combinations_with_replacement(gaps, 2)
        ]
        return sum(signs) / len(signs)

    every = list(range(len(OLD)))
    without = [value([at for at in every if TEXTS[at] != label]) for label in set(TEXTS)]
    spread = 4 / 5 * sum((each - value(every)) ** 2 for each in without)

    found = bench.rank_biserial(OLD, NEW, clusters=ids)

    assert found.value == pytest.approx(value(every))
    assert found.value == pytest.approx(bench.rank_biserial(OLD, NEW).value)
    assert found.interval is not None
    middle = (1 - found.value**2) / spread  # the effective size, with a t quantile of few df
    assert found.interval.width > 2 * 1.96 * math.sqrt((1 - found.value**2) / (middle + 8))
    assert "FEW_CLUSTERS" in {each.id for each in found.warnings}


def test_copies_within_clusters_change_little() -> None:
    once = bench.rank_biserial(OLD, NEW, clusters=TEXTS)
    copied = bench.rank_biserial(OLD * 50, NEW * 50, clusters=TEXTS * 50)
    plain = bench.rank_biserial(OLD * 50, NEW * 50)

    assert once.interval is not None
    assert copied.interval is not None
    assert plain.interval is not None
    assert copied.interval.width == pytest.approx(once.interval.width, rel=0.3)
    assert plain.interval.width < copied.interval.width / 3


def test_clusters_whose_items_are_tied_do_not_count() -> None:
    new = [*OLD[:5], *NEW[5:]]
    found = bench.effect_size(OLD, new, kind="rank_biserial", clusters=TEXTS)
    alone = bench.rank_biserial([0.0, 0, 1, 2], [0.0, 0, 2, 4], clusters=["a", "a", "b", "b"])

    assert found.interval is not None
    assert found.interval.width > 0
    assert {each.id for each in alone.warnings} == {"FEW_CLUSTERS", "COMPLETE_SEPARATION"}
    assert alone.interval is not None
    assert alone.interval.low < 0


@pytest.mark.parametrize("wrong", [["t"] * 10, TEXTS[:9]])
def test_one_cluster_or_a_missing_label_is_refused(wrong: Any) -> None:
    with pytest.raises(bench.BenchError, match="clusters"):
        bench.rank_biserial(OLD, NEW, clusters=wrong)


def test_values_in_clusters_are_covered_where_plain_pairs_are_not() -> None:
    rng, held, plain = np.random.default_rng(6), 0, 0
    for _ in range(150):
        labels = np.repeat(np.arange(10), np.maximum(1, rng.lognormal(1.5, 1, 10)).astype(int))
        gaps = 0.7 * rng.normal(size=10)[labels] + 0.7 * rng.normal(size=len(labels))
        zeros = np.zeros(len(labels))
        held += 0.0 in (bench.rank_biserial(zeros, gaps, clusters=labels).interval or (1, 1))
        plain += 0.0 in (bench.rank_biserial(zeros, gaps).interval or (1, 1))

    assert held >= 134  # 92 % less a standard error
    assert plain < 110
