"""What the engine costs: CPU per sample, speed, memory, reading back, imports.

    uv run --with pydantic-evals python tests/benchmarks/bench_engine.py

Each figure is the median of several fresh processes, next to a plain worker pool that writes JSON
lines and next to pydantic-evals in the same run. The machine's speed drifts, so the ratios count.
"""

import json
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

RUNS = 5
TRIVIAL = 10_000
SLEEPS = 2_000
LIBRARIES = (
    "bench",
    "causal_trace",
    "dataset_manager",
    "ensemble",
    "hedging",
    "reporter",
    "research_harness",
    "telemetry_research",
)


def main() -> None:
    """Measure everything and print one table."""
    cpu = f"us CPU per sample (n={TRIVIAL}, concurrency 100, journal and telemetry on)"
    fast = f"s for {SLEEPS} samples of 50 ms at concurrency 1000 (ideal 0.10)"
    print(f"medians of {RUNS} processes\n")
    for title, kind in ((cpu, "trivial"), (fast, "sleeping")):
        print(title)
        for system in ("pool", "crucible", "pydantic_evals"):
            show(system, [child(system, kind) for _ in range(RUNS)], kind)
    print("reading 10,000 rows back")
    reads = [child("crucible", "read") for _ in range(RUNS)]
    print(f"  crucible        {median([each['seconds'] for each in reads if each]):.3f} s")
    print("import, best of several, warm, seconds of wall time")
    for library in LIBRARIES:
        print(f"  {library:18}  {best(['-c', f'import {library}']):.3f}")
    print(f"  crucible --help     {best(['-m', 'research_harness', '--help']):.3f}")
    print(f"  bare python         {best(['-c', 'pass']):.3f}")


def show(system: str, found: list[dict[str, Any] | None], kind: str) -> None:
    """Print one system's line."""
    known = [each for each in found if each is not None]
    if not known:
        print(f"  {system:14}  not installed: uv run --with pydantic-evals python ...")
        return
    memory = median([each["memory_mb"] for each in known])
    figure = "us" if kind == "trivial" else "seconds"
    value = median([each[figure] for each in known])
    unit = "us" if figure == "us" else "s "
    print(f"  {system:14}  {value:8.2f} {unit}  {memory:6.1f} MB above import")


def child(system: str, kind: str) -> dict[str, Any] | None:
    """Run one measurement in a process of its own."""
    command = [sys.executable, __file__, system, kind]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode == 3:
        return None
    if done.returncode:
        raise SystemExit(done.stderr)
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def median(values: list[float]) -> float:
    """The median."""
    return statistics.median(values)


def best(arguments: list[str]) -> float:
    """The quickest of several runs of Python, in seconds."""
    times = []
    for _ in range(RUNS * 2):
        began = time.perf_counter()
        subprocess.run([sys.executable, *arguments], stdout=subprocess.DEVNULL, check=True)
        times.append(time.perf_counter() - began)
    return min(times)


def measure(work: Callable[[], object], count: int) -> None:
    """Time some work in this process and print the figures as JSON."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    memory = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    print(json.dumps({"us": cpu / count * 1e6, "seconds": wall, "memory_mb": memory}))


if __name__ == "__main__":
    if len(sys.argv) == 1:
        main()
    else:
        from _engine_systems import SYSTEMS

        SYSTEMS[sys.argv[1]](sys.argv[2], measure)
