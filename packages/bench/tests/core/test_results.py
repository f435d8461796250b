"""Signs, p-values, seeds and JSON of results."""

import json
import math
from dataclasses import asdict
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import bench


def ids(result: Any) -> set[str]:
    return {each.id for each in result.warnings}


def test_every_sign_is_treatment_minus_control() -> None:
    low, high = [1.0, 2.0, 3.0, 4.0, 5.5], [3.0, 4.5, 5.0, 6.0, 7.0]

    for test in (bench.welch_t, bench.mann_whitney, bench.paired_t, bench.wilcoxon):
        found = test(low, high)
        assert found.estimate > 0
        assert all(size.value > 0 for size in found.effect_sizes.values())
    assert bench.rank_biserial(high, low).value < 0


def test_a_tiny_p_keeps_its_logarithm_and_is_never_printed_as_zero() -> None:
    found = bench.compare([0.0, 1.0] * 500, [100.0, 101.0] * 500)

    assert found.log_p < -1000
    assert "p < 1e-300" in str(found)
    assert bench.adjust([1e-20, 0.5], "sidak")[0] == pytest.approx(2e-20, rel=1e-9)


def test_simulated_results_carry_seed_resamples_and_their_error() -> None:
    rng = np.random.default_rng(3)
    first, second = rng.normal(0, 1, 60), rng.normal(0.2, 1, 60)

    found = bench.permutation_test(first, second, resamples=500, seed=9)

    assert (found.seed, found.resamples) == (9, 500)
    assert found.details["mc_error"] == pytest.approx(
        math.sqrt(found.p_value * (1 - found.p_value) / 500)
    )
    again = bench.permutation_test(first, second, resamples=500, seed=9)
    assert repr(asdict(found)) == repr(asdict(again))  # NaN is not equal to itself
    assert "MC_ERROR" in ids(found)


def test_no_result_is_json_with_nan() -> None:
    found = bench.compare([0.8] * 4, [0.9] * 4)

    json.loads(found.to_json(), parse_constant=pytest.fail)


numbers = st.floats(-1e6, 1e6, allow_nan=False).map(lambda value: round(value, 3))


columns = st.lists(numbers, min_size=3, max_size=25)


@given(columns, columns)
@settings(max_examples=60, deadline=None)
def test_swapping_two_groups_flips_signs_and_keeps_p(a: list[float], b: list[float]) -> None:
    forward, backward = bench.welch_t(a, b), bench.welch_t(b, a)

    assert forward.estimate == pytest.approx(-backward.estimate, rel=1e-9, abs=1e-9)
    assert math.isnan(forward.p_value) or 0 <= forward.p_value <= 1
    if not math.isnan(forward.p_value):
        assert forward.p_value == pytest.approx(backward.p_value, rel=1e-6)
        assert forward.interval.low <= forward.estimate <= forward.interval.high


@given(columns, columns, st.randoms(use_true_random=False))
@settings(max_examples=40, deadline=None)
def test_the_order_of_values_does_not_matter(
    a: list[float], b: list[float], chance: object
) -> None:
    shuffled = sorted(a)

    first, second = bench.mann_whitney(a, b), bench.mann_whitney(shuffled, b)

    assert first.p_value == pytest.approx(second.p_value)
    assert first.estimate == pytest.approx(second.estimate, abs=1e-9)


def test_counts_are_whole_numbers_in_sentences_and_tables() -> None:
    pairs = bench.compare_paired([0] * 22 + [1] * 9, [1] * 22 + [0] * 9)
    ranks = bench.mann_whitney([1.0, 2.0, 3.0], [2.5, 4.0, 5.0])
    halves = bench.mann_whitney([1.0, 2.0, 3.0], [2.0, 4.0, 5.0])

    assert "wins = 22, " in str(pairs)
    assert any(row == ("wins", "22") for row in pairs.table().rows)
    assert "U = 8, " in str(ranks)
    assert "U = 7.50, " in str(halves)
