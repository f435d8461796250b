"""The table of hostile worlds, for bench_stats_coverage.py."""

import math
import sys

import numpy as np
from _stats_worlds import exact_worlds, worlds
from _stats_worlds_effects import effect_worlds
from _stats_worlds_evals import evaluation_worlds

HOSTILE_RUNS, SLOW_RUNS = 300, 60
# A third of a second for each of its results: Tukey's distribution is integrated for each end.
SLOW = ("posthoc, one pair of three",)


def hostile() -> None:
    """Print the table of hostile worlds: coverage, mean width, and how many results warn."""
    print("| interval | world | coverage | mean width | with a warning |\n|---|---|---|---|---|")
    wanted = tuple(sys.argv[2:]) or ("",)
    for name, setting, held, width in exact_worlds():
        if name.startswith(wanted):
            print(f"| {name} | {setting} | {100 * held:.1f} (exact) | {width:.3g} | |", flush=True)
    every = (*worlds(), *effect_worlds(), *evaluation_worlds())
    for index, (name, setting, draw) in enumerate(every):
        if not name.startswith(wanted):
            continue
        rng = np.random.default_rng([19, index])
        found = [draw(rng) for _ in range(SLOW_RUNS if name in SLOW else HOSTILE_RUNS)]
        held = sum(truth in interval for interval, truth in found) / len(found)
        widths = [each.width for each, _ in found if math.isfinite(each.width)]
        width = math.fsum(widths) / len(widths) if widths else math.inf
        warned = sum(bool(each.warnings) for each, _ in found) / len(found)
        line = f"| {name} | {setting} | {100 * held:.1f} | {width:.3g} | {100 * warned:.0f} % |"
        print(line, flush=True)
