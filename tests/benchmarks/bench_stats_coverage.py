"""How often each 95 % interval holds the true value, over seeded data of known truth.

    uv run python tests/benchmarks/bench_stats_coverage.py          # usual and hostile worlds
    uv run python tests/benchmarks/bench_stats_coverage.py hostile  # hostile worlds only
    uv run python tests/benchmarks/bench_stats_coverage.py hostile agreement  # of one function
    ... hostile --keep rows.jsonl --jobs 4  # goes on where it was broken off, in four processes

Exact and order-statistic intervals are conservative by design; the others should be near 95.
"""

import math
from collections.abc import Callable, Iterator
from typing import Any, Literal

import numpy as np
from _stats_hostile import hostile, options
from scipy import stats

import bench

RUNS = 2000
Rng = np.random.Generator
Kind = Literal["cohens_d", "hedges_g"]
Trial = Callable[[Rng], tuple[Any, float]]
"""One data set: the interval found, and the true value."""


def main() -> None:
    """Print one line per interval and setting, in per cent."""
    chosen = options(__doc__ or "")
    if chosen.part in ("all", "hostile"):
        hostile(tuple(chosen.names) or ("",), runs=chosen.runs, jobs=chosen.jobs, keep=chosen.keep)
    if chosen.part in ("all", "usual"):
        _usual(tuple(chosen.names) or ("",))


def _usual(wanted: tuple[str, ...]) -> None:
    error = 100 * math.sqrt(0.95 * 0.05 / RUNS)
    print(f"{RUNS} runs, nominal 95 %, Monte-Carlo error {error:.2f} points")
    for index, (name, setting, trial, runs) in enumerate(trials()):
        if not name.startswith(wanted):
            continue
        rng = np.random.default_rng([17, index])
        held = sum(truth in interval for interval, truth in (trial(rng) for _ in range(runs)))
        print(f"{name:38} {setting:38} {100 * held / runs:5.1f}", flush=True)


def trials() -> Iterator[tuple[str, str, Trial, int]]:
    """Every interval that bench offers, with data to try it on."""
    yield from _means()
    yield from _proportions()
    yield from _resampled()
    yield from _effects()
    yield from _evaluations()
    yield from _rates_and_ratios()
    yield from _calibration_and_models()


def _rates_and_ratios() -> Iterator[tuple[str, str, Trial, int]]:
    for n in (10, 20, 50):
        yield "ratio of means, Fieller", f"log-normal pairs, n = {n}", _ratio(n), 400
    for p1, p2, n in ((0.5, 0.5, 20), (0.98, 0.9, 50), (0.99, 0.95, 100)):
        yield "Cohen's h, Anscombe", f"rates {p1} and {p2}, n = {n}", _arcsine(p1, p2, n), RUNS
    for rate, labels in ((0.5, 40), (0.95, 100), (0.8, 200)):
        yield "judged rate", f"rate {rate}, {labels} labels", _corrected(rate, labels), 800


def _ratio(n: int) -> Trial:
    def trial(r: Rng) -> tuple[Any, float]:
        shared = r.normal(0, 0.5, n)
        x, y = np.exp(shared), 0.7 * np.exp(0.7 * shared + 0.357 * r.normal(size=n))
        return bench.compare_ratio(x, y, paired=True, of="arithmetic").interval, 0.7

    return trial


def _arcsine(p1: float, p2: float, n: int) -> Trial:
    truth = 2 * math.asin(math.sqrt(p1)) - 2 * math.asin(math.sqrt(p2))

    def trial(r: Rng) -> tuple[Any, float]:
        return bench.cohens_h(r.random(n) < p2, r.random(n) < p1).interval, truth

    return trial


def _corrected(rate: float, labels: int) -> Trial:
    def verdicts(r: Rng, right: Any) -> Any:
        return np.where(right, r.random(len(right)) < 0.9, r.random(len(right)) >= 0.8)

    def trial(r: Rng) -> tuple[Any, float]:
        known = np.arange(labels) % 2 == 1
        rest = verdicts(r, r.random(500) < rate)
        return bench.judged_rate(known, verdicts(r, known), rest).interval, rate

    return trial


def _calibration_and_models() -> Iterator[tuple[str, str, Trial, int]]:
    for n, over in ((100, 0.0), (100, 0.1), (500, 0.0), (500, 0.03), (2000, 0.03)):
        yield "ECE in ten bins", f"n = {n}, {over} overconfident", _ece(n, over), 300
    for n, repeats in ((30, 3), (60, 1), (60, 4)):
        setting = f"{n} items, {repeats} repeats"
        yield "accuracy on items like these", setting, _items(n, repeats), 250


def _ece(n: int, over: float) -> Trial:
    stated = np.random.default_rng(0).beta(5, 1.5, 400_000)
    codes = np.clip((np.ceil(stated * 10) - 1).astype(int), 0, 9)
    gaps = stated - np.clip(stated - over, 0, 1)
    truth = float(np.abs(np.bincount(codes, gaps, 10)).sum()) / len(stated)

    def trial(r: Rng) -> tuple[Any, float]:
        said = r.beta(5, 1.5, n)
        right = r.random(n) < np.clip(said - over, 0, 1)
        return bench.calibration(said, right, resamples=1000).ece_interval, truth

    return trial


