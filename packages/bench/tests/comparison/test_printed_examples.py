"""Examples printed in the guide of the earlier Crucible framework, with their true values.

The true values are from scipy 1.17 and R 4.2.2.

Most of what its guides print is wrong; each test names what was printed.
"""

import pytest

import bench

CONTROL = [0.72, 0.68, 0.75, 0.71, 0.69, 0.73, 0.70]
TREATMENT = [0.78, 0.73, 0.81, 0.76, 0.74, 0.79, 0.77]
GPT4 = [0.89, 0.91, 0.88, 0.90, 0.92, 0.87, 0.93]
CLAUDE = [0.84, 0.86, 0.85, 0.87, 0.83, 0.86, 0.85]
MODELS = {
    "gpt4": [0.89, 0.91, 0.88, 0.90, 0.92],
    "claude": [0.87, 0.89, 0.86, 0.88, 0.90],
    "gemini": [0.84, 0.86, 0.83, 0.85, 0.87],
}
QUALITY = {
    "a": [8.2, 7.9, 8.5, 7.8, 8.1],
    "b": [7.5, 7.2, 7.8, 7.4, 7.6],
    "c": [9.1, 8.8, 9.3, 8.9, 9.0],
    "d": [6.8, 6.5, 7.1, 6.9, 6.7],
}


def near(value: float) -> object:
    """To the digits that the table of corrections gives."""
    return pytest.approx(value, rel=2e-3)


def test_the_quick_start_is_weaker_than_printed() -> None:
    """Printed: p .0024 and d 1.25 in one section, p .023 and d .89 in another."""
    found = bench.compare(CONTROL[:5], TREATMENT[:5])

    assert (found.test, found.statistic) == ("welch_t", near(2.862))
    assert found.df == (near(7.807),)
    assert found.p_value == near(0.02163)
    assert found.interval.low == near(0.0103)
    assert found.interval.high == near(0.0977)
    assert bench.cohens_d(CONTROL[:5], TREATMENT[:5]).value == near(1.810)


def test_the_same_five_pairs_are_far_stronger_evidence() -> None:
    """Printed: t 3.24, p .031."""
    found = bench.compare_paired(CONTROL[:5], TREATMENT[:5])

    assert found.statistic == near(22.05)
    assert found.p_value == near(2.51e-5)
    assert found.interval.low == near(0.0472)
    assert found.interval.high == near(0.0608)
    assert found.effect_sizes["d_z"].value == near(9.86)
    assert bench.wilcoxon(CONTROL[:5], TREATMENT[:5]).p_value == 0.0625


def test_seven_pairs() -> None:
    """Printed: t 6.89, p .0004, difference .070."""
    found = bench.compare_paired(CONTROL, TREATMENT)

    assert found.statistic == near(20.0)
    assert found.p_value == near(1.0143e-6)
    assert found.estimate == near(0.05714)
    assert found.interval.low == near(0.0502)
    assert found.interval.high == near(0.0641)
    assert bench.wilcoxon(CONTROL, TREATMENT).p_value == 0.015625


def test_two_models() -> None:
    """Printed: t 5.23, df 11.4, p .0003."""
    found = bench.compare(CLAUDE, GPT4)

    assert found.statistic == near(5.050)
    assert found.df == (near(10.04),)
    assert found.p_value == near(4.93e-4)
    assert (found.interval.low, found.interval.high) == (near(0.0272), near(0.0700))


def test_three_models() -> None:
    """Printed: F 12.45, p .0009, eta squared .624, omega squared .561."""
    found = bench.anova(MODELS)
    pairs = bench.posthoc(MODELS, method="tukey")

    assert found.statistic == near(12.667)
    assert found.p_value == near(1.103e-3)
    assert found.effect_sizes["eta_squared"].value == near(0.6786)
    assert found.effect_sizes["omega_squared"].value == near(0.6087)
    assert [round(pair.p_adjusted, 4) for pair in pairs] == [
        pytest.approx(0.155, abs=5e-4),
        pytest.approx(8.3e-4, abs=1e-4),
        pytest.approx(0.0277, abs=2e-4),
    ]


