"""Coverage of the interval of overconfidence, by items and accuracy.

uv run python tests/benchmarks/bench_trace_calibration.py [runs of each simulated cell]

With one stated confidence and one answer for each item the interval depends on the number of
correct answers only: its coverage is a sum over the binomial distribution, without chance. With
confidences that differ, or several answers for each item, it is simulated.
"""

import math
import random
import sys
from collections.abc import Sequence
from functools import cache

from causal_trace import Chain, TraceEvent, stated_calibration
from causal_trace._query.success import outcome_mean_interval

ITEMS = (10, 15, 20, 30, 50, 100, 200, 300)
ACCURACIES = (0.5, 0.7, 0.8, 0.9, 0.95, 0.97, 0.99, 0.995, 0.999)
UNLIKELY = 1e-5


def chain(item: int, repeat: int, confidence: float) -> Chain:
    """An answer to an item, with its stated confidence."""
    event = TraceEvent(type="decision_made", decision="d", confidence=confidence)
    return Chain(name="c", item=f"q{item}", id=f"{item}-{repeat}", events=(event,))


@cache
def accuracy_ends(items: int, right: int) -> tuple[float, float]:
    """The accuracies that the interval holds when a number of answers is correct."""
    chains = [chain(item, 0, 0.9) for item in range(items)]
    found = stated_calibration(chains, [item < right for item in range(items)])
    ends = found.overconfidence_interval
    assert ends is not None
    return 0.9 - ends.high, 0.9 - ends.low


def exact(items: int, accuracy: float) -> float:
    """The coverage with one stated confidence and one answer for each item."""
    held = whole = 0.0
    for right in range(items + 1):
        share = math.comb(items, right) * accuracy**right * (1 - accuracy) ** (items - right)
        if share < UNLIKELY:
            continue
        low, high = accuracy_ends(items, right)
        whole += share
        held += share * (low - 1e-9 <= accuracy <= high + 1e-9)
    return held / whole


def simulated(
    runs: int, items: int, accuracy: float, repeats: int, stated: Sequence[float]
) -> float:
    """The coverage with confidences that differ, or with several answers for each item.

    Only the interval is computed, as `stated_calibration` does: its error if calibrated, which is
    simulated itself, takes most of its time.
    """
    true, held = sum(stated) / len(stated) - accuracy, 0
    names = [f"q{item}" for item in range(items) for _ in range(repeats)]
    for run in range(runs):
        rng = random.Random(f"{items}/{accuracy}/{repeats}/{run}")
        confidences, correct = [], []
        for _ in range(items):
            confidence = rng.choice(stated)
            confidences += [confidence] * repeats
            correct += [rng.random() < accuracy for _ in range(repeats)]
        if_correct = [each - 1 for each in confidences]
        ends = outcome_mean_interval(
            confidences, if_correct, correct, names, least=-1.0, level=0.95
        )
        assert ends is not None
        held += ends.low - 1e-9 <= true <= ends.high + 1e-9
    return held / runs


def main(runs: int) -> None:
    print("one confidence, one answer for each item (exact), by accuracy")
    print("items", *ACCURACIES, sep=" | ")
    for items in ITEMS:
        row = [f"{100 * exact(items, accuracy):.1f}" for accuracy in ACCURACIES]
        print(items, *row, sep=" | ", flush=True)
    for name, repeats, stated in (
        ("confidences .9, .99, .995 and 1, one answer", 1, (0.9, 0.99, 0.995, 1.0)),
        ("confidences .6, .8 and 1, three answers", 3, (0.6, 0.8, 1.0)),
    ):
        print(f"{name} for each item, {runs} runs")
        for items in (10, 30, 100, 300):
            row = [f"{100 * simulated(runs, items, p, repeats, stated):.1f}" for p in ACCURACIES]
            print(items, *row, sep=" | ", flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1000)
