"""Equivalence of values that come in clusters."""

import numpy as np
import pytest

import bench


def test_clusters_make_equivalence_harder_to_claim() -> None:
    rng = np.random.default_rng(4)
    labels = np.repeat(np.arange(10), 12)
    shared = rng.normal(0, 0.5, 10)[labels]
    control = rng.normal(0, 1, 120)
    treatment = control + shared + rng.normal(0, 0.3, 120)

    plain = bench.equivalence(control, treatment, low=-0.5, high=0.5, paired=True)
    clustered = bench.equivalence(
        control, treatment, low=-0.5, high=0.5, paired=True, clusters=labels.tolist()
    )

    assert clustered.estimate == pytest.approx(plain.estimate)
    assert clustered.p_value > plain.p_value
    assert clustered.interval.width > 2 * plain.interval.width
    with pytest.raises(bench.InvalidOptionError, match="clusters"):
        bench.equivalence(control, treatment, low=-1, high=1, equal_spread=True, clusters={})


def test_clustered_equivalence_at_its_margin_is_claimed_in_five_of_a_hundred() -> None:
    rng, worlds, claimed = np.random.default_rng(9), 300, 0
    labels = np.repeat(np.arange(12), 6)
    for _ in range(worlds):
        gaps = 0.5 + rng.normal(0, 0.5, 12)[labels] + rng.normal(0, 0.8, 72)
        claimed += bench.equivalence(
            np.zeros(72), gaps, low=-5, high=0.5, paired=True, clusters=labels.tolist()
        ).equivalent

    assert claimed / worlds < 0.08  # two standard errors above .05
