"""Worlds of known truth for effect sizes, tables of counts, ranks and sequences."""

import math
from collections.abc import Iterator
from typing import Any, Literal

import numpy as np
from scipy import stats

import bench

Rng = np.random.Generator
Found = tuple[Any, float]
World = tuple[str, str, Any]

IndependentKind = Literal["cohens_d", "hedges_g", "d_unpooled"]
PairedKind = Literal["d_z", "d_av", "d_rm"]


def effect_worlds() -> Iterator[World]:
    """All worlds, one per function and data."""
    yield from _standardized()
    yield from _dominance()
    yield from _large_deltas()
    yield from _normal_assumed()
    yield from _counts()
    yield from _correlations()
    yield from _sequences()
    yield from _bayes()


def _standardized() -> Iterator[World]:
    for kind in ("cohens_d", "hedges_g", "d_unpooled"):
        for n in (5, 20):
            setting = f"normal, n = {n} each, d = .8"
            yield f"standardized_difference, {kind}", setting, _independent(kind, n)
    for kind in ("d_z", "d_av", "d_rm"):
        for n in (8, 20):
            setting = f"normal pairs, n = {n}, r = .7, d = .5"
            yield f"standardized_difference, {kind}", setting, _paired(kind, n)
    yield "equivalence", "t with 3 df, n = 8 each", _equivalence
    yield "yuen_t", "t with 3 df, n = 20 each", _trimmed
    yield "posthoc, one pair of three", "normal, 3 groups of 8", _tukey


def _independent(kind: Any, n: int) -> Any:
    def draw(r: Rng) -> Found:
        x, y = r.normal(0, 1, n), r.normal(0.8, 1, n)
        return bench.standardized_difference(x, y, kind=kind), 0.8

    return draw


def _paired(kind: Any, n: int) -> Any:
    truth = 0.5 / math.sqrt(2 * (1 - 0.7)) if kind == "d_z" else 0.5

    def draw(r: Rng) -> Found:
        first, noise = r.normal(size=(2, n))
        second = 0.5 + 0.7 * first + math.sqrt(1 - 0.49) * noise
        return bench.standardized_difference(first, second, kind=kind), truth

    return draw


def _equivalence(r: Rng) -> Found:
    x, y = r.standard_t(3, (2, 8))
    return bench.equivalence(x, y, low=-1, high=1, alpha=0.025), 0.0


def _trimmed(r: Rng) -> Found:
    x, y = r.standard_t(3, (2, 20))
    return bench.yuen_t(x, y), 0.0


def _tukey(r: Rng) -> Found:
    return bench.posthoc(list(r.normal(size=(3, 8)))).rows[0], 0.0


def _dominance() -> Iterator[World]:
    for n, shift in ((10, 0.5), (20, 1.5)):
        yield "rank_biserial", f"normal, n = {n}, shift {shift}", _rank_biserial(n, shift)
    for n, shift in ((8, 1.5), (20, 3.0)):
        setting = f"normal, n = {n} each, shift {shift}"
        yield "probability_of_superiority", setting, _superiority(n, shift)
    yield "brunner_munzel", "normal, sd 1 and 3, n = 10 and 20", _brunner_munzel
    yield "sign_test, median", "log-normal, n = 12", _sign_test


def _large_deltas() -> Iterator[World]:
    for n in (10, 50):
        for delta in (0.3, 0.6, 0.9):
            for kind in ("wilson", "cliff", "fisher-z"):
                setting = f"normal, n = {n} each, delta {delta}"
                yield f"cliffs_delta, {kind}", setting, _delta(n, delta, kind)
                setting = f"five grades, n = {n} each, shift of delta {delta}"
                yield f"cliffs_delta, {kind}", setting, _delta_of_grades(n, delta, kind)


def _delta(n: int, delta: float, kind: Any) -> Any:
    shift = math.sqrt(2) * float(stats.norm.ppf((1 + delta) / 2))

    def draw(r: Rng) -> Found:
        return bench.cliffs_delta(r.normal(0, 1, n), r.normal(shift, 1, n), interval=kind), delta

    return draw