def test_an_outlier_does_not_move_a_rank_test() -> None:
    """Printed: U 2, p .026, r .72."""
    found = bench.mann_whitney([98, 105, 102, 110, 95, 108], [120, 135, 118, 142, 125, 890])

    assert found.statistic == 36
    assert found.p_value == near(0.002165)
    assert found.effect_sizes["cliffs_delta"].value == 1.0


def test_four_models_in_ranks() -> None:
    """Printed: H 15.23, p .0016, rank sums 50, 30, 90, 20."""
    found = bench.kruskal_wallis(QUALITY)

    assert found.statistic == near(17.730)
    assert found.p_value == near(4.999e-4)
    assert found.effect_sizes["epsilon_squared"].value == near(0.933)
    assert found.details["rank_sums"] == {"a": 64.5, "b": 40.5, "c": 90.0, "d": 15.0}


def test_standardized_differences() -> None:
    """Printed: d -3.16, Hedges' g -2.83; power of d = 3.16 with n = 5 printed as .43."""
    low, high = [5, 5.2, 4.8, 5.1, 4.9], [6, 6.2, 5.8, 6.1, 5.9]

    assert bench.cohens_d(low, high).value == near(6.325)
    assert bench.standardized_difference(low, high, kind="glass_delta").value == near(6.325)
    assert bench.power("t", effect=3.16, n=5).power > 0.98


@pytest.mark.parametrize(
    ("effect", "power", "n"),
    [
        (0.2, 0.8, 394),
        (0.5, 0.8, 64),
        (0.8, 0.8, 26),
        (0.5, 0.9, 86),
        (0.8, 0.95, 42),
        (1.5, 0.8, 9),
    ],
)
def test_sample_sizes(effect: float, power: float, n: int) -> None:
    """Printed by the code of the earlier framework: 59, 10 and 4 for the first three."""
    assert bench.power("t", effect=effect, power=power).n == n


def test_power_and_detectable_effects() -> None:
    """Printed: power .548 for d .5 and n 30; detectable effect .35 for n 300."""
    assert bench.power("t", effect=0.5, n=30).power == near(0.4779)
    assert bench.power("t", n=300, power=0.8).effect == near(0.2291)
    assert bench.power("t", effect=0.5, power=0.9, alpha=0.01).n == 121


def test_corrections_of_the_worked_examples() -> None:
    """Printed counts at .05: uncorrected 6, Bonferroni 1, Holm 3, false discovery rate 5."""
    assert bench.adjust([0.01, 0.03, 0.04, 0.20], "bh") == near_list(0.04, 0.16 / 3, 0.16 / 3, 0.20)
    assert bench.adjust([0.01, 0.03, 0.04, 0.20], "holm") == near_list(0.04, 0.09, 0.09, 0.20)
    assert bench.adjust([0.01, 0.03, 0.04, 0.20], "by") == near_list(0.25 / 3, 1 / 9, 1 / 9, 5 / 12)
    assert bench.adjust([0.03, 0.04, 0.02], "bh") == near_list(0.04, 0.04, 0.04)
    six = [0.001, 0.01, 0.02, 0.03, 0.04, 0.05]
    counts = {
        method: sum(p < 0.05 for p in bench.adjust(six, method))
        for method in ("none", "bonferroni", "holm", "bh")
    }
    assert counts == {"none": 5, "bonferroni": 1, "holm": 1, "bh": 5}


def near_list(*values: float) -> object:
    return pytest.approx(list(values), rel=1e-9)


def test_percentiles_of_the_second_example() -> None:
    """Type 7, as R and numpy: the median of 1..10 is 5.5 and its 95th percentile 9.55."""
    assert bench.Statistics.percentile(range(1, 11), 0.5) == 5.5
    assert bench.Statistics.percentile(range(1, 11), 0.95) == pytest.approx(9.55)


def test_the_first_example_needs_answers_not_accuracies() -> None:
    """``compare([accuracy], [accuracy])`` divided by zero; it throws the pairing away."""
    with pytest.raises(bench.NotEnoughDataError, match="compare_paired"):
        bench.compare([0.89], [0.96])
