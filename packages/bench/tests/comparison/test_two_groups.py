"""Two independent groups."""

import math
from typing import Any

import numpy as np
import pytest

import bench

CONTROL = [0.89, 0.87, 0.90, 0.88, 0.91]
TREATMENT = [0.96, 0.97, 0.94, 0.95, 0.98]


def test_the_readme_example_has_its_true_digits() -> None:
    """Scipy and R 4.2.2; the earlier guide printed t(7.98) = 8.45 and d = 4.52."""
    result = bench.compare(CONTROL, TREATMENT)

    assert result.test == "welch_t"
    assert result.statistic == pytest.approx(7.0)
    assert result.p_value == pytest.approx(1.126e-4, rel=1e-3)
    assert result.interval.low == pytest.approx(0.04694, abs=5e-6)
    assert result.effect_sizes["cohens_d"].value == pytest.approx(4.427, abs=5e-4)
    assert result.effect_sizes["hedges_g"].value == pytest.approx(3.996, abs=5e-4)


def test_the_sentence_has_what_a_paper_needs() -> None:
    text = str(bench.compare(CONTROL, TREATMENT))

    for part in ("M = 0.960", "SD = 0.0158", "t(8) = 7.00", "p < .001", "d = 4.43 [1.93, 6.86]"):
        assert part in text
    assert "very large" in text


def test_treatment_minus_control_everywhere() -> None:
    result = bench.compare(TREATMENT, CONTROL)

    assert result.estimate < 0
    assert result.statistic < 0
    assert result.interval.high < 0
    assert result.effect_sizes["cohens_d"].value < 0


def test_right_and_wrong_answers_are_compared_as_proportions() -> None:
    result = bench.compare([1] * 30 + [0] * 20, [1] * 40 + [0] * 10)

    assert result.test == "proportions_z"
    assert result.estimate == pytest.approx(0.2)
    assert result.interval.method == "newcombe"


def test_all_right_on_both_sides_is_no_evidence() -> None:
    result = bench.compare([1] * 20, [1] * 20)

    assert result.p_value == 1.0
    assert result.se > 0
    assert result.interval.width > 0.2
    assert "BOUNDARY" in [each.id for each in result.warnings]


def test_one_accuracy_per_system_is_refused_with_the_way_out() -> None:
    with pytest.raises(bench.NotEnoughDataError, match="compare_paired"):
        bench.compare([0.89], [0.96])


@pytest.mark.parametrize(("control", "treatment"), [([0.9] * 3, [0.8] * 3), ([0.9] * 4, [0.9] * 4)])
def test_constant_groups_have_no_test(control: list[float], treatment: list[float]) -> None:
    result = bench.compare(control, treatment)

    assert math.isnan(result.p_value)
    assert math.isnan(result.se)
    assert result.warnings[0].id == "ZERO_VARIANCE"


@pytest.mark.parametrize(
    "bad", [["a", "b"], [[1, 2], [3, 4]], [1, math.inf], "text", 0.9, {1.0, 2.0}, ["1", "2"]]
)
def test_what_is_not_a_column_of_numbers_is_refused(bad: Any) -> None:
    with pytest.raises(bench.InvalidDataError):
        bench.compare(bad, [1, 2, 3])


def test_a_tiny_p_keeps_its_logarithm() -> None:
    control = [float(index % 2) * 1e-3 for index in range(400)]
    result = bench.compare(control, [value + 1.0 for value in control], scale="numeric")

    assert result.p_value < 1e-300
    assert math.isfinite(result.log_p)
    assert "p < 1e-300" in str(result)


def test_a_one_sided_interval_has_one_infinite_end() -> None:
    result = bench.compare(CONTROL, TREATMENT, alternative="greater")

    assert result.interval.high == math.inf
    assert result.p_value == pytest.approx(5.63e-5, rel=1e-2)


def test_the_reason_and_the_checks_are_part_of_the_result() -> None:
    result = bench.compare(CONTROL, TREATMENT)

    assert result.selection is not None
    assert "Welch by default" in result.selection.reason
    assert any("Shapiro" in check.name for check in result.assumptions)
    assert len(result.data_hash) == 32


def test_amounts_that_are_all_zero_are_not_answers() -> None:
    costs = [0.0] * 40

    assumed = bench.compare_paired(costs, costs)
    amounts = bench.compare_paired(costs, costs, scale="numeric")

    assert "ASSUMED_BINARY" in {each.id for each in assumed.warnings}
    assert amounts.test == "paired_t"
    assert "ZERO_VARIANCE" in {each.id for each in amounts.warnings}


def test_two_clustered_groups_keep_the_size_of_the_test() -> None:
    """300 draws of 12 clusters of 10 a group without a difference."""
    rng, rejected = np.random.default_rng(6), 0
    labels = np.repeat(np.arange(12), 10)
    for _ in range(300):
        x, y = (rng.normal(0, 1, 12)[labels] + rng.normal(0, 1, 120) for _ in range(2))
        rejected += bench.compare(x, y, clusters=(labels, labels + 100)).p_value < 0.05

    assert rejected / 300 <= 0.08


def test_clusters_of_two_groups_may_come_by_item_id() -> None:
    x, y = {"a": 1.0, "b": 2.0, "c": 4.0, "d": 3.0}, {"e": 2.0, "f": 5.0, "g": 3.0, "h": 7.0}
    clusters = dict(zip("hgfedcba", [4, 4, 3, 3, 2, 2, 1, 1], strict=True))

    by_id = bench.compare(x, y, clusters=clusters)

    assert by_id == bench.compare(
        list(x.values()), list(y.values()), clusters=([1, 1, 2, 2], [3, 3, 4, 4])
    )
