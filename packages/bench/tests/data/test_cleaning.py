"""Missing, infinite and unpaired values."""

import math
from typing import Any

import pytest

import bench


def ids(result: Any) -> set[str]:
    return {each.id for each in result.warnings}


def test_pairs_of_unequal_length_are_never_cut() -> None:
    with pytest.raises(bench.UnequalLengthsError):
        bench.compare_paired([1.0, 2.0, 3.0], [1.0, 2.0])


def test_missing_values_are_refused_or_counted_and_infinite_ones_refused() -> None:
    with pytest.raises(bench.MissingValuesError):
        bench.compare([1.0, None, 2.0], [1.0, 2.0])
    found = bench.compare_paired([1.0, math.nan, 2.0, 4.0], [1.0, 2.0, 2.5, 3.0], missing="omit")
    assert (found.n_dropped, found.n["pairs"]) == (1, 3)
    assert "DROPPED_MISSING" in ids(found)
    with pytest.raises(bench.InvalidDataError, match="infinite"):
        bench.compare([1.0, math.inf], [1.0, 2.0])
