"""Runs in batch mode whose process is killed (kill -9) at every stage, and resumed until they end.

    uv run python tests/benchmarks/bench_harness_batch_kills.py [kills a stage]

The provider runs in this process. It kills the session that asks, at a random request that makes a
job, looks at it or fetches its answers, before or after it works on it; or when the journal has
grown by a random length. Each run is killed up to four times.
"""

import asyncio
import random
import sys
import tempfile
from importlib import import_module
from pathlib import Path
from typing import Any

TESTS = Path(__file__).parents[2] / "packages" / "research_harness" / "tests"
sys.path.insert(0, str(TESTS / "batches"))
killed: Any = import_module("killed_batches")
KILLS = 10


async def main(kills: int) -> None:
    """Kill each stage so many times for each interface; print what was found."""
    bad = 0
    for interface in killed.INTERFACES:
        done, number = dict.fromkeys(killed.STAGES, 0), 0
        # The results of Gemini's jobs come with the look at them.
        stages = [each for each in killed.STAGES if (interface, each) != ("gemini", "fetching")]
        while min(done[each] for each in stages) < kills:
            chance = random.Random(number)
            missing = [each for each in stages if done[each] < kills]
            order = [chance.choice(missing) for _ in range(4)]
            with tempfile.TemporaryDirectory() as folder:
                found = await killed.killed_and_resumed(interface, order, Path(folder), number)
            if not found.whole:
                bad += 1
                print(interface, number, order, found)
            for stage, count in found.kills.items():
                done[stage] += count
            number += 1
        print(f"{interface}: {number} runs, kills {done}", flush=True)
    print(f"{bad} runs lost or doubled something")


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else KILLS))
