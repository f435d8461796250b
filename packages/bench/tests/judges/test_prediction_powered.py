"""A judge with a few human labels: unbiased, and narrower where the judge is any good."""

import numpy as np
import pytest

import bench


def world(rng: np.random.Generator, noise: float) -> tuple[np.ndarray, np.ndarray]:
    """True labels of 1,000 items, and a judge that is 0.1 too kind."""
    truth = (rng.random(1000) < 0.7).astype(float)
    return truth, truth + 0.1 + rng.normal(0, noise, 1000)


def test_a_good_judge_narrows_the_interval_and_its_bias_is_taken_out() -> None:
    truth, judge = world(np.random.default_rng(5), noise=0.1)

    found = bench.prediction_powered_mean(truth[:60], judge[:60], judge[60:])

    assert found.bias == pytest.approx(0.1, abs=0.05)
    assert found.interval.width < 0.5 * found.labels_only.width
    assert found.labels_saved > 4
    assert truth.mean() in found.interval


def test_a_useless_judge_costs_next_to_nothing() -> None:
    rng = np.random.default_rng(6)
    truth, _ = world(rng, 0.1)
    noise = rng.normal(size=1000)

    found = bench.prediction_powered_mean(truth[:60], noise[:60], noise[60:])

    assert found.interval.width == pytest.approx(found.labels_only.width, rel=0.1)


def test_without_the_judge_it_is_the_t_interval() -> None:
    truth, judge = world(np.random.default_rng(7), 0.3)

    found = bench.prediction_powered_mean(truth[:40], judge[:40], judge[40:], weight=0.0)

    assert found.interval.low == pytest.approx(found.labels_only.low)
    assert found.interval.high == pytest.approx(found.labels_only.high)


def test_a_perfect_judge_is_as_good_as_labelling_everything() -> None:
    truth, _ = world(np.random.default_rng(8), 0.1)

    found = bench.prediction_powered_mean(truth[:50], truth[:50], truth[50:])

    assert found.mean == pytest.approx(float(truth.mean()), abs=0.01)
    assert found.se == pytest.approx(float(np.std(truth, ddof=1)) / 1000**0.5, rel=0.15)


def test_the_interval_holds_the_true_mean_as_often_as_it_says() -> None:
    """Coverage over 600 draws of 50 labels, nominal 95 %, true rate .7."""
    rng = np.random.default_rng(9)
    held = 0
    for _ in range(600):
        truth, judge = world(rng, 0.3)
        held += 0.7 in bench.prediction_powered_mean(truth[:50], judge[:50], judge[50:]).interval

    assert 0.93 <= held / 600 <= 0.975


def test_labels_and_judgements_must_be_of_the_same_items() -> None:
    with pytest.raises(bench.UnequalLengthsError):
        bench.prediction_powered_mean([1, 0, 1, 1], [1, 0, 1], [1, 1, 0])
