"""Hedging to the first token against hedging whole answers, on recorded requests to a model.

Run with ``CRUCIBLE_MIRROR`` naming a folder with the benchmark files. Both copies of a request
write the same number of tokens, each with the time to its first token and the speed of a recorded
request. The real code runs under simulated time.
"""

import asyncio
import json
import os
import random
from collections.abc import AsyncIterator
from pathlib import Path

from hedging import Hedger, Off, Policy, Trace, analyze, run_virtual
from hedging.simulation import Sample

REQUESTS = 20_000
Copy = tuple[float, float]


def recorded(provider: str) -> Trace:
    """The requests of a provider that did not fail."""
    folder = Path(os.environ["CRUCIBLE_MIRROR"]) / "latency-llmperf/raw_data/individual"
    rows = json.loads((folder / f"{provider}.json").read_text())
    good = [row for row in rows if not row["error_code"] and row["ttft_s"]]
    return Trace(
        latency_ms=tuple(1000 * row["end_to_end_latency_s"] for row in good),
        first_token_ms=tuple(1000 * row["ttft_s"] for row in good),
        output_tokens=tuple(float(row["number_output_tokens"]) for row in good),
    )


def draw(trace: Trace, seed: int) -> list[tuple[Copy, Copy]]:
    """For each request two copies: the time to the first token, and that of the rest."""
    parts, chance = trace.parts(), random.Random(seed)
    requests = []
    for _ in range(REQUESTS):
        tokens = chance.choice(parts)[2]
        copies = []
        for _ in range(2):
            first, each, _ = chance.choice(parts)
            copies.append((first / 1000, each * (tokens - 1) / 1000))
        requests.append((copies[0], copies[1]))
    return requests


def run(hedger: Hedger, requests: list[tuple[Copy, Copy]], *, stream: bool) -> list[list[float]]:
    """Times to the first token and to the end, in milliseconds."""
    firsts: list[float] = []
    wholes: list[float] = []

    async def main() -> None:
        clock = asyncio.get_running_loop().time
        for pair in requests:
            copies = iter(pair)
            begin = clock()

            async def tokens() -> AsyncIterator[str]:
                first, rest = next(copies)  # noqa: B023  # used before the next turn
                await asyncio.sleep(first)
                yield "first"
                await asyncio.sleep(rest)
                yield "last"

            async def whole() -> None:
                await asyncio.sleep(sum(next(copies)))  # noqa: B023  # used before the next turn

            if stream:
                async with hedger.stream(tokens) as (result, chunks):
                    firsts.append(result.latency_ms)
                    async for _ in chunks:
                        pass
            else:
                await hedger.request(whole)
            wholes.append(1000 * (clock() - begin))

    run_virtual(main)
    return [firsts, wholes]


def change(after: list[float], before: list[float]) -> str:
    """By how much the P99 has changed."""
    return percent(Sample(after).quantile(0.99) / Sample(before).quantile(0.99) - 1)


def percent(share: float) -> str:
    """A change in per cent; one that rounds to zero has no sign."""
    text = f"{share:+.0%}"
    return "0%" if text in ("+0%", "-0%") else text


def main() -> None:
    """Print the changes."""
    print(f"Change of the P99, {REQUESTS:,} requests, equal lengths of both copies; SIMULATED")
    for provider in ("replicate_70b", "together_13b", "fireworks_7b", "groq_70b"):
        trace = recorded(provider)
        requests = draw(trace, seed=1)
        plain_first, plain = run(Hedger(strategy=Off()), requests, stream=True)
        for budget in (0.05, 0.10):
            first, total = run(Hedger(Policy(budget=budget)), requests, stream=True)
            _, whole = run(Hedger(Policy(budget=budget)), requests, stream=False)
            forecast = analyze(trace, budgets=[budget])
            best = percent(-(forecast.first_token or 0))
            textbook = percent(-forecast.prospects[0].reduction)
            print(
                f"{provider:14} {budget:4.0%}: first token {change(first, plain_first):>5} (best"
                f" {best}), total {change(total, plain):>5}; hedging"
                f" whole answers {change(whole, plain):>5} (textbook"
                f" {textbook})",
                flush=True,
            )


if __name__ == "__main__":
    main()
