"""The test that is chosen, by design and scale, and what degenerate data do to it."""

import math
from typing import Any

import pytest

import bench

Case = dict[str, Any]
NAMES = {"mcnemar_midp", "mcnemar", "welch_t", "paired_t", "proportions_z", "brunner_munzel"}


def _of(cases: list[Case], family: str) -> list[Case]:
    return [case for case in cases if case["family"] == family]


def test_the_default_follows_the_design_of_every_policy_case(cases: list[Case]) -> None:
    for case in _of(cases, "auto_select"):
        data, options = case["data"], case["options"]

        if "groups" in data:
            chosen = bench.compare_many(data["groups"]).omnibus.test
        elif options["paired"]:
            chosen = bench.compare_paired(data["y"], data["x"]).test
        else:
            chosen = bench.compare(data["y"], data["x"], scale=options.get("scale", "auto")).test

        assert chosen in case["expected"]["test_in"], case["id"]


def _run(data: Case, name: str) -> bench.Comparison:
    if name == "welch t":
        return bench.welch_t(data["y"], data["x"])
    if name == "mann-whitney":
        return bench.mann_whitney(data["y"], data["x"])
    if name == "mcnemar":
        (a, b), (c, d) = data["table"]
        return bench.mcnemar_from_counts(a, c, b, d)
    if name == "shapiro":
        return bench.normality(data["x"])
    return bench.paired_t(data["y"], data["x"])


def test_no_edge_case_is_silently_significant(cases: list[Case]) -> None:
    for case in _of(cases, "edge"):
        try:
            result = _run(case["data"], case["options"]["test"])
        except bench.BenchError:
            assert "error" in case["expected"]["accept"], case["id"]
            continue

        assert math.isnan(result.p_value) or result.p_value == 1.0, case["id"]
        assert result.warnings, case["id"]
        assert result.se != 0.0, case["id"]


def test_ordinal_scales_are_declared_not_guessed() -> None:
    control, treatment = [1, 2, 4, 4, 5, 2, 3], [3, 5, 5, 5, 4, 4, 5]

    assert bench.compare(control, treatment).test == "welch_t"
    assert bench.compare(control, treatment, scale="ordinal").test == "brunner_munzel"
    assert bench.compare_paired(control, treatment, scale="ordinal").test == "wilcoxon"
    many = bench.compare_many({"a": control, "b": treatment}, scale="ordinal")
    assert many.omnibus.test == "kruskal_wallis"
    paired = bench.compare_many_paired({"a": control, "b": treatment}, scale="ordinal")
    assert paired.omnibus.test == "friedman"


def test_sparse_counts_get_an_exact_p() -> None:
    result = bench.compare([1] * 19 + [0], [1] * 20)

    assert result.test == "fisher_exact"
    assert result.method == "mid-p"
    assert result.p_value > 0.4


def test_few_values_bring_sensitivity_analyses_along() -> None:
    result = bench.compare([0.89, 0.87, 0.90, 0.88, 0.91], [0.96, 0.97, 0.94, 0.95, 0.98])

    tests = [each.test for each in result.sensitivity]

    assert tests == ["permutation_studentised", "yuen_t"]
    assert bench.compare([1.0, 2.5, 3.0], [2.0, 4.0, 3.5], sensitivity=False).sensitivity == ()


@pytest.mark.parametrize(
    "function",
    [bench.kruskal_wallis, bench.anova, bench.welch_anova, bench.friedman, bench.repeated_anova],
)
def test_constant_groups_give_no_verdict(function: Any) -> None:
    result = function({"a": [1.0, 1.0, 1.0], "b": [1.0, 1.0, 1.0], "c": [1.0, 1.0, 1.0]})

    assert not result.p_value < 0.05
    assert result.warnings


def test_wilcoxon_without_differences_has_p_of_one() -> None:
    result = bench.wilcoxon([1, 2, 3], [1, 2, 3])

    assert result.p_value == 1.0
    assert "ALL_TIED" in [each.id for each in result.warnings]


def test_complete_separation_carries_a_warning() -> None:
    delta = bench.cliffs_delta([1, 2, 3], [4, 5, 6])
    paired = bench.rank_biserial([1, 2, 3, 4], [2, 3, 5, 6])

    for size in (delta, paired):
        assert size.value == 1.0
        assert size.warnings[0].id == "COMPLETE_SEPARATION"


def test_pairs_without_spread_carry_a_warning() -> None:
    table = bench.posthoc({"a": [1.0, 1.0, 1.0], "b": [2.0, 2.0, 2.0]}, method="tukey")

    assert math.isnan(table.rows[0].p_adjusted)
    assert table.rows[0].warnings[0].id == "ZERO_VARIANCE"
