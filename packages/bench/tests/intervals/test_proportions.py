"""Intervals of proportions."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

import bench


def ids(result: Any) -> set[str]:
    return {each.id for each in result.warnings}


def test_all_right_has_an_interval_of_some_width() -> None:
    found = bench.proportion_interval(20, 20)

    assert found.low < 0.9
    assert "BOUNDARY" in ids(found)
    assert bench.eval_score([1] * 20).interval == found


@given(st.integers(1, 300).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_every_proportion_interval_holds_its_estimate(counts: tuple[int, int]) -> None:
    for method in ("wilson", "clopper-pearson", "jeffreys", "agresti-coull"):
        found = bench.proportion_interval(*counts, method=method)

        assert 0 <= found.low <= found.estimate + 1e-12
        assert found.estimate - 1e-12 <= found.high <= 1
        assert found.width > 0
