"""The A/B test, the ablation and the sweep."""

import pytest

import bench


def test_a_tiny_but_clear_difference_is_called_too_small() -> None:
    control = [float(index % 5) for index in range(200)]
    treatment = [value + 0.1 + 0.01 * (index % 3) for index, value in enumerate(control)]

    found = bench.ab_test(control, treatment, paired=True, smallest_effect=1.0)

    assert found.significant
    assert "too small to matter" in found.recommendation


def test_a_wide_interval_is_inconclusive() -> None:
    found = bench.ab_test([1.0, 5.0, 3.0], [2.0, 6.0, 3.5], smallest_effect=0.5)

    assert not found.significant
    assert found.recommendation.startswith("Inconclusive")


def test_an_ablation_reports_the_drop_from_the_full_system() -> None:
    found = bench.ablation([1, 1, 1, 0, 1], [1, 0, 1, 0, 0], component="retrieval")

    assert found.drop == pytest.approx(0.4)
    assert found.drop_percent == pytest.approx(50.0)


def test_a_sweep_names_the_best_and_corrects_every_pair() -> None:
    found = bench.sweep({"t0": [1.0, 2.0, 3.0], "t1": [2.0, 3.5, 4.0], "t2": [1.5, 2.0, 2.5]})

    assert found.best == "t1"
    assert len(found.comparison.pairwise) == 3
