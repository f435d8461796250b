"""Quantiles of latencies of which some were cut off."""

import math

import numpy as np
import pytest

import bench


def test_without_cuts_it_is_the_order_statistic() -> None:
    values = [5.0, 1.0, 4.0, 2.0, 3.0, 6.0, 8.0, 7.0, 10.0, 9.0]

    found = bench.censored_quantile(values, [0] * 10, 0.9, resamples=200)

    assert found.estimate == 9.0
    assert found.low <= 9.0 <= found.high


def test_the_median_of_a_textbook_sample() -> None:
    """6-MP arm of Freireich et al. 1963: R's survfit gives a median of 23 weeks."""
    weeks = [6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35]
    relapsed = [1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0]

    found = bench.censored_quantile(weeks, [1 - each for each in relapsed], 0.5, resamples=200)

    assert found.estimate == 23


def test_cuts_that_hide_the_tail_leave_it_unbounded() -> None:
    values = np.minimum(np.random.default_rng(1).exponential(100, 200), 150)

    found = bench.censored_quantile(values, values == 150, 0.99, resamples=200)

    assert found.estimate == found.high == math.inf
    assert "QUANTILE_UNBOUNDED" in {each.id for each in found.warnings}


def test_random_cuts_are_corrected_with_about_the_stated_coverage() -> None:
    """200 draws of 150 exponential latencies, a third cut off at random; true P75 is 138.6."""
    rng, true, held = np.random.default_rng(2), 100 * math.log(4), 0
    for _ in range(200):
        latency, limit = rng.exponential(100, 150), rng.exponential(200, 150)
        found = bench.censored_quantile(
            np.minimum(latency, limit), latency > limit, 0.75, resamples=200
        )
        held += true in found

    assert 0.90 <= held / 200 <= 0.99


def test_a_halved_tail_is_seen_through_the_cuts_of_one_side() -> None:
    rng = np.random.default_rng(3)
    old = rng.lognormal(5, 0.5, 400)
    new = old / 2
    limit = rng.uniform(60, 400, 400)

    found = bench.compare_censored_quantiles(
        old, np.zeros(400), np.minimum(new, limit), new > limit, 0.9, resamples=200
    )

    assert 0.5 in found
    assert found.high < 0.8


def test_marks_are_matched_by_id_and_must_be_marks() -> None:
    values = {"a": 1.0, "b": 2.0, "c": 3.0, "d": 4.0}
    marks = {"d": 0, "c": 1, "b": 0, "a": 0}

    by_id = bench.censored_quantile(values, marks, 0.5, resamples=100)

    assert by_id == bench.censored_quantile([1, 2, 3, 4], [0, 0, 1, 0], 0.5, resamples=100)
    with pytest.raises(bench.BenchError):
        bench.censored_quantile([1, 2, 3], [0, 1, 2], 0.5)
    with pytest.raises(bench.UnequalLengthsError):
        bench.censored_quantile([1, 2, 3], [0, 1], 0.5)
