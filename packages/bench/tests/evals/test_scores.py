"""Scores of language models."""

import math
from typing import Any

import numpy as np
import pytest

import bench


def test_repeats_are_averaged_by_item_and_not_counted_as_items() -> None:
    repeated = bench.eval_score([[1, 1, 1], [0, 0, 0], [1, 0, 1], [0, 1, 0]])

    assert repeated.n_items == 4
    assert repeated.repeats == 3
    assert repeated.mean == pytest.approx(0.5)


def test_missing_answers_need_a_decision() -> None:
    with pytest.raises(bench.InvalidDataError, match="missing"):
        bench.eval_score([1, None, 1, 0])

    wrong = bench.eval_score([1, None, 1, 0], missing="wrong")
    left_out = bench.eval_score([1, None, 1, 0], missing="omit")

    assert wrong.mean == 0.5
    assert left_out.mean == pytest.approx(2 / 3)
    assert wrong.bounds == (0.5, 0.75)


def test_a_perfect_score_is_not_certain() -> None:
    score = bench.eval_score([1] * 20)

    assert math.isnan(score.se)
    assert score.interval.width > 0
    assert score.interval.low < 0.9


def test_pairing_saves_variance_when_systems_agree() -> None:
    control = [1, 0, 1, 0, 1, 1, 0, 1, 1, 0] * 5
    treatment = [1, 0, 1, 1, 1, 1, 0, 1, 1, 0] * 5

    found = bench.eval_compare(control, treatment)

    assert found.difference == pytest.approx(0.1)
    assert found.variance_saved > 0.5
    assert found.n_needed(0.05) > 50


def test_pass_at_k_refuses_more_tries_than_samples() -> None:
    with pytest.raises(bench.InvalidDataError):
        bench.pass_at_k([5, 5], [1, 2], 6)


def test_perfect_calibration_has_a_small_error_and_overconfidence_a_sign() -> None:
    confidences = [0.9] * 100
    right = [1] * 60 + [0] * 40

    found = bench.calibration(confidences, right, resamples=200)

    assert found.ece == pytest.approx(0.3)
    assert found.overconfidence == pytest.approx(0.3)
    assert found.brier == pytest.approx(0.6 * 0.01 + 0.4 * 0.81)
    assert found.ece_interval.low < 0.3 < found.ece_interval.high


def test_kappa_of_the_textbook_table() -> None:
    """20 yes/yes, 5 yes/no, 10 no/yes, 15 no/no: kappa = 0.4 (any textbook on Cohen 1960)."""
    first = ["y"] * 25 + ["n"] * 25
    second = ["y"] * 20 + ["n"] * 5 + ["y"] * 10 + ["n"] * 15

    found = bench.agreement(first, second)

    assert found.value == pytest.approx(0.4)
    assert found.interval is not None
    assert found.interval.low < 0.4 < found.interval.high


def test_alpha_of_krippendorffs_own_example() -> None:
    """Krippendorff 2011, "Computing Krippendorff's Alpha-Reliability", example C: 0.743."""
    star = None
    raters = [
        [1, 2, 3, 3, 2, 1, 4, 1, 2, star, star, star],
        [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, star, 3],
        [star, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, star],
        [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, star],
    ]

    nominal = bench.agreement(*raters, method="krippendorff")
    interval = bench.agreement(*raters, method="krippendorff", metric="interval")

    assert nominal.value == pytest.approx(0.743, abs=5e-4)
    assert interval.value == pytest.approx(0.849, abs=5e-4)


def test_the_budget_of_the_earlier_guide_is_underpowered() -> None:
    """Requirements BA8: d = .5, 1000 USD at 10 USD: n = 50 per group, power .697."""
    plan = bench.plan_budget(0.5, budget_usd=1000, cost_per_item_usd=10)

    assert plan.status == "underpowered"
    assert plan.affordable.n == 50
    assert plan.affordable.power == pytest.approx(0.697, abs=5e-4)
    assert plan.needed.n == 64


def test_an_insignificant_difference_is_not_equivalence() -> None:
    control, treatment = [1.0, 2.0, 3.0, 4.0], [1.5, 2.5, 2.0, 5.0]

    found = bench.equivalence(control, treatment, low=-0.5, high=0.5)

    assert not found.equivalent
    assert math.isfinite(found.p_value)


def test_corrections_accept_results() -> None:
    results = {
        "a": bench.compare([1, 2, 3, 4], [5, 6, 7, 9]),
        "b": bench.compare([1, 2, 3, 4], [1, 2, 4, 4]),
    }

    found = bench.correct_multiple_comparisons(results)

    assert found.names == ("a", "b")
    assert found.p_adjusted[0] == pytest.approx(2 * results["a"].p_value)


def test_a_comparison_prints_its_difference_and_what_it_rests_on() -> None:
    rows = [[1, 0, 1], [0, 0, 1], [1, 1, 1], [0, 1, 0], [1, 1, 0], [0, 0, 0]]
    better = [[1, 1, 1], [0, 1, 1], [1, 1, 1], [0, 1, 1], [1, 1, 0], [0, 0, 1]]

    found = bench.eval_compare(rows, better, clusters=[1, 1, 2, 2, 3, 3])

    assert "On 6 items x 3 repeats in 3 clusters." in str(found)
    assert found.table().rows[-1][0] == "difference"
    assert found.table().rows[-1][3] == str(found.interval)
    assert found.se == found.details["se_cr2"]


def test_sentences_and_tables_say_repeats_clusters_and_what_pairing_did() -> None:
    rng = np.random.default_rng(1)
    first, second = ({i: rng.integers(0, 2, 3).tolist() for i in range(40)} for _ in range(2))
    fourths = {i: i // 4 for i in range(40)}

    score = bench.eval_score(first, clusters=fourths).to_markdown()
    assert "40 items x 3 repeats in 10 clusters" in score

    against = str(bench.eval_compare(first, second, clusters=fourths))
    assert "On 40 items x 3 repeats in 10 clusters." in against
    assert "Pairing added 32% of the variance (r = -0.33)" in against


@pytest.mark.parametrize(
    ("scores", "place"),
    [
        ([1, 2**53 + 1, 3], "value 1 is 9007199254740993"),
        (np.array([1, 2**53 + 1, 3]), "value 1 is 9007199254740993"),
        ({"a": 1, "b": 2**53 + 1}, "value 1 is 9007199254740993"),
        ([1.0, math.inf, 0.0], "item 1 has an infinite score"),
        (np.array([1.0, 0.0, math.inf]), "item 2 has an infinite score"),
        ([[1, 0], [1, -math.inf]], "item 1 has an infinite score"),
    ],
)
def test_scores_that_a_float_does_not_hold_are_refused_with_their_place(
    scores: Any, place: str
) -> None:
    for run in (bench.eval_score, lambda x: bench.eval_compare(x, x)):
        with pytest.raises(bench.InvalidDataError, match=place):
            run(scores)
