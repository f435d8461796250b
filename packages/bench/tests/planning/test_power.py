"""Power and sample size."""

import math
from typing import Any

import numpy as np
import pytest
from scipy import stats

import bench


@pytest.mark.slow
def test_power_agrees_with_the_noncentral_t() -> None:
    chance = np.random.default_rng(4)
    runs = 2000

    found = sum(
        bench.student_t(chance.normal(0, 1, 30), chance.normal(0.5, 1, 30)).p_value < 0.05
        for _ in range(runs)
    )

    expected = bench.power("t", n=30, effect=0.5).power
    assert expected == pytest.approx(0.4779, abs=1e-4)
    assert found / runs == pytest.approx(expected, abs=0.03)


def ids(result: Any) -> set[str]:
    return {each.id for each in result.warnings}


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


def outcomes(n: int, rate: float) -> list[tuple[list[int], float]]:
    """Every number of right answers among ``n``, with its chance."""
    binomial = stats.binom(n, rate)
    return [([1] * k + [0] * (n - k), float(binomial.pmf(k))) for k in range(n + 1)]


@pytest.mark.parametrize("side", ["two-sided", "less", "greater"])
def test_the_power_of_proportions_is_that_of_compare_over_all_outcomes(side: Any) -> None:
    n, found = 12, 0.0
    for control, chance in outcomes(n, 0.5):
        for treatment, other in outcomes(n, 0.9):
            result = bench.compare(control, treatment, alternative=side, sensitivity=False)
            found += chance * other * result.significant()

    planned = bench.power("proportions", n=n, effect=0.4, p2=0.5, alternative=side)

    assert planned.power == pytest.approx(found, abs=1e-9)


