"""Runs with faults under random ceilings, against the account of the provider itself.

``uv run python tests/benchmarks/bench_harness_ceilings.py 1000`` prints how many runs exceeded a
ceiling, which should be none, and how close the others came.
"""

import importlib.util
import sys
import tempfile
from pathlib import Path
from typing import Any

TESTS = Path(__file__).parents[2] / "packages" / "research_harness" / "tests" / "limits"


def world_of_the_tests() -> Any:
    """The module of the tests, which has the world."""
    specification = importlib.util.spec_from_file_location("ceilings", TESTS / "test_ceilings.py")
    assert specification is not None
    assert specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    sys.modules["ceilings"] = module
    specification.loader.exec_module(module)
    return module


def main(runs: int) -> None:
    """Run so many worlds and print the result."""
    tests = world_of_the_tests()
    exceeded, shares = 0, []
    for seed in range(runs):
        world = tests.random_world(seed)
        with tempfile.TemporaryDirectory() as folder:
            tests.rows_of(world.experiment, Path(folder) / "x")
        over = world.exceeded()
        exceeded += bool(over)
        shares.append(world.spent()["run"] / world.limits["run"])
        if over:
            print(f"seed {seed}: {over}")
    shares.sort()
    middle = shares[len(shares) // 2]
    print(f"{runs} runs: {exceeded} exceeded a ceiling; used of the run's own: {middle:.0%}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1000)
