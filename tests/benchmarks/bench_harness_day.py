"""Days of trouble: storms of refusals, an outage of an hour, odd and huge answers, full disks.

    uv run python tests/benchmarks/bench_harness_day.py [days [items]]

Simulated time, two services, 24 hours of rows. The wall clock jumps by up to a day at one request
in a hundred. A session that a full disk ends is resumed, and so are rows that the services refused.
At the end each row must be there once, those and only those failed whose answers cannot be kept,
and the costs of the rows and of what was under way must be the bill. It ends with 1 otherwise.
"""

import logging
import sys
import tempfile
import time
from importlib import import_module
from pathlib import Path
from typing import Any

from research_harness import verify
from research_harness._artifacts.folder import RunFolder
from research_harness._engine.journal import Journal

sys.path.insert(0, str(Path(__file__).parents[2] / "packages/research_harness/tests/run"))
troubled: Any = import_module("troubled_day")


def problems(day: Any, folder: Path) -> list[str]:
    """Run a day; what does not hold at its end."""
    day.run(folder)
    rows = list(Journal(RunFolder(folder / "day").journal))
    last = {row.index: row for row in rows}
    failed = [row for row in last.values() if row.failed]
    twice = day.answered.total() - (2 * day.items - 2 * len(day.poisoned))
    known = sum(row.cost_usd or 0.0 for row in last.values())
    bill = (len(last) - len(failed)) * troubled.PRICE
    held = {
        "a row is missing": sorted(last) == list(range(2 * day.items)),
        "another row failed": {row.item_id for row in failed} == day.never_right,
        "more was paid twice than was under way": 0 <= twice <= day.in_flight,
        "the costs are not the bill": abs(known - bill) < 1e-9,
        "verify differs": verify("day", output_dir=folder).agree,
    }
    return [name for name, holds in held.items() if not holds]


def main(days: int, items: int) -> int:
    """Print a line for each day.

    Returns:
        1 where something did not hold.
    """
    logging.disable(logging.WARNING)
    bad = 0
    print("day  sessions  full disks  simulated hours  answers lost  CPU s  problems")
    for seed in range(days):
        begun = time.process_time()
        day = troubled.TroubledDay(seed, items=items)
        with tempfile.TemporaryDirectory() as folder:
            found = problems(day, Path(folder))
        lost = day.answered.total() - 2 * (items - len(day.poisoned))
        full = day.ends.count("full disk")
        seconds = time.process_time() - begun
        print(
            f"{seed:3}  {len(day.ends):8}  {full:10}  {day.now_s / 3600:15.1f}  {lost:12}"
            f"  {seconds:5.1f}  {', '.join(found) or '-'}",
            flush=True,
        )
        bad += bool(found)
    return int(bad > 0)


if __name__ == "__main__":
    given = [int(each) for each in sys.argv[1:]]
    sys.exit(main(*given, *(20, 1000)[len(given) :]))
