"""What must hold for any data."""

import json
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import bench

numbers = st.floats(-1e6, 1e6, allow_nan=False).map(lambda value: round(value, 3))
columns = st.lists(numbers, min_size=3, max_size=25)
shares = st.lists(st.floats(0, 1), min_size=1, max_size=30)
bits = st.lists(st.tuples(st.integers(0, 1), st.integers(0, 1)), min_size=2, max_size=60)


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


@given(bits)
@settings(max_examples=80, deadline=None)
def test_mcnemar_never_has_a_zero_error_or_a_point_interval(rows: list[tuple[int, int]]) -> None:
    result = bench.mcnemar([row[0] for row in rows], [row[1] for row in rows])

    assert result.se > 0
    assert result.interval.low < result.interval.high
    assert 0 < result.p_value <= 1
    json.dumps(result.to_dict(), allow_nan=False)


@given(shares)
def test_corrections_are_ordered_and_never_below_the_raw_p(p: list[float]) -> None:
    holm, bonferroni = bench.adjust(p, "holm"), bench.adjust(p, "bonferroni")
    bh, hommel = bench.adjust(p, "bh"), bench.adjust(p, "hommel")

    for raw, a, b, c, d in zip(p, bh, hommel, holm, bonferroni, strict=True):
        assert raw <= a + 1e-12
        assert a <= b + 1e-12
        assert b <= c + 1e-12
        assert c <= d + 1e-12


@given(st.integers(1, 300).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_every_proportion_interval_holds_its_estimate(counts: tuple[int, int]) -> None:
    for method in ("wilson", "clopper-pearson", "jeffreys", "agresti-coull"):
        found = bench.proportion_interval(*counts, method=method)

        assert 0 <= found.low <= found.estimate + 1e-12
        assert found.estimate - 1e-12 <= found.high <= 1
        assert found.width > 0


def test_p_values_outside_zero_to_one_are_refused() -> None:
    with pytest.raises(bench.InvalidDataError):
        bench.adjust([0.5, 1.2])


@pytest.mark.parametrize("format", ["text", "markdown", "latex", "html", "json"])
def test_every_format_of_a_hostile_name_is_escaped(format: str) -> None:
    many = bench.compare_many(
        {"<script>_a&b%": [1.0, 2.0, 4.0], "b|c": [2.0, 5.0, 3.0], "d": [0.5, 2.5, 1.0]}
    )

    text = many.summary(format)

    if format in ("html", "markdown"):
        assert "<script>" not in text
    if format == "latex":
        assert r"\_a\&b\%" in text
