"""Selection by pre-tests, the rule of many textbooks, kept beside the default and labelled."""

import numpy as np
import pytest

import bench


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(11)


def test_normal_groups_of_equal_spread_get_students_t(rng: np.random.Generator) -> None:
    found = bench.compare(rng.normal(0, 1, 40), rng.normal(1, 1, 40), select="pretest")

    assert found.test == "student_t"
    assert found.selection is not None
    assert found.selection.rule == "pre-tests"
    assert "Brown-Forsythe" in found.selection.reason


def test_unequal_spreads_get_welch_and_skew_gets_ranks(rng: np.random.Generator) -> None:
    normal, wide = rng.normal(0, 1, 40), rng.normal(0, 6, 40)
    skewed = rng.lognormal(0, 1.2, 40)

    assert bench.compare(normal, wide, select="pretest").test == "welch_t"
    assert bench.compare(normal, skewed, select="pretest").test == "mann_whitney"


def test_pairs_get_the_t_test_or_signed_ranks(rng: np.random.Generator) -> None:
    before = rng.normal(0, 1, 40)

    assert bench.compare_paired(before, before + rng.normal(0, 1, 40), select="pretest").test == (
        "paired_t"
    )
    skewed = before + rng.lognormal(0, 1.2, 40)
    assert bench.compare_paired(before, skewed, select="pretest").test == "wilcoxon"


def test_many_groups_are_chosen_for_in_the_same_way(rng: np.random.Generator) -> None:
    groups = {name: rng.normal(0, 1, 30) for name in "abc"}
    skewed = {name: rng.lognormal(0, 1, 30) for name in "abc"}

    assert bench.compare_many(groups, select="pretest").omnibus.test == "anova"
    assert bench.compare_many(skewed, select="pretest").omnibus.test == "kruskal_wallis"
    paired = bench.compare_many_paired(skewed, select="pretest")
    assert paired.omnibus.test == "friedman"
    assert {row.statistic_name for row in paired.pairwise} <= {"V", "t"}


def test_every_result_says_how_far_off_the_rule_is(rng: np.random.Generator) -> None:
    found = bench.compare(rng.normal(0, 1, 20), rng.normal(0, 1, 20), select="pretest")

    assert "PRETEST_SELECTION" in [each.id for each in found.warnings]
    assert "nominal 5%" in str(found.warnings[-1])


def test_constant_values_are_no_evidence_here_either() -> None:
    found = bench.compare([1.5] * 9, [1.5] * 9, select="pretest")

    assert not found.p_value < 0.05


def test_it_is_no_choice_where_the_design_decides() -> None:
    with pytest.raises(bench.InvalidOptionError, match="select"):
        bench.compare_paired([1, 0, 1], [0, 0, 1], select="pretest", method="exact")


def test_skewed_values_of_equal_means_are_rejected_far_too_often(rng: np.random.Generator) -> None:
    """Nominal 5 %; the full measurement is tests/benchmarks/bench_stats_size.py."""
    hits = {"design": 0, "pretest": 0}
    for _ in range(150):
        first = rng.lognormal(-0.125, 0.5, 50)
        second = rng.lognormal(-0.5, 1.0, 50)
        for rule in hits:
            found = bench.compare(first, second, select=rule, sensitivity=False)  # type: ignore[arg-type]  # the names are right
            hits[rule] += found.p_value <= 0.05

    assert hits["design"] < 25
    assert hits["pretest"] > 60
