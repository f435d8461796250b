"""What the end of a run costs: tables, analysis and report of many rows.

    uv run python tests/benchmarks/bench_harness_finish.py [rows] [items]

The rows are written to a journal without any call. The finish is run twice, and the second one is
measured, so that imports do not count: CPU, and memory above that before it (Linux).
"""

import os
import random
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

from research_harness import Experiment, Row, condition
from research_harness._artifacts.finish import finish
from research_harness._artifacts.folder import RunFolder, create_folder
from research_harness._engine.journal import JournalWriter
from research_harness._plan.preparation import PreparedExperiment, prepare
from research_harness._run.session import write_start

ROWS = 100_000
ITEMS = 50_000
CONDITIONS = 2


class Many(Experiment):
    name = "Many"
    metrics = ("accuracy", "cost_per_query", "latency")
    scorer = "exact_match"
    formats = ("markdown",)

    @condition
    def first(self, item: Any) -> str:
        return str(item.expected)

    @condition
    def second(self, item: Any) -> str:
        return str(item.expected)


def prepared(rows: int, items: int) -> PreparedExperiment:
    made = Many()
    made.dataset = [{"id": f"i{n}", "input": f"{n}?", "expected": f"{n}"} for n in range(items)]
    made.repeat = max(1, rows // (CONDITIONS * items))
    return prepare(made)


def write_rows(experiment: PreparedExperiment, folder: RunFolder) -> None:
    chance = random.Random(1)
    with JournalWriter(folder.journal) as journal:
        for trial in experiment.plan:
            right = chance.random() < 0.8
            journal.append(
                Row(
                    index=trial.index,
                    item_id=trial.item.id,
                    condition=trial.condition.name,
                    repeat=trial.repeat,
                    prediction="answer 42",
                    correct=right,
                    score=float(right),
                    extraction="found",
                    latency_ms=round(chance.lognormvariate(6, 0.5), 3),
                    cost_usd=0.001 * (1 + right),
                    source="live",
                )
            )


def resident_mb() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def main() -> None:
    given = [int(each) for each in sys.argv[1:]]
    rows, items = (given + [ROWS, ITEMS][len(given) :])[:2]
    with tempfile.TemporaryDirectory() as output:
        experiment = prepared(rows, items)
        folder = create_folder(Path(output), name="many", run_id=None, overwrite=False)
        write_start(experiment, folder, None)
        write_rows(experiment, folder)
        finish(experiment, folder)
        before, peak, ended = resident_mb(), [0.0], threading.Event()

        def watch() -> None:
            while not ended.wait(0.02):
                peak[0] = max(peak[0], resident_mb())

        watcher = threading.Thread(target=watch, daemon=True)
        watcher.start()
        began = time.process_time()
        finish(experiment, folder)
        seconds = time.process_time() - began
        ended.set()
        watcher.join()
    count = len(experiment.plan)
    print(f"{count:,} rows of {items:,} items: {1e6 * seconds / count:.0f} µs CPU a row")
    print(f"{peak[0] - before:.0f} MB above {before:.0f} MB")


if __name__ == "__main__":
    main()