def _items(n: int, repeats: int) -> Trial:
    draws = np.random.default_rng(1).normal(0, 1.5, 400_000)
    truth = float((1 / (1 + np.exp(-0.5 - draws))).mean())

    def trial(r: Rng) -> tuple[Any, float]:
        chance = 1 / (1 + np.exp(-0.5 - r.normal(0, 1.5, n)))
        answers = (r.random((n, repeats)) < chance[:, None]).astype(int).tolist()
        return bench.generalized_accuracy({"a": answers}).system("a"), truth

    return trial


def _means() -> Iterator[tuple[str, str, Trial, int]]:
    yield "mean, t", "normal, n = 5", lambda r: (bench.mean_interval(r.normal(0, 1, 5)), 0.0), RUNS
    skewed = "log-normal 1, n = 100"
    truth = math.exp(0.5)
    yield "mean, t", skewed, lambda r: (bench.mean_interval(r.lognormal(0, 1, 100)), truth), RUNS
    for count in (10, 50):
        yield (
            "mean, clustered CR2",
            f"{count} clusters of 5, ICC .3",
            _clustered(count),
            RUNS,
        )
    yield (
        "difference, Welch",
        "normal, sd 2 and 1, n = 10 and 30",
        lambda r: (bench.welch_t(r.normal(0, 2, 10), r.normal(1, 1, 30)).interval, 1.0),
        RUNS,
    )
    yield (
        "difference, paired t",
        "normal, n = 15",
        lambda r: (bench.paired_t(np.zeros(15), r.normal(0.3, 1, 15)).interval, 0.3),
        RUNS,
    )
    yield (
        "ratio of geometric means",
        "log-normal 1, n = 30 each",
        lambda r: (
            bench.compare_ratio(r.lognormal(0, 1, 30), r.lognormal(0.5, 1, 30)).interval,
            math.exp(0.5),
        ),
        RUNS,
    )


def _clustered(count: int) -> Trial:
    clusters = np.repeat(np.arange(count), 5)

    def trial(rng: Rng) -> tuple[bench.Interval, float]:
        values = rng.normal(0, 0.3**0.5, count)[clusters] + rng.normal(0, 0.7**0.5, 5 * count)
        return bench.mean_interval(values, clusters=clusters.tolist()), 0.0

    return trial


def _proportions() -> Iterator[tuple[str, str, Trial, int]]:
    for method in ("wilson", "clopper-pearson", "jeffreys", "agresti-coull"):
        for n, p in ((20, 0.9), (100, 0.95)):
            yield (
                f"proportion, {method}",
                f"n = {n}, p = {p}",
                _proportion(n, p, method),
                RUNS,
            )
    for interval in ("newcombe", "agresti-caffo"):
        yield (
            f"difference of proportions, {interval}",
            "n = 40 each, p = .8 and .9",
            _two_proportions(interval),
            RUNS,
        )
    for interval in ("bonett-price", "tango", "newcombe"):
        yield (
            f"paired difference, {interval}",
            "n = 50, 12 % and 6 % discordant",
            _paired(interval),
            RUNS,
        )


def _proportion(n: int, p: float, method: Any) -> Trial:
    return lambda rng: (bench.proportion_interval(int(rng.binomial(n, p)), n, method=method), p)


def _two_proportions(interval: Any) -> Trial:
    def trial(rng: Rng) -> tuple[bench.Interval, float]:
        counts = int(rng.binomial(40, 0.8)), 40, int(rng.binomial(40, 0.9)), 40
        return bench.two_proportions_from_counts(*counts, interval=interval).interval, 0.1

    return trial


def _paired(interval: Any) -> Trial:
    def trial(rng: Rng) -> tuple[bench.Interval, float]:
        both, losses, wins, neither = (int(x) for x in rng.multinomial(50, [0.7, 0.06, 0.12, 0.12]))
        found = bench.mcnemar_from_counts(both, losses, wins, neither, interval=interval)
        return found.interval, 0.06

    return trial


def _resampled() -> Iterator[tuple[str, str, Trial, int]]:
    for method in ("percentile", "basic", "bca"):
        yield (
            f"mean, bootstrap {method}",
            "log-normal 1, n = 50",
            _bootstrapped(method),
            RUNS // 2,
        )
    p95 = math.exp(stats.norm.ppf(0.95))
    yield (
        "95th percentile, order statistics",
        "log-normal 1, n = 200",
        lambda r: (bench.quantile_interval(r.lognormal(0, 1, 200), 0.95), p95),
        RUNS,
    )
    yield (
        "95th percentile, bootstrap",
        "log-normal 1, n = 200",
        lambda r: (
            bench.quantile_interval(
                r.lognormal(0, 1, 200), 0.95, method="bootstrap", resamples=999
            ),
            p95,
        ),
        RUNS // 2,
    )
    yield (
        "difference of P95, paired bootstrap",
        "log-normal 1, n = 200",
        lambda r: (
            bench.compare_quantile(
                r.lognormal(0, 1, 200), r.lognormal(0, 1, 200), quantile=0.95, resamples=999
            ).interval,
            0.0,
        ),
        RUNS // 2,
    )


