"""The traps in which statistics packages lie quietly, one test each."""

import json
import math
from collections.abc import Callable
from itertools import permutations
from typing import Any

import numpy as np
import pytest
from scipy import stats

import bench


def ids(result: Any) -> set[str]:
    return {each.id for each in result.warnings}


@pytest.mark.parametrize("test", [bench.welch_t, bench.student_t, bench.brunner_munzel])
@pytest.mark.parametrize("control", [[0.8] * 4, [0.9] * 4])
def test_zero_variance_is_seen_in_floating_point_too(
    test: Callable[..., bench.Comparison], control: list[float]
) -> None:
    """The mean of three .8 is not .8 in binary: scipy finds p = 6e-31 between constants."""
    found = test(control, [0.9, 0.9, 0.9, 0.3 * 3])

    assert math.isnan(found.p_value)
    assert found.se != 0.0
    assert "ZERO_VARIANCE" in ids(found)


@pytest.mark.parametrize(
    "test", [bench.anova, bench.welch_anova, bench.repeated_anova, bench.equal_spread]
)
@pytest.mark.parametrize("step", [0.0, 0.1])
def test_groups_that_do_not_vary_have_no_test(
    test: Callable[..., bench.Comparison], step: float
) -> None:
    found = test({name: [0.7 + place * step] * 4 for place, name in enumerate("abc")})

    assert math.isnan(found.p_value)
    assert "ZERO_VARIANCE" in ids(found)


@pytest.mark.parametrize("test", [bench.paired_t, bench.compare_paired])
def test_a_constant_shift_has_no_t_test(test: Callable[..., bench.Comparison]) -> None:
    """Scipy's ttest_rel finds p = 1e-31 here."""
    found = test([0.1, 0.2, 0.3, 0.4], [0.2, 0.3, 0.4, 0.5])

    assert math.isnan(found.p_value)
    assert found.estimate == pytest.approx(0.1)
    assert "ZERO_VARIANCE" in ids(found)


def test_ranks_of_copies_carry_a_warning() -> None:
    copies = ([0.8] * 6, [0.9] * 6)

    for test in (bench.mann_whitney, bench.permutation_test):
        assert "CONSTANT_GROUPS" in ids(test(*copies))
    assert "CONSTANT_GROUPS" in ids(bench.kruskal_wallis(copies))
    assert "CONSTANT_GROUPS" in ids(bench.friedman(copies))
    assert "CONSTANT_GROUPS" in ids(bench.wilcoxon([1, 2, 3, 4, 5, 6], [2, 3, 4, 5, 6, 7]))


def test_one_value_has_students_t_but_not_welchs() -> None:
    assert bench.student_t([1.0], [2.0, 3.0, 4.0]).df == (2.0,)
    with pytest.raises(bench.NotEnoughDataError):
        bench.welch_t([1.0], [2.0, 3.0, 4.0])


def test_few_values_make_a_bootstrap_mean_little() -> None:
    assert "SMALL_TAIL_BOOTSTRAP" in ids(bench.bootstrap_interval([1.0, 2.0, 3.0]))


def test_pairs_of_unequal_length_are_never_cut() -> None:
    with pytest.raises(bench.UnequalLengthsError):
        bench.compare_paired([1.0, 2.0, 3.0], [1.0, 2.0])


def test_missing_values_are_refused_or_counted_and_infinite_ones_refused() -> None:
    with pytest.raises(bench.MissingValuesError):
        bench.compare([1.0, None, 2.0], [1.0, 2.0])
    found = bench.compare_paired([1.0, math.nan, 2.0, 4.0], [1.0, 2.0, 2.5, 3.0], nan="omit")
    assert (found.n_dropped, found.n["pairs"]) == (1, 3)
    assert "DROPPED_MISSING" in ids(found)
    with pytest.raises(bench.InvalidDataError, match="infinite"):
        bench.compare([1.0, math.inf], [1.0, 2.0])


def test_values_that_are_all_tied_are_no_evidence() -> None:
    tied = [1.0, 1.0, 1.0]

    assert bench.mann_whitney(tied, tied).p_value == 1.0
    assert bench.wilcoxon(tied, tied).p_value == 1.0
    for result in (
        bench.mann_whitney(tied, tied),
        bench.wilcoxon(tied, tied),
        bench.kruskal_wallis([tied, tied]),
        bench.friedman([tied, tied]),
        bench.permutation_test(tied, tied),
    ):
        assert "ALL_TIED" in ids(result)
        assert not result.p_value < 0.05


def test_differences_that_differ_in_the_last_bit_are_ties() -> None:
    """.78 - .72 and .81 - .75 are both .06."""
    found = bench.wilcoxon([0.72, 0.75, 0.10], [0.78, 0.81, 0.13])
    exact = bench.wilcoxon([0, 0, 0], [2, 2, 1])

    assert found.p_value == exact.p_value
    assert found.details["w_plus"] == exact.details["w_plus"]


