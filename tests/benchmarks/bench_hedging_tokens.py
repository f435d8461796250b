"""What a budget's tokens alone cost at critical demand: a service with two modes, and no learning.

Run: ``python tests/benchmarks/bench_hedging_tokens.py [--requests N] [--learned]``. One request in
ten is ten times slower, two copies are independent, and each late request gets its backup after
150 ms while the budget of 10 % has a token. Simulated; the P99 is divided by that of the same delay
without a limit, for each seed and each burst.

With ``--learned``, the best delay with and without tokens, ``Adaptive`` and a hedger with its
defaults meet the same requests. An oracle with the tokens of the hedger is the fair comparison.
"""

import argparse
from collections.abc import Iterator
from random import Random

import numpy as np

from hedging import Adaptive, Budget, Hedger, Policy
from hedging.simulation import Bimodal, Regime, Sample, make_traffic, midpoints, replay, simulate

SEEDS = range(6)
BURSTS = (24, 100, 400)
SLOW_SHARE = 0.1
DELAY_MS = 150.0


def copies(seed: int, requests: int) -> Iterator[tuple[float, float]]:
    """The latencies of a request and of its backup, in ms."""
    rng = Random(seed)
    for _ in range(requests):
        first, second = (
            100 * rng.lognormvariate(0, 0.1) * (10 if rng.random() < SLOW_SHARE else 1)
            for _ in range(2)
        )
        yield first, second


def p99_ms(seed: int, requests: int, burst: float) -> tuple[float, float]:
    """The P99, and the share of the requests that needed a backup and got none."""
    tokens, refused = burst, 0
    latencies = []
    for first, second in copies(seed, requests):
        tokens = min(burst, tokens + SLOW_SHARE)
        latency = first
        if first > DELAY_MS:
            if tokens >= 1:
                tokens -= 1
                latency = min(first, DELAY_MS + second)
            else:
                refused += 1
        latencies.append(latency)
    return float(np.quantile(latencies, 0.99)), refused / requests


def learned(requests: int) -> None:
    """Print what learning costs beside the tokens, in units of the P99 of two oracles."""
    service = Bimodal(slow_share=SLOW_SHARE)
    rule = Sample(midpoints(service)).best_rule(SLOW_SHARE)
    print("oracle with tokens / without; adaptive and hedger / oracle with tokens, without")
    for seed in SEEDS:
        traffic = make_traffic([Regime(distribution=service, requests=requests)], seed=seed)
        hedger = Hedger(Policy(budget=SLOW_SHARE))
        runs = (
            simulate(traffic, rule, seed=seed),
            simulate(traffic, rule, budget=Budget(SLOW_SHARE), seed=seed),
            simulate(traffic, Adaptive(SLOW_SHARE), budget=Budget(SLOW_SHARE), seed=seed),
            replay(traffic, hedger),
        )
        best, fair, adaptive, real = (run.quantile_ms(0.99) for run in runs)
        print(
            f"seed {seed}: {fair / best:.2f}; {adaptive / fair:.2f}, {adaptive / best:.2f};"
            f" {real / fair:.2f}, {real / best:.2f}; {dict(hedger.statistics().suppressed)}",
            flush=True,
        )


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--requests", type=int, default=8000, help="requests a seed (8,000)")
    parser.add_argument("--learned", action="store_true", help="learned delays beside oracles")
    options = parser.parse_args()
    requests: int = options.requests
    if options.learned:
        learned(requests)
        return
    unlimited = {seed: p99_ms(seed, requests, requests)[0] for seed in SEEDS}
    print(f"P99 with tokens / without, seeds 0 to {SEEDS[-1]}, {requests:,} requests each")
    for burst in BURSTS:
        runs = [p99_ms(seed, requests, burst) for seed in SEEDS]
        ratios = " ".join(f"{run[0] / unlimited[seed]:.2f}" for seed, run in enumerate(runs))
        lacking = sum(run[1] for run in runs) / len(runs)
        print(f"burst {burst:3}: {ratios}   no token: {lacking:.3%} of the requests")


if __name__ == "__main__":
    main()
