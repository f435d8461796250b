"""Results against formulas of papers written out here, and against scipy and statsmodels."""

import math
from itertools import product

import numpy as np
import pytest
from scipy import stats

import bench

Z = float(stats.norm.ppf(0.975))


def verdicts(q: int, n: int, right: tuple[int, int], wrong: tuple[int, int]) -> bench.JudgedRate:
    """Accepted q of n, right[0] of right[1] right answers and wrong[0] of wrong[1] wrong ones."""
    labels = [1] * right[1] + [0] * wrong[1]
    judged = [1] * right[0] + [0] * (right[1] - right[0])
    judged += [1] * wrong[0] + [0] * (wrong[1] - wrong[0])
    return bench.judged_rate(labels, judged, [1] * q + [0] * (n - q))


@pytest.mark.parametrize(
    ("q", "n", "right", "wrong"),
    [(140, 200, (36, 40), (3, 20)), (700, 1000, (45, 50), (10, 50)), (30, 90, (9, 12), (1, 30))],
)
def test_a_judged_rate_is_corrected_as_in_the_paper(
    q: int, n: int, right: tuple[int, int], wrong: tuple[int, int]
) -> None:
    """Lee et al. 2025 (arXiv:2511.21140): Rogan and Gladen's rate, and the adjusted interval."""
    found = verdicts(q, n, right, wrong)

    def plug_in(p: float, q0: float, q1: float, m: tuple[float, float, float]) -> tuple[float, ...]:
        rate = (p + q0 - 1) / (q0 + q1 - 1)
        zero, one = q0 * (1 - q0) / m[1], q1 * (1 - q1) / m[2]
        variance = p * (1 - p) / m[0] + (1 - rate) ** 2 * zero + rate**2 * one
        shift = 2 * Z**2 * (rate * one - (1 - rate) * zero)
        return rate, math.sqrt(variance) / (q0 + q1 - 1), shift

    m0, m1 = wrong[1], right[1]
    rate, se, _ = plug_in(q / n, 1 - wrong[0] / m0, right[0] / m1, (n, m0, m1))
    middle, reach, shift = plug_in(
        (q + Z**2 / 2) / (n + Z**2),
        (m0 - wrong[0] + 1) / (m0 + 2),
        (right[0] + 1) / (m1 + 2),
        (n + Z**2, m0 + 2, m1 + 2),
    )
    assert found.rate == pytest.approx(rate)
    assert found.se == pytest.approx(se)
    ends = (middle + shift - Z * reach, middle + shift + Z * reach)
    assert (found.interval.low, found.interval.high) == pytest.approx(ends)


def test_repeats_and_items_are_the_variance_components_of_a_mixed_model() -> None:
    """Balanced data: the mean squares of a one-way layout are the REML estimates."""
    chance = np.random.default_rng(3)
    scores = chance.normal(0, 1, (25, 1)) + chance.normal(0, 0.8, (25, 4))
    found = bench.repeats_or_items(scores.tolist())

    within = float(scores.var(axis=1, ddof=1).mean())
    between = float(scores.mean(axis=1).var(ddof=1)) - within / 4
    assert found.run_variance == pytest.approx(within)
    assert found.item_variance == pytest.approx(between)
    assert found.se == pytest.approx(float(scores.mean(axis=1).std(ddof=1)) / 5)
    api = pytest.importorskip("statsmodels.api")
    model = api.MixedLM(scores.ravel(), np.ones(100), np.repeat(np.arange(25), 4)).fit(reml=True)
    assert found.run_variance == pytest.approx(float(model.scale), rel=1e-3)
    assert found.item_variance == pytest.approx(float(model.cov_re[0, 0]), rel=1e-3)


def test_categories_of_two_groups_have_the_chi_square_of_scipy() -> None:
    control = ["yes"] * 30 + ["no"] * 15 + ["unsure"] * 10
    treatment = ["yes"] * 45 + ["no"] * 8 + ["unsure"] * 7
    table = [[30, 15, 10], [45, 8, 7]]
    found = bench.compare(control, treatment)

    peer = stats.chi2_contingency(table, correction=False)
    assert found.test == "chi_square"
    assert (found.statistic, found.p_value) == pytest.approx((peer.statistic, peer.pvalue))


