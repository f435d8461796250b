"""Stopping when the answer is clear, on recorded answers: how often it is wrong, and what it saves.

``CRUCIBLE_MIRROR=FOLDER uv run python tests/benchmarks/bench_harness_stopping.py 6`` takes all
pairs of four models on GSM8K (ZeroEval) and of ten on STEM subjects of MMLU (HELM). Each pair is
run in that many random orders of the items. For the error rate, the two models are exchanged at
random on each item, so that they do not differ and every stop for a difference is wrong.
``one-look`` stops as soon as an ordinary 95 % interval leaves 0 out, at looks every 20 items;
``StopWhen`` refuses it.
"""

import math
import os
import random
import statistics
import sys
from collections.abc import Callable, Iterator, Sequence
from itertools import combinations
from pathlib import Path
from typing import Literal, NamedTuple

from bench_voting_recorded import gsm8k, stem

from ensemble import VoteTable
from research_harness import StopWhen
from research_harness._stopping.sequential import first_clear

ITEMS = 1_000
Marks = Sequence[float]
METHODS: tuple[Literal["sequence", "obrien-fleming", "pocock"], ...] = (
    "sequence",
    "obrien-fleming",
    "pocock",
)


class Stop(NamedTuple):
    """Where a run stopped: after how many items, and with which difference."""

    items: int
    difference: float


Rule = Callable[[Marks, Marks], Stop | None]


def rules() -> Iterator[tuple[str, Rule]]:
    """The rules by their names."""
    for method in METHODS:
        rule = StopWhen(method=method)

        def valid(control: Marks, treatment: Marks, rule: StopWhen = rule) -> Stop | None:
            found = first_clear(control, {"t": treatment}, rule, planned_items=ITEMS, alpha=0.05)
            if found is None or not found.stopped:
                return None
            return Stop(found.items, found.pairs[0].estimate)

        yield method, valid
    yield "one-look", one_look


def one_look(control: Marks, treatment: Marks) -> Stop | None:
    """An interval for one look, looked at every 20 items."""
    for at in range(20, ITEMS + 1, 20):
        gaps = [b - a for a, b in zip(control[:at], treatment[:at], strict=True)]
        mean, half = statistics.fmean(gaps), 1.96 * statistics.stdev(gaps) / math.sqrt(at)
        if abs(mean) > half > 0:
            return Stop(at, mean)
    return None


def marks(table: VoteTable) -> list[list[float]]:
    """Whether each model is right, model by model."""
    models = range(len(table.models))
    return [
        [float(row[n] == gold) for row, gold in zip(table.votes, table.gold or (), strict=True)]
        for n in models
    ]


def drawn(
    control: Marks, treatment: Marks, chance: random.Random, *, null: bool
) -> tuple[list[float], list[float]]:
    """The marks in a random order; exchanged at random where nothing is to differ."""
    order = chance.sample(range(len(control)), min(ITEMS, len(control)))
    pairs = [(control[n], treatment[n]) for n in order]
    if null:
        pairs = [pair if chance.random() < 0.5 else pair[::-1] for pair in pairs]
    return [a for a, _ in pairs], [b for _, b in pairs]


def measure(panels: Sequence[list[list[float]]], orders: int) -> None:
    """Print the error rate and the share of calls of each rule."""
    pairs = [pair for panel in panels for pair in combinations(panel, 2)]
    print(f"{len(pairs)} pairs, {orders} orders, up to {ITEMS:,} items")
    for name, rule in rules():
        chance = random.Random(3)
        wrong, shares, against = 0, [], 0
        for control, treatment in pairs:
            truth = statistics.fmean(treatment) - statistics.fmean(control)
            for _ in range(orders):
                wrong += rule(*drawn(control, treatment, chance, null=True)) is not None
                stop = rule(*drawn(control, treatment, chance, null=False))
                shares.append(1.0 if stop is None else stop.items / ITEMS)
                against += stop is not None and stop.difference * truth < 0
        runs = len(pairs) * orders
        stopped = sum(share < 1 for share in shares)
        print(
            f"{name:15} {wrong / runs:6.1%} false differences, {stopped / runs:5.1%} stopped early,"
            f" {against / runs:5.1%} in the wrong direction,"
            f" median share of calls {statistics.median(shares):.0%}"
        )


def main(orders: int) -> None:
    """Read the panels and measure."""
    mirror = Path(os.environ["CRUCIBLE_MIRROR"])
    measure([marks(gsm8k(mirror)), marks(stem(mirror))], orders)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 6)
