"""How often each way of choosing a test rejects a true equality of means, nominal 5 %.

    uv run python tests/benchmarks/bench_stats_size.py

Two independent groups with equal means. ``design`` is Welch's t, ``pretest`` looks first (Shapiro
and Brown-Forsythe, then Student, Welch or Mann-Whitney), ``ranks`` is Mann-Whitney always.
"""

import math
from collections.abc import Callable

import numpy as np

import bench

RUNS = 4000
Draw = Callable[[np.random.Generator], tuple[np.ndarray, np.ndarray]]


def normal(n1: int, n2: int, sd: float) -> Draw:
    """Normal groups of equal mean; the first has the larger spread."""
    return lambda rng: (rng.normal(0, sd, n1), rng.normal(0, 1, n2))


def log_normal(n: int, first: float, second: float) -> Draw:
    """Log-normal groups, shifted in log so that their means agree."""
    return lambda rng: (
        rng.lognormal(-(first**2) / 2, first, n),
        rng.lognormal(-(second**2) / 2, second, n),
    )


SETTINGS: dict[str, Draw] = {
    "normal, 20 and 20": normal(20, 20, 1.0),
    "normal, sd 2 and 1, 10 and 30": normal(10, 30, 2.0),
    "log-normal .5 and 1, 30 and 30": log_normal(30, 0.5, 1.0),
    "log-normal .5 and 1, 100 and 100": log_normal(100, 0.5, 1.0),
}
RULES: dict[str, Callable[..., bench.Comparison]] = {
    "design": lambda a, b: bench.compare(a, b, sensitivity=False),
    "pretest": lambda a, b: bench.compare(a, b, select="pretest"),
    "ranks": lambda a, b: bench.mann_whitney(a, b, method="asymptotic"),
}


def main() -> None:
    """Print one row per setting, in per cent."""
    error = 100 * math.sqrt(0.05 * 0.95 / RUNS)
    print(f"{RUNS} runs, nominal 5 %, Monte-Carlo error {error:.2f} points")
    print(f"{'setting':34}" + "".join(f"{name:>9}" for name in RULES))
    for index, (name, draw) in enumerate(SETTINGS.items()):
        rng = np.random.default_rng([7, index])
        hits = dict.fromkeys(RULES, 0)
        for _ in range(RUNS):
            first, second = draw(rng)
            for rule, test in RULES.items():
                hits[rule] += test(first, second).p_value <= 0.05
        print(f"{name:34}" + "".join(f"{100 * hit / RUNS:9.1f}" for hit in hits.values()))


if __name__ == "__main__":
    main()
