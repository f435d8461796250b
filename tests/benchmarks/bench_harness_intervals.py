"""Coverage of every interval that the harness prints, and false verdicts without any effect.

uv run python tests/benchmarks/bench_harness_intervals.py [runs of each cell, or: exact]
"""

import math
import sys
from collections.abc import Callable
from functools import partial
from itertools import product
from typing import Any

import numpy as np
from scipy.stats import binom, norm

from research_harness import Criterion, Metric
from research_harness._analysis.changes import change
from research_harness._analysis.describe import describe
from research_harness._analysis.pairing import Pairing
from research_harness._analysis.vectors import MetricData
from research_harness._analysis.verdicts import Claim, judge_all

ACCURACY = Metric(name="accuracy", column="correct", unit="share")
COST = Metric(name="cost_per_query", column="cost_usd", unit="usd")
Rows = Any  # an array of items by repeats


def p_metric(quantile: float) -> Metric:
    return Metric(name="p", column="latency_ms", summary="quantile", quantile=quantile, unit="ms")


def as_items(rows: Rows) -> dict[str, dict[int, float | None]]:
    return {str(item): dict(enumerate(map(float, row))) for item, row in enumerate(rows)}


def answers(random: np.random.Generator, items: int, repeats: int, rate: float) -> Rows:
    """Right and wrong answers whose repeats have the intraclass correlation 1/3."""
    chances = random.beta(2 * rate, 2 * (1 - rate), (items, 1))
    return (random.random((items, repeats)) < chances) * 1.0


def latencies(random: np.random.Generator, items: int, repeats: int) -> Rows:
    """Log-normal latencies that belong to the item for the greater part."""
    base = random.normal(0, 0.5, (items, 1))
    return np.exp(base + random.normal(0, 0.2, (items, repeats)))


def covered(runs: int, true: float, draw: Callable[[np.random.Generator], Any]) -> str:
    random, held = np.random.default_rng(11), 0
    for _ in range(runs):
        low, high = draw(random)
        held += low <= true <= high
    return f"{100 * held / runs:.1f}"


def own(metric: Metric, rows: Rows) -> tuple[float, float]:
    interval: Any = describe(metric, as_items(rows), level=0.95)["interval"]
    return interval["low"], interval["high"]


def changed(metric: Metric, old: Rows, new: Rows, measure: Any) -> tuple[float, float]:
    data = MetricData(metric=metric, values={"old": as_items(old), "new": as_items(new)})
    pair = Pairing(data=data, control="old", treatment="new", seed=1, measure=measure)
    interval = change(pair, level=0.95).interval
    assert interval is not None
    return interval.low, interval.high


def own_accuracy(
    random: np.random.Generator, *, items: int, repeats: int, rate: float
) -> tuple[float, float]:
    return own(ACCURACY, answers(random, items, repeats, rate))


def own_percentile(
    random: np.random.Generator, *, items: int, repeats: int, quantile: float
) -> tuple[float, float]:
    return own(p_metric(quantile), latencies(random, items, repeats))


def changed_accuracy(
    random: np.random.Generator, *, items: int, repeats: int, measure: str
) -> tuple[float, float]:
    hard = random.beta(3, 1, (items, 1))  # of mean 3/4, and 3/5 for its squares
    old = (random.random((items, repeats)) < hard) * 1.0
    new = (random.random((items, repeats)) < hard**2) * 1.0
    return changed(ACCURACY, old, new, measure)


def changed_cost(random: np.random.Generator, *, items: int, repeats: int) -> tuple[float, float]:
    base = random.gamma(4, 0.25, (items, 1))
    old, new = (base * random.gamma(10, 0.1, (items, repeats)) for _ in range(2))
    return changed(COST, old, 1.15 * new, "relative")


def changed_percentile(
    random: np.random.Generator, *, items: int, repeats: int, quantile: float
) -> tuple[float, float]:
    base = random.normal(0, 0.5, (items, 1))
    old, new = (np.exp(base + random.normal(0, 0.2, (items, repeats))) for _ in range(2))
    return changed(p_metric(quantile), old, 0.5 * new, "ratio")


