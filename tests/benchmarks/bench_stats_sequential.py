"""Stopping early: how often it is wrong, and how many items it saves.

    uv run python tests/benchmarks/bench_stats_sequential.py

Two systems answer up to 1,000 items. After every item each rule may stop. ``peeking`` is an
ordinary McNemar test looked at every ten items: what many people do.
"""

import math
from collections.abc import Callable

import numpy as np

import bench

RUNS, ITEMS, LOOKS = 400, 1000, 5
Rng = np.random.Generator
Answers = np.ndarray
Rule = Callable[[Answers, Answers], int | None]


def main() -> None:
    """Print, per true difference, how often each rule stops and after how many items."""
    error = 100 * math.sqrt(0.05 * 0.95 / RUNS)
    print(
        f"{RUNS} runs, {ITEMS} items, level 5 %, Monte-Carlo error {error:.1f} points at the level"
    )
    print(f"{'rule':30}" + "".join(f"{'gap ' + str(gap):>18}" for gap in (0.0, 0.05, 0.1)))
    for name, rule in RULES.items():
        line = f"{name:30}"
        for index, gap in enumerate((0.0, 0.05, 0.1)):
            rng = np.random.default_rng([31, index])
            stops = [rule(*answers(rng, gap)) for _ in range(RUNS)]
            found = [stop for stop in stops if stop is not None]
            used = np.mean([ITEMS if stop is None else stop for stop in stops])
            line += f"{100 * len(found) / RUNS:8.1f} % {used:6.0f}"
        print(line)


def answers(rng: Rng, gap: float) -> tuple[Answers, Answers]:
    """Discordance of 20 %, the treatment better by ``gap``."""
    kinds = rng.choice(4, size=ITEMS, p=[0.6, 0.1 - gap / 2, 0.1 + gap / 2, 0.2])
    return np.isin(kinds, (0, 1)).astype(float), np.isin(kinds, (0, 2)).astype(float)


def fixed(control: Answers, treatment: Answers) -> int | None:
    """One test after all items."""
    return ITEMS if bench.mcnemar(control, treatment).p_value <= 0.05 else None


def peeking(control: Answers, treatment: Answers) -> int | None:
    """An ordinary test every ten items, which is not valid."""
    for size in range(20, ITEMS + 1, 10):
        wins = int(((treatment - control)[:size] > 0).sum())
        losses = int(((treatment - control)[:size] < 0).sum())
        if bench.mcnemar_from_counts(size - wins - losses, losses, wins, 0).p_value <= 0.05:
            return size
    return None


def mixture(control: Answers, treatment: Answers) -> int | None:
    """The always-valid test of discordant pairs, after every item."""
    return bench.sequential_mcnemar(control, treatment).stopped_at


def sequence(control: Answers, treatment: Answers) -> int | None:
    """The confidence sequence of the paired difference, by betting."""
    found = bench.paired_confidence_sequence(control, treatment)
    return found.first_excluding(0.0)


def bernstein(control: Answers, treatment: Answers) -> int | None:
    """The confidence sequence in its closed form."""
    found = bench.paired_confidence_sequence(control, treatment, method="bernstein")
    return found.first_excluding(0.0)


def planned(control: Answers, treatment: Answers) -> int | None:
    """Five looks with O'Brien-Fleming spending, decided before the first item."""
    bounds = bench.group_sequential(LOOKS)
    gaps = treatment - control
    for look, z in enumerate(bounds.z, start=1):
        size = ITEMS * look // LOOKS
        spread = float(np.sqrt((gaps[:size] ** 2).sum()))
        if spread and abs(float(gaps[:size].sum())) / spread >= z:
            return size
    return None


RULES: dict[str, Rule] = {
    "one test at the end": fixed,
    "peeking every 10 (not valid)": peeking,
    "sequential McNemar": mixture,
    "confidence sequence, betting": sequence,
    "confidence sequence, Bernstein": bernstein,
    "O'Brien-Fleming, 5 looks": planned,
}

if __name__ == "__main__":
    main()
