"""CPU time of bench next to scipy and to the work that cannot be avoided, in one run.

Run with ``python tests/benchmarks/bench_stats_speed.py``; prints medians and ratios, gates nothing.
"""

import inspect
import statistics
import time
from collections.abc import Callable
from typing import Any

import numpy as np
from scipy import stats

import bench

SIZE, RESAMPLES = 1000, 10_000


def median_ms(work: Callable[[], object], runs: int = 5) -> float:
    """The median CPU time, after one run to warm up."""
    work()
    times = []
    for _ in range(runs):
        start = time.process_time()
        work()
        times.append((time.process_time() - start) * 1000)
    return statistics.median(times)


def check_us(function: Callable[..., Any], calls: int = 2000) -> float:
    """Microseconds that the check of the options adds to a call, the median of 15 rounds."""

    def round_us(called: Callable[..., Any]) -> float:
        start = time.process_time_ns()
        for _ in range(calls):
            try:
                called([], [], level=0.9, missing="omit")
            except bench.BenchError:
                continue
        return (time.process_time_ns() - start) / 1000 / calls

    bare = inspect.unwrap(function)
    return statistics.median(round_us(function) - round_us(bare) for _ in range(15))


def floor(values: "np.ndarray[tuple[int], np.dtype[np.float64]]") -> object:
    """Random places and one gather: no bootstrap of numbers does less."""
    generator = np.random.Generator(np.random.SFC64(1))
    total = 0.0
    for _ in range(RESAMPLES // 128):
        places = generator.integers(0, SIZE, size=(128, SIZE), dtype=np.uint16)
        total += float(values[places].sum())
    return total


def main() -> None:
    chance = np.random.default_rng(1)
    values = chance.lognormal(0, 1, SIZE)
    other = values + chance.normal(0.05, 0.3, SIZE)
    right = (chance.random(SIZE) < 0.8).astype(float)
    million = chance.normal(0, 1, 1_000_000)
    clusters = [index // 5 for index in range(SIZE)]

    def scipy_bca() -> object:
        return stats.bootstrap((values,), np.mean, n_resamples=RESAMPLES, rng=1)

    def scipy_signs() -> object:
        return stats.permutation_test(
            (other, values),
            lambda x, y, axis: np.mean(x - y, axis=axis),
            permutation_type="samples",
            vectorized=True,
            n_resamples=RESAMPLES,
            rng=1,
        )

    rows: list[tuple[str, Callable[[], object], Callable[[], object] | None]] = [
        ("BCa of a mean", lambda: bench.bootstrap_interval(values), scipy_bca),
        ("  floor: places and gather", lambda: floor(values), None),
        ("paired permutation", lambda: bench.sign_flip_test(values, other), scipy_signs),
        ("bootstrap of 0/1", lambda: bench.bootstrap_interval(right, method="percentile"), None),
        (
            "bootstrap of clusters",
            lambda: bench.bootstrap_interval(values, method="percentile", clusters=clusters),
            None,
        ),
        (
            "P99 difference, paired",
            lambda: bench.compare_quantile(values, other, quantile=0.99),
            None,
        ),
        (
            "compare, 1000 + 1000",
            lambda: bench.compare(values, other, sensitivity=False),
            lambda: stats.ttest_ind(other, values, equal_var=False),
        ),
        ("compare_paired, 0/1", lambda: bench.compare_paired(right, 1 - right), None),
        ("compare, 2 million", lambda: bench.compare(million, million + 0.01), None),
    ]
    print(f"{'what':<28}{'bench ms':>10}{'scipy ms':>10}{'ratio':>8}")  # the output
    for name, ours, theirs in rows:
        mine = median_ms(ours)
        peer = None if theirs is None else median_ms(theirs, runs=3)
        text = "" if peer is None else f"{peer:>10.2f}{peer / mine:>8.1f}"
        print(f"{name:<28}{mine:>10.2f}{text}")  # the output
    print(f"check of the options of compare: {check_us(bench.compare):.0f} µs")  # the output


if __name__ == "__main__":
    main()
