"""How close a hedger with its defaults comes to the oracle on recorded latencies.

Run: ``python tests/benchmarks/bench_hedging_recorded.py [--seeds 1] [--requests 10000]``, with
``CRUCIBLE_MIRROR`` naming the folder with the benchmark files. The latencies of eight series of
OpenAI's models (OPINIONQA and PRIME) are drawn with replacement, 20 in flight on average. The
oracle is the best rule for the series, over the same requests.
"""

import argparse
import csv
import os
from collections import defaultdict
from pathlib import Path

from hedging import Hedger, Policy
from hedging.simulation import Empirical, Regime, Sample, make_traffic, midpoints, replay, simulate

BUDGETS = (0.02, 0.05, 0.10)


def series() -> dict[str, list[float]]:
    """The recorded latencies of each model in milliseconds."""
    folder = Path(os.environ["CRUCIBLE_MIRROR"]) / "latency-llmdrift"
    found: dict[str, list[float]] = defaultdict(list)
    for name in ("OPINIONQA_EVAL", "PRIME_FULL_EVAL"):
        with (folder / f"{name}.csv").open(newline="") as file:
            for row in csv.DictReader(file):
                if row["latency"]:
                    model = row["model"].partition("/")[2]
                    found[f"{name.partition('_')[0]} {model}"].append(1000 * float(row["latency"]))
    return found


def ratio(values: list[float], budget: float, *, seed: int, requests: int) -> tuple[float, float]:
    """The P99 divided by the oracle's, and backups per request."""
    distribution = Empirical(values)
    traffic = make_traffic([Regime(distribution=distribution, requests=requests)], seed=seed)
    oracle = simulate(traffic, Sample(midpoints(distribution)).best_rule(budget), seed=seed)
    hedger = Hedger(Policy(budget=budget))
    p99_ms = replay(traffic, hedger).quantile_ms(0.99)
    return p99_ms / oracle.quantile_ms(0.99), hedger.statistics().extra_requests


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--requests", type=int, default=10_000)
    options = parser.parse_args()
    ratios: list[float] = []
    for name, values in series().items():
        for budget in BUDGETS:
            for seed in range(options.seeds):
                found, extra = ratio(values, budget, seed=seed, requests=options.requests)
                ratios.append(found)
                print(f"{name:28} {budget:4.0%} {found:.3f} extra {extra:.2%}", flush=True)
    within = sum(each <= 1.05 for each in ratios)
    print(f"within 1.05: {within} of {len(ratios)}, the worst {max(ratios):.3f}")


if __name__ == "__main__":
    main()
