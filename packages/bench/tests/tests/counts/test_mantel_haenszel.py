"""Rates in strata."""

import pytest

import bench

# R: UCBAdmissions, men before women, admitted before rejected, by department.
ADMISSIONS = {
    "A": [[512, 313], [89, 19]],
    "B": [[353, 207], [17, 8]],
    "C": [[120, 205], [202, 391]],
    "D": [[138, 279], [131, 244]],
    "E": [[53, 138], [94, 299]],
    "F": [[22, 351], [24, 317]],
}


def test_the_common_odds_ratio_is_that_of_r() -> None:
    """R: mantelhaen.test(UCBAdmissions, correct = FALSE)."""
    found = bench.cochran_mantel_haenszel(ADMISSIONS)

    assert found.estimate == pytest.approx(0.9046968, abs=1e-7)
    assert found.interval.low == pytest.approx(0.7719074, abs=1e-7)
    assert found.interval.high == pytest.approx(1.0603298, abs=1e-7)
    assert found.statistic == pytest.approx(1.5246, abs=5e-5)
    assert found.p_value == pytest.approx(0.2169, abs=5e-5)


def test_it_agrees_with_statsmodels() -> None:
    tables = pytest.importorskip("statsmodels.stats.contingency_tables")
    peer = tables.StratifiedTable(
        [[[float(c) for c in row] for row in t] for t in ADMISSIONS.values()]
    )

    found = bench.cochran_mantel_haenszel(ADMISSIONS, continuity=True)

    assert found.p_value == pytest.approx(peer.test_null_odds(correction=True).pvalue)
    assert found.details["breslow_day"] == pytest.approx(
        peer.test_equal_odds(adjust=True).statistic, rel=1e-9
    )


def test_the_difference_of_strata_is_their_weighted_mean() -> None:
    found = bench.cochran_mantel_haenszel([[[30, 70], [20, 80]], [[60, 40], [50, 50]]])
    size = found.effect_sizes["risk_difference"]

    assert size.value == pytest.approx(0.1)
    assert size.interval is not None
    assert size.interval.low < 0.1 < size.interval.high
    one_sided = bench.cochran_mantel_haenszel(
        [[[30, 70], [20, 80]], [[60, 40], [50, 50]]], alternative="greater"
    )
    assert one_sided.p_value == pytest.approx(found.p_value / 2)


def test_strata_without_a_side_say_nothing() -> None:
    with pytest.raises(bench.NotEnoughDataError):
        bench.cochran_mantel_haenszel([[[3, 4], [0, 0]]])
    with pytest.raises(bench.InvalidDataError, match="two by two"):
        bench.cochran_mantel_haenszel([[[3, 4, 5], [1, 2, 3]]])


def test_a_common_difference_stays_in_its_range_and_warns_without_width() -> None:
    certain = bench.cochran_mantel_haenszel([[[1, 0], [0, 1]]]).effect_sizes["risk_difference"]
    wide = bench.cochran_mantel_haenszel([[[3, 1], [1, 3]]]).effect_sizes["risk_difference"]

    assert certain.interval is not None
    assert {each.id for each in certain.interval.warnings} == {"ZERO_VARIANCE"}
    assert certain.interval.low < 1.0 == certain.interval.high
    assert wide.interval is not None
    assert -1 <= wide.interval.low < wide.interval.high <= 1


def test_strata_that_are_all_right_have_the_width_of_wilsons_ends() -> None:
    alone = bench.cochran_mantel_haenszel([[[5, 0], [5, 0]]]).effect_sizes["risk_difference"]
    twice = bench.cochran_mantel_haenszel([[[5, 0], [5, 0]]] * 2).effect_sizes["risk_difference"]
    wilson = bench.proportion_interval(5, 5)

    assert alone.interval is not None
    assert twice.interval is not None
    assert alone.interval.high == pytest.approx(1 - wilson.low)
    assert twice.interval.high == pytest.approx((1 - wilson.low) / 2**0.5)
