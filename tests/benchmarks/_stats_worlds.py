"""Hostile worlds of known truth for the intervals of bench: few values, ties, clusters, edges."""

import math
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any

import numpy as np
from scipy import stats

import bench

Rng = np.random.Generator
Found = tuple[Any, float]
"""An interval, and the true value that it should hold."""
Draw = Callable[[Rng], Found]
World = tuple[str, str, Draw]
"""The function, the world, and one data set of it."""


def exact_worlds() -> Iterator[tuple[str, str, float, float]]:
    """Intervals of counts: the coverage and the expected width over all outcomes."""
    for n, p in ((5, 0.5), (5, 0.9), (10, 0.9), (20, 0.9), (20, 0.99), (100, 0.99)):
        mass = stats.binom.pmf(np.arange(n + 1), n, p)
        for method in ("wilson", "clopper-pearson", "jeffreys", "agresti-coull"):
            ends: Any = [bench.proportion_interval(x, n, method=method) for x in range(n + 1)]
            held = math.fsum(m for m, each in zip(mass, ends, strict=True) if p in each)
            width = math.fsum(m * each.width for m, each in zip(mass, ends, strict=True))
            yield f"proportion_interval, {method}", f"n = {n}, p = {p}", held, width
    for n, p1, p2 in ((10, 0.5, 0.9), (20, 0.9, 0.9), (20, 0.99, 0.9)):
        first = stats.binom.pmf(np.arange(n + 1), n, p1)
        second = stats.binom.pmf(np.arange(n + 1), n, p2)
        held = width = 0.0
        for x in range(n + 1):
            for y in range(n + 1):
                found = bench.two_proportions_from_counts(x, n, y, n).interval
                held += first[x] * second[y] * (p2 - p1 in found)
                width += first[x] * second[y] * found.width
        yield "two_proportions, Newcombe", f"n = {n} each, {p1} and {p2}", held, width


def worlds() -> Iterator[World]:
    """All worlds, one per function and data."""
    yield from _means()
    yield from _ranks()
    yield from _clusters()
    yield from _repeats()
    yield from _agreement_and_judges()
    yield from _models()


def _means() -> Iterator[World]:
    heavy, skewed = "t with 3 df", "log-normal (sigma 1)"
    for n in (5, 20):
        yield "mean_interval", f"{heavy}, n = {n}", _mean(lambda r, n: r.standard_t(3, n), n, 0.0)
        skew = _mean(lambda r, n: r.lognormal(0, 1, n), n, math.exp(0.5))
        yield "mean_interval", f"{skewed}, n = {n}", skew
        yield "compare", f"{heavy}, n = {n} each", _heavy(n)
    yield (
        "compare",
        "sd 5 and 1, n = 5 and 20",
        lambda r: (
            bench.compare(r.normal(0, 5, 5), r.normal(1, 1, 20), sensitivity=False),
            1.0,
        ),
    )
    yield (
        "compare_ratio",
        f"{skewed}, n = 10 each",
        lambda r: (
            bench.compare_ratio(r.lognormal(0, 1, 10), r.lognormal(0, 1, 10)),
            1.0,
        ),
    )
    yield (
        "compare_quantile, P90",
        f"{skewed}, n = 100",
        lambda r: (
            bench.compare_quantile(
                r.lognormal(0, 1, 100), r.lognormal(0, 1, 100), quantile=0.9, resamples=400
            ),
            0.0,
        ),
    )
    p90 = math.exp(stats.norm.ppf(0.9))
    yield (
        "quantile_interval, P90",
        f"{skewed}, n = 20",
        lambda r: (
            bench.quantile_interval(r.lognormal(0, 1, 20), 0.9),
            p90,
        ),
    )
    yield "censored_quantile, median", "exponential, a third cut off, n = 40", _censored
    yield (
        "variance_ratio",
        "normal, n = 10 each",
        lambda r: (
            bench.variance_ratio(r.normal(0, 1, 10), r.normal(0, 1, 10)),
            1.0,
        ),
    )
    yield "correlation", "normal, n = 8, r = .9", _correlated


def _heavy(n: int) -> Draw:
    def draw(r: Rng) -> Found:
        x, y = r.standard_t(3, n), 1 + r.standard_t(3, n)
        return bench.compare(x, y, sensitivity=False), 1.0

    return draw


def _mean(draw: Callable[[Rng, int], Any], n: int, truth: float) -> Draw:
    return lambda r: (bench.mean_interval(draw(r, n)), truth)


def _censored(r: Rng) -> Found:
    times, cut = r.exponential(1, 40), r.exponential(2, 40)
    found = bench.censored_quantile(np.minimum(times, cut), times > cut, quantile=0.5)
    return found, math.log(2)


def _correlated(r: Rng) -> Found:
    x, noise = r.normal(size=(2, 8))
    return bench.correlation(x, 0.9 * x + math.sqrt(0.19) * noise), 0.9


