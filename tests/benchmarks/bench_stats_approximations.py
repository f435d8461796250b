"""How far some approximations of bench miss a nominal 5 %, by enumeration or many data sets.

    uv run python tests/benchmarks/bench_stats_approximations.py            # all of them
    uv run python tests/benchmarks/bench_stats_approximations.py clusters   # degrees of freedom
    ... mid-p     # McNemar's test, over all outcomes
    ... score     # two proportions as ``compare`` runs it, over all outcomes
    ... moments   # D'Agostino and Pearson's K²

``clusters``: a CR2 standard error rests on the sums of the clusters only, so these are drawn.
"""

import argparse

import numpy as np
from scipy import stats

from bench._intervals.cluster_df import cluster_df, satterthwaite
from bench._planning.counts_power import score_power

World = tuple[tuple[float, float, int], int, float]
"""Sizes of clusters, their number, and how alike their values are."""
LEVEL = 0.05
SIZES = {"1 to 40": (1.5, 1.0, 40), "1 to 300": (2.0, 1.4, 300)}
SHARES = (0.5, 0.7, 0.8, 0.85, 0.9, 0.95, 1.0)


def clusters(runs: int) -> None:
    """Both degrees of freedom for one mean and for two independent groups."""
    print("| data | clusters | ICC | independent values | what bench uses |\n|---|---|---|---|---|")
    rng = np.random.default_rng(5)
    for groups in (1, 2):
        for named, shape in SIZES.items():
            for count in (5, 10, 20, 40):
                for icc in (0.0, 0.05, 0.25, 0.6, 0.95):
                    shares = _missed(groups, (shape, count, icc), runs, rng)
                    shown = " | ".join(f"{100 * share:.1f}" for share in shares)
                    print(f"| {groups} of sizes {named} | {count} | {icc} | {shown} |", flush=True)


def _missed(groups: int, world: World, runs: int, rng: np.random.Generator) -> tuple[float, float]:
    hits = np.zeros(2)
    for _ in range(runs):
        parts = [_one_mean(rng, *world) for _ in range(groups)]
        means, squares, apart, used = (np.array(each) for each in zip(*parts, strict=True))
        t = abs(means[0] - (means[1] if groups > 1 else 0.0)) / np.sqrt(squares.sum())
        for place, dfs in enumerate((apart, used)):
            df = 1 / float(((squares / squares.sum()) ** 2 / dfs).sum())
            hits[place] += 2 * stats.t.sf(t, df) <= LEVEL
    return hits[0] / runs, hits[1] / runs


def _one_mean(
    rng: np.random.Generator, shape: tuple[float, float, int], count: int, icc: float
) -> tuple[float, float, float, float]:
    centre, spread, most = shape
    sizes = np.clip(np.round(rng.lognormal(centre, spread, count)), 1, most)
    n = sizes.sum()
    sums = rng.normal(size=count) * np.sqrt(sizes * (1 - icc) + sizes**2 * icc)
    within = (1 - icc) * 2 * rng.standard_gamma(max(n - count, 1e-9) / 2)
    mean = sums.sum() / n
    residuals = sums - sizes * mean
    total = within + float((residuals**2 / sizes).sum())
    square = float((residuals**2 / (1 - sizes / n)).sum()) / n**2
    return mean, square, satterthwaite(sizes, int(n)), cluster_df(sizes, residuals, total)


def mid_p(_: int) -> None:
    """The largest size over 5 to 500 pairs, by the share of pairs that differ."""
    given = np.array([_size_given(untied) for untied in range(501)])
    print("| pairs that differ | largest size | at n |\n|---|---|---|")
    for share in SHARES:
        sizes = {
            n: float(stats.binom.pmf(np.arange(n + 1), n, share) @ given[: n + 1])
            for n in range(5, 501)
        }
        n = max(sizes, key=lambda each: sizes[each])
        print(f"| {100 * share:.0f} % | {100 * sizes[n]:.2f} | {n} |", flush=True)


def _size_given(untied: int) -> float:
    if not untied:
        return 0.0
    lower = np.arange(untied // 2 + 1)
    p = 2 * (stats.binom.cdf(lower, untied, 0.5) - stats.binom.pmf(lower, untied, 0.5) / 2)
    hits = lower[(p <= LEVEL) & (2 * lower < untied)]
    return 2 * float(stats.binom.pmf(hits, untied, 0.5).sum())


def score(_: int) -> None:
    """The largest size over rates of .05 to .5, by the sizes of the groups."""
    print("| n | size | at a rate of |\n|---|---|---|")
    equal = [(n, n) for n in (*range(10, 66), 75, 100, 150, 200)]
    for n1, n2 in equal + [(n, n * by // 2) for by in (3, 4, 6) for n in range(10, 46, 3)]:
        sizes = {
            rate: score_power((rate, rate), (n1, n2), LEVEL, "two-sided")
            for rate in (round(0.025 * step, 3) for step in range(2, 21))
        }
        rate = max(sizes, key=lambda each: sizes[each])
        print(f"| {n1} and {n2} | {100 * sizes[rate]:.2f} | {rate} |", flush=True)


def moments(runs: int) -> None:
    """K² of normal values."""
    print("| n | at 5 % | at 1 % |\n|---|---|---|")
    rng = np.random.default_rng(3)
    for n in (8, 10, 20, 50, 100, 150, 200, 400, 1000):
        p = stats.normaltest(rng.normal(size=(runs, n)), axis=1).pvalue
        print(f"| {n} | {100 * (p <= LEVEL).mean():.1f} | {100 * (p <= 0.01).mean():.1f} |")


def main() -> None:
    """Print the chosen tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", help="clusters, mid-p, score or moments")
    parser.add_argument("--runs", type=int, default=20_000, help="data sets for each row")
    chosen = parser.parse_args()
    for name, table in {
        "clusters": clusters,
        "mid-p": mid_p,
        "score": score,
        "moments": moments,
    }.items():
        if name in (chosen.names or [name]):
            table(chosen.runs)


if __name__ == "__main__":
    main()
