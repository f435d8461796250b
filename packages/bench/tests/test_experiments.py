"""Correlations, and the A/B test, ablation and sweep of the original framework."""

import math
from importlib import resources

import numpy as np
import pytest
from scipy import stats

import bench


def test_correlations_of_ranks_have_the_textbook_value() -> None:
    """Spearman by hand: 1 - 6 * 22 / (8 * 63); p from scipy's own routines in the same run."""
    x, y = list(range(1, 9)), [2, 1, 4, 3, 7, 8, 6, 5]

    pearson = bench.correlation(x, y)
    spearman = bench.correlation(x, y, method="spearman")

    assert spearman.estimate == pytest.approx(1 - 6 * 22 / (8 * 63))
    assert pearson.estimate == pytest.approx(spearman.estimate)
    assert pearson.p_value == pytest.approx(float(stats.pearsonr(x, y).pvalue))
    assert pearson.interval.low < pearson.estimate < pearson.interval.high


def test_a_constant_column_has_no_correlation() -> None:
    found = bench.correlation([1, 1, 1, 1], [1, 2, 3, 4])

    assert math.isnan(found.p_value)
    assert found.warnings[0].id == "ZERO_VARIANCE"


def test_a_tiny_but_clear_difference_is_called_too_small() -> None:
    control = [float(place % 5) for place in range(200)]
    treatment = [value + 0.1 + 0.01 * (place % 3) for place, value in enumerate(control)]

    found = bench.ab_test(control, treatment, paired=True, smallest_effect=1.0)

    assert found.significant
    assert "too small to matter" in found.recommendation


def test_a_wide_interval_is_inconclusive() -> None:
    found = bench.ab_test([1.0, 5.0, 3.0], [2.0, 6.0, 3.5], smallest_effect=0.5)

    assert not found.significant
    assert found.recommendation.startswith("Inconclusive")


def test_an_ablation_reports_the_drop_from_the_full_system() -> None:
    found = bench.ablation([1, 1, 1, 0, 1], [1, 0, 1, 0, 0], component="retrieval")

    assert found.drop == pytest.approx(0.4)
    assert found.drop_percent == pytest.approx(50.0)


def test_a_sweep_names_the_best_and_corrects_every_pair() -> None:
    found = bench.sweep({"t0": [1.0, 2.0, 3.0], "t1": [2.0, 3.5, 4.0], "t2": [1.5, 2.0, 2.5]})

    assert found.best == "t1"
    assert len(found.comparison.pairwise) == 3


@pytest.mark.parametrize(
    ("name", "digits"),
    [
        ("AtmWtAg", 10),
        ("SmLs04", 10),
        ("SmLs05", 10),
        ("SmLs06", 10),
        ("SmLs07", 4),
        ("SmLs08", 4),
        ("SmLs09", 4),
    ],
)
def test_nist_anova_sets_keep_their_digits(name: str, digits: int) -> None:
    """NIST StRD, certified F; the files ship inside scipy."""
    folder = resources.files("scipy") / "stats" / "tests" / "data" / "nist_anova"
    path = folder / f"{name}.dat"
    if not path.is_file():
        pytest.skip("this scipy has no NIST data")
    lines = path.read_text(encoding="utf-8").splitlines()
    certified = float(next(line for line in lines if line.startswith("Between")).split()[-1])
    rows = np.array([[float(cell) for cell in line.split()] for line in lines[60:] if line.strip()])
    groups = {str(code): rows[rows[:, 0] == code, 1] for code in np.unique(rows[:, 0])}

    found = bench.anova(groups)

    off = abs(found.statistic - certified) / certified
    assert off == 0 or -math.log10(off) >= digits
