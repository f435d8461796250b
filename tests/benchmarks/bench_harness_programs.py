"""The 164 canonical solutions of HumanEval as answers, and whether scoring changes latencies.

    CRUCIBLE_MIRROR=FOLDER uv run python tests/benchmarks/bench_harness_programs.py

Sixteen rows at a time, in real time. Each condition takes 50 ms and says by its own clock how long
it took. The same answers are scored once as programs, in the sandbox, and once as texts. The
latency of a row is that of its condition, so what the harness adds to the condition's own time must
not depend on the scorer.
"""

import asyncio
import json
import tempfile
import time
from typing import Any

import numpy as np

from research_harness import DatasetSpec, Experiment, Outcome, condition, run_sync


class Programs(Experiment):
    name = "Programs"
    dataset = DatasetSpec("humaneval")
    metrics = ("accuracy", "latency_p99")
    formats = ("markdown",)
    concurrency = 16

    @condition
    async def canonical(self, item: Any) -> Outcome:
        loop = asyncio.get_running_loop()
        started = loop.time()
        await asyncio.sleep(0.05)
        text = item.expected["solution"] if isinstance(item.expected, dict) else item.expected
        own = 1000 * (loop.time() - started)
        return Outcome(prediction=str(text), metadata={"own_ms": own})


class Texts(Programs):
    name = "Texts"
    scorer = "text"


def main() -> None:
    print(
        "| scored as | right | rows | latency P50 | P99 | added to the condition, P50 | P99 | CPU |"
    )
    print("|---|---|---|---|---|---|---|---|")
    for number, kind in enumerate((Texts, Programs, Texts, Programs)):
        with tempfile.TemporaryDirectory() as place:
            before = time.process_time()
            rows = run_sync(kind, output_dir=place).frame().to_pylist()
            spent = time.process_time() - before
        latencies = np.array([row["latency_ms"] for row in rows])
        added = np.array([row["latency_ms"] - own(row) for row in rows])
        right = sum(row["correct"] for row in rows)
        figures = [*np.quantile(latencies, (0.5, 0.99)), *np.quantile(added, (0.5, 0.99))]
        texts = " | ".join(f"{each:.2f} ms" for each in figures)
        if number < 2:
            continue  # the first of each imports what it needs
        print(f"| {kind.name.lower()} | {right} | {len(rows)} | {texts} | {spent:.1f} s |")


def own(row: dict[str, Any]) -> float:
    """The time that the condition took by its own clock."""
    metadata = row["metadata"]
    found = json.loads(metadata) if isinstance(metadata, str) else metadata
    return float(found["own_ms"])


if __name__ == "__main__":
    main()