def accuracies(runs: int) -> None:
    print("| accuracy, items x repeats | .5 | .9 | .99 |\n|---|---|---|---|")
    for items, repeats in product((20, 100, 1000), (1, 3, 5)):
        draw = partial(own_accuracy, items=items, repeats=repeats)
        cells = [covered(runs, rate, partial(draw, rate=rate)) for rate in (0.5, 0.9, 0.99)]
        print(f"| {items} x {repeats} | {' | '.join(cells)} |", flush=True)


def exact_accuracies() -> None:
    """The coverage with one answer an item, computed from the probability of each count."""
    rates = (0.5, 0.7, 0.9, 0.95, 0.98, 0.99)
    print(
        "| items, one answer each | .5 | .7 | .9 | .95 | .98 | .99 |\n|---|---|---|---|---|---|---|"
    )
    for items in (20, 50, 100, 300, 1000):
        covering = [0.0] * len(rates)
        for right in range(items + 1):
            low, high = own(ACCURACY, np.repeat([[1.0], [0.0]], [right, items - right], axis=0))
            for place, rate in enumerate(rates):
                covering[place] += low <= rate <= high and float(binom.pmf(right, items, rate))
        print(f"| {items} | {' | '.join(f'{100 * each:.1f}' for each in covering)} |", flush=True)


def percentiles(runs: int) -> None:
    spread = math.hypot(0.5, 0.2)
    print("\n| percentile, items x repeats | P50 | P95 | P99 |\n|---|---|---|---|")
    for items, repeats in product((20, 100, 1000), (1, 3, 5)):
        draw = partial(own_percentile, items=items, repeats=repeats)
        cells = [
            covered(
                runs,
                math.exp(float(norm.ppf(quantile)) * spread),
                partial(draw, quantile=quantile),
            )
            for quantile in (0.5, 0.95, 0.99)
        ]
        print(f"| {items} x {repeats} | {' | '.join(cells)} |", flush=True)


def differences(runs: int) -> None:
    print(
        "\n| change, items x repeats | accuracy | accuracy, ratio | cost, relative | P50, ratio"
        " | P95, ratio |"
    )
    print("|---|---|---|---|---|---|")
    few = max(50, runs // 4)
    for items, repeats in product((20, 100, 400), (1, 3)):
        size: dict[str, Any] = {"items": items, "repeats": repeats}
        cells = [
            covered(runs, -0.15, partial(changed_accuracy, measure="difference", **size)),
            covered(runs, 0.8, partial(changed_accuracy, measure="ratio", **size)),
            covered(runs, 0.15, partial(changed_cost, **size)),
            covered(few, 0.5, partial(changed_percentile, quantile=0.5, **size)),
            covered(few, 0.5, partial(changed_percentile, quantile=0.95, **size)),
        ]
        print(f"| {items} x {repeats} | {' | '.join(cells)} |", flush=True)


def false_verdicts(runs: int) -> None:
    print("\n| ten claims, no effect | one or more SUPPORTED |\n|---|---|")
    for items, repeats in ((50, 1), (50, 3), (200, 1)):
        random, false = np.random.default_rng(12), 0
        for _ in range(runs):
            hard = random.beta(3, 1, (items, 1))
            values = {
                f"c{arm}": as_items((random.random((items, repeats)) < hard) * 1.0)
                for arm in range(11)
            }
            data = MetricData(metric=ACCURACY, values=values)
            claims = [
                Claim(
                    criterion=Criterion(
                        claim="better",
                        metric="accuracy",
                        condition=f"c{arm}",
                        against="c0",
                        more_than=0.0,
                    ),
                    data=data,
                    seed=1,
                )
                for arm in range(1, 11)
            ]
            found = judge_all(claims, level=0.95, withheld="")
            false += any(each["verdict"] == "SUPPORTED" for each in found)
        print(f"| {items} items x {repeats} | {100 * false / runs:.1f} % |", flush=True)


if __name__ == "__main__":
    if sys.argv[1:] == ["exact"]:
        exact_accuracies()
        sys.exit()
    number = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    accuracies(number)
    percentiles(number)
    differences(number)
    false_verdicts(number)