def _ranks() -> Iterator[World]:
    grades = np.array([0.1, 0.2, 0.4, 0.2, 0.1])
    better = np.array([0.02, 0.08, 0.2, 0.3, 0.4])
    pairs = np.outer(grades, better)
    p = float(np.triu(pairs, 1).sum() + np.trace(pairs) / 2)
    for n in (8, 20):

        def ordinal(r: Rng, n: int = n) -> Found:
            x, y = r.choice(5, n, p=grades), r.choice(5, n, p=better)
            return bench.compare(x, y, scale="ordinal", sensitivity=False), p

        yield "compare, ordinal", f"five grades, n = {n} each", ordinal

        def delta(r: Rng, n: int = n) -> Found:
            x, y = r.choice(5, n, p=grades), r.choice(5, n, p=better)
            return bench.cliffs_delta(x, y), 2 * p - 1

        yield "cliffs_delta", f"five grades, n = {n} each", delta

        def apart(r: Rng, n: int = n) -> Found:
            truth = 2 * float(stats.norm.cdf(3 / math.sqrt(2))) - 1
            return bench.cliffs_delta(r.normal(0, 1, n), r.normal(3, 1, n)), truth

        yield "cliffs_delta", f"normal, 3 sd apart, n = {n} each", apart
    yield (
        "mann_whitney, shift",
        "normal, n = 8 each",
        lambda r: (
            bench.mann_whitney(r.normal(0, 1, 8), r.normal(1, 1, 8)),
            1.0,
        ),
    )
    yield (
        "wilcoxon, pseudomedian",
        "normal, n = 8",
        lambda r: (
            bench.wilcoxon(np.zeros(8), r.normal(0.5, 1, 8)),
            0.5,
        ),
    )


def texts(r: Rng, count: int) -> Any:
    """The cluster of every item: clusters of log-normal size."""
    sizes = np.maximum(1, r.lognormal(1.5, 1, count).round()).astype(int)
    return np.repeat(np.arange(count), sizes)


def _clusters() -> Iterator[World]:
    for count in (5, 10, 20):
        kind = f"{count} unequal clusters"

        def rate(r: Rng, count: int = count) -> Found:
            labels = texts(r, count)
            right = (r.random(len(labels)) < r.beta(2.7, 0.3, count)[labels]) * 1.0
            return bench.eval_score(right, clusters=labels), 0.9

        yield "eval_score", f"0/1, rate .9, ICC .25, {kind}", rate

        def mean(r: Rng, count: int = count) -> Found:
            labels = texts(r, count)
            values = r.normal(0, 0.5, count)[labels] + r.normal(0, 0.87, len(labels))
            return bench.mean_interval(values, clusters=labels), 0.0

        yield "mean_interval", f"normal, ICC .25, {kind}", mean

        def difference(r: Rng, count: int = count) -> Found:
            labels = texts(r, count)
            chance = r.beta(2.7, 0.3, count)[labels]
            old, new = (r.random((2, len(labels))) < chance) * 1.0
            return bench.eval_compare(old, new, clusters=labels), 0.0

        yield "eval_compare", f"0/1, rates .9, {kind}", difference

        def apart(r: Rng, count: int = count) -> Found:
            labels = texts(r, count), texts(r, count)
            x, y = (r.normal(0, 0.5, count)[at] + r.normal(0, 0.87, len(at)) for at in labels)
            names = [f"a{at}" for at in labels[0]], [f"b{at}" for at in labels[1]]
            return bench.compare(x, y, clusters=names), 0.0

        yield "compare", f"normal, ICC .25, {kind} each", apart

        def grades(r: Rng, count: int = count) -> Found:
            labels = texts(r, count), texts(r, count)
            x, y = (
                np.clip(2 + 0.5 * r.normal(size=count)[at] + 0.87 * r.normal(size=len(at)), 0, 4)
                for at in labels
            )
            names = [f"a{at}" for at in labels[0]], [f"b{at}" for at in labels[1]]
            found = bench.compare(x.round(), y.round(), scale="ordinal", clusters=names)
            return found, 0.5

        yield "compare, ordinal", f"five grades, ICC .25, {kind} each", grades

        def size(r: Rng, count: int = count) -> Found:
            labels = texts(r, count), texts(r, count)
            x, y = (r.normal(0, 0.5, count)[at] + r.normal(0, 0.866, len(at)) for at in labels)
            names = [f"a{at}" for at in labels[0]], [f"b{at}" for at in labels[1]]
            return bench.hedges_g(x, y + 0.8, clusters=names), 0.8

        yield "hedges_g", f"normal, ICC .25, {kind} each", size

        def graded_pairs(r: Rng, count: int = count) -> Found:
            labels = texts(r, count)
            gaps = 0.6 * r.normal(size=count)[labels] + 0.8 * r.normal(size=len(labels))
            old = r.integers(0, 5, len(labels))
            new = old + (1.2 * gaps).round()
            return bench.compare_paired(old, new, scale="ordinal", clusters=labels), 0.5

        yield "compare_paired, ordinal", f"grades, ICC .36, {kind}", graded_pairs


