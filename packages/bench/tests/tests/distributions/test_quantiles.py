"""Differences and ratios of quantiles."""

import math

import pytest

import bench

SLOW = [100.0 + 3 * index for index in range(200)]


FAST = [90.0 + 2 * index for index in range(200)]


def test_a_faster_tail_is_found_and_signed() -> None:
    result = bench.compare_quantile(SLOW, FAST, quantile=0.9, resamples=500)

    assert result.estimate == pytest.approx(
        bench.percentile(FAST, 0.9) - bench.percentile(SLOW, 0.9)
    )
    assert result.interval.high < 0
    assert result.p_value < 0.05


def test_the_same_seed_gives_the_same_numbers() -> None:
    first = bench.compare_quantile(SLOW, FAST, quantile=0.9, resamples=300, seed=4)
    again = bench.compare_quantile(SLOW, FAST, quantile=0.9, resamples=300, seed=4)
    other = bench.compare_quantile(SLOW, FAST, quantile=0.9, resamples=300, seed=5)

    assert first.to_dict() == again.to_dict()
    assert first.interval != other.interval


def test_a_ratio_is_one_when_nothing_differs() -> None:
    result = bench.compare_quantile(SLOW, SLOW, quantile=0.5, relative=True, resamples=200)

    assert result.estimate == 1.0
    assert result.p_value == 1.0


def test_a_simulated_p_is_never_zero() -> None:
    result = bench.compare_quantile(
        SLOW, [value / 9 for value in SLOW], quantile=0.5, resamples=200
    )

    assert result.p_value == pytest.approx(2 / 201)


def test_whole_clusters_are_resampled() -> None:
    items = [index // 10 for index in range(200)]

    plain = bench.compare_quantile(SLOW, FAST, quantile=0.5, resamples=500)
    clustered = bench.compare_quantile(SLOW, FAST, quantile=0.5, clusters=items, resamples=500)

    assert clustered.se > 1.5 * plain.se
    assert clustered.n["clusters"] == 20


def test_a_constant_shift_of_a_quantile_has_no_p() -> None:
    result = bench.compare_quantile([1.0] * 9, [2.0] * 9, quantile=0.5, resamples=100)

    assert math.isnan(result.p_value)
    assert math.isnan(result.se)
