"""McNemar's test."""

import json
import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import bench


def test_mid_p_mcnemar_stays_close_to_its_level() -> None:
    chance = np.random.default_rng(2)
    runs = 2000
    draws = chance.multinomial(50, [0.1, 0.1, 0.8], size=runs)

    rejected = sum(
        bench.mcnemar_from_counts(40, int(b), int(c), 10).p_value < 0.05 for b, c, _ in draws
    )

    assert rejected / runs <= 0.058


@pytest.mark.parametrize("method", ["mid-p", "exact", "chi2", "chi2-corrected"])
def test_no_discordance_and_equal_discordance_give_p_of_one(method: Any) -> None:
    """Statsmodels returns p = 0 for the first."""
    assert bench.mcnemar_from_counts(10, 0, 0, 5, method=method).p_value == 1.0
    assert bench.mcnemar_from_counts(10, 6, 6, 5, method=method).p_value == 1.0


bits = st.lists(st.tuples(st.integers(0, 1), st.integers(0, 1)), min_size=2, max_size=60)


@given(bits)
@settings(max_examples=80, deadline=None)
def test_mcnemar_never_has_a_zero_error_or_a_point_interval(rows: list[tuple[int, int]]) -> None:
    result = bench.mcnemar([row[0] for row in rows], [row[1] for row in rows])

    assert result.se > 0
    assert result.interval.low < result.interval.high
    assert 0 < result.p_value <= 1
    json.dumps(result.to_dict(), allow_nan=False)


def test_a_mid_p_value_has_a_warning_where_nearly_all_pairs_differ() -> None:
    """Over all outcomes of 16 pairs that all differ, mid-p rejects 7.7 % of true nulls."""
    size = 0.0
    for wins in range(17):
        found = bench.mcnemar_from_counts(0, 16 - wins, wins, 0)
        assert [each.id for each in found.warnings] == ["MID_P"]
        size += math.comb(16, wins) / 2**16 * (found.p_value <= 0.05)
    assert size == pytest.approx(0.0768, abs=1e-4)

    assert bench.mcnemar_from_counts(4, 10, 2, 0).warnings == ()
    assert bench.mcnemar_from_counts(0, 14, 2, 0, method="exact").warnings == ()
    gaps = [1.0] * 14 + [-1.0] * 2
    mid, exact = (bench.sign_test([0.0] * 16, gaps, method=each) for each in ("mid-p", "exact"))
    assert "MID_P" in [each.id for each in mid.warnings]
    assert "MID_P" not in [each.id for each in exact.warnings]