def _delta_of_grades(n: int, delta: float, kind: Any) -> Any:
    """Normal values in five grades, shifted as for that delta without grades."""
    cuts = np.array([-1.0, -0.3, 0.3, 1.0])
    shift = math.sqrt(2) * float(stats.norm.ppf((1 + delta) / 2))
    first, second = (
        np.diff(stats.norm.cdf(np.append(cuts, np.inf) - at), prepend=0.0) for at in (0.0, shift)
    )
    below = np.cumsum(first) - first
    truth = float(second @ below - second @ (1 - below - first))

    def draw(r: Rng) -> Found:
        control, treatment = r.normal(0, 1, n), r.normal(shift, 1, n)
        grades = np.searchsorted(cuts, control), np.searchsorted(cuts, treatment)
        return bench.cliffs_delta(*grades, interval=kind), truth

    return draw


def _normal_assumed() -> Iterator[World]:
    for n in (12, 40):
        yield (
            "variance_ratio",
            f"t with 5 df, n = {n} each",
            lambda r, n=n: (bench.variance_ratio(r.standard_t(5, n), r.standard_t(5, n)), 1.0),
        )
    for n in (5, 30):
        yield (
            "one_sample_t",
            f"log-normal, n = {n}",
            lambda r, n=n: (bench.one_sample_t(r.lognormal(0, 1, n)), math.exp(0.5)),
        )
    for k, n in ((3, 10), (5, 20), (2, 50)):
        for share in (0.15, 0.4):
            yield "anova, eta²", f"t with 3 df, {k} x {n}, eta² = {share}", _share(k, n, share)


def _share(k: int, n: int, share: float) -> Any:
    steps = np.linspace(-1, 1, k)
    shifts = steps / steps.std() * math.sqrt(3 * share / (1 - share))

    def draw(r: Rng) -> Found:
        groups = [shift + r.standard_t(3, n) for shift in shifts]
        return bench.anova(groups, effect_level=0.95), share

    return draw


def _rank_biserial(n: int, shift: float) -> Any:
    one, two = stats.norm.cdf(shift), stats.norm.cdf(shift * math.sqrt(2))
    pairs = n * (n - 1) / 2
    truth = float((pairs * (2 * two - 1) + n * (2 * one - 1)) / (pairs + n))
    return lambda r: (bench.rank_biserial(np.zeros(n), r.normal(shift, 1, n)), truth)


def _superiority(n: int, shift: float) -> Any:
    truth = float(stats.norm.cdf(shift / math.sqrt(2)))

    def draw(r: Rng) -> Found:
        x, y = r.normal(0, 1, n), r.normal(shift, 1, n)
        return bench.probability_of_superiority(x, y), truth

    return draw


def _brunner_munzel(r: Rng) -> Found:
    x, y = r.normal(0, 1, 10), r.normal(1, 3, 20)
    return bench.brunner_munzel(x, y), float(stats.norm.cdf(1 / math.sqrt(10)))


def _sign_test(r: Rng) -> Found:
    return bench.sign_test(np.zeros(12), r.lognormal(0, 1, 12)), 1.0


def _counts() -> Iterator[World]:
    yield "cochran_mantel_haenszel", "5 strata of 10 + 10, odds ratio 2", _strata
    yield "equivalence_of_proportions", "rates .9 and .95, n = 30 each", _margins
    yield "fisher_exact, odds ratio", "n = 15 each, .8 and .5", _odds
    yield "unconditional_test", "n = 12 each, .8 and .95", _unconditional
    yield "goodness_of_fit, w", "three categories, n = 60, w = .37", _fit
    yield "chi_square, V", "2 x 2, n = 60, V = .31", _cramer


