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
