"""Effect sizes in standard deviations warn where their intervals were measured to miss."""

from typing import Any

import numpy as np
import pytest
from scipy import stats

import bench
from bench._core.arithmetic import excess_kurtosis

RNG = np.random.default_rng(31)
LOG_NORMAL = [RNG.lognormal(place / 2, 1, 40) for place in range(3)]
NORMAL = [stats.norm.ppf(np.linspace(0.02, 0.98, 40)) + place for place in range(3)]


def ids(found: bench.EffectSize | bench.Comparison) -> set[str]:
    return {each.id for each in found.warnings}


@pytest.mark.parametrize("kind", ["cohens_d", "hedges_g", "glass_delta", "d_unpooled", "d_z"])
def test_standardized_differences_warn_of_heavy_tails(kind: Any) -> None:
    heavy = bench.standardized_difference(LOG_NORMAL[0], LOG_NORMAL[2], kind=kind)
    plain = bench.standardized_difference(NORMAL[0], NORMAL[1][::-1], kind=kind)

    assert "HEAVY_TAILS" in ids(heavy)
    assert heavy.interval is not None
    assert "HEAVY_TAILS" in {each.id for each in heavy.interval.warnings}
    assert "HEAVY_TAILS" not in ids(plain)


def test_shares_of_variance_warn_of_heavy_tails() -> None:
    for test in (bench.anova, bench.welch_anova, bench.repeated_anova):
        assert "HEAVY_TAILS" in ids(test(LOG_NORMAL))
    for test in (bench.anova, bench.welch_anova):
        assert "HEAVY_TAILS" not in ids(test([NORMAL[0], NORMAL[1][::-1], NORMAL[2]]))
    rows = {"y": np.concatenate(LOG_NORMAL), "g": list("a" * 40 + "b" * 40 + "c" * 40)}
    table = bench.factorial_anova(rows, outcome="y", factors=["g"])
    assert "HEAVY_TAILS" in ids(table.term("g").effect_size)


def test_the_kurtosis_is_that_of_scipy() -> None:
    values = LOG_NORMAL[0]

    assert excess_kurtosis(values) == pytest.approx(stats.kurtosis(values, bias=False))
    assert excess_kurtosis(np.array([1.0, 2.0, 3.0])) == 0.0
    assert excess_kurtosis(np.full(9, 2.0)) == 0.0
    assert excess_kurtosis(values * 1e200) == pytest.approx(excess_kurtosis(values))


def test_welchs_anova_takes_the_level_of_its_effect_size() -> None:
    wide = bench.welch_anova(NORMAL, effect_level=0.95)

    assert wide.interval.level == 0.95
    assert wide.interval.width > bench.welch_anova(NORMAL).interval.width


def test_where_the_effect_is_large_fewer_signs_of_heavy_tails_are_enough() -> None:
    values = np.append(stats.norm.ppf(np.linspace(0.05, 0.95, 20)), 2.9)
    near, far = (
        {each.id for each in bench.cohens_d(values, values[::-1] + shift).warnings}
        for shift in (0.1, 2.0)
    )

    assert 0.3 < excess_kurtosis(values) < 1.0
    assert "HEAVY_TAILS" not in near
    assert "HEAVY_TAILS" in far


def test_few_values_cannot_show_the_tails_that_matter_to_a_large_effect() -> None:
    values = stats.norm.ppf(np.linspace(0.02, 0.98, 60))
    few, many = values[::3], values
    cases = {
        "large, few": ids(bench.cohens_d(few, few[::-1] + 2)),
        "large, many": ids(bench.cohens_d(many, many[::-1] + 2)),
        "small, few": ids(bench.cohens_d(few, few[::-1] + 0.3)),
        "pairs": ids(bench.standardized_difference(few, few[::-1] + 3, kind="d_z")),
        "groups": ids(bench.anova([few, few[::-1] + 2, few + 1])),
    }

    assert {name for name, found in cases.items() if "TAILS_UNSEEN" in found} == {
        "large, few", "pairs", "groups",
    }  # fmt: skip
    assert not any("HEAVY_TAILS" in found for found in cases.values())
