"""Effect sizes of proportions."""

import math
from typing import Any

import bench


def ids(result: Any) -> set[str]:
    return {each.id for each in result.warnings}


def test_a_zero_cell_has_an_exact_interval_and_a_labelled_correction() -> None:
    found = bench.fisher_exact([[5, 0], [2, 6]])

    assert math.isinf(found.interval.high)
    assert math.isfinite(found.effect_sizes["odds_ratio_haldane"].value)
    assert "ZERO_CELL" in ids(found)