def test_what_happens_to_zeros_is_a_choice_and_is_reported() -> None:
    control, treatment = [1, 2, 3, 4, 5, 6], [1, 2, 4, 6, 8, 5]

    dropped = bench.wilcoxon(control, treatment)
    pratt = bench.wilcoxon(control, treatment, zeros="pratt")

    assert (dropped.details["zeros"], pratt.details["zeros"]) == ("wilcox", "pratt")
    assert dropped.statistic != pratt.statistic
    assert dropped.statistic == dropped.details["w_plus"]


def test_every_sign_is_treatment_minus_control() -> None:
    low, high = [1.0, 2.0, 3.0, 4.0, 5.5], [3.0, 4.5, 5.0, 6.0, 7.0]

    for test in (bench.welch_t, bench.mann_whitney, bench.paired_t, bench.wilcoxon):
        found = test(low, high)
        assert found.estimate > 0
        assert all(size.value > 0 for size in found.effect_sizes.values())
    assert bench.rank_biserial(high, low).value < 0


def test_a_tiny_p_keeps_its_logarithm_and_is_never_printed_as_zero() -> None:
    found = bench.compare([0.0, 1.0] * 500, [100.0, 101.0] * 500)

    assert found.log_p < -1000
    assert "p < 1e-300" in str(found)
    assert bench.adjust([1e-20, 0.5], "sidak")[0] == pytest.approx(2e-20, rel=1e-9)


def test_a_simulated_p_is_never_zero_and_small_samples_are_enumerated() -> None:
    rng = np.random.default_rng(1)

    drawn = bench.permutation_test(rng.normal(0, 1, 60), rng.normal(9, 1, 60), resamples=999)
    counted = bench.permutation_test([1, 2, 3], [7, 8, 9])

    assert drawn.p_value == pytest.approx(1 / 1000)
    assert counted.method == "exact permutation"
    assert counted.p_value == pytest.approx(2 / 20)


@pytest.mark.parametrize("method", ["mid-p", "exact", "chi2", "chi2-corrected"])
def test_no_discordance_and_equal_discordance_give_p_of_one(method: str) -> None:
    """Statsmodels returns p = 0 for the first."""
    assert bench.mcnemar_from_counts(10, 0, 0, 5, method=method).p_value == 1.0
    assert bench.mcnemar_from_counts(10, 6, 6, 5, method=method).p_value == 1.0


def test_all_right_has_an_interval_of_some_width() -> None:
    found = bench.proportion_interval(20, 20)

    assert found.low < 0.9
    assert "BOUNDARY" in ids(found)
    assert bench.eval_score([1] * 20).se > 0


def test_a_zero_cell_has_an_exact_interval_and_a_labelled_correction() -> None:
    found = bench.fisher_exact([[5, 0], [2, 6]])

    assert math.isinf(found.interval.high)
    assert math.isfinite(found.effect_sizes["odds_ratio_haldane"].value)
    assert "ZERO_CELL" in ids(found)


def test_one_cluster_is_an_error_and_few_are_a_warning() -> None:
    with pytest.raises(bench.NotEnoughDataError):
        bench.clustered_mean([1, 2, 3], ["a"] * 3)
    assert "FEW_CLUSTERS" in ids(bench.clustered_mean([1, 2, 3, 5], list("aabb")))


def test_clusters_of_one_give_the_independent_error() -> None:
    found = bench.clustered_mean([1, 2, 3, 5], list("abcd"))

    assert found.se_cr1 == pytest.approx(found.se_iid)
    assert found.se_cr2 == pytest.approx(found.se_iid)
    assert found.se_cr0 < found.se_iid


def test_negative_correlation_within_clusters_is_flagged() -> None:
    values = [1.0, -1.1, 2.0, -1.9, 3.0, -3.2, 0.9, -1.0]

    found = bench.clustered_mean(values, list("aabbccdd"))

    assert found.se_cr1 < found.se_iid
    assert "NEGATIVE_ICC" in ids(found)


def test_a_normality_test_of_many_values_gives_no_p() -> None:
    found = bench.normality(np.random.default_rng(2).normal(size=6000))

    assert math.isnan(found.p_value)
    assert found.statistic > 0.99
    assert "LARGE_SAMPLE" in ids(found)


def test_right_and_wrong_are_not_tested_for_normality() -> None:
    found = bench.compare([0, 1] * 20, [1, 1, 1, 0] * 10)

    assert found.assumptions == ()
    assert found.test == "proportions_z"


def test_the_two_conventions_of_the_eta_interval_are_named() -> None:
    groups = {"a": [1.0, 2.0, 3.0], "b": [2.0, 3.0, 5.0], "c": [4.0, 6.0, 7.0]}

    by_n = bench.eta_squared_interval(groups)
    by_error = bench.eta_squared_interval(groups, convention="df_error")

    assert by_n.level == 0.9
    assert by_n.high < by_error.high
    assert "df_error" in by_error.method


def test_an_omega_below_zero_is_kept() -> None:
    found = bench.anova({"a": [1.0, 5.0, 3.0], "b": [3.0, 1.0, 5.0], "c": [5.0, 3.0, 1.1]})

    assert found.effect_sizes["omega_squared"].value < 0


