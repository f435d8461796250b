"""Percentiles and their intervals."""

import math
import random
import statistics

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telemetry_research._metrics.statistics import percentile, wilson

from ..support import unhurried


@unhurried
@given(st.lists(st.floats(0, 1e9), min_size=1, max_size=50), st.floats(0, 1))
def test_a_percentile_lies_between_its_neighbours(values: list[float], share: float) -> None:
    values.sort()

    found = percentile(values, share)

    assert values[math.floor((len(values) - 1) * share)] <= found * (1 + 1e-12) + 1e-9
    assert percentile(values, 0) == values[0]
    assert percentile(values, 1) == values[-1]


def test_percentiles_agree_with_the_standard_library() -> None:
    numbers = random.Random(3)
    values = sorted(numbers.random() for _ in range(1000))

    quartiles = statistics.quantiles(values, n=4, method="inclusive")

    assert [percentile(values, share) for share in (0.25, 0.5, 0.75)] == pytest.approx(quartiles)


def test_the_interval_of_a_share_is_wilsons() -> None:
    """950 of 1,000: [.9347, .9619], as scipy.stats.binomtest gives it."""
    assert tuple(wilson(950, 1000)) == pytest.approx((0.9347, 0.9619), abs=5e-5)
    assert wilson(20, 20)[1] == 1.0
    assert wilson(20, 20)[0] == pytest.approx(0.8389, abs=5e-5)
