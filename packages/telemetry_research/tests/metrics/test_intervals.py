"""Intervals of percentiles, and weighted percentiles."""

import random

from hypothesis import given
from hypothesis import strategies as st

from telemetry_research._metrics.statistics import (
    percentile,
    percentile_interval,
    weighted_percentile,
)

from ..support import unhurried


def test_a_percentile_comes_with_an_exact_interval() -> None:
    """N = 100, median: ranks 40 and 61 (David and Nagaraja, table for the 95 % interval)."""
    found = percentile_interval([float(n) for n in range(1, 101)], 0.5)

    assert found is not None
    assert tuple(found) == (40, 61)
    assert percentile_interval([1.0, 2.0, 3.0], 0.99) is None


def test_intervals_of_percentiles_cover_the_truth() -> None:
    draw = random.Random(4)
    hits = 0
    for _ in range(300):
        found = percentile_interval(sorted(draw.random() for _ in range(80)), 0.9)
        hits += found is not None and found[0] <= 0.9 <= found[1]

    assert hits / 300 > 0.92


@unhurried
@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=30))
def test_equal_weights_change_no_percentile_beyond_its_neighbours(values: list[float]) -> None:
    values.sort()
    found = weighted_percentile(values, [2.0] * len(values), 0.5)

    assert found <= percentile(values, 0.5) + 1e-9 or found in values
