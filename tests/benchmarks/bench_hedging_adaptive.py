"""How close the learned delays come to the oracle, on smooth, heavy, bimodal and shifting services.

Run: ``python tests/benchmarks/bench_hedging_adaptive.py [--quick]``. Real series are added when
``CRUCIBLE_MIRROR`` names a folder with the benchmark files. The oracle knows the distribution of
each regime, and is replayed on the same requests.
"""

import argparse
import csv
import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import fmean
from typing import Any

from hedging import Adaptive, Budget, Off, Percentile, Thompson
from hedging.simulation import (
    Bimodal,
    Bursts,
    Distribution,
    Empirical,
    LogNormal,
    Pareto,
    Regime,
    Sample,
    Scaled,
    make_traffic,
    midpoints,
    simulate,
)

BUDGETS = (0.05, 0.10, 0.15)
Make = Callable[[float], Any]
STRATEGIES: dict[str, Make] = {
    "none": lambda budget: Off(),
    "adaptive": Adaptive,
    "percentile": lambda budget: Percentile(1 * (1 - budget)),
    "thompson": lambda budget: Thompson(),
}


def scenarios(requests: int) -> dict[str, list[Regime]]:
    """The regimes of each scenario; further ones after a comma in the table."""

    def regimes(*distributions: Distribution, **options: Any) -> list[Regime]:
        return [
            Regime(distribution=distribution, requests=requests, **options)
            for distribution in distributions
        ]

    body = LogNormal()
    return {
        "log-normal 0.8": regimes(body),
        "Pareto 1.5": regimes(Pareto()),
        "bursts x8": regimes(body, bursts=Bursts()),
        "cliff 95/5": regimes(Bimodal()),
        "level x3, /6": regimes(
            body, Scaled(distribution=body, factor=3), Scaled(distribution=body, factor=0.5)
        ),
        "tail 1, 8, 2 %": regimes(*(Bimodal(slow_share=share) for share in (0.01, 0.08, 0.02))),
        **{name: regimes(distribution) for name, distribution in recorded_distributions()},
    }


def recorded_distributions() -> Iterator[tuple[str, Distribution]]:
    """Recorded latencies, when the files are there."""
    mirror = os.environ.get("CRUCIBLE_MIRROR")
    if not mirror:
        return
    folder = Path(mirror)
    with (folder / "latency-llmdrift/OPINIONQA_EVAL.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    for model in ("gpt-4-0314", "gpt-3.5-turbo-0301"):
        values = [1000 * float(row["latency"]) for row in rows if row["model"].endswith(model)]
        yield f"OpinionQA {model}", Empirical(values)
    yield "LLMPerf first token", Empirical(first_tokens(folder / "latency-llmperf"))


def first_tokens(folder: Path) -> list[float]:
    """Times to the first token of all providers, each in units of its median second."""
    pooled: list[float] = []
    for path in sorted((folder / "raw_data/individual").glob("*.json")):
        times = [row["ttft_s"] for row in json.loads(path.read_text()) if not row["error_code"]]
        times = [float(time) for time in times if time]
        if times:
            median = Sample(times).quantile(0.5)
            pooled += [1000 * time / median for time in times]
    return pooled


def run(
    regimes: list[Regime], make: Make, budget: float, seeds: int
) -> tuple[list[float], list[float], float, float]:
    """Ratios to the oracle by regime, those of the first 1,500 after a shift, and extra requests.

    Returns:
        Both lists as means over the seeds, the extra requests, and the most in any 500 requests.
    """
    rules = [Sample(midpoints(each.distribution)).best_rule(budget) for each in regimes]
    ratios: list[list[float]] = [[] for _ in regimes]
    early: list[list[float]] = [[] for _ in regimes[1:]]
    extra, most = [], 0.0
    for seed in range(seeds):
        traffic = make_traffic(regimes, seed=seed)
        result = simulate(traffic, make(budget), budget=Budget(budget), seed=seed)
        extra.append(result.extra_requests)
        most = max(most, result.max_extra(500))
        for number, rule in enumerate(rules):
            begin, end = traffic.boundaries[number : number + 2]
            oracle = simulate(traffic, rule, seed=seed)
            best = oracle.quantile_ms(0.99, begin, end)
            ratios[number].append(result.quantile_ms(0.99, begin, end) / best)
            if number:
                best = oracle.quantile_ms(0.99, begin, begin + 1500)
                early[number - 1].append(result.quantile_ms(0.99, begin, begin + 1500) / best)
    return [fmean(each) for each in ratios], [fmean(each) for each in early], fmean(extra), most


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--quick", action="store_true", help="two seeds, 5,000 requests")
    quick = parser.parse_args().quick
    seeds, requests = (2, 5000) if quick else (5, 20_000)
    print(f"P99 / oracle's P99, {seeds} seeds, {requests:,} requests a regime; SIMULATED")
    print(
        f"{'scenario':26} {'budget':>6} {'strategy':10} ratio by regime | first 1,500 | extra (500)"
    )
    for name, regimes in scenarios(requests).items():
        for budget in BUDGETS:
            for label, make in STRATEGIES.items():
                ratios, early, extra, most = run(regimes, make, budget, seeds)
                cells = " ".join(f"{ratio:.3f}" for ratio in ratios)
                first = " ".join(f"{ratio:.2f}" for ratio in early)
                print(
                    f"{name:26} {budget:>6.0%} {label:10} {cells} | {first} |"
                    f" {extra:.2%} ({most:.1%})",
                    flush=True,
                )


if __name__ == "__main__":
    main()
