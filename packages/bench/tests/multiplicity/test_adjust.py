"""Adjusted p-values."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

import bench


def test_adjusting_keeps_order_names_and_gaps() -> None:
    found = bench.adjust({"b": 0.01, "a": None, "c": 0.04}, "holm")

    assert list(found) == ["b", "a", "c"]
    assert found["b"] == pytest.approx(0.02)
    assert math.isnan(found["a"])
    with pytest.raises(bench.InvalidDataError):
        bench.adjust([0.5, 1.2])


shares = st.lists(st.floats(0, 1), min_size=1, max_size=30)


@given(shares)
def test_corrections_are_ordered_and_never_below_the_raw_p(p: list[float]) -> None:
    holm, bonferroni = bench.adjust(p, "holm"), bench.adjust(p, "bonferroni")
    bh, hommel = bench.adjust(p, "bh"), bench.adjust(p, "hommel")

    for raw, a, b, c, d in zip(p, bh, hommel, holm, bonferroni, strict=True):
        assert raw <= a + 1e-12
        assert a <= b + 1e-12
        assert b <= c + 1e-12
        assert c <= d + 1e-12


def test_p_values_outside_zero_to_one_are_refused() -> None:
    with pytest.raises(bench.InvalidDataError):
        bench.adjust([0.5, 1.2])
