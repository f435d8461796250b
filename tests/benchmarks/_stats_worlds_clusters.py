"""Worlds whose items come in few clusters of unequal size, for ranks, correlations and judges."""

import math
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

import numpy as np
from _stats_worlds import Draw, Found, Rng, World, texts
from scipy import stats

import bench

_CUTS = (-1.0, -0.3, 0.3, 1.0)
_SHIFTS = {"a": 0.0, "b": 0.8, "c": 0.8}


def cluster_worlds() -> Iterator[World]:
    """Worlds with 5, 10 and 20 clusters of log-normal size."""
    for count in (5, 10, 20):
        kind = f"{count} unequal clusters"
        for shift in (0.0, 1.2):
            yield "rank_biserial", f"shift {shift}, ICC .25, {kind}", _rank_biserial(count, shift)
        for method in ("pearson", "spearman", "kendall"):
            yield f"correlation, {method}", f"r = .6, ICC .25, {kind}", _correlated(count, method)
        yield "compare_many, ordinal", f"three systems, ICC .25, {kind} each", _many(count)
        yield "compare_many_paired, ordinal", f"three systems, ICC .25, {kind}", _blocks(count)
        for rate in (0.5, 0.8):
            yield "judged_rate", f"rate {rate}, ICC .25, {kind} of labels", _judged(count, rate)
    for count in (15, 30, 60):
        for rate in (0.9, 0.97, 0.995):
            for icc in (0.1, 0.4):
                setting = f"rate {rate}, ICC {icc}, {count} clusters of 1 to 40"
                yield "rate_interval, rare answers", setting, _rare(count, rate, icc)
    for count, rate in ((20, 0.95), (30, 0.97), (60, 0.97), (100, 0.98)):
        setting = f"rate {rate}, ICC 0.2, {count} clusters of 1 to 50"
        yield "rate_interval, very unequal", setting, _rare(count, rate, 0.2, most=50)


def _rare(count: int, rate: float, icc: float, most: int = 40) -> Draw:
    a, b = rate * (1 / icc - 1), (1 - rate) * (1 / icc - 1)

    def draw(r: Rng) -> Found:
        sizes = r.integers(1, most + 1, count)
        labels = np.repeat(np.arange(count), sizes)
        answers = r.random(len(labels)) < r.beta(a, b, count)[labels]
        return bench.rate_interval(answers * 1, clusters=labels.tolist()), rate

    return draw


def _latent(r: Rng, labels: Any) -> Any:
    """Normal values of variance 1, a quarter of it between clusters."""
    return 0.5 * r.normal(size=labels.max() + 1)[labels] + 0.75**0.5 * r.normal(size=len(labels))


def _rank_biserial(count: int, shift: float) -> Draw:
    truth = 2 * float(stats.norm.cdf(math.sqrt(2) * shift)) - 1

    def draw(r: Rng) -> Found:
        labels = texts(r, count)
        gaps = shift + _latent(r, labels)
        return bench.rank_biserial(np.zeros(len(labels)), gaps, clusters=labels), truth

    return draw


def _correlated(count: int, method: Any) -> Draw:
    truth = {
        "pearson": 0.6,
        "spearman": 6 / math.pi * math.asin(0.3),
        "kendall": 2 / math.pi * math.asin(0.6),
    }[method]

    def draw(r: Rng) -> Found:
        labels = texts(r, count)
        x = _latent(r, labels)
        y = 0.6 * x + 0.8 * _latent(r, labels)
        return bench.correlation(x, y, method=method, clusters=labels), truth

    return draw


def _together(found: bench.ManyComparison, truths: Mapping[tuple[str, str], float]) -> Found:
    """The first pair whose adjusted interval misses the truth, else the first pair."""
    pairs: list[tuple[Any, float]] = [
        (row.interval_adjusted, truths[row.first, row.second]) for row in found.pairwise
    ]
    return next((each for each in pairs if each[1] not in each[0]), pairs[0])


def _many(count: int) -> Draw:
    def draw(r: Rng) -> Found:
        groups, clusters = {}, {}
        for name, shift in _SHIFTS.items():
            labels = texts(r, count)
            groups[name] = np.digitize(shift + _latent(r, labels), _CUTS)
            clusters[name] = [f"{name}{label}" for label in labels]
        found = bench.compare_many(groups, clusters=clusters, scale="ordinal")
        above = _superiority(0.0)
        return _together(found, {("a", "b"): above, ("a", "c"): above, ("b", "c"): 0.5})

    return draw


def _blocks(count: int) -> Draw:
    def draw(r: Rng) -> Found:
        labels = texts(r, count)
        shared = 0.5 * r.normal(size=count)[labels]
        groups = {
            name: np.digitize(shift + shared + 0.75**0.5 * r.normal(size=len(labels)), _CUTS)
            for name, shift in _SHIFTS.items()
        }
        found = bench.compare_many_paired(groups, clusters=labels.tolist(), scale="ordinal")
        above = _superiority(0.5)
        return _together(found, {("a", "b"): above, ("a", "c"): above, ("b", "c"): 0.5})

    return draw


@lru_cache(maxsize=2)
def _superiority(shared: float) -> float:
    """P(higher grade) + P(equal)/2 at a shift of .8, over a shared effect of this deviation."""
    own = math.sqrt(1 - shared**2)
    edges = np.array([-math.inf, *_CUTS, math.inf])
    effects = np.linspace(-4, 4, 201) * shared if shared else np.zeros(1)
    mass = stats.norm.pdf(effects, scale=shared) if shared else np.ones(1)
    total = 0.0
    for effect, weight in zip(effects, mass / mass.sum(), strict=True):
        low, high = (np.diff(stats.norm.cdf((edges - m - effect) / own)) for m in (0.0, 0.8))
        pairs = np.outer(low, high)
        total += weight * float(np.triu(pairs, 1).sum() + np.trace(pairs) / 2)
    return total


def _judged(count: int, rate: float) -> Draw:
    def draw(r: Rng) -> Found:
        while True:
            (y, f, ours), (_, rest, theirs) = (_verdicts(r, n, rate) for n in (count, 2 * count))
            marks = [f"a{label}" for label in ours], [f"b{label}" for label in theirs]
            try:
                return bench.judged_rate(y, f, rest, clusters=marks), rate
            except bench.BenchError:  # labels of one kind only
                continue

    return draw


def _verdicts(r: Rng, count: int, rate: float) -> tuple[Any, Any, Any]:
    """Right or wrong answers, and a judge of sensitivity .9 and specificity .8."""
    labels = texts(r, count)
    chance, hits, misses = (r.beta(3 * p, 3 * (1 - p), count)[labels] for p in (rate, 0.9, 0.2))
    right = r.random(len(labels)) < chance
    return right * 1, (r.random(len(labels)) < np.where(right, hits, misses)) * 1, labels
