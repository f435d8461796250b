"""What hedging does to a service that gets slower with its load, when cancelling works and not.

Run: ``python tests/benchmarks/bench_hedging_load.py [--quick]``. 20 servers with queues, requests
sent to them by chance; P99 in units of the P99 without hedging, mean of the seeds.
"""

import argparse
from statistics import fmean
from typing import Any

from hedging import Adaptive, Budget, Fixed, Off
from hedging.simulation import (
    Bimodal,
    Distribution,
    Empirical,
    LogNormal,
    ShiftedExponential,
    midpoints,
    simulate_queue,
)

DISTRIBUTIONS: dict[str, Distribution] = {
    "exponential": ShiftedExponential(shift_ms=0, mean_ms=100),
    "near constant": LogNormal(median_ms=100, sigma=0.1),
    "1 % hiccups x15": Empirical(
        midpoints(Bimodal(median_ms=100, sigma=0.2, slow_share=0.01, slow_factor=15), 5000)
    ),
}
LOADS = (0.3, 0.6, 0.8, 0.9)


def p99(
    distribution: Distribution, load: float, seed: int, requests: int, kind: str
) -> tuple[float, float]:
    """The P99 and the extra requests of one run."""
    options: dict[str, Any] = {"load": load, "seed": seed, "requests": requests}
    if kind == "none":
        result = simulate_queue(distribution, Off(), **options)
    elif kind.startswith("fixed"):
        options["cancel_works"] = kind == "fixed"
        result = simulate_queue(distribution, Fixed(200), **options)
    else:
        options["cancel_works"] = kind == "adaptive"
        options["only_when_idle"] = kind == "adaptive, ignored, idle only"
        result = simulate_queue(distribution, Adaptive(0.05), budget=Budget(0.05), **options)
    return result.quantile_ms(0.99), result.extra_requests


KINDS = ("fixed", "fixed, ignored", "adaptive", "adaptive, ignored", "adaptive, ignored, idle only")


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--quick", action="store_true", help="two seeds, 5,000 requests")
    quick = parser.parse_args().quick
    seeds, requests = (2, 5000) if quick else (5, 20_000)
    print(f"P99 / P99 without hedging (extra requests), {seeds} seeds, {requests:,} requests")
    for name, distribution in DISTRIBUTIONS.items():
        for load in LOADS:
            base = [p99(distribution, load, seed, requests, "none")[0] for seed in range(seeds)]
            for kind in KINDS:
                runs = [p99(distribution, load, seed, requests, kind) for seed in range(seeds)]
                ratio = fmean(run[0] / plain for run, plain in zip(runs, base, strict=True))
                extra = fmean(run[1] for run in runs)
                print(f"{name:16} load {load:.0%} {kind:30} {ratio:8.2f} ({extra:.1%})", flush=True)


if __name__ == "__main__":
    main()
