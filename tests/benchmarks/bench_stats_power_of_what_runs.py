"""The power that ``power`` computes against that of the comparison which runs, simulated.

uv run python tests/benchmarks/bench_stats_power_of_what_runs.py
uv run python tests/benchmarks/bench_stats_power_of_what_runs.py --runs 4000 --keep rows.jsonl
"""

import argparse
import json
import math
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import NormalDist
from typing import Any

import numpy as np

import bench

Rng = np.random.Generator
Trial = Callable[[Rng], float]
"""The p-value of one data set."""
Cell = tuple[str, Trial, bench.Power]


def main() -> None:
    """Print one row per design; rows that the file holds are not made again."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=2000)
    parser.add_argument("--keep", type=Path, help="a file of finished rows")
    asked = parser.parse_args()
    kept = {}
    if asked.keep is not None and asked.keep.exists():
        lines = asked.keep.read_text(encoding="utf-8").splitlines()
        kept = {name: rate for name, runs, rate in map(json.loads, lines) if runs == asked.runs}
    error = 100 * math.sqrt(0.25 / asked.runs)
    print(f"{asked.runs} runs a row; Monte-Carlo error at most {error:.1f} points")
    print("| what runs | simulated | computed |\n|---|---|---|")
    for name, trial, computed in cells():
        if name not in kept:
            rng = np.random.default_rng([31, *name.encode()])
            kept[name] = float(np.mean([trial(rng) <= 0.05 for _ in range(asked.runs)]))
            if asked.keep is not None:
                with asked.keep.open("a", encoding="utf-8") as file:
                    file.write(json.dumps([name, asked.runs, kept[name]]) + "\n")
        print(f"| {name} | {100 * kept[name]:.1f} | {100 * computed.power:.1f} |", flush=True)


def cells() -> Iterator[Cell]:
    """All designs, with n from 10 to 1,000."""
    yield from _apart()
    yield from _paired()
    yield from _clustered()


def _apart() -> Iterator[Cell]:
    power = bench.power
    for n, effect, ratio in ((10, 1.2, 1.0), (30, 1.0, 3.0), (1000, 0.12, 1.0)):
        name = f"`compare`, numbers, n = {n} each, d = {effect}, sd 1 and {ratio:g}"
        yield name, _groups(n, effect, ratio), power("welch-t", n=n, effect=effect, sd_ratio=ratio)
    for n, p, q in ((10, 0.3, 0.9), (50, 0.7, 0.9), (200, 0.9, 0.97), (1000, 0.8, 0.85)):
        planned = power("proportions", n=n, effect=round(q - p, 6), p2=p)
        yield f"`compare`, 0/1, n = {n} each, {p} and {q}", _rates(n, p, q), planned
    for n, shift in ((10, 1.0), (50, 0.5)):
        above = NormalDist().cdf(shift / math.sqrt(2))
        planned = power("brunner-munzel", n=2 * n, effect=above)
        name = f"`compare`, ordinal, n = {n} each, d = {shift}"
        yield name, _groups(n, shift, 1.0, scale="ordinal"), planned


def _groups(n: int, effect: float, ratio: float, scale: Any = "numeric") -> Trial:
    def trial(r: Rng) -> float:
        x, y = r.normal(0, 1, n), r.normal(effect, ratio, n)
        return bench.compare(x, y, scale=scale, sensitivity=False).p_value

    return trial


def _rates(n: int, p: float, q: float) -> Trial:
    def trial(r: Rng) -> float:
        x, y = (r.random(n) < p) * 1.0, (r.random(n) < q) * 1.0
        return _known(bench.compare(x, y, scale="binary", sensitivity=False).p_value)

    return trial


def _known(p_value: float) -> float:
    """No p-value, where nothing differs, finds nothing."""
    return 1.0 if math.isnan(p_value) else p_value


def _paired() -> Iterator[Cell]:
    power = bench.power
    for n, effect in ((10, 0.9), (200, 0.2)):
        for kind, scale, test in (
            ("numbers", "numeric", "paired-t"),
            ("ordinal", "ordinal", "wilcoxon"),
        ):
            planned: Any = test
            name = f"`compare_paired`, {kind}, n = {n}, d_z = {effect}"
            yield name, _pairs(n, effect, scale), power(planned, n=n, effect=effect)
    for n, effect, share in ((20, 0.35, 0.5), (100, 0.12, 0.2), (1000, 0.03, 0.1)):
        design = power("mcnemar", n=n, effect=effect, discordance=share)
        for run in (bench.compare_paired, bench.eval_compare):
            what = f"n = {n}, {share:.0%} discordant, difference {effect}"
            yield f"`{run.__name__}`, 0/1, {what}", _answers(n, effect, share, run), design
    for n, effect in ((10, 0.3), (300, 0.06)):
        name = f"`eval_compare`, scores, n = {n}, difference {effect}, variance .16"
        yield name, _scores(n, effect), power("eval-paired", n=n, effect=effect, variance=0.16)


def _pairs(n: int, effect: float, scale: Any) -> Trial:
    def trial(r: Rng) -> float:
        gaps = r.normal(effect, 1, n)
        return bench.compare_paired(np.zeros(n), gaps, scale=scale, sensitivity=False).p_value

    return trial


def _scores(n: int, effect: float) -> Trial:
    def trial(r: Rng) -> float:
        return bench.eval_compare(np.full(n, 0.5), 0.5 + r.normal(effect, 0.4, n)).p_value

    return trial


def _answers(n: int, effect: float, share: float, run: Any) -> Trial:
    """Pairs of answers of which ``share`` are discordant, most of them won by the treatment."""
    shares = [(share - effect) / 2, (share + effect) / 2, 0.6 * (1 - share), 0.4 * (1 - share)]

    def trial(r: Rng) -> float:
        kind = r.choice(4, n, p=shares)
        found = run(np.isin(kind, (0, 2)) * 1.0, np.isin(kind, (1, 2)) * 1.0)
        return _known(found.p_value)

    return trial


def _clustered() -> Iterator[Cell]:
    for clusters, size, effect in ((10, 5, 0.6), (40, 5, 0.25)):
        labels = np.repeat(np.arange(clusters), size)
        yield (
            f"`compare_paired`, numbers, {clusters} clusters of {size}, ICC .2, d_z = {effect}",
            _in_clusters(labels, effect),
            bench.power("paired-t", n=len(labels), effect=effect, cluster_size=size, icc=0.2),
        )


def _in_clusters(labels: Any, effect: float) -> Trial:
    def trial(r: Rng) -> float:
        gaps = effect + _values(r, labels)
        zeros = np.zeros(len(labels))
        return bench.compare_paired(zeros, gaps, clusters=labels, sensitivity=False).p_value

    return trial


def _values(r: Rng, labels: Any) -> Any:
    between, within = math.sqrt(0.2), math.sqrt(0.8)
    return between * r.normal(size=labels.max() + 1)[labels] + within * r.normal(size=len(labels))


if __name__ == "__main__":
    main()
