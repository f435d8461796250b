"""Calibration errors without the part of noise."""

import numpy as np
import pytest

import bench


def world(n: int, over: float, seed: int) -> tuple[list[float], list[int]]:
    """Stated confidences that are ``over`` too high, and whether each answer was right."""
    rng = np.random.default_rng(seed)
    stated = rng.beta(5, 1.5, n)
    right = rng.random(n) < np.clip(stated - over, 0, 1)
    return stated.tolist(), right.astype(int).tolist()


@pytest.mark.slow
@pytest.mark.parametrize(("n", "over"), [(100, 0.0), (500, 0.0), (500, 0.03), (500, 0.1)])
def test_the_interval_holds_the_error_of_the_population_in_these_bins(n: int, over: float) -> None:
    rng = np.random.default_rng(0)
    stated = rng.beta(5, 1.5, 200_000)
    codes = np.clip((np.ceil(stated * 10) - 1).astype(int), 0, 9)
    gaps = stated - np.clip(stated - over, 0, 1)
    true = np.abs(np.bincount(codes, gaps, 10)).sum() / len(stated)
    worlds = 80

    held = sum(
        true in bench.calibration(*world(n, over, seed), resamples=300).ece_interval
        for seed in range(worlds)
    )

    assert held / worlds > 0.88  # 93 % less two standard errors


def test_noise_is_taken_out_of_the_error_of_calibrated_answers() -> None:
    found = [bench.calibration(*world(200, 0.0, seed), resamples=200) for seed in range(30)]

    assert np.median([each.ece_debiased for each in found]) < 0.02
    assert np.median([each.ece for each in found]) > 0.03


def test_clusters_widen_the_intervals_and_match_by_id() -> None:
    rng = np.random.default_rng(2)
    shared = rng.normal(size=25)[[place % 25 for place in range(500)]]
    stated, _ = world(500, 0.0, 1)
    right = [int(value) for value in (shared + rng.normal(size=500) < 1.0)]
    ids = [f"q{place}" for place in range(500)]
    labels = {item: place % 25 for place, item in enumerate(ids)}

    plain = bench.calibration(stated, right)
    clustered = bench.calibration(
        dict(zip(ids, stated, strict=True)), dict(zip(ids, right, strict=True)), clusters=labels
    )

    assert clustered.ece == pytest.approx(plain.ece)
    assert clustered.ece_interval.width > plain.ece_interval.width
    assert clustered.brier_interval.width > plain.brier_interval.width


@pytest.mark.parametrize(("count", "few"), [(19, False), (20, True), (39, True), (40, False)])
def test_clusters_too_few_for_the_interval_of_the_error_have_a_warning(
    count: int, few: bool
) -> None:
    stated, right = world(400, 0.1, 3)
    found = bench.calibration(stated, right, clusters=[at % count for at in range(400)])
    ids = {each.id for each in found.ece_interval.warnings}

    assert ("FEW_ITEMS" in ids) is few
    assert ("FEW_CLUSTERS" in ids) is (count < 20)


@pytest.mark.parametrize("n", [30, 100, 1000])
def test_the_interval_of_the_error_holds_its_own_estimate(n: int) -> None:
    rng = np.random.default_rng(n)
    stated = rng.beta(5, 1.5, n)
    found = bench.calibration(stated, (rng.random(n) < stated) * 1, resamples=300)

    assert found.interval == found.ece_interval
    assert found.interval.estimate == found.ece_debiased
    assert found.interval.estimate in found.interval


def test_confidences_on_an_edge_are_in_one_bin_in_any_precision() -> None:
    stated, right = [0.1, 0.2, 0.3, 0.6, 0.7, 0.9] * 4, [0, 1, 0, 1, 1, 1] * 4
    single = bench.calibration(np.array(stated, dtype=np.float32), right, resamples=100)
    double = bench.calibration(stated, right, resamples=100)

    assert [each.n for each in single.bins] == [each.n for each in double.bins]
    assert single.ece == pytest.approx(double.ece, abs=1e-7)