@pytest.mark.parametrize("side", ["two-sided", "less", "greater"])
def test_the_power_of_mcnemar_is_that_of_compare_paired_over_all_outcomes(side: Any) -> None:
    n, wins, losses, found = 14, 0.4, 0.1, 0.0
    for w in range(n + 1):
        for k in range(n + 1 - w):
            rest = n - w - k
            control, treatment = [0] * w + [1] * (k + rest), [1] * w + [0] * k + [1] * rest
            chance = stats.multinomial.pmf([w, k, rest], n, [wins, losses, 0.5])
            p = bench.compare_paired(control, treatment, alternative=side).p_value
            found += float(chance) * (p <= 0.05)

    planned = bench.power("mcnemar", n=n, effect=0.3, discordance=0.5, alternative=side)

    assert planned.power == pytest.approx(found, abs=1e-9)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("test", "n", "effect"),
    [("wilcoxon", 12, 0.8), ("wilcoxon", 60, 0.35), ("brunner-munzel", 24, 0.8)],
)
def test_the_power_of_rank_tests_is_that_of_declared_ordinal_values(
    test: Any, n: int, effect: float
) -> None:
    rng, runs, found = np.random.default_rng(7), 700, 0
    for _ in range(runs):
        if test == "wilcoxon":
            x, y = rng.normal(size=n), rng.normal(size=n) / 1e6
            result = bench.compare_paired(y, y + x + effect, scale="ordinal", sensitivity=False)
        else:
            shift = math.sqrt(2) * stats.norm.ppf(effect)
            x, y = rng.normal(size=n // 2), rng.normal(shift, 1, n // 2)
            result = bench.compare(x, y, scale="ordinal", sensitivity=False)
        found += result.significant()

    planned = bench.power(test, n=n, effect=effect).power

    assert found / runs == pytest.approx(planned, abs=0.05)  # three standard errors


def test_clusters_lower_the_power_to_what_is_found() -> None:
    rng, runs, found = np.random.default_rng(3), 400, 0
    labels = [place // 5 for place in range(100)]
    for _ in range(runs):
        shared = rng.normal(0, math.sqrt(0.4), 20)[labels]
        gaps = 0.5 + shared + rng.normal(0, math.sqrt(0.6), 100)
        found += bench.compare_paired(np.zeros(100), gaps, clusters=labels).significant()

    planned = bench.power("paired-t", n=100, effect=0.5, cluster_size=5, icc=0.4)

    assert found / runs == pytest.approx(planned.power, abs=0.06)  # three standard errors
    assert planned.power < bench.power("paired-t", n=100, effect=0.5).power - 0.05


@pytest.mark.slow
@pytest.mark.parametrize(
    ("test", "effect", "settings"),
    [
        ("proportions", 0.15, {"p2": 0.7}),
        ("mcnemar", 0.08, {"discordance": 0.2}),
        ("mann-whitney", 0.65, {}),
        ("wilcoxon", 0.4, {}),
        ("eval-paired", 0.1, {"variance": 0.2}),
        ("welch-t", 0.5, {"sd_ratio": 2.0}),
        ("t", 0.5, {"cluster_size": 4, "icc": 0.2}),
    ],
)
def test_solving_for_n_and_for_the_effect_come_back(
    test: Any, effect: float, settings: Any
) -> None:
    planned = bench.power(test, power=0.8, effect=effect, **settings)

    assert planned.power >= 0.8
    assert bench.power(test, n=planned.n - 2, effect=effect, **settings).power < 0.83
    back = bench.power(test, n=planned.n, power=planned.power, **settings)
    assert back.effect == pytest.approx(effect, rel=0.03)


def test_the_usual_approximations_are_there_by_name() -> None:
    rough = bench.power("proportions", n=50, effect=0.08, p2=0.9, method="normal")
    exact = bench.power("proportions", n=50, effect=0.08, p2=0.9)

    assert rough.power > exact.power + 0.05
    assert exact.power == pytest.approx(0.305, abs=0.001)
    with pytest.raises(bench.InvalidOptionError, match="exact"):
        bench.power("t", n=50, effect=0.5, method="normal")
    with pytest.raises(bench.InvalidOptionError, match="together"):
        bench.power("t", n=50, effect=0.5, icc=0.2)


@pytest.mark.parametrize(
    ("test", "n"),
    [(name, 1) for name in ("t", "welch-t", "paired-t", "one-sample-t", "tost", "eval-paired")]
    + [("anova", 1), ("brunner-munzel", 3)],
)
def test_a_spread_needs_two_values(test: Any, n: int) -> None:
    """One value a group had a power of 1, of 0, or a division by zero."""
    settings: Any = {"tost": {"margin": 1.0}, "eval-paired": {"variance": 0.2}}.get(test, {})
    settings |= {"groups": 3} if test == "anova" else {}

    with pytest.raises(bench.InvalidOptionError, match=f"n={n} "):
        bench.power(test, n=n, effect=0.1, **settings)
    assert 0 <= bench.power(test, n=n + 1, effect=0.1, **settings).power < 0.2


@pytest.mark.parametrize(
    ("test", "settings"),
    [
        ("t", {"ratio": 0}),
        ("t", {"ratio": -1}),
        ("t", {"n2": 0}),
        ("t", {"icc": 1.5, "cluster_size": 2}),
        ("t", {"icc": 0.1, "cluster_size": 0}),
        ("welch-t", {"sd_ratio": 0}),
        ("anova", {"groups": 1}),
        ("chi-square", {"df": 0}),
        ("proportions", {"p2": 1.5}),
        ("mcnemar", {"discordance": 1.5}),
        ("tost", {"margin": 0}),
        ("tost", {"margin": 1, "sd": 0}),
        ("mann-whitney", {"share": -0.5}),
        ("eval-paired", {"variance": 0}),
    ],
)
def test_settings_beyond_their_range_are_refused_by_name(test: Any, settings: Any) -> None:
    with pytest.raises(bench.InvalidOptionError, match=f"{'|'.join(settings)}="):
        bench.power(test, n=20, effect=0.1, **settings)
