"""The sign test, and the exact tests of two small proportions."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

import bench
from bench._tests.counts.pooled_rate import pooled_rate_p

CONTROL = [1] + [0] * 9
TREATMENT = [1] * 7 + [0] * 3


def test_the_sign_test_counts_what_is_above_and_leaves_ties_out() -> None:
    found = bench.sign_test([1, 2, 3, 4, 5, 6, 7, 8], [2, 3, 3, 5, 7, 7, 6, 9])

    assert found.p_value == pytest.approx(stats.binomtest(6, 7).pvalue, rel=1e-12)
    assert (found.n["wins"], found.n["losses"], found.n["ties"]) == (6, 1, 1)
    assert found.estimate == 1.0
    assert [each.id for each in found.warnings] == ["ZEROS_DROPPED"]


def test_the_sign_test_of_equal_pairs_finds_nothing_and_says_so() -> None:
    found = bench.sign_test([0.7] * 9, [0.7] * 9)

    assert found.p_value == 1.0
    assert [each.id for each in found.warnings] == ["ALL_TIED"]


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=2, max_size=30))
def test_swapping_the_sides_of_a_sign_test_swaps_its_tails(pairs: list[tuple[int, int]]) -> None:
    first, second = zip(*pairs, strict=True)

    up = bench.sign_test(first, second, alternative="greater")
    down = bench.sign_test(second, first, alternative="less")

    assert up.p_value == pytest.approx(down.p_value)
    assert up.estimate == -down.estimate


@pytest.mark.parametrize("method", ["boschloo", "barnard"])
@pytest.mark.parametrize("alternative", ["two-sided", "less", "greater"])
def test_unconditional_tests_are_scipys_with_the_treatment_first(
    method: str, alternative: str
) -> None:
    scipys = getattr(stats, f"{method}_exact")

    found = bench.unconditional_test(CONTROL, TREATMENT, method=method, alternative=alternative)  # type: ignore[arg-type]  # the names are right

    assert found.p_value == scipys([[7, 1], [3, 9]], alternative=alternative).pvalue
    assert found.estimate == pytest.approx(0.6)


def test_boschloos_test_is_never_weaker_than_fishers() -> None:
    rng = np.random.default_rng(3)
    for _ in range(20):
        first, second = rng.random(9) < 0.3, rng.random(11) < 0.7
        wins, losses = int(second.sum()), int(first.sum())

        exact = bench.unconditional_test(first, second).p_value

        fisher = bench.fisher_exact([[wins, 11 - wins], [losses, 9 - losses]]).p_value
        assert exact <= fisher + 1e-9


def test_all_right_everywhere_is_no_evidence() -> None:
    found = bench.unconditional_test([1] * 5, [1] * 5)

    assert found.p_value == 1.0
    assert [each.id for each in found.warnings] == ["BOUNDARY"]
    assert not math.isnan(found.interval.low)


@pytest.mark.slow
def test_a_table_too_large_to_enumerate_is_drawn_with_its_error() -> None:
    """R's fisher.test(simulate.p.value = TRUE, B = 1e6) gives .3259 +- .0005."""
    table = [[9, 12, 4, 15], [11, 6, 9, 13], [14, 10, 8, 7], [8, 12, 10, 12]]

    found = bench.fisher_exact(table)

    assert found.method == "random tables"
    assert found.p_value == pytest.approx(0.3259, abs=0.008)
    assert [each.id for each in found.warnings] == ["MC_ERROR"]
    assert found == bench.fisher_exact(table)


def test_a_score_test_of_few_answers_has_a_warning_where_it_rejects_too_often() -> None:
    """Over all outcomes of 25 answers each at a rate of .5 it rejects 6.5 %."""
    size, unwarned = 0.0, 0.0
    for x in range(26):
        for y in range(26):
            found = bench.two_proportions_from_counts(x, 25, y, 25)
            if found.p_value <= 0.05:
                chance = math.comb(25, x) * math.comb(25, y) / 2**50
                size += chance
                unwarned += 0.0 if found.warnings else chance

    assert size == pytest.approx(0.0649, abs=2e-4)
    assert unwarned == 0.0
    assert bench.two_proportions_from_counts(35, 65, 30, 65).warnings == ()
    exact = bench.unconditional_test([1] * 12 + [0] * 13, [1] * 18 + [0] * 7)
    assert "SCORE_APPROXIMATE" not in [each.id for each in exact.warnings]


def test_a_score_test_of_74_answers_each_warns_where_the_verdict_hangs_on_it() -> None:
    """At a rate of .5 it rejects 5.8 % of true null hypotheses, 4.7 % without a warning."""
    size = unwarned = 0.0
    for x in range(75):
        for y in range(75):
            pooled = (x + y) / 148
            gap = abs(x - y) / 74
            if gap < 1.9 * math.sqrt(pooled * (1 - pooled) / 37):
                continue
            chance = math.comb(74, x) * math.comb(74, y) / 2**148
            if chance > 1e-7:
                found = bench.two_proportions_from_counts(x, 74, y, 74)
                size += chance * (found.p_value <= 0.05)
                unwarned += chance * (found.p_value <= 0.05 and not found.warnings)

    assert size == pytest.approx(0.0583, abs=2e-4)
    assert unwarned == pytest.approx(0.0471, abs=2e-4)


def test_the_p_value_at_the_pooled_rate_is_the_sum_over_all_outcomes() -> None:
    n, m, rate = 4, 6, (1 + 5) / 10

    def z(x: int, y: int) -> float:
        pooled = (x + y) / (n + m)
        spread = pooled * (1 - pooled) * (1 / n + 1 / m)
        return (x / n - y / m) / math.sqrt(spread) if spread else 0.0

    def chance(x: int, y: int) -> float:
        wins = x + y
        return math.comb(n, x) * math.comb(m, y) * rate**wins * (1 - rate) ** (n + m - wins)

    outcomes = [(x, y) for x in range(n + 1) for y in range(m + 1)]
    both = sum(chance(*each) for each in outcomes if abs(z(*each)) >= abs(z(1, 5)) - 1e-12)
    less = sum(chance(*each) for each in outcomes if z(*each) <= z(1, 5) + 1e-12)

    assert pooled_rate_p(1, n, 5, m, "two-sided") == pytest.approx(both, rel=1e-12)
    assert pooled_rate_p(1, n, 5, m, "less") == pytest.approx(less, rel=1e-12)


def test_a_score_test_of_a_rare_answer_has_a_warning() -> None:
    score, exact = (
        bench.one_proportion(9, 3000, 0.003, method=each) for each in ("score", "exact")
    )

    assert "SCORE_APPROXIMATE" in [each.id for each in score.warnings]
    assert "SCORE_APPROXIMATE" not in [each.id for each in exact.warnings]
    assert bench.one_proportion(1500, 3000, 0.5, method="score").warnings == ()


@pytest.mark.parametrize("shares", [[1, 0], [1.5, -0.5]])
def test_a_category_that_cannot_occur_has_no_expected_count(shares: list[float]) -> None:
    """A division by zero, or the root of a negative number."""
    with pytest.raises(bench.InvalidDataError, match="probabilities"):
        bench.goodness_of_fit([5, 1], shares)
