"""Latency, throughput and cost of one model, a vote and a hedged vote, beside the printed claims.

Run: ``python tests/benchmarks/bench_claims.py``. The models are SIMULATED, under simulated time:
log-normal latency with a median of 800 ms and a P95 of 2,000 ms, as the claim has it for one model.
"""

import math

from dataset_manager import Item, arithmetic
from ensemble import Constant, HedgedModel, LogNormal, SimulatedModel, find_price, predict_many
from hedging import run_virtual

SIGMA = math.log(2000 / 800) / 1.6449
QUESTIONS = 4000
CLAIMED = {
    "one model": (800, 2000, 5000),
    "vote of three": (1200, 2500, 6000),
    "hedged vote of three": (1200, 1800, 2200),
}
COSTS = {
    "gpt-4o-mini": (0.00019, ("gpt-4o-mini",)),
    "three cheap models": (0.00066, ("gpt-4o-mini", "claude-3-haiku", "gemini-1.5-flash")),
    "five mixed models": (
        0.00566,
        (
            "gpt-4o-mini",
            "claude-3-haiku",
            "gemini-1.5-flash",
            "gemini-1.5-pro",
            "claude-3-5-sonnet",
        ),
    ),
}


def model(name: str) -> SimulatedModel:
    """A model with the claimed median and P95."""
    return SimulatedModel(name, accuracy=0.9, latency=LogNormal(median_ms=800, sigma=SIGMA))


def quantiles(values: list[float]) -> str:
    """P50, P95 and P99 by nearest rank."""
    ordered = sorted(values)
    picked = [ordered[math.ceil(len(ordered) * share) - 1] for share in (0.5, 0.95, 0.99)]
    return " / ".join(f"{value:,.0f}" for value in picked)


async def latencies(models: list[SimulatedModel | HedgedModel], items: list[Item]) -> list[float]:
    """The latency of each vote, calls one after the other."""
    results = await predict_many(items, models=models, concurrency=20, normalize="number")
    found = [each.latency_ms for each in results if not isinstance(each, Exception)]
    return [each for each in found if each is not None]


async def seconds(concurrency: int, items: list[Item]) -> float:
    """Simulated seconds for all items, at 1,200 ms a call."""
    import asyncio

    slow = SimulatedModel("slow", accuracy=0.9, latency=Constant(latency_ms=1200))
    loop = asyncio.get_running_loop()
    begin = loop.time()
    await predict_many(items, models=[slow], concurrency=concurrency, normalize="number")
    return loop.time() - begin


def main() -> None:
    """Print the three tables."""
    items = list(arithmetic(QUESTIONS, seed=1))
    names = ("a", "b", "c")
    panels: dict[str, list[SimulatedModel | HedgedModel]] = {
        "one model": [model("a")],
        "vote of three": [model(name) for name in names],
        "hedged vote of three": [HedgedModel(model(name)) for name in names],
    }
    print("latency ms, P50 / P95 / P99: claimed, measured")
    for label, panel in panels.items():
        claimed = " / ".join(f"{value:,}" for value in CLAIMED[label])
        print(f"{label}: {claimed}; {quantiles(run_virtual(latencies, panel, items))}")
    print("throughput at 1,200 ms a call: concurrency, claimed, measured")
    for concurrency, rate in ((1, 0.83), (50, 41.7), (100, 83.3)):
        n = 20 * concurrency
        taken = run_virtual(seconds, concurrency, items[:n])
        print(f"{concurrency}: {rate}; {n / taken:.2f} a second")
    print("cost of a query, 250 tokens read and 250 written: claimed, measured")
    for label, (claimed_usd, members) in COSTS.items():
        total = 0.0
        for name in members:
            price = find_price(name)
            assert price is not None
            total += 250 * (price.input_per_million + price.output_per_million) / 1e6
        print(f"{label}: ${claimed_usd:.5f}; ${total:.5f}")


if __name__ == "__main__":
    main()