def _bootstrapped(method: Any) -> Trial:
    def trial(rng: Rng) -> tuple[bench.Interval, float]:
        values, seed = rng.lognormal(0, 1, 50), int(rng.integers(1 << 30))
        found = bench.bootstrap_interval(values, method=method, resamples=999, seed=seed)
        return found, math.exp(0.5)

    return trial


def _effects() -> Iterator[tuple[str, str, Trial, int]]:
    kinds: dict[Kind, str] = {"cohens_d": "Cohen's d", "hedges_g": "Hedges' g"}
    for kind, name in kinds.items():
        yield (
            f"{name}, noncentral t",
            "normal, n = 15 each, d = .8",
            _standardised(kind),
            RUNS,
        )
    yield (
        "eta², noncentral F (as 95 %)",
        "3 normal groups of 20, eta² = .1",
        lambda r: (_eta(r), 0.1),
        RUNS,
    )
    yield (
        "Cliff's delta",
        "normal, n = 30 each, shift .5",
        lambda r: (
            bench.cliffs_delta(r.normal(0, 1, 30), r.normal(0.5, 1, 30)).interval,
            2 * stats.norm.cdf(0.5 / 2**0.5) - 1,
        ),
        RUNS,
    )
    yield (
        "shift, Hodges-Lehmann",
        "log-normal 1, n = 15 each",
        lambda r: (
            bench.mann_whitney(r.lognormal(0, 1, 15), 0.5 + r.lognormal(0, 1, 15)).interval,
            0.5,
        ),
        RUNS,
    )
    yield (
        "pseudomedian, Wilcoxon",
        "normal, n = 15",
        lambda r: (bench.wilcoxon(np.zeros(15), r.normal(0.4, 1, 15)).interval, 0.4),
        RUNS,
    )
    yield (
        "odds ratio, conditional exact",
        "n = 30 each, p = .5 and .7",
        lambda r: (_odds(r), 0.7 / 0.3),
        RUNS,
    )
    yield "correlation, Fisher z", "normal, n = 25, r = .6", lambda r: (_correlated(r), 0.6), RUNS


def _standardised(kind: Kind) -> Trial:
    def trial(rng: Rng) -> tuple[bench.Interval | None, float]:
        control, treatment = rng.normal(0, 1, 15), rng.normal(0.8, 1, 15)
        return bench.standardized_difference(control, treatment, kind=kind).interval, 0.8

    return trial


def _eta(rng: Rng) -> bench.Interval:
    spread = math.sqrt(0.1 / 0.9 * 3 / 2)
    groups = {
        name: rng.normal(shift * spread, 1, 20)
        for name, shift in zip("abc", (-1, 0, 1), strict=True)
    }
    return bench.eta_squared_interval(groups, effect_level=0.95)


def _odds(rng: Rng) -> bench.Interval:
    a, b = int(rng.binomial(30, 0.7)), int(rng.binomial(30, 0.5))
    return bench.fisher_exact([[a, 30 - a], [b, 30 - b]]).interval


def _correlated(rng: Rng) -> bench.Interval:
    x, noise = rng.normal(size=(2, 25))
    return bench.correlation(x, 0.6 * x + 0.8 * noise).interval


def _evaluations() -> Iterator[tuple[str, str, Trial, int]]:
    yield (
        "score of K = 4 repeats",
        "60 items, beta(2, 1) difficulty",
        lambda r: (bench.eval_score(_answers(r, 60, 4)).interval, 2 / 3),
        RUNS,
    )
    yield (
        "pass@2 of 5 samples",
        "80 tasks, beta(2, 2) difficulty",
        lambda r: (_passes(r), 1 - 0.3),
        RUNS,
    )
    yield (
        "judge and 50 labels",
        "1,000 items, p = .7, noisy judge",
        lambda r: (_judged(r), 0.7),
        RUNS,
    )


def _answers(rng: Rng, items: int, repeats: int) -> list[list[float]]:
    chances = rng.beta(2, 1, items)
    right = rng.random((items, repeats)) < chances[:, None]
    return [[float(each) for each in row] for row in right]


def _passes(rng: Rng) -> bench.Interval:
    """E[1 - (1-p)^2] = 1 - E[q^2] with q ~ beta(2, 2) is .7."""
    right = rng.binomial(5, rng.beta(2, 2, 80))
    return bench.pass_at_k([5] * 80, right.tolist(), k=2).interval


def _judged(rng: Rng) -> bench.Interval:
    truth = (rng.random(1000) < 0.7).astype(float)
    judge = truth + 0.1 + rng.normal(0, 0.3, 1000)
    return bench.prediction_powered_mean(truth[:50], judge[:50], judge[50:]).interval


if __name__ == "__main__":
    main()