def _repeats() -> Iterator[World]:
    for items, repeats, a, b in ((20, 3, 9.0, 0.5), (20, 5, 20.0, 0.2), (12, 10, 4.0, 1.0)):
        yield (
            "eval_score",
            f"{items} items x {repeats}, rate {a / (a + b):.3f}",
            _score((items, repeats), a, b),
        )

    def passes(r: Rng) -> Found:
        right = r.binomial(5, r.beta(8, 0.4, 30))
        truth = 1 - 0.4 * 1.4 / (8.4 * 9.4)
        return bench.pass_at_k([5] * 30, right.tolist(), 2), truth

    yield "pass_at_k", "30 tasks, 5 samples, pass@2 .993", passes

    def consistency(r: Rng) -> Found:
        answers = (r.random((30, 5)) < r.beta(2, 1, 30)[:, None]) * 1
        profile = bench.reliability_profile(answers.tolist())
        return profile.metrics["outcome consistency"], _consistency()

    yield "reliability_profile, outcome consistency", "30 items x 5 runs", consistency


@lru_cache(maxsize=1)
def _consistency() -> float:
    """The mean consistency of items of beta(2, 1) difficulty in five runs, from 4,000 of them."""
    r = np.random.default_rng(0)
    answers = (r.random((4000, 5)) < r.beta(2, 1, 4000)[:, None]) * 1
    found = bench.reliability_profile(answers.tolist(), resamples=100)
    return found.metrics["outcome consistency"].value


def _score(shape: tuple[int, int], a: float, b: float) -> Draw:
    def draw(r: Rng) -> Found:
        right = r.random(shape) < r.beta(a, b, shape[0])[:, None]
        return bench.eval_score((right * 1).tolist()), a / (a + b)

    return draw


def _agreement_and_judges() -> Iterator[World]:
    for n in (20, 50):

        def kappa(r: Rng, n: int = n) -> Found:
            truth = r.random(n) < 0.8
            a, b = ((r.random(n) < 0.9) == truth for _ in range(2))
            both = 0.82
            mark = 0.8 * 0.9 + 0.2 * 0.1
            chance = mark**2 + (1 - mark) ** 2
            return bench.agreement(a * 1, b * 1), (both - chance) / (1 - chance)

        yield "agreement, kappa", f"{n} items, 82 % alike", kappa
    for n, p in ((5, 0.5), (5, 0.9), (10, 0.8), (10, 0.95), (20, 0.95), (50, 0.9)):

        def powered(r: Rng, n: int = n, p: float = p) -> Found:
            truth = r.random(n + 300) < p
            judged = np.where(r.random(n + 300) < 0.9, truth, ~truth)
            found = bench.prediction_powered_mean(truth[:n], judged[:n], judged[n:])
            return found, p

        yield "prediction_powered_mean", f"{n} labels, rate {p}", powered

    def clustered(r: Rng) -> Found:
        labels = np.repeat(np.arange(10), 20)
        truth = (r.random(200) < r.beta(2.4, 0.6, 10)[labels]) * 1.0
        judged = np.where(r.random(200) < 0.85, truth, 1 - truth)
        marks = [y if known else None for y, known in zip(truth, r.random(200) < 0.3, strict=True)]
        return bench.prediction_powered_mean(marks, judged, clusters=labels), 0.8

    yield "prediction_powered_mean", "10 clusters of 20, rate .8, ICC .25", clustered

    def games(r: Rng) -> Found:
        played = [("a", "b", float(r.random() < 0.6)) for _ in range(40)]
        found = bench.bradley_terry(played).pairs.pair("a", "b")
        sign = 1 if found.first == "b" else -1
        return found, sign * math.log(0.6 / 0.4)

    yield "bradley_terry", "40 games, 60 % won", games


def _models() -> Iterator[World]:
    def contrast(r: Rng) -> Found:
        rows = {"y": r.standard_t(3, 20), "g": list("abcd") * 5}
        found = bench.contrasts(rows, outcome="y", factors=["g"], of="g")
        return found.contrast("b - a"), 0.0

    yield "contrasts", "t with 3 df, 4 groups of 5", contrast

    def accuracy(r: Rng) -> Found:
        odds = 2.5 + r.normal(0, 1.5, 30)
        answers = (r.random((30, 3)) < (1 / (1 + np.exp(-odds)))[:, None]) * 1
        truth = 0.8626  # the mean of the logistic of a normal of mean 2.5 and sd 1.5
        return bench.generalized_accuracy({"a": answers.tolist()}).system("a"), truth

    yield "generalized_accuracy", "30 items x 3, rate .863", accuracy

    def pooled(r: Rng) -> Found:
        errors = r.uniform(0.05, 0.3, 5)
        values = r.normal(0, 0.1, 5) + r.normal(0, errors)
        found = bench.meta_analysis(values.tolist(), errors.tolist())
        return found, 0.0

    yield "meta_analysis", "5 studies, tau .1", pooled