def test_hedges_correction_is_exact_and_glass_names_its_spread() -> None:
    control, treatment = [1.0, 2.0, 3.0], [2.0, 4.0, 5.0]

    d = bench.cohens_d(control, treatment).value
    g = bench.hedges_g(control, treatment).value
    glass = bench.standardised_difference(control, treatment, kind="glass_delta")

    exact = math.gamma(2.0) / (math.sqrt(2.0) * math.gamma(1.5))
    assert g / d == pytest.approx(exact)
    assert g / d != pytest.approx(1 - 3 / (4 * 4 - 1), rel=1e-4)
    assert "SD of control" in glass.name


def test_paired_effect_sizes_say_which_they_are() -> None:
    found = bench.paired_t([1.0, 2.0, 3.0, 4.0], [1.5, 2.1, 3.9, 4.4])

    assert "d_z" in " ".join(size.name for size in found.effect_sizes.values())


def test_observed_power_needs_an_explicit_request_and_warns() -> None:
    planned = bench.power("t", effect=0.5, n=30)
    observed = bench.power("t", effect=0.5, n=30, observed=True)

    assert planned.power == observed.power
    assert "OBSERVED_POWER" in ids(observed)
    assert "OBSERVED_POWER" not in ids(planned)


def test_the_effect_of_an_anova_is_f_and_eta_must_be_converted() -> None:
    assert bench.power("anova", effect=0.25, power=0.8, groups=4).n == 45
    by_eta = bench.power("anova", effect=bench.f_from_eta_squared(0.25), power=0.8, groups=4)
    assert by_eta.n == 10


def test_more_tries_than_samples_are_refused_and_certain_passes_are_one() -> None:
    with pytest.raises(bench.InvalidDataError):
        bench.pass_at_k([5], [2], k=6)
    assert bench.pass_at_k([5, 5], [4, 5], k=2).estimate == 1.0


def test_adjusting_keeps_order_names_and_gaps() -> None:
    found = bench.adjust({"b": 0.01, "a": None, "c": 0.04}, "holm")

    assert list(found) == ["b", "a", "c"]
    assert found["b"] == pytest.approx(0.02)
    assert math.isnan(found["a"])
    with pytest.raises(bench.InvalidDataError):
        bench.adjust([0.5, 1.2])


def test_simulated_results_carry_seed_resamples_and_their_error() -> None:
    rng = np.random.default_rng(3)
    first, second = rng.normal(0, 1, 60), rng.normal(0.2, 1, 60)

    found = bench.permutation_test(first, second, resamples=500, seed=9)

    assert (found.seed, found.resamples) == (9, 500)
    assert found.details["mc_error"] == pytest.approx(
        math.sqrt(found.p_value * (1 - found.p_value) / 500)
    )
    assert found == bench.permutation_test(first, second, resamples=500, seed=9)
    assert "MC_ERROR" in ids(found)


def test_a_macro_mean_has_its_own_error() -> None:
    """Sizes 1000 and 50 with errors .01 and .07: the macro mean's is .0354, not .0101."""
    rng = np.random.default_rng(4)
    scores = {"large": rng.normal(0.5, 0.316, 1000), "small": rng.normal(0.7, 0.495, 50)}

    macro = bench.pool_scores(scores, method="macro")
    micro = bench.pool_scores(scores, method="micro")

    errors = [float(np.std(each, ddof=1)) / len(each) ** 0.5 for each in scores.values()]
    assert macro.se == pytest.approx(math.hypot(*errors) / 2)
    assert micro.se < macro.se / 2


def test_points_on_a_line_are_not_certain() -> None:
    found = bench.correlation([1, 2, 3, 4, 5], [2, 4, 6, 8, 10])

    assert math.isnan(found.p_value)
    assert math.isnan(found.interval.low)
    assert "PERFECT_CORRELATION" in ids(found)


@pytest.mark.parametrize("alternative", ["two-sided", "less", "greater"])
def test_few_ranks_are_correlated_exactly(alternative: str) -> None:
    """Against scipy's coefficient over all 720 orders."""
    x, y = [1, 2, 3, 4, 5, 6], [2, 1, 2, 5, 3, 7]

    found = bench.correlation(x, y, method="spearman", alternative=alternative)  # type: ignore[arg-type]  # the names are right

    orders = list(permutations(y))
    every = np.array([float(stats.spearmanr(x, order).statistic) for order in orders])
    observed = float(stats.spearmanr(x, y).statistic)
    extreme = {
        "two-sided": np.abs(every) >= abs(observed) - 1e-9,
        "greater": every >= observed - 1e-9,
        "less": every <= observed + 1e-9,
    }[alternative]
    assert found.estimate == pytest.approx(observed)
    assert found.p_value == pytest.approx(float(extreme.mean()))


def test_no_result_is_json_with_nan() -> None:
    found = bench.compare([0.8] * 4, [0.9] * 4)

    json.loads(found.to_json(), parse_constant=pytest.fail)