def test_few_categories_have_the_exact_p_of_all_tables_with_these_margins() -> None:
    """Freeman and Halton 1951: all tables no likelier than the one at hand."""
    table = np.array([[5, 1, 2], [1, 4, 3]])
    names = ["a", "b", "c"]
    control, treatment = (np.repeat(names, row).tolist() for row in table)
    found = bench.compare(control, treatment)

    columns, size = table.sum(axis=0), int(table[0].sum())
    chances = {
        first: math.prod(math.comb(int(c), x) for c, x in zip(columns, first, strict=True))
        for first in product(*(range(c + 1) for c in columns))
        if sum(first) == size
    }
    here = chances[tuple(table[0].tolist())]
    exact = sum(each for each in chances.values() if each <= here) / sum(chances.values())
    assert found.p_value == pytest.approx(exact)


def test_categories_of_the_same_items_have_the_homogeneity_test_of_statsmodels() -> None:
    cells = np.array([[20, 10, 5], [3, 30, 15], [4, 2, 40]])
    names = ["a", "b", "c"]
    pairs = [
        (first, second)
        for (i, first), (j, second) in product(enumerate(names), enumerate(names))
        for _ in range(int(cells[i, j]))
    ]
    found = bench.compare_paired([a for a, _ in pairs], [b for _, b in pairs])

    gaps = (cells.sum(axis=0) - cells.sum(axis=1))[:-1].astype(float)
    covariance = -(cells + cells.T).astype(float)
    np.fill_diagonal(covariance, cells.sum(axis=0) + cells.sum(axis=1) - 2 * np.diag(cells))
    statistic = float(gaps @ np.linalg.solve(covariance[:-1, :-1], gaps))
    assert found.statistic == pytest.approx(statistic)  # Stuart 1955
    tables = pytest.importorskip("statsmodels.stats.contingency_tables")
    peer = tables.SquareTable(cells, shift_zeros=False).homogeneity(method="stuart_maxwell")
    assert found.statistic == pytest.approx(peer.statistic)
    assert found.p_value == pytest.approx(peer.pvalue)


@pytest.mark.parametrize("hartung_knapp", [False, True])
def test_the_prediction_of_a_new_study_is_that_of_higgins(hartung_knapp: bool) -> None:
    """Higgins, Thompson and Spiegelhalter 2009: mean, t with k - 2 df, tau² + SE²."""
    effects, errors = np.array([0.1, 0.3, 0.35, 0.65, 0.2]), np.array([0.1, 0.15, 0.12, 0.2, 0.1])
    found = bench.meta_analysis(
        effects.tolist(), errors.tolist(), method="dl", hartung_knapp=hartung_knapp
    )

    fixed = 1 / errors**2
    mean = float(fixed @ effects / fixed.sum())
    q = float(fixed @ (effects - mean) ** 2)
    tau2 = (q - 4) / (fixed.sum() - float((fixed**2).sum() / fixed.sum()))
    weights = 1 / (errors**2 + tau2)
    mean = float(weights @ effects / weights.sum())
    se = math.sqrt(1 / weights.sum())
    if hartung_knapp:
        se *= math.sqrt(float(weights @ (effects - mean) ** 2) / 4)
    reach = float(stats.t.ppf(0.975, 3)) * math.sqrt(tau2 + se**2)
    ends = (mean - reach, mean + reach)
    assert (found.prediction.low, found.prediction.high) == pytest.approx(ends)


def test_ends_of_a_censored_median_are_near_those_of_brookmeyer_and_crowley() -> None:
    """The times at which Greenwood's interval of the survival holds one half (1982)."""
    chance = np.random.default_rng(12)
    true, cut = chance.exponential(1, 400), chance.exponential(2, 400)
    seen, censored = np.minimum(true, cut), true > cut
    found = bench.censored_quantile(seen, censored, 0.5, resamples=1000)

    order = np.argsort(seen)
    times, event = seen[order], ~censored[order]
    at_risk = 400 - np.arange(400)
    survival = np.cumprod(1 - event / at_risk)
    greenwood = np.cumsum(event / (at_risk * np.maximum(at_risk - event, 1)))
    inside = times[event & (np.abs(survival - 0.5) <= Z * survival * np.sqrt(greenwood))]
    assert found.estimate == times[event & (survival <= 0.5)][0]
    assert (found.low, found.high) == pytest.approx((inside[0], inside[-1]), rel=0.05)
