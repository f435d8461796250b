"""Runs with faults under random ceilings, against the accounts of the providers themselves.

``uv run python tests/benchmarks/bench_harness_ceilings.py 1000`` prints how many runs exceeded a
ceiling, which should be none, and how close the others came. A second number is the first seed.
One half has simulated time and models that keep accounts. The other half sends HTTP requests to the
provider of ``ensemble.testing``, which refuses, cuts, spoils and stalls answers and books what it
bills.
"""

import asyncio
import importlib.util
import logging
import random
import sys
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from ensemble import OpenAIModel, Price, ask, predict
from ensemble.testing import LoopbackProvider, Served, Trouble, Troubles
from research_harness import Ceiling, Ceilings, Experiment, condition

TESTS = Path(__file__).parents[2] / "packages" / "research_harness" / "tests" / "limits"
PRICE = Price(input_per_million=1_000.0, output_per_million=1_000.0)
USD_PER_TOKEN = 1e-3
FAULTS: tuple[Trouble, ...] = (
    "rate_limit",
    "overloaded",
    "server_error",
    "bad_request",
    "cut",
    "malformed",
)


def world_of_the_tests() -> Any:
    """The module of the tests, which has the world of simulated time."""
    specification = importlib.util.spec_from_file_location("ceilings", TESTS / "test_ceilings.py")
    assert specification is not None
    assert specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    sys.modules["ceilings"] = module
    specification.loader.exec_module(module)
    return module


class HttpWorld:
    """A run of HTTP requests under random ceilings, with a provider on this machine.

    Args:
        seed: Of the ceilings, the faults and the provider.
    """

    def __init__(self, seed: int) -> None:
        chance = random.Random(seed)
        self.limits = {
            "run": chance.uniform(0.3, 12.0),
            "vote": chance.uniform(0.3, 8.0),
            "calls": float(chance.choice((10, 60, 10_000))),
            "tokens": float(chance.choice((2_000, 1_000_000))),
        }
        rates: dict[Trouble, float] = {name: chance.choice((0.0, 0.08)) for name in FAULTS}
        rates["stall"] = chance.choice((0.0, 0.01))
        self.provider = LoopbackProvider(
            troubles=Troubles(rates=rates), answer=lambda _: "4", seed=seed
        )
        self.experiment = self._experiment(chance)

    def _experiment(self, chance: random.Random) -> type[Experiment]:
        world = self
        retries = chance.choice((0, 2))
        limits = self.limits

        class Limited(Experiment):
            name = "limited"
            metrics = ("accuracy",)
            formats = ("markdown",)
            concurrency = chance.choice((1, 4, 20))
            timeout_ms = 500
            outage_ms = None
            ceilings = Ceilings(
                max_cost_usd=limits["run"],
                max_calls=int(limits["calls"]),
                max_tokens=int(limits["tokens"]),
                conditions={"vote": Ceiling(max_cost_usd=limits["vote"])},
            )

            def dataset(self) -> list[dict[str, str]]:
                return [{"id": f"i{n}", "input": "2 + 2", "expected": "4"} for n in range(20)]

            async def setup(self) -> None:
                await world.provider.__aenter__()
                self.models = [
                    OpenAIModel(
                        name,
                        api_key="k",
                        base_url=world.provider.url,
                        price=PRICE,
                        max_retries=retries,
                        sleep=_no_pause,
                    )
                    for name in ("a", "b", "c")
                ]

            async def teardown(self) -> None:
                for model in self.models:
                    await model.close()
                await world.provider.__aexit__()

            @condition
            async def single(self, item: Any) -> object:
                return await ask(item, model=self.models[0], max_tokens=120)

            @condition
            async def vote(self, item: Any) -> object:
                found = await predict(
                    f"vote: {item}", models=self.models, max_tokens=120, min_responses=1
                )
                return found.answer

        return Limited

    def spent(self) -> dict[str, float]:
        """What the provider billed under each ceiling."""
        served = self.provider.served
        votes = [each for each in served if each.prompt.startswith("vote")]
        return {
            "run": USD_PER_TOKEN * _tokens(served),
            "vote": USD_PER_TOKEN * _tokens(votes),
            "calls": len(served),
            "tokens": _tokens(served),
        }

    def exceeded(self) -> list[str]:
        """The ceilings that were exceeded."""
        spent = self.spent()
        return [name for name, limit in self.limits.items() if spent[name] > limit * (1 + 1e-9)]


async def _no_pause(_seconds: float) -> None:
    await asyncio.sleep(0)


def _tokens(served: Iterable[Served]) -> float:
    return sum(each.input_tokens + each.output_tokens for each in served)


def measure(
    name: str, seeds: range, make: Callable[[int], Any], rows_of: Callable[..., Any]
) -> None:
    """Run a world for each seed and print the result."""
    exceeded, shares = 0, []
    for seed in seeds:
        world = make(seed)
        with tempfile.TemporaryDirectory() as folder:
            rows_of(world.experiment, Path(folder) / "x")
        over, spent = world.exceeded(), world.spent()
        exceeded += bool(over)
        shares.append(max(spent[each] / world.limits[each] for each in spent))
        if over:
            print(f"seed {seed}: {over}, {spent} of {world.limits}")
    shares.sort()
    middle = shares[len(shares) // 2]
    print(
        f"{name}: {len(seeds)} runs, {exceeded} exceeded a ceiling;"
        f" of the ceiling that was nearest, {middle:.0%} was used in the middle run"
        f" and {shares[-1]:.1%} at most"
    )


def main(runs: int, first: int) -> None:
    """Print the result of both halves."""
    logging.getLogger("crucible").setLevel(logging.ERROR)
    tests = world_of_the_tests()
    measure(
        "simulated time", range(first, first + runs - runs // 2), tests.random_world, tests.rows_of
    )
    measure("HTTP requests", range(first, first + runs // 2), HttpWorld, tests.rows_of)


if __name__ == "__main__":
    given = [int(each) for each in sys.argv[1:]]
    main(*(given + [1000, 0][len(given) :]))
