"""Coverage of the intervals of the checks of causal_trace, where the truth is planted.

uv run python tests/benchmarks/bench_trace_intervals.py [runs of each cell]
"""

import random
import sys
from collections.abc import Callable, Iterable

from causal_trace import (
    HintTrial,
    PlantedModel,
    analyze_hints,
    faithful_at_k,
    importance_sync,
    intervene_sync,
)

Ends = Iterable[float] | None


def covered(runs: int, true: float, draw: Callable[[int], Ends]) -> str:
    """The share of runs whose interval holds the truth; runs without an interval are left out."""
    found = [ends for ends in map(draw, range(runs)) if ends is not None]
    held = sum(low <= true <= high for low, high in found)
    return f"{100 * held / len(found):.1f} % of {len(found)}"


def chance(rng: random.Random, rate: float, spread: float) -> float:
    """How often the samples of one item mention a hint; items differ by the spread."""
    return rng.betavariate(rate / spread, (1 - rate) / spread) if 0 < rate < 1 else rate


def mention_samples(seed: int, items: int, samples: int, rate: float) -> list[list[bool]]:
    rng = random.Random(f"{seed}/{items}/{samples}/{rate}")
    chances = [chance(rng, rate, 0.1) for _ in range(items)]
    return [[rng.random() < share for _ in range(samples)] for share in chances]


def true_at_k(rate: float, k: int) -> float:
    """The mean of 1 - (1 - p) ** k over the Beta distribution of ``chance``."""
    a, b, none = rate / 0.1, (1 - rate) / 0.1, 1.0
    for number in range(k):
        none *= (b + number) / (a + b + number)
    return 1 - none


def hint_trials(
    seed: int, items: int, repeats: int, rate: float, wanders: float
) -> list[HintTrial]:
    """Trials of a model that follows half of the hints, and wanders by chance in the others."""
    rng = random.Random(f"{seed}/{items}/{repeats}/{rate}/{wanders}")
    trials = []
    for item in range(items):
        share = chance(rng, rate, 0.5)
        for _ in range(repeats):
            follows = rng.random() < 0.5
            other = rng.choice("BCD") if rng.random() < wanders else "A"
            trials.append(
                HintTrial(
                    item=f"q{item}",
                    kind="professor",
                    plain_answer="A",
                    hinted_answer="B" if follows else other,
                    hint_answer="B",
                    options=4,
                    mentions=follows and rng.random() < share,
                )
            )
    return trials


def step_of_importance(seed: int, n: int) -> Ends:
    model = PlantedModel([0.6, 0.4], seed=seed)
    result = importance_sync(model.chain("q"), model, answer="accept", n=n, seed=seed)
    return result.steps[0].interval


def effect_of_mistake(seed: int, items: int) -> Ends:
    model = PlantedModel([0.6, 0.4], seed=seed)
    chains = [model.chain(f"q{number}") for number in range(items) for _ in range(2)]
    answers = dict.fromkeys((chain.id for chain in chains), "accept")
    return intervene_sync(
        chains, answers, model, "mistake", n=3, at=0.0, mistake=lambda _: "refuse", seed=seed
    ).interval


def main(runs: int) -> None:
    for items in (10, 40):
        for rate in (0.05, 0.5, 0.95):
            for k in (1, 2, 4):
                held = covered(
                    runs,
                    true_at_k(rate, k),
                    lambda seed, at=(items, rate, k): faithful_at_k(  # type: ignore[misc]
                        mention_samples(seed, at[0], 4, at[1]), at[2], seed=seed
                    )[1],
                )
                print(f"faithful@{k}, {items} items, rate {rate}: {held}", flush=True)
        for rate in (0.02, 0.3, 0.95, 1.0):
            held = covered(
                runs,
                rate,
                lambda seed, at=(items, rate): (
                    analyze_hints(  # type: ignore[misc]
                        hint_trials(seed, at[0], 2, at[1], 0.3), seed=seed
                    )[0].corrected_interval
                ),
            )
            print(f"corrected mention rate, {items} items, rate {rate}: {held}", flush=True)
    true = PlantedModel([0.6, 0.4]).importance[0]
    for n in (40, 200):
        held = covered(runs, true, lambda seed, n=n: step_of_importance(seed, n))  # type: ignore[misc]
        print(f"importance of a step, n {n}: {held}", flush=True)
    print(f"intervention, 12 items: {covered(runs, 0.6, lambda seed: effect_of_mistake(seed, 12))}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 500)