def _strata(r: Rng) -> Found:
    tables = []
    for rate in (0.3, 0.5, 0.7, 0.8, 0.9):
        better = 2 * rate / (1 + rate)
        right = [int(r.binomial(10, better)), int(r.binomial(10, rate))]
        tables.append([[x, 10 - x] for x in right])
    return bench.cochran_mantel_haenszel(tables), 2.0


def _margins(r: Rng) -> Found:
    counts = int(r.binomial(30, 0.9)), 30, int(r.binomial(30, 0.95)), 30
    return bench.equivalence_of_proportions(*counts, low=-0.2, alpha=0.025), 0.05


def _odds(r: Rng) -> Found:
    a, b = int(r.binomial(15, 0.8)), int(r.binomial(15, 0.5))
    truth = (0.8 / 0.2) / (0.5 / 0.5)
    return bench.fisher_exact([[a, 15 - a], [b, 15 - b]]), truth


def _unconditional(r: Rng) -> Found:
    x, y = (r.random(12) < 0.8) * 1, (r.random(12) < 0.95) * 1
    return bench.unconditional_test(x, y), 0.15


def _fit(r: Rng) -> Found:
    shares = np.array([0.2, 0.3, 0.5])
    truth = math.sqrt(float(((shares - 1 / 3) ** 2 * 3).sum()))
    return bench.goodness_of_fit(r.multinomial(60, shares).tolist()), truth


def _cramer(r: Rng) -> Found:
    shares = np.array([[0.3, 0.2], [0.15, 0.35]])
    expected = np.outer(shares.sum(1), shares.sum(0))
    truth = math.sqrt(float(((shares - expected) ** 2 / expected).sum()))
    return bench.chi_square(r.multinomial(60, shares.ravel()).reshape(2, 2)), truth


def _correlations() -> Iterator[World]:
    truths: dict[Any, float] = {
        "spearman": 6 / math.pi * math.asin(0.4),
        "kendall": 2 / math.pi * math.asin(0.8),
    }
    for method, truth in truths.items():

        def draw(r: Rng, method: Any = method, truth: float = truth) -> Found:
            x, noise = r.normal(size=(2, 15))
            return bench.correlation(x, 0.8 * x + 0.6 * noise, method=method), truth

        yield f"correlation, {method}", "normal, n = 15, r = .8", draw


class Always:
    """All intervals of a sequence as one that holds what every one of them holds."""

    warnings = ()

    def __init__(self, found: bench.ConfidenceSequence) -> None:
        self.low, self.high = max(found.low), min(found.high)
        self.width = found.high[-1] - found.low[-1]

    def __contains__(self, value: float) -> bool:
        return self.low <= value <= self.high


def _sequences() -> Iterator[World]:
    def single(r: Rng) -> Found:
        return Always(bench.confidence_sequence((r.random(200) < 0.9) * 1.0)), 0.9

    def paired(r: Rng) -> Found:
        gap = r.choice(3, 200, p=[0.05, 0.8, 0.15]) - 1
        return Always(bench.paired_confidence_sequence(gap < 0, gap > 0)), 0.1

    yield "confidence_sequence, at every look", "0/1, rate .9, n = 200", single
    yield "paired_confidence_sequence, every look", "15 and 5 % discordant, n = 200", paired


def _bayes() -> Iterator[World]:
    def rates(r: Rng) -> Found:
        counts = int(r.binomial(20, 0.8)), 20, int(r.binomial(20, 0.9)), 20
        return bench.bayes_proportions(*counts), 0.1

    def wins(r: Rng) -> Found:
        found = int(r.binomial(15, 0.7))
        return bench.bayes_mcnemar(found, 15 - found), 0.7

    def mean(r: Rng) -> Found:
        return bench.bayes_mean(r.normal(0, 1, 10), r.normal(0.5, 1, 10)), 0.5

    yield "bayes_proportions", "n = 20 each, .8 and .9", rates
    yield "bayes_mcnemar", "15 discordant pairs, .7 won", wins
    yield "bayes_mean", "normal, n = 10 each", mean
