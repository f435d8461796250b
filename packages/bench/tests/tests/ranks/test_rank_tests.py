"""Rank tests, ties and pairs without a difference."""

from typing import Any

import bench


def ids(result: Any) -> set[str]:
    return {each.id for each in result.warnings}


def test_ranks_of_copies_carry_a_warning() -> None:
    copies = ([0.8] * 6, [0.9] * 6)

    for test in (bench.mann_whitney, bench.permutation_test):
        assert "CONSTANT_GROUPS" in ids(test(*copies))
    assert "CONSTANT_GROUPS" in ids(bench.kruskal_wallis(copies))
    assert "CONSTANT_GROUPS" in ids(bench.friedman(copies))
    assert "CONSTANT_GROUPS" in ids(bench.wilcoxon([1, 2, 3, 4, 5, 6], [2, 3, 4, 5, 6, 7]))


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


def test_friedman_of_two_conditions_is_the_sign_test() -> None:
    """Chi-square has p = .034 for seven of eight, and rejects 7 % of true null hypotheses."""
    control, treatment = [1, 2, 3, 4, 5, 6, 7, 8, 9], [2, 3, 4, 5, 6, 7, 8, 7, 9]

    found = bench.friedman([control, treatment])

    assert found.p_value == bench.sign_test(control, treatment).p_value == 18 / 256
    assert found.method == "exact binomial p-value"
