"""Two systems on the same items."""

import json
import math
from typing import Any

import pytest

import bench

RIGHT = [1] * 42 + [1] * 9 + [0] * 3 + [0] * 6
OTHER = [1] * 42 + [0] * 9 + [1] * 3 + [0] * 6


def test_right_and_wrong_answers_get_mcnemar_and_an_interval_of_the_difference() -> None:
    result = bench.compare_paired(OTHER, RIGHT)

    assert result.test == "mcnemar_midp"
    assert result.estimate == pytest.approx(0.1)
    assert result.interval.method == "bonett-price"
    assert result.details["only_treatment"] == 9
    assert result.direction == "treatment minus control"


def test_swapping_the_sides_flips_every_sign_and_keeps_p() -> None:
    forward, backward = bench.compare_paired(OTHER, RIGHT), bench.compare_paired(RIGHT, OTHER)

    assert forward.estimate == -backward.estimate
    assert forward.interval.low == pytest.approx(-backward.interval.high)
    assert forward.p_value == pytest.approx(backward.p_value)


@pytest.mark.parametrize("method", ["mid-p", "exact", "chi2", "chi2-corrected"])
def test_equal_wins_and_losses_give_p_of_one(method: Any) -> None:
    result = bench.mcnemar_from_counts(10, 4, 4, 2, method=method)

    assert result.p_value == pytest.approx(1.0)


def test_no_discordant_pair_is_no_evidence_and_has_no_zero_width() -> None:
    result = bench.compare_paired([1, 1, 0, 0], [1, 1, 0, 0])

    assert result.p_value == 1.0
    assert result.se > 0
    assert result.interval.width > 0
    assert [each.id for each in result.warnings] == ["NO_DISCORDANT_PAIRS"]


def test_numbers_get_the_paired_t_test_of_the_corrected_guide_example() -> None:
    """The earlier framework's guide printed t = 6.89; scipy and R give 20.0."""
    before = [0.72, 0.68, 0.75, 0.71, 0.69, 0.73, 0.70]
    after = [0.78, 0.73, 0.81, 0.76, 0.74, 0.79, 0.77]

    result = bench.compare_paired(before, after)

    assert result.test == "paired_t"
    assert result.statistic == pytest.approx(20.0)
    assert result.p_value == pytest.approx(1.01426e-6, rel=1e-3)
    assert result.interval.low == pytest.approx(0.0502, abs=5e-5)


def test_unequal_lengths_are_an_error_and_never_cut() -> None:
    with pytest.raises(bench.UnequalLengthsError, match="control has 3, treatment has 2"):
        bench.compare_paired([1, 2, 3], [1, 2])


def test_mappings_are_paired_by_item_id_whatever_their_order() -> None:
    control = {"a": 1.0, "b": 2.0, "c": 4.0}
    treatment = {"c": 5.5, "a": 2.0, "b": 2.5}

    result = bench.compare_paired(control, treatment)

    assert result.estimate == pytest.approx(1.0)
    assert result.p_value == bench.compare_paired([1.0, 2.0, 4.0], [2.0, 2.5, 5.5]).p_value


def test_an_item_on_one_side_only_is_an_error() -> None:
    with pytest.raises(bench.UnequalLengthsError, match="one side only"):
        bench.compare_paired({"a": 1, "b": 0}, {"a": 1, "c": 0})


def test_ids_pair_two_shuffled_columns() -> None:
    result = bench.compare_paired([1, 2, 4], [5.5, 2, 2.5], ids=(["a", "b", "c"], ["c", "a", "b"]))

    assert result.estimate == pytest.approx(1.0)


def test_a_missing_value_drops_its_pair_only_when_asked() -> None:
    with pytest.raises(bench.MissingValuesError):
        bench.compare_paired([1, 2, None], [2, 3, 5])

    result = bench.compare_paired([1, 2, None, 4], [2, 3.5, 5, 5], missing="omit")

    assert result.n_dropped == 1
    assert result.n["pairs"] == 3
    assert "DROPPED_MISSING" in [each.id for each in result.warnings]


def test_a_constant_shift_has_no_test_but_keeps_its_estimate() -> None:
    result = bench.compare_paired([0.1, 0.2, 0.3], [0.2, 0.3, 0.4])

    assert result.estimate == pytest.approx(0.1)
    assert math.isnan(result.p_value)
    assert math.isnan(result.se)
    assert [each.id for each in result.warnings] == ["ZERO_VARIANCE"]


def test_clusters_widen_the_interval_of_items_that_agree_within_them() -> None:
    control = [0.0] * 40
    treatment = [1.0, 1.0, 1.0, 1.0, 0.0, 0.0, 0.0, 0.0] * 5
    clusters = [index // 4 for index in range(40)]

    plain = bench.compare_paired(control, treatment, scale="numeric")
    clustered = bench.compare_paired(control, treatment, clusters=clusters)

    assert clustered.test == "clustered_paired_t"
    assert clustered.interval.width > 1.5 * plain.interval.width
    assert "FEW_CLUSTERS" in [each.id for each in clustered.warnings]


def test_one_cluster_is_an_error() -> None:
    with pytest.raises(bench.NotEnoughDataError, match="clusters"):
        bench.compare_paired([1, 0, 1], [1, 1, 1], clusters=["a", "a", "a"])


def test_the_result_is_json_without_nan() -> None:
    result = bench.compare_paired([0.1, 0.2, 0.3], [0.2, 0.3, 0.4])

    text = json.dumps(result.to_dict(), allow_nan=False)

    assert json.loads(text)["p_value"] is None
    assert json.loads(text)["effect_sizes"]["d_z"]["value"] == "Infinity"


def test_options_for_right_and_wrong_are_refused_for_numbers() -> None:
    with pytest.raises(bench.InvalidOptionError):
        bench.compare_paired([1.5, 2.0], [2.5, 2.0], method="exact")


def test_the_detectable_difference_shrinks_with_the_root_of_n() -> None:
    small = bench.minimum_detectable_effect(n=100, discordance=0.2)
    large = bench.minimum_detectable_effect(n=400, discordance=0.2)

    assert small.value == pytest.approx(2 * large.value)
    assert small.value == pytest.approx(2.8015852 * math.sqrt(0.2) / 10)


def test_the_detectable_difference_of_data_without_discordance_is_not_zero() -> None:
    found = bench.minimum_detectable_effect([1, 0, 1, 1], [1, 0, 1, 1])

    assert found.value > 0
    assert [each.id for each in found.warnings] == ["ASSUMED_DISCORDANCE"]


@pytest.mark.parametrize("interval", ["bonett-price", "tango", "newcombe"])
@pytest.mark.parametrize("total", [1, 5, 20])
def test_every_interval_exists_for_every_table(interval: Any, total: int) -> None:
    for wins in range(total + 1):
        for losses in range(total + 1 - wins):
            found = bench.mcnemar_from_counts(
                total - wins - losses, losses, wins, 0, interval=interval
            )

            assert -1 <= found.interval.low <= found.estimate <= found.interval.high <= 1
            assert found.interval.width > 0
